/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting raw bytes: a table of lines, every window size, and the instructions of the machine against plain C. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/hash.h"
#include "base/text/split.h"
#include "base/text/utf8.h"

typedef void (*window_fn)(struct splitter *s, const char *p, size_t n, bool whole);

/* Every line: fields joined by ^, ! before an irregular one, ? before one with odd bytes; then ~ and what is left for the next window. */
static void dump(struct splitter *s, window_fn window, struct str in, bool whole, struct strbuf *out)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    struct split_record r;
    strbuf_clear(out);
    char *exact = malloc(in.n + 1); /* so that a read behind the end is seen */
    memcpy(exact, in.p, in.n);
    exact = realloc(exact, in.n ? in.n : 1);
    window(s, exact, in.n, whole);
    while (split_next(s, &r)) {
        assert_true(r.start <= r.end && r.end <= r.next && r.next <= in.n);
        strbuf_addf(out, "%s%s", r.odd ? "?" : "", r.shape == SPLIT_IRREGULAR ? "!" : "");
        strbuf_clear(&scratch);
        strbuf_reserve(&scratch, r.end - r.start);
        for (uint32_t f = 0; r.shape != SPLIT_IRREGULAR && f < r.n; f++) {
            struct str field = split_field(s, &r, f);
            field = r.shape == SPLIT_QUOTED ? split_unquote(field, &scratch) : field;
            strbuf_addf(out, "%s" STR_FMT, f ? "^" : "", STR_ARG(field));
        }
        strbuf_addc(out, ' ');
    }
    strbuf_addf(out, "~%zu", in.n - s->at);
    free(exact);
}

static const struct {
    const char *in;
    bool whole;
    const char *want;
} cases[] = {
    {"a,b\nc,d\n", false, "a^b c^d ~0"},
    {"a,b\r\nc,d", false, "a^b ~3"},
    {"a,b\r\nc,d", true, "a^b c^d ~0"},
    {"a,b\rc,d\r", false, "a^b ~4"}, /* a line feed may follow */
    {"a,b\rc,d\r", true, "a^b c^d ~0"},
    {"a,\n,b\r\n,\n", false, "a^ ^b ^ ~0"},
    {"\n\r\n\r\n\na", true, "    a ~0"},
    {"", true, "~0"},
    {",", true, "^ ~0"},
    /* quotes that pair in the plain way */
    {"\"a,1\",b\nc,\"\"\n", false, "a,1^b c^ ~0"},
    {"\"a \"\"x\"\"\",\"\"\"\"\r\n", false, "a \"x\"^\" ~0"},
    {"\"a\"", true, "a ~0"},
    {"a,\"b\"", true, "a^b ~0"},
    {"\"\"\"\"", true, "\" ~0"},
    /* in the middle of a field a quote is a character */
    {"a\"b,c\"\nd,e\n", false, "a\"b^c\" d^e ~0"},
    {" \"a\",b\n", false, " \"a\"^b ~0"},
    /* left open, or something behind the closing quote: not for us, and the next line is a line again */
    {"\"a\nb\",c\nd,e\n", false, "! b\"^c d^e ~0"},
    {"\"a\"b,c\nd,e\n", false, "! d^e ~0"},
    {"\"a\" ,c\nd,e\n", false, "! d^e ~0"},
    {"a,\"\nd,e\n", false, "! d^e ~0"},
    {"a,\"", true, "! ~0"},
    {"\"\"\"\n\"", true, "! ! ~0"},
    {"x,\"a\"\"\n", false, "! ~0"},
    /* what a decoder must judge; a block of 64 bytes is odd as a whole */
    {"张三,李\n王,x\n", false, "?张三^李 ?王^x ~0"},
    {"a,\xFF\nb,c\n0123456789012345678901234567890123456789012345678901234567890,d\n", false, "?a^\xFF ?b^c ?0123456789012345678901234567890123456789012345678901234567890^d ~0"},
    {"0123456789012345678901234567890123456789012345678901234567890,a\n\xFF,b\n", false, "0123456789012345678901234567890123456789012345678901234567890^a ?\xFF^b ~0"},
};

static void test_cases(void **state)
{
    (void)state;
    AUTO_STRBUF got = STRBUF_INIT;
    struct splitter s;
    split_init(&s, ',', true);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        dump(&s, split_window, str_of(cases[i].in), cases[i].whole, &got);
        assert_string_equal(strbuf_z(&got), cases[i].want);
        dump(&s, split_window_plain, str_of(cases[i].in), cases[i].whole, &got);
        assert_string_equal(strbuf_z(&got), cases[i].want);
    }
    split_release(&s);
}

static uint64_t draw(uint64_t *seed)
{
    return hash_mix(*seed += 0x9e3779b97f4a7c15u);
}

