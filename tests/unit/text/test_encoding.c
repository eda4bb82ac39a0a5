/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text/utf8.h"
#include "tests/lib/tsv.h"

static enum encoding named(struct str s)
{
    enum encoding e = ENC_UNKNOWN;
    if (s.n && !str_eqz(s, "unknown")) {
        assert_true(encoding_from_name(s, &e));
    }
    return e;
}

static void detection(void **state)
{
    (void)state;
    struct tsv t;
    tsv_open(&t, "text_encoding_detect.tsv");
    while (tsv_next(&t)) {
        struct encoding_verdict v;
        encoding_detect(t.f[0], true, named(t.f[1]), &v);
        if (v.encoding != named(t.f[2])) {
            tsv_fail(&t, "encoding", str_of(encoding_name(v.encoding)));
        }
        assert_int_equal(v.encoding, named(t.f[2]));
        assert_true(v.why[0] != 0);
    }
    tsv_close(&t);
}

static void decode_table(void **state)
{
    (void)state;
    struct decoder gb, utf8;
    assert_int_equal(decoder_open(&gb, ENC_GB18030, NULL), ST_OK);
    assert_int_equal(decoder_open(&utf8, ENC_UTF8, NULL), ST_OK);
    AUTO_STRBUF scratch = STRBUF_INIT;
    struct tsv t;
    tsv_open(&t, "text_decode.tsv");
    while (tsv_next(&t)) {
        static const char *const defects[] = {"clean", "euro", "nul", "invalid"};
        struct decode_note note;
        struct str got = decode_line(named(t.f[0]) == ENC_GB18030 ? &gb : &utf8, t.f[1], &scratch, &note);
        if (!str_eq(got, t.f[2]) || !str_eqz(t.f[3], defects[note.defect])) {
            tsv_fail(&t, defects[note.defect], got);
        }
        assert_true(str_eq(got, t.f[2]));
        assert_string_equal(t.f[3].p, defects[note.defect]);
        int64_t offset = -1;
        (void)str_to_i64(t.f[4], &offset);
        assert_int_equal(note.bad_offset, offset < 0 ? SIZE_MAX : (size_t)offset);
    }
    tsv_close(&t);
    decoder_close(&gb);
}

static void same_view_when_clean(void **state)
{
    (void)state;
    struct decoder d;
    assert_int_equal(decoder_open(&d, ENC_UTF8, NULL), ST_OK);
    AUTO_STRBUF scratch = STRBUF_INIT;
    struct decode_note note;
    struct str han = STR("张三,阿依古丽·买买提,𠂇,a very long line of ASCII");
    assert_ptr_equal(decode_line(&d, han, &scratch, &note).p, han.p);
    struct str odd = STR("a\xEE\xA0\x80"); /* U+E800: private, nobody knows it */
    assert_ptr_equal(decode_line(&d, odd, &scratch, &note).p, odd.p);
    assert_int_equal(note.private_left, 1);
    struct str nul = str_n("a\0b", 3);
    struct str got = decode_line(&d, nul, &scratch, &note);
    assert_true(str_eqz(got, "a\xEF\xBF\xBD" "b"));
    assert_int_equal(note.defect, DECODE_NUL);
    assert_int_equal(decode_line(&d, str_n(NULL, 0), &scratch, &note).n, 0);
    struct decoder gb;
    assert_int_equal(decoder_open(&gb, ENC_GB18030, NULL), ST_OK);
    got = decode_line(&gb, str_n("12345678\xD5\xC5\0\xD5\0", 13), &scratch, &note);
    assert_true(str_eqz(got, "12345678张\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"));
    assert_int_equal(note.defect, DECODE_INVALID); /* the lead without its trail is graver */
    assert_int_equal(note.bad_offset, 10);
    decoder_close(&gb);
}

static void names_of_encodings(void **state)
{
    (void)state;
    static const char *const known[] = {"UTF-8", "utf8", "GBK", "gb_2312", "CP936", "GB18030", "UTF-16", "utf-16le", "UTF-16BE", "utf-8-sig"};
    enum encoding e;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        assert_true(encoding_from_name(str_of(known[i]), &e));
    }
    assert_false(encoding_from_name(STR("big5"), &e));
    assert_false(encoding_from_name(STR("a-very-long-name-of-an-encoding"), &e));
    assert_false(encoding_from_name(STR(""), &e));
    for (enum encoding k = ENC_UTF8; k < ENC_COUNT; k++) {
        assert_true(encoding_from_name(str_of(encoding_name(k)), &e));
        assert_int_equal(e, k);
    }
    struct encoder enc;
    size_t bad = 0;
    AUTO_STRBUF out = STRBUF_INIT;
    assert_int_equal(encoder_open(&enc, NULL), ST_OK);
    assert_true(encode_gb18030(&enc, STR(""), &out, &bad));
    assert_false(encode_gb18030(&enc, STR("张\xEE\xA0\x9E"), &out, &bad)); /* U+E81E has no code */
    assert_int_equal(bad, 3);
    encoder_close(&enc);
}

