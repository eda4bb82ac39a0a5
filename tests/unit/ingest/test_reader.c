/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to records: the same fields libcsv gives on lines without quotes and on well-formed files, whatever the chunks; and what a stray quote may cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/hash.h"
#include "base/text/split.h"
#include "pipeline/ingest/reader.h"

/* A source that hands out few bytes at a time. */
struct trickle {
    struct str left;
    size_t most;
};

static enum status trickle_read(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct trickle *t = ctx;
    (void)err;
    *out_n = MIN(MIN(cap, t->most), t->left.n);
    memcpy(buf, t->left.p, *out_n);
    t->left = str_sub(t->left, *out_n, t->left.n);
    return ST_OK;
}

/* A record as text: line:fields joined by ^, ! and the reason code when it was rejected. */
static void dump_record(const struct reader *r, const struct record *rec, struct strbuf *out)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    strbuf_addf(out, "%lld:%s", (long long)rec->line, rec->euro ? "$" : "");
    if (rec->bad != VALUE_OK) {
        strbuf_addf(out, "!%s", value_reason_code(rec->bad));
    }
    for (size_t i = 0; i < rec->fields.n; i++) {
        strbuf_addz(out, i ? "^" : "");
        strbuf_adds(out, record_text(r, rec, rec->fields.v[i], &scratch));
    }
    strbuf_addc(out, ' ');
}

static struct reader *open_reader(struct trickle *t, enum encoding e, char delimiter, size_t columns)
{
    struct reader *r;
    struct err err;
    assert_int_equal(reader_open((struct byte_source){trickle_read, t}, e, 0, delimiter, &r, &err), ST_OK);
    reader_set_columns(r, columns);
    return r;
}

static void dump_cut(struct trickle t, enum encoding e, char delimiter, size_t columns, struct strbuf *out)
{
    struct reader *r = open_reader(&t, e, delimiter, columns);
    struct record_block *b = test_calloc(1, sizeof(*b));
    struct err err;
    do {
        assert_int_equal(reader_next_block(r, b, &err), ST_OK);
        for (size_t i = 0; i < b->n; i++) {
            const struct record rec = block_record(b, i);
            dump_record(r, &rec, out);
        }
    } while (b->n > 0);
    record_block_release(b);
    test_free(b);
    reader_close(r);
}

/* Read with care, line by line; then cut in blocks, which must give the same. */
static void dump(struct str bytes, size_t most, enum encoding e, char delimiter, size_t columns, struct strbuf *out)
{
    struct trickle t = {bytes, most};
    struct reader *r = open_reader(&t, e, delimiter, columns);
    struct record rec = {0};
    struct err err;
    AUTO_STRBUF cut = STRBUF_INIT;
    bool more;
    strbuf_clear(out);
    for (;;) {
        assert_int_equal(reader_next(r, &rec, &more, &err), ST_OK);
        if (!more) {
            break;
        }
        dump_record(r, &rec, out);
    }
    vec_release(&rec.fields);
    reader_close(r);
    dump_cut((struct trickle){bytes, most}, e, delimiter, columns, &cut);
    assert_string_equal(strbuf_z(&cut), strbuf_z(out));
}

static void test_cases(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        size_t columns;
        const char *want;
    } cases[] = {
        {"a,b\nc,d\n", 2, "1:a^b 2:c^d "},
        {"a,b\r\nc,d", 2, "1:a^b 2:c^d "},
        {"a,b\rc,d\r", 2, "1:a^b 2:c^d "},
        {"a,\n,b\n,\n", 2, "1:a^ 2:^b 3:^ "},
        {"\n\r\na,b\n\n", 2, "1: 2: 3:a^b 4: "},
        {" a , b \n", 2, "1: a ^ b  "},
        {"\"a,1\",b\nc,d\n", 2, "1:a,1^b 2:c^d "},
        {"\"a \"\"x\"\"\",b\n", 2, "1:a \"x\"^b "},
        {"a\"b,c\nd,e\n", 2, "1:a\"b^c 2:d^e "},
        {"\"a\nb\",c\nd,e\n", 2, "1:a\nb^c 3:d^e "},
        {"\"a\r\n\r\nb\",c\r\nd,e\r\n", 2, "1:a\n\nb^c 4:d^e "},
        /* an open quote with nothing that closes it costs its line */
        {"\"a,b\nc,d\ne,f\n", 2, "1:!R02 2:c^d 3:e^f "},
        {"a,\"b\nc,d\ne,f\n", 2, "1:!R02 2:c^d 3:e^f "},
        /* a later quoted cell must not close it */
        {"\"a,b\n\"c,1\",d\ne,f\n", 2, "1:!R02 2:c,1^d 3:e^f "},
        {"\"a,b\nc,d\ne,\"f\"\n", 2, "1:!R02 2:c^d 3:e^f "},
        /* nor a cell over two lines that follows */
        {"\"a,b\n\"c\nx\",d\ne,f\n", 2, "1:!R02 2:c\nx^d 4:e^f "},
        /* too few or too many fields across lines */
        {"\"a\nb\"\nc,d\n", 2, "1:!R02 2:b\" 3:c^d "},
        {"\"a\nb\",c,d\ne,f\n", 2, "1:!R02 2:b\"^c^d 3:e^f "},
        {"x,\"a", 2, "1:!R02 "},
        {"a,\xff\xfe\nc,d\n", 2, "1:!R03 2:c^d "},
    };
    AUTO_STRBUF got = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (size_t most = 1; most < 100; most += 3) {
            dump(str_of(cases[i].in), most, ENC_UTF8, ',', cases[i].columns, &got);
            assert_string_equal(strbuf_z(&got), cases[i].want);
        }
    }
}