/* Lines of every length laid over the borders of blocks, cut by both, from every offset. */
static void test_instructions_equal_plain(void **state)
{
    (void)state;
    static const struct str bits[] = {{",", 1}, {"\"", 1}, {"\"", 1}, {"\n", 1}, {"\r\n", 2}, {"\r", 1}, {"a", 1}, {"0123456789", 10}, {"张", 3}, {"\xE3\x80\x80", 3},
                                      {"（", 3}, {"·", 2}, {"\xF0\xA0\xAE\xB7", 4}, {"\xE5", 1}, {"\xBC", 1}, {"\xFF", 1}, {"\0", 1}, {",", 1}, {"12.5", 4}};
    uint64_t seed = 3;
    AUTO_STRBUF in = STRBUF_INIT;
    AUTO_STRBUF fast = STRBUF_INIT;
    AUTO_STRBUF plain = STRBUF_INIT;
    struct splitter s[2];
    split_init(&s[0], ',', true);
    split_init(&s[1], ',', false);
    for (int round = 0; round < 4000; round++) {
        strbuf_clear(&in);
        for (uint64_t n = draw(&seed) % 80; n > 0; n--) {
            strbuf_adds(&in, bits[draw(&seed) % ARRAY_LEN(bits)]);
        }
        for (int whole = 0; whole < 2; whole++) {
            dump(&s[round & 1], split_window, strbuf_str(&in), whole, &fast);
            dump(&s[round & 1], split_window_plain, strbuf_str(&in), whole, &plain);
            assert_true(str_eq(strbuf_str(&fast), strbuf_str(&plain)));
        }
    }
    split_release(&s[0]);
    split_release(&s[1]);
}

/* The quick look at UTF-8 never passes what the strict one refuses, and passes plain text; at every length and offset. */
static void test_plain_han(void **state)
{
    (void)state;
    static const struct str bits[] = {{"a", 1}, {"张", 3}, {"三", 3}, {"　", 3}, {"0123456789abcdef", 16}, {"\xE1\x80\x80", 3}, {"\xEC\xBF\xBF", 3}};
    static const struct str odd[] = {{"·", 2}, {"（", 3}, {"\xE5", 1}, {"\xBC", 1}, {"\xE5\xBC", 2}, {"\xED\xA0\x80", 3}, {"\xEE\x80\x80", 3}, {"\xE0\xA0\x80", 3}, {"\xF0\xA0\xAE\xB7", 4}, {"\xC0\x80", 2}, {"\0", 1}};
    uint64_t seed = 5;
    AUTO_STRBUF in = STRBUF_INIT;
    for (int round = 0; round < 20000; round++) {
        strbuf_clear(&in);
        bool plain = round & 1;
        for (uint64_t n = draw(&seed) % 90; n > 0; n--) {
            strbuf_adds(&in, bits[draw(&seed) % ARRAY_LEN(bits)]);
        }
        uint64_t blocks[2];
        assert_true(utf8_is_plain_han(strbuf_str(&in)));
        utf8_plain_blocks(strbuf_str(&in), blocks);
        assert_int_equal(__builtin_popcountll(blocks[0]), (in.n + 63) / 64);
        if (!plain) {
            AUTO_STRBUF whole = STRBUF_INIT;
            size_t at = utf8_offset(strbuf_str(&in), (size_t)(draw(&seed) % (utf8_length(strbuf_str(&in)) + 1)));
            strbuf_add(&whole, in.p ? in.p : "", at);
            strbuf_adds(&whole, odd[draw(&seed) % ARRAY_LEN(odd)]);
            strbuf_adds(&whole, str_sub(strbuf_str(&in), at, in.n));
            assert_false(utf8_is_plain_han(strbuf_str(&whole)));
            utf8_plain_blocks(strbuf_str(&whole), blocks);
            assert_true((size_t)__builtin_popcountll(blocks[0]) < (whole.n + 63) / 64);
        }
    }
}

/* Half a character of GB18030 may be a vertical bar, a digit, a letter; never what we cut at. */
static void test_delimiters(void **state)
{
    (void)state;
    static const char both[] = ",;\t #^"; /* ^ is in reach of UTF-8 only */
    for (size_t i = 0; i < sizeof(both) - 1; i++) {
        assert_true(split_can_cut(both[i], true));
        assert_int_equal(split_can_cut(both[i], false), both[i] != '^');
    }
    assert_false(split_can_cut('|', false));
    assert_true(split_can_cut('|', true));
    assert_false(split_can_cut('"', true));
    assert_false(split_can_cut('\n', true));
    assert_false(split_can_cut('5', false));
}

/* The most fields, the fullest window. */
static void test_limits(void **state)
{
    (void)state;
    AUTO_STRBUF in = STRBUF_INIT;
    struct splitter s;
    struct split_record r;
    split_init(&s, ',', true);
    for (int extra = -1; extra <= 1; extra++) {
        strbuf_clear(&in);
        for (int i = 1; i < SPLIT_MAX_FIELDS + extra; i++) {
            strbuf_addc(&in, ',');
        }
        strbuf_addc(&in, '\n');
        split_window(&s, in.p, in.n, true);
        assert_true(split_next(&s, &r));
        assert_int_equal(r.n, SPLIT_MAX_FIELDS + extra);
        assert_int_equal(r.shape == SPLIT_IRREGULAR, extra > 0);
    }
    static const char full[] = ",\n\"";
    for (size_t k = 0; k < 3; k++) {
        strbuf_clear(&in);
        for (size_t i = 0; i < SPLIT_WINDOW; i++) {
            strbuf_addc(&in, full[k]);
        }
        split_window(&s, in.p, in.n, true);
        size_t n = 0;
        while (split_next(&s, &r)) {
            n++;
        }
        assert_int_equal(n, full[k] == '\n' ? SPLIT_WINDOW : 1);
    }
    split_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_instructions_equal_plain),
        cmocka_unit_test(test_plain_han),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