/* Every code point that GB18030 can write comes back the same, whatever stands beside it. */
static void round_trip_all(void **state)
{
    (void)state;
    struct encoder e;
    struct decoder d;
    assert_int_equal(encoder_open(&e, NULL), ST_OK);
    assert_int_equal(decoder_open(&d, ENC_GB18030, NULL), ST_OK);
    AUTO_STRBUF one = STRBUF_INIT;
    AUTO_STRBUF bytes = STRBUF_INIT;
    AUTO_STRBUF scratch = STRBUF_INIT;
    size_t refused = 0;
    for (uint32_t cp = 1; cp < 0x30000; cp++) {
        if ((cp >= 0xD800 && cp <= 0xDFFF) || cp_is_private(cp)) {
            continue;
        }
        strbuf_clear(&one);
        strbuf_clear(&bytes);
        strbuf_add_cp(&one, cp);
        strbuf_addz(&one, ",张");
        size_t bad;
        if (!encode_gb18030(&e, strbuf_str(&one), &bytes, &bad)) {
            assert_int_equal(bad, 0);
            refused++;
            continue;
        }
        struct decode_note note;
        struct str back = decode_line(&d, strbuf_str(&bytes), &scratch, &note);
        if (!str_eq(back, strbuf_str(&one)) || note.defect) {
            (void)fprintf(stderr, "U+%04X\n", cp);
        }
        assert_true(str_eq(back, strbuf_str(&one)));
        assert_int_equal(note.defect, DECODE_CLEAN);
    }
    assert_true(refused < 40);
    encoder_close(&e);
    decoder_close(&d);
}

/* The two-byte space is full but for a handful; nothing decodes to nothing. */
static void every_pair_decodes(void **state)
{
    (void)state;
    struct decoder d;
    assert_int_equal(decoder_open(&d, ENC_GB18030, NULL), ST_OK);
    AUTO_STRBUF scratch = STRBUF_INIT;
    size_t bad = 0;
    for (int lead = 0x81; lead <= 0xFE; lead++) {
        for (int trail = 0x40; trail <= 0xFE; trail++) {
            if (trail == 0x7F) {
                continue;
            }
            char raw[3] = {(char)lead, (char)trail, ','};
            struct decode_note note;
            struct str got = decode_line(&d, str_n(raw, 3), &scratch, &note);
            assert_int_equal(got.p[got.n - 1], ',');
            assert_int_equal(utf8_valid_head(got), got.n);
            bad += note.defect == DECODE_INVALID;
        }
    }
    assert_true(bad < 10);
    decoder_close(&d);
}

/* A prefix cut at any byte is judged as the whole is, as soon as there is something to judge. */
static void cut_anywhere(void **state)
{
    (void)state;
    struct encoder e;
    assert_int_equal(encoder_open(&e, NULL), ST_OK);
    struct str text = STR("姓名,身份证号,住址\r\n诸葛亮,120194199001011234,某区某街道幸福里3号楼2门501\r\n㛃㝬,,䶮\r\n");
    AUTO_STRBUF gb = STRBUF_INIT;
    AUTO_STRBUF wide = STRBUF_INIT;
    size_t bad;
    assert_true(encode_gb18030(&e, text, &gb, &bad));
    encode_utf16(text, ENC_UTF16LE, &wide);
    for (size_t n = 4; n <= text.n; n++) {
        struct encoding_verdict v;
        encoding_detect(str_sub(text, 0, n), false, ENC_UNKNOWN, &v);
        assert_int_equal(v.encoding, ENC_UTF8);
        encoding_detect(str_sub(text, 0, n), false, ENC_UTF8, &v);
        assert_int_equal(v.how, ENC_BY_DECLARED);
        if (n <= gb.n && n > 4) {
            encoding_detect(str_sub(strbuf_str(&gb), 0, n), false, ENC_UTF8, &v);
            assert_int_equal(v.encoding, ENC_GB18030);
            assert_true(v.declared_failed);
        }
        if (n <= wide.n && n > 24) {
            encoding_detect(str_sub(strbuf_str(&wide), 0, n), false, ENC_UNKNOWN, &v);
            assert_int_equal(v.encoding, ENC_UTF16LE);
        }
    }
    encoder_close(&e);
}

