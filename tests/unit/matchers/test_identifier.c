/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers: every cell of tests/data/identifiers.tsv and certificates.tsv; single errors never pass; masks hide; the packed form goes round. */
#include "base/text/mask.h"
#include "matchers/identifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/text/utf8.h"

static const char *kind_word(uint64_t id)
{
    static const char *const words[] = {"blank", "resident", "upgraded", "hkmo", "taiwan", "foreign", "damaged", "unusable", "token"};
    return words[ident_kind(id)];
}

/* \uXXXX and \t of the table to what they stand for. */
static void unescape(struct str s, struct strbuf *out)
{
    strbuf_clear(out);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 5 < s.n && s.p[i + 1] == 'u') {
            unsigned cp = 0;
            assert_int_equal(sscanf(s.p + i + 2, "%4x", &cp), 1);
            strbuf_add_cp(out, cp);
            i += 5;
        } else if (s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == 't') {
            strbuf_addc(out, '\t');
            i++;
        } else {
            strbuf_addc(out, s.p[i]);
        }
    }
}

typedef void line_fn(struct str *cols, size_t n, size_t line);

static void each_line(const char *path, line_fn *fn)
{
    AUTO_STRBUF text = STRBUF_INIT;
    struct err err;
    assert_int_equal(file_read_all(path, 1 << 20, &text, &err), ST_OK);
    struct str rest = strbuf_str(&text), line;
    for (size_t no = 1; str_split(&rest, '\n', &line); no++) {
        struct str cols[8] = {{0}};
        size_t n = 0;
        if (line.n == 0 || line.p[0] == '#') {
            continue;
        }
        while (n < 8 && str_split(&line, '\t', &cols[n])) {
            n++;
        }
        fn(cols, n, no);
    }
}

static void check_identifier(struct str *c, size_t n, size_t line)
{
    (void)n;
    AUTO_STRBUF cell = STRBUF_INIT, birth = STRBUF_INIT;
    char printed[IDENT_TEXT_MAX];
    unescape(c[0], &cell);
    uint64_t id = ident_parse(strbuf_str(&cell));
    ident_print(id, printed);
    strbuf_add_day(&birth, ident_birth(id));
    bool ok = str_eqz(c[1], kind_word(id)) && str_eqz(c[2], printed) && str_eqz(c[3], ident_reason_code(ident_reason(id))) &&
              c[4].p[0] - '0' == ident_sex(id) && str_eq(c[5], strbuf_str(&birth));
    if (!ok) {
        fail_msg("identifiers.tsv:%zu: got %s %s %s %d %s", line, kind_word(id), printed, ident_reason_code(ident_reason(id)), ident_sex(id),
                 strbuf_z(&birth));
    }
}

static void test_table(void **state)
{
    (void)state;
    each_line("tests/data/identifiers.tsv", check_identifier);
}

static void check_certificate(struct str *c, size_t n, size_t line)
{
    (void)n;
    struct certificate out;
    char printed[IDENT_TEXT_MAX];
    bool usable = certificate_parse(c[0], &out);
    ident_print(out.id, printed);
    if (!str_eqz(c[1], printed) || c[2].p[0] - '0' != out.category || c[3].p[0] - '0' != out.grade || c[4].p[0] - '0' != out.reissue ||
        (c[5].p[0] == '1') != usable) {
        fail_msg("certificates.tsv:%zu: got %s %d %d %d %d", line, printed, out.category, out.grade, out.reissue, usable);
    }
}

static void test_certificates(void **state)
{
    (void)state;
    each_line("tests/data/certificates.tsv", check_certificate);
    assert_string_equal(certificate_category_label(1), "视力");
    assert_string_equal(certificate_category_label(7), "多重");
    assert_string_equal(certificate_grade_label(1), "一级");
    assert_string_equal(certificate_grade_label(5), "");
}

static uint64_t good_id(char text[IDENT_TEXT_MAX])
{
    uint64_t id = ident_parse(STR("120194800305123"));
    assert_int_equal(ident_kind(id), IDENT_UPGRADED);
    assert_int_equal(ident_print(id, text), 18);
    return id;
}

