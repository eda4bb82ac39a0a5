/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: the published vectors of SM3 and HMAC-SM3, and how like filters of like persons are. */
#include "base/text/clk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "base/core/hash.h"

static void hex(const unsigned char *p, char out[65])
{
    for (int i = 0; i < 32; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", p[i]);
    }
}

/* GB/T 32905-2016 annex A, on the library that hmac_sm3 rests on. */
static void sm3_vectors(void **state)
{
    (void)state;
    unsigned char md[32];
    char text[65], long_text[65];
    memset(long_text, 0, sizeof(long_text));
    for (int i = 0; i < 16; i++) {
        memcpy(long_text + 4 * i, "abcd", 4);
    }
    assert_true(EVP_Digest("abc", 3, md, NULL, EVP_sm3(), NULL));
    hex(md, text);
    assert_string_equal(text, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    assert_true(EVP_Digest(long_text, 64, md, NULL, EVP_sm3(), NULL));
    hex(md, text);
    assert_string_equal(text, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

/* GM/T 0042-2015 annex D. */
static void hmac_sm3_vectors(void **state)
{
    (void)state;
    unsigned char mac[32], key[37], cd[50];
    char text[65];
    for (size_t i = 0; i < sizeof(key); i++) {
        key[i] = (unsigned char)(i + 1);
    }
    memset(cd, 0xCD, sizeof(cd));
    hmac_sm3(str_n((const char *)key, 32), STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), mac);
    hex(mac, text);
    assert_string_equal(text, "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a");
    hmac_sm3(str_n((const char *)key, 37), str_n((const char *)cd, 50), mac);
    hex(mac, text);
    assert_string_equal(text, "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae");
    for (size_t n = 0; n <= 50; n += 10) { /* many messages under one key */
        unsigned char one[32], many[32];
        struct hmac *h = hmac_new(str_n((const char *)key, 37));
        hmac_sum(h, STR("another"), many);
        hmac_sum(h, str_n((const char *)cd, n), many);
        hmac_sm3(str_n((const char *)key, 37), str_n((const char *)cd, n), one);
        assert_memory_equal(one, many, 32);
        hmac_free(h);
    }
}

static struct token_keys keys_of(const char *secret)
{
    struct token_keys k;
    token_keys_make(str_of(secret), &k);
    return k;
}
#define SECRET "0123456789abcdef0123456789abcdef"

static int likeness(const char *secret_b, const char *name_a, daynum birth_a, const char *name_b, daynum birth_b)
{
    struct token_keys ka = keys_of(SECRET), kb = keys_of(secret_b);
    struct clk a, b;
    assert_true(clk_make(&ka, str_of(name_a), birth_a, &a));
    assert_true(clk_make(&kb, str_of(name_b), birth_b, &b));
    int dice = clk_dice(a.word, b.word);
    assert_int_equal(dice, clk_dice(b.word, a.word));
    return dice;
}

static void likeness_of_persons(void **state)
{
    (void)state;
    daynum day = day_from_ymd(1961, 3, 12), month = day_from_ymd(1961, 4, 12), year = day_from_ymd(1951, 3, 12), other = day_from_ymd(1984, 11, 27);
    static const struct {
        const char *what, *name;
        int birth, least, most;
    } cases[] = {
        {"the same", "王建国", 0, 1000, 1000},      {"width and remark", "王建国（已故）", 0, 1000, 1000}, {"traditional", "王建國", 0, 1000, 1000},
        {"homophone", "王建果", 0, 850, 950},       {"month wrong", "王建国", 1, 850, 950},               {"a twin", "王建华", 0, 700, 840},
        {"another name", "李淑芬", 0, 400, 650},   
        {"another day", "王建国", 3, 0, 550},       {"another person", "李淑芬", 3, 0, 450},              {"year wrong: the salt", "王建国", 2, 0, 700},
    };
    const daynum births[] = {day, month, year, other};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int dice = likeness(SECRET, "王建国", day, cases[i].name, births[cases[i].birth]);
        print_message("%s: %d\n", cases[i].what, dice);
        assert_in_range(dice, cases[i].least, cases[i].most);
    }
    assert_in_range(likeness("fedcba9876543210fedcba9876543210", "王建国", day, "王建国", day), 0, 450); /* another secret: nothing in common */
}

static void forms(void **state)
{
    (void)state;
    struct token_keys k = keys_of(SECRET);
    struct clk c, back;
    char text[CLK_TEXT + 1], id[ID_TOKEN_TEXT + 1], fingerprint[7];
    assert_true(clk_make(&k, STR("王建国"), day_from_ymd(1961, 3, 12), &c));
    clk_print(&c, text);
    assert_int_equal(strlen(text), CLK_TEXT);
    assert_true(clk_parse(str_of(text), &back));
    assert_memory_equal(&c, &back, sizeof(c));
    text[CLK_TEXT - 1] = 'x';
    assert_false(clk_parse(str_of(text), &back));
    assert_false(clk_make(&k, STR("?"), day_from_ymd(1961, 3, 12), &c));
    assert_false(clk_make(&k, STR("王建国"), DAY_MISSING, &c));
    id_token(&k, STR("120194196103120018"), id);
    assert_true(id_token_form(str_of(id)));
    assert_string_equal(id, "T1-d09c1945ae93ab9e815e48f33048b2a3"); /* what was handed over once must stay comparable */
    token_fingerprint(STR(SECRET), fingerprint);
    assert_int_equal(strlen(fingerprint), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sm3_vectors), cmocka_unit_test(hmac_sm3_vectors), cmocka_unit_test(likeness_of_persons), cmocka_unit_test(forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