/* A file of one name and nothing else Chinese, for 24 surnames and every ideograph of GB 2312: 324,624 files, told apart without a mistake. */
static void one_name_files(void **state)
{
    (void)state;
    struct decoder d;
    assert_int_equal(decoder_open(&d, ENC_GB18030, NULL), ST_OK);
    AUTO_STRBUF scratch = STRBUF_INIT;
    static const char surnames[] = "\xD5\xC5\xB3\xC2\xC0\xEE\xCD\xF5\xD5\xD4\xCB\xEF\xD6\xDC\xCE\xE2\xD6\xA3\xD0\xEC\xD6\xEC\xC7\xD8\xD0\xED\xBA\xCE\xC2\xC0"
                                   "\xCA\xA9\xBF\xD7\xB2\xDC\xD1\xCF\xBB\xAA\xBD\xF0\xCE\xBA\xCC\xD5\xBD\xAA";
    size_t files = 0, also_utf8 = 0;
    for (size_t surname = 0; surname + 1 < sizeof(surnames); surname += 2) {
        for (int lead = 0xB0; lead <= 0xF7; lead++) {
            for (int trail = 0xA1; trail <= 0xFE; trail++) {
                if (lead == 0xD7 && trail > 0xF9) {
                    continue; /* not assigned in GB 2312 */
                }
                char gb[] = "id,name\n12,????\n";
                memcpy(gb + 11, surnames + surname, 2);
                gb[13] = (char)lead;
                gb[14] = (char)trail;
                struct encoding_verdict v;
                struct decode_note note;
                encoding_detect(str_of(gb), true, ENC_UNKNOWN, &v);
                assert_int_equal(v.encoding, ENC_GB18030);
                also_utf8 += utf8_valid_head(str_of(gb)) == sizeof(gb) - 1;
                struct str text = decode_line(&d, str_of(gb), &scratch, &note);
                encoding_detect(text, true, ENC_UNKNOWN, &v);
                assert_int_equal(v.encoding, ENC_UTF8);
                encoding_detect(text, true, ENC_GB18030, &v);
                assert_int_equal(v.encoding, ENC_UTF8);
                files += 2;
            }
        }
    }
    assert_int_equal(files, 2 * 24 * 6763);
    assert_true(also_utf8 > 0); /* the Han test had something to do */
    decoder_close(&d);
}

static void utf16_by_chunks(void **state)
{
    (void)state;
    struct str text = STR("姓名\t张三\r\n𠂇a·\n");
    static const enum encoding kinds[] = {ENC_UTF16LE, ENC_UTF16BE};
    for (size_t k = 0; k < 2; k++) {
        AUTO_STRBUF wide = STRBUF_INIT;
        encode_utf16(text, kinds[k], &wide);
        for (size_t step = 1; step <= wide.n; step++) {
            AUTO_STRBUF out = STRBUF_INIT;
            struct utf16_reader r;
            utf16_init(&r, kinds[k]);
            for (size_t at = 0; at < wide.n; at += step) {
                utf16_feed(&r, str_sub(strbuf_str(&wide), at, step), &out);
            }
            utf16_finish(&r, &out);
            assert_true(str_eq(strbuf_str(&out), text));
            assert_int_equal(r.defects, 0);
        }
    }
}

static void utf16_defects_stay_visible(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        uint64_t defects;
    } cases[] = {{"\x00\xD8" "a\0", 4, 1}, {"\x00\xDC" "a\0", 4, 1}, {"a\0\x00\xD8", 4, 1}, {"a\0b", 3, 1}, {"\x00\xD8\x00\xD8\x00\xDC", 6, 1}};
    struct decoder d;
    assert_int_equal(decoder_open(&d, ENC_UTF8, NULL), ST_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_STRBUF out = STRBUF_INIT;
        AUTO_STRBUF scratch = STRBUF_INIT;
        struct utf16_reader r;
        utf16_init(&r, ENC_UTF16LE);
        utf16_feed(&r, str_n(cases[i].bytes, cases[i].n), &out);
        utf16_finish(&r, &out);
        assert_int_equal(r.defects, cases[i].defects);
        struct decode_note note;
        (void)decode_line(&d, strbuf_str(&out), &scratch, &note);
        assert_int_equal(note.defect, DECODE_INVALID);
    }
}

static void whole_files(void **state)
{
    (void)state;
    AUTO_STRBUF out = STRBUF_INIT;
    struct err err;
    assert_int_equal(decode_whole("a.csv", STR("\xEF\xBB\xBF\xEF\xBB\xBF" "code\n张\n"), ENC_UNKNOWN, &out, &err), ST_OK);
    assert_string_equal(strbuf_z(&out), "code\n张\n");
    assert_int_equal(decode_whole("a.csv", STR("code\n\xD5\xC5\xC8\xFD,\xB3\xA4\n"), ENC_UNKNOWN, &out, &err), ST_OK);
    assert_string_equal(strbuf_z(&out), "code\n张三,长\n");
    assert_int_equal(decode_whole("a.csv", STR("\xFF\xFE\x20\x5F\n\0"), ENC_UNKNOWN, &out, &err), ST_OK);
    assert_string_equal(strbuf_z(&out), "张\n");
    assert_int_equal(decode_whole("a.csv", STR("\xFF\xFF\xFF"), ENC_UNKNOWN, &out, &err), ST_INPUT);
    assert_int_equal(decode_whole("a.csv", STR("\xEF\xBB\xBF" "ok\n\xFF\n"), ENC_UNKNOWN, &out, &err), ST_INPUT);
    assert_non_null(strstr(err.text, "第 2 行"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detection),       cmocka_unit_test(decode_table),
        cmocka_unit_test(same_view_when_clean), cmocka_unit_test(round_trip_all),
        cmocka_unit_test(every_pair_decodes), cmocka_unit_test(cut_anywhere),      cmocka_unit_test(one_name_files),
        cmocka_unit_test(utf16_by_chunks), cmocka_unit_test(utf16_defects_stay_visible),
        cmocka_unit_test(whole_files),     cmocka_unit_test(names_of_encodings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
