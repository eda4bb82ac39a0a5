/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to text and text to values: whatever comes in, text is valid UTF-8, positions lie inside the input, outputs appear on success only. */
#include "base/text/mask.h"
#include "base/text/area.h"
#include "base/text/encoding.h"
#include "base/text/fold.h"
#include "base/text/utf8.h"
#include "base/text/values.h"

#include "base/core/bug.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char areas_csv[] = "code,name,aliases,kind,parent\n1,影子区,,district,\n2,长虹街道,长虹,street,1\n3,幸福里社区,,community,2\n4,东升村,,community,2\n";

struct tools {
    struct decoder gb, utf8;
    struct area_set areas;
    struct diag_list diags;
    bool ready;
};

static struct tools *tools_get(void)
{
    static struct tools tools; /* filled once: the table of GB18030 takes a few ms */
    if (!tools.ready) {
        BUG_ON(decoder_open(&tools.gb, ENC_GB18030, NULL) != ST_OK);
        BUG_ON(decoder_open(&tools.utf8, ENC_UTF8, NULL) != ST_OK);
        BUG_ON(!areas_parse(&tools.areas, "areas.csv", STR(areas_csv), &tools.diags));
        tools.ready = true;
    }
    return &tools;
}

static void check_values(struct tools *t, struct str cell)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    AUTO_STRBUF out = STRBUF_INIT;
    unsigned flags = 0;
    daynum day = DAY_MISSING;
    monthnum month;
    fen money = FEN_MISSING;
    int64_t v;
    bool flag;
    enum date_precision precision;
    struct phones phones;
    struct str clean = cell_clean(cell, &scratch, &flags);
    BUG_ON(utf8_valid_head(clean) != clean.n);
    enum value_reason r = value_date(cell, DATE_ALLOW_SERIAL | DATE_ALLOW_TWO_DIGIT, &day, &precision);
    BUG_ON((r == VALUE_OK) != (day != DAY_MISSING));
    r = value_money(cell, MONEY_WAN, &money);
    BUG_ON((r == VALUE_OK) != (money != FEN_MISSING));
    BUG_ON(r == VALUE_OK && (money > FEN_MAX || money < -FEN_MAX));
    (void)value_month(cell, &month);
    (void)value_integer(cell, &v);
    (void)value_decimal(cell, 3, &v);
    (void)value_flag(cell, &flag);
    r = value_phones(cell, &phones);
    BUG_ON(r == VALUE_OK && (phones.n == 0 || phones.n > PHONES_MAX || phones.v[0].n < 7));
    for (int k = MASK_NONE; k <= MASK_RUNS; k++) {
        mask_add((enum mask_kind)k, cell, &out);
    }
    BUG_ON(utf8_valid_head(strbuf_str(&out)) != out.n);
    struct area_match m;
    areas_match(&t->areas, cell, &m);
    BUG_ON(m.rest > cell.n);
}

static void check_names(struct str cell)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    AUTO_STRBUF key = STRBUF_INIT;
    AUTO_STRBUF again = STRBUF_INIT;
    unsigned flags;
    struct str clean = name_clean(cell, &scratch, &flags);
    BUG_ON(utf8_valid_head(clean) != clean.n);
    fold_key(cell, &key);
    fold_key(strbuf_str(&key), &again);
    BUG_ON(!str_eq(strbuf_str(&key), strbuf_str(&again)));
    struct str head = str_sub(cell, 0, utf8_offset(cell, utf8_length(cell) / 2)), tail = str_sub(cell, head.n, cell.n);
    BUG_ON(name_agrees(head, tail) != name_agrees(tail, head));
    enum name_verdict self = name_agrees(cell, cell);
    BUG_ON(self == NAME_CONTRADICTS || self == NAME_VARIANT);
}

static void check_lines(struct tools *t, const struct decoder *d, struct str text)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    struct str line;
    while (str_split(&text, '\n', &line)) {
        struct decode_note note;
        struct str s = decode_line(d, line, &scratch, &note);
        BUG_ON(utf8_valid_head(s) != s.n);
        BUG_ON((note.defect == DECODE_CLEAN) != (note.bad_offset == SIZE_MAX));
        BUG_ON(note.defect && note.bad_offset >= line.n);
        BUG_ON(s.n && memchr(s.p, 0, s.n));
        check_values(t, s);
        check_names(s);
    }
}

static void check_utf16(struct str text, size_t step)
{
    AUTO_STRBUF whole = STRBUF_INIT;
    AUTO_STRBUF parts = STRBUF_INIT;
    struct utf16_reader r;
    utf16_init(&r, ENC_UTF16LE);
    utf16_feed(&r, text, &whole);
    utf16_finish(&r, &whole);
    BUG_ON((r.defects == 0) != (utf8_valid_head(strbuf_str(&whole)) == whole.n));
    utf16_init(&r, ENC_UTF16LE);
    for (size_t at = 0; at < text.n; at += step) {
        utf16_feed(&r, str_sub(text, at, step), &parts);
    }
    utf16_finish(&r, &parts);
    BUG_ON(!str_eq(strbuf_str(&whole), strbuf_str(&parts)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 1 || n > 4096) {
        return 0;
    }
    struct tools *t = tools_get();
    struct str text = str_n((const char *)bytes + 1, n - 1);
    struct encoding_verdict v;
    encoding_detect(text, bytes[0] & 1, (enum encoding)(bytes[0] / 2 % ENC_COUNT), &v);
    BUG_ON(v.bom_length > text.n || (v.bad_offset != SIZE_MAX && v.bad_offset > text.n));
    AUTO_STRBUF out = STRBUF_INIT;
    bool decoded = decode_whole("x", text, ENC_UNKNOWN, &out, NULL) == ST_OK;
    BUG_ON(decoded && utf8_valid_head(strbuf_str(&out)) != out.n);
    check_lines(t, &t->gb, text);
    check_lines(t, &t->utf8, text);
    check_utf16(text, 1 + bytes[0] % 7);
    return 0;
}