static void test_limits(void **state)
{
    (void)state;
    AUTO_STRBUF in = STRBUF_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    for (uint32_t lines = RECORD_MAX_LINES - 1; lines <= RECORD_MAX_LINES + 1; lines++) {
        strbuf_clear(&in);
        strbuf_addz(&in, "\"a");
        for (uint32_t i = 1; i < lines; i++) {
            strbuf_addz(&in, "\nx");
        }
        strbuf_addz(&in, "\",b\n");
        dump(strbuf_str(&in), 4096, ENC_UTF8, ',', 2, &got);
        assert_int_equal(strncmp(strbuf_z(&got), "1:!R02", 6) == 0, lines > RECORD_MAX_LINES);
    }
    for (int extra = -1; extra <= 1; extra++) {
        strbuf_clear(&in);
        strbuf_addz(&in, "\"a\n");
        while (in.n < RECORD_MAX_BYTES - 4 + (size_t)extra) {
            strbuf_addc(&in, 'x');
        }
        strbuf_addz(&in, "\",b\n");
        dump(strbuf_str(&in), 1 << 20, ENC_UTF8, ',', 2, &got);
        assert_int_equal(strncmp(strbuf_z(&got), "1:!R02", 6) == 0, extra > 0);
    }
    strbuf_clear(&in);
    strbuf_addz(&in, "a,b\n");
    for (size_t i = 0; i < READER_MAX_LINE * 3; i++) {
        strbuf_addc(&in, 'x');
    }
    strbuf_addz(&in, "\nc,d\n");
    dump(strbuf_str(&in), 100000, ENC_UTF8, ',', 2, &got);
    assert_string_equal(strbuf_z(&got), "1:a^b 2:!R05 3:c^d ");
}

static uint64_t draw(uint64_t *seed)
{
    return hash_mix(*seed += 0x9e3779b97f4a7c15u);
}

/* Lines without a quote: our own split against libcsv. */
static void test_split_equals_libcsv(void **state)
{
    (void)state;
    static const char *const bits[] = {",", ",,", ";", "\t", " ", "a", "0", "张", "·", "|", "12.5", "'", "=", "x,y", "　"};
    static const char delimiters[] = {',', '\t', ';', '|'};
    uint64_t seed = 1;
    AUTO_STRBUF line = STRBUF_INIT;
    field_list ours = {0}, theirs = {0};
    for (int round = 0; round < 20000; round++) {
        char d = delimiters[round % 4];
        strbuf_clear(&line);
        for (uint64_t n = draw(&seed) % 12; n > 0; n--) {
            strbuf_addz(&line, bits[draw(&seed) % ARRAY_LEN(bits)]);
        }
        struct csv_feed *f = csv_feed_new(d);
        assert_true(csv_split_plain(strbuf_str(&line), d, &ours));
        assert_int_equal(csv_feed_lenient(f, strbuf_str(&line), &theirs), CSV_RECORD);
        assert_int_equal(ours.n, theirs.n);
        for (size_t i = 0; i < ours.n; i++) {
            assert_true(str_eq(ours.v[i], theirs.v[i]));
        }
        csv_feed_free(f);
    }
    vec_release(&ours);
    vec_release(&theirs);
}

/* Well-formed files with quotes, commas, quotes inside and line breaks come back as written. */
static void test_round_trip(void **state)
{
    (void)state;
    static const char *const cells[] = {"a", "", "x,y", "he said \"no\"", "two\nlines", "张三", "\"", ",", "12.50", "a\n\nb"};
    uint64_t seed = 7;
    AUTO_STRBUF file = STRBUF_INIT;
    AUTO_STRBUF want = STRBUF_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    for (int round = 0; round < 300; round++) {
        int64_t line = 1;
        strbuf_clear(&file);
        strbuf_clear(&want);
        for (int row = 0; row < 20; row++) {
            strbuf_addf(&want, "%lld:id%d", (long long)line, row);
            strbuf_addf(&file, "id%d", row);
            for (int c = 0; c < 3; c++) {
                const char *cell = cells[draw(&seed) % ARRAY_LEN(cells)];
                strbuf_addf(&want, "^%s", cell);
                strbuf_addz(&file, ",\"");
                for (const char *p = cell; *p; p++) {
                    strbuf_addz(&file, *p == '"' ? "\"\"" : (char[]){*p, 0});
                    line += *p == '\n';
                }
                strbuf_addc(&file, '"');
            }
            strbuf_addc(&want, ' ');
            strbuf_addz(&file, round % 2 ? "\r\n" : "\n");
            line++;
        }
        dump(strbuf_str(&file), 1 + draw(&seed) % 200, ENC_UTF8, ',', 4, &got);
        assert_string_equal(strbuf_z(&got), strbuf_z(&want));
    }
}