/* MOD 11-2 lets no single wrong character and no swap of neighbours pass. */
static void test_single_errors(void **state)
{
    (void)state;
    char text[IDENT_TEXT_MAX];
    good_id(text);
    for (int at = 0; at < 18; at++) {
        for (char c = '0'; c <= '9'; c++) {
            char wrong[IDENT_TEXT_MAX];
            memcpy(wrong, text, sizeof(wrong));
            wrong[at] = c;
            uint64_t id = ident_parse(str_of(wrong));
            assert_int_equal(ident_kind(id) == IDENT_RESIDENT, c == text[at]);
            char again[IDENT_TEXT_MAX];
            if (ident_kind(id) == IDENT_DAMAGED) {
                assert_int_equal(ident_print(id, again), 18);
                assert_string_equal(again, wrong); /* nothing is lost for a later repair */
            }
        }
    }
    for (int at = 0; at < 17; at++) {
        char swapped[IDENT_TEXT_MAX];
        memcpy(swapped, text, sizeof(swapped));
        swapped[at] = text[at + 1], swapped[at + 1] = text[at];
        assert_int_equal(ident_kind(ident_parse(str_of(swapped))) == IDENT_RESIDENT, text[at] == text[at + 1]);
    }
}

static void test_keys(void **state)
{
    (void)state;
    char text[IDENT_TEXT_MAX];
    uint64_t up = good_id(text), whole = ident_parse(str_of(text));
    assert_int_equal(ident_kind(whole), IDENT_RESIDENT);
    assert_true(up != whole);
    assert_true(ident_key(up) == ident_key(whole));
    assert_true(ident_key(ident_parse(STR("123"))) == 0);
    assert_true(ident_key(0) == 0);
    assert_true(ident_key(ident_parse_token(STR(" abc "))) == ident_key(ident_parse_token(STR("abc"))));
    assert_true(ident_parse_token(STR("abc")) != ident_parse_token(STR("Abc")));
}

static void test_masks(void **state)
{
    (void)state;
    char text[IDENT_TEXT_MAX], mask[IDENT_TEXT_MAX];
    uint64_t id = good_id(text);
    assert_int_equal(ident_mask(id, mask), 18);
    assert_string_equal(mask, "1201**************");
    AUTO_STRBUF b = STRBUF_INIT;
    mask_add(MASK_ID, STR("12019419800305123"), &b);
    assert_string_equal(strbuf_z(&b), "1201*************");
    strbuf_clear(&b);
    mask_add(MASK_ID, STR("待补"), &b);
    assert_string_equal(strbuf_z(&b), "**");
}

static void test_every_reason_has_words(void **state)
{
    (void)state;
    for (int r = 0; r < IDENT_REASON_COUNT; r++) {
        assert_true(strlen(ident_reason_text((enum ident_reason)r)) > 0);
        assert_true(strncmp(ident_reason_code((enum ident_reason)r), "id_", 3) == 0);
    }
}

/* Whatever bytes come in, a word comes out and prints. */
static void test_any_bytes(void **state)
{
    (void)state;
    uint64_t seed = 20260301;
    for (int i = 0; i < 200000; i++) {
        char cell[64], printed[IDENT_TEXT_MAX];
        size_t n = hash_mix(++seed) % sizeof(cell);
        for (size_t k = 0; k < n; k++) {
            uint64_t h = hash_mix(++seed);
            cell[k] = h & 3 ? "0123456789Xx*.+E-| H\xE6\x97\xA0"[h / 4 % 22] : (char)(h >> 8);
        }
        uint64_t id = ident_parse(str_n(cell, n));
        struct certificate c;
        certificate_parse(str_n(cell, n), &c);
        assert_true(ident_print(id, printed) < IDENT_TEXT_MAX);
        assert_true((ident_reason(id) == IDENT_OK) == (ident_key(id) != 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),  cmocka_unit_test(test_certificates),           cmocka_unit_test(test_single_errors), cmocka_unit_test(test_keys),
        cmocka_unit_test(test_masks), cmocka_unit_test(test_every_reason_has_words), cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests_name("identifier", tests, NULL, NULL);
}