static void test_utf16(void **state)
{
    (void)state;
    AUTO_STRBUF wide = STRBUF_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    encode_utf16(STR("姓名\t金额\r\n张三\t\"1\n2\"\r\n𠮷\t3\r\n"), ENC_UTF16LE, &wide);
    for (size_t most = 1; most < 30; most++) {
        dump(strbuf_str(&wide), most, ENC_UTF16LE, '\t', 2, &got);
        assert_string_equal(strbuf_z(&got), "1:姓名^金额 2:张三^1\n2 4:𠮷^3 ");
    }
}

/* GB18030 cut as it came: the euro sign, characters whose halves look like digits, letters and bars, what is no character at all. */
static void test_gb18030(void **state)
{
    (void)state;
    static const struct {
        const char *in, *want;
        char delimiter;
    } cases[] = {
        {"\xD0\xD5\xC3\xFB,1\r\n\xD5\xC5,2\r\n", "1:姓名^1 2:张^2 ", ','},
        {"\x80,5\n\xD5\xC5,6\n", "1:$€^5 2:张^6 ", ','},
        {"\x81\x30\x84\x36|\x95\x32\x82\x36,1\n", "1:¥|𠀀^1 ", ','},
        {"\x81|a|b\n\xD5\xC5|c|d\n", "1:亅a^b 2:张^c^d ", '|'},
        {"\xFF,1\n\xD5\xC5,2\n\xD5,3\n", "1:!R03 2:张^2 3:!R03 ", ','},
        {"\"\xD5\xC5,\"\"\",1\n\"\xD5\n\xC5\",2\n", "1:张,\"^1 2:!R03 3:!R03 ", ','},
        {"\"\xD5\xC5\n\xD5\xC5\",2\nx,3\n", "1:张\n张^2 3:x^3 ", ','},
    };
    AUTO_STRBUF got = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (size_t most = 1; most < 20; most++) {
            dump(str_of(cases[i].in), most, ENC_GB18030, cases[i].delimiter, 2, &got);
            assert_string_equal(strbuf_z(&got), cases[i].want);
        }
    }
}

/* The longest line, to the byte, wherever the reads end; lines about as long as a window; and the reader that knows them all. */
static void test_long_lines(void **state)
{
    (void)state;
    static const size_t lengths[] = {SPLIT_WINDOW - 1, SPLIT_WINDOW, SPLIT_WINDOW + 1, READER_MAX_LINE - 1, READER_MAX_LINE, READER_MAX_LINE + 1, READER_MAX_LINE + 5000};
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    AUTO_STRBUF in = STRBUF_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        for (size_t k = 0; k < ARRAY_LEN(ends); k++) {
            strbuf_clear(&in);
            strbuf_addf(&in, "a,b%s", ends[k]);
            size_t from = in.n;
            while (in.n - from < lengths[i]) {
                strbuf_addc(&in, 'x');
            }
            strbuf_addf(&in, "%sc,d%s", ends[k], ends[k]);
            dump(strbuf_str(&in), 100003, ENC_UTF8, ',', 2, &got);
            bool too_long = lengths[i] > READER_MAX_LINE;
            assert_string_equal(strbuf_z(&got) + got.n - 6, "3:c^d ");
            assert_int_equal(strncmp(strbuf_z(&got), "1:a^b 2:!R05 ", 13) == 0, too_long);
        }
    }
}

/* Any mixture of the pieces that trouble readers, in both encodings. */
static void test_cut_equals_care(void **state)
{
    (void)state;
    static const struct str bits[] = {{",", 1}, {",", 1}, {"\"", 1}, {"\"\"", 2}, {"\n", 1}, {"\r\n", 2}, {"\r", 1}, {"a", 1}, {"张", 3}, {"（", 3}, {"\xEE\xA0\x95", 3}, {"\xD5\xC5", 2},
                                      {"\x81\x30\x84\x36", 4}, {"\x80", 1}, {"\xFF", 1}, {"\0", 1}, {"a,b\n", 4}, {"\"x\",y\n", 6}, {"\"x\ny\",z\n", 8}};
    uint64_t seed = 11;
    AUTO_STRBUF in = STRBUF_INIT;
    AUTO_STRBUF got = STRBUF_INIT;
    for (int round = 0; round < 3000; round++) {
        strbuf_clear(&in);
        for (uint64_t n = draw(&seed) % 60; n > 0; n--) {
            strbuf_adds(&in, bits[draw(&seed) % ARRAY_LEN(bits)]);
        }
        dump(strbuf_str(&in), 1 + draw(&seed) % 90, round & 1 ? ENC_UTF8 : ENC_GB18030, ',', draw(&seed) % 4, &got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),      cmocka_unit_test(test_limits), cmocka_unit_test(test_split_equals_libcsv),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_utf16), cmocka_unit_test(test_gb18030),
        cmocka_unit_test(test_long_lines), cmocka_unit_test(test_cut_equals_care),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
