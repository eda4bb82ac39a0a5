/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/cells.h"

#include <stdlib.h>

#include "base/core/bug.h"
#include "base/text/fold.h"
#include "base/text/mask.h"
#include "base/text/utf8.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/cell_quick.h"

#define CODES_SEEN_MAX 4096 /* beyond this many spellings a code cell is looked up anew each time */
#define MISSING_MAX    8    /* no way of writing nothing is longer */
#define TEXT_MAX       ((size_t)64 << 10)

bool column_has_raw(const struct source_column *c)
{
    return c->type == COL_ID_NUMBER || c->type == COL_CERTIFICATE;
}

bool column_is_text(const struct source_column *c)
{
    switch (c->type) {
    case COL_NAME:
    case COL_PHONE:
    case COL_ADDRESS:
    case COL_AREA:
    case COL_CODE:
    case COL_TEXT:
    case COL_TOKEN:
        return true;
    case COL_ID_NUMBER:
    case COL_CERTIFICATE:
    case COL_DATE:
    case COL_MONTH:
    case COL_MONEY:
    case COL_FLAG:
    case COL_INTEGER:
    case COL_TYPE_COUNT:
        break;
    }
    return false;
}

void cell_reader_init(struct cell_reader *r, const struct source_column *c)
{
    memset(r, 0, sizeof(*r));
    r->column = c;
    cell_missing(c, &r->missing);
}

void cell_reader_release(struct cell_reader *r)
{
    strbuf_release(&r->scratch);
    strbuf_release(&r->folded);
    strmap_release(&r->seen);
    free(r->label_of);
}

void cell_missing(const struct source_column *c, struct cell *out)
{
    bool narrow = c->type == COL_DATE || c->type == COL_MONTH;
    *out = (struct cell){VALUE_MISSING, narrow ? INT32_MIN : INT64_MIN, 0, {"", 0}};
}

/* --- text ---------------------------------------------------------------------------------------------------------- */

/* Controls, and the lead bytes C2 E2 E3 EF under which the odd blanks and marks live. */
static const uint8_t odd_bytes[256] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                       [0x7F] = 1, [0xC2] = 1, [0xE2] = 1, [0xE3] = 1, [0xEF] = 1};

/* Nothing in it that cell_clean would touch: no control, no blank or mark at an end, no lead byte of the zero-width and odd blank characters. */
static bool is_clean(struct str s)
{
    unsigned char first = (unsigned char)s.p[0], last = (unsigned char)s.p[s.n - 1];
    if (first <= ' ' || last <= ' ' || first == '\'' || first == '=' || last == '"') {
        return false;
    }
    unsigned odd = 0;
    size_t i = 0;
    for (uint64_t w; i + 8 <= s.n; i += 8) {
        memcpy(&w, s.p + i, 8);
        /* eight bytes from blank to ~ at once: none is 7F or above, and none below a blank borrows */
        if (((w + 0x0101010101010101u) | w | (w - 0x2020202020202020u)) & 0x8080808080808080u) {
            for (size_t k = i; k < i + 8; k++) {
                odd |= odd_bytes[(unsigned char)s.p[k]];
            }
        }
    }
    for (; i < s.n; i++) {
        odd |= odd_bytes[(unsigned char)s.p[i]];
    }
    return odd == 0;
}

static struct str clean(struct cell_reader *r, struct str raw)
{
    if (raw.n == 0 || is_clean(raw)) {
        return raw;
    }
    return cell_clean(raw, &r->scratch, NULL);
}

/* Can it be one of the words of cell_is_missing? First bytes and length rule out nearly every name, and calling it for each would show. */
static bool may_be_missing(struct str s)
{
    unsigned char c = (unsigned char)s.p[0];
    if (s.n > MISSING_MAX || is_digit(c) || is_digit((unsigned char)s.p[s.n - 1])) {
        return false;
    }
    if (c < 0xE4 || c > 0xE9 || s.n == 3) {
        return true;
    }
    return memcmp(s.p, "暂", 3) == 0 || memcmp(s.p, "不", 3) == 0 || memcmp(s.p, "未", 3) == 0;
}

/* Clean and not a way of writing nothing. */
static bool read_text(struct cell_reader *r, struct str raw, struct cell *out)
{
    struct str s = clean(r, raw);
    if (s.n == 0 || (may_be_missing(s) && cell_is_missing(s))) {
        return false;
    }
    if (s.n > TEXT_MAX) {
        out->reason = VALUE_TOO_LONG;
        return false;
    }
    out->text = s;
    out->reason = VALUE_OK;
    return true;
}

/* 2.02603E+17: what a spreadsheet leaves of a long number. As a key it would make one record of many. */
static bool is_scientific(struct str s)
{
    size_t i = 0, digits = 0;
    for (; i < s.n && (is_digit((unsigned char)s.p[i]) || (s.p[i] == '.' && i == 1)); i++) {
        digits += s.p[i] != '.';
    }
    bool mantissa = digits > 0 && i < s.n && (i == 1 || (i > 2 && s.p[1] == '.'));
    if (!mantissa || to_lower(s.p[i]) != 'e' || s.n - i < 3 || s.p[i + 1] != '+') {
        return false;
    }
    for (i += 2; i < s.n && is_digit((unsigned char)s.p[i]); i++) {
    }
    return i == s.n;
}

static void read_token(struct cell_reader *r, struct str raw, struct cell *out)
{
    if (read_text(r, raw, out) && is_digit((unsigned char)out->text.p[0]) && is_scientific(out->text)) {
        *out = r->missing;
        out->reason = VALUE_SCIENTIFIC;
    }
}

bool cell_is_plain_text(const struct source_column *c, struct str raw)
{
    bool free_text = c->type == COL_NAME || c->type == COL_ADDRESS || c->type == COL_AREA || c->type == COL_TEXT || c->type == COL_TOKEN;
    if (!free_text || raw.n <= MISSING_MAX || raw.n > TEXT_MAX || !is_clean(raw)) {
        return false;
    }
    return c->type != COL_TOKEN || !is_digit((unsigned char)raw.p[0]) || !is_scientific(raw);
}

static void read_phone(struct cell_reader *r, struct str raw, struct cell *out)
{
    struct phones phones;
    out->reason = value_phones(raw, &phones);
    if (out->reason != VALUE_OK) {
        return;
    }
    strbuf_clear(&r->scratch);
    for (size_t i = 0; i < phones.n; i++) {
        if (!phones.v[i].placeholder) {
            strbuf_addz(&r->scratch, r->scratch.n > 0 ? "、" : "");
            strbuf_add(&r->scratch, phones.v[i].digits, phones.v[i].n);
        }
    }
    out->text = strbuf_str(&r->scratch);
}

/* --- codes --------------------------------------------------------------------------------------------------------- */

static int find_code(const struct source_column *c, struct str folded)
{
    size_t lo = 0, hi = c->n_codes;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int order = str_cmp(c->codes[mid].from, folded);
        if (order == 0) {
            return (int)mid;
        }
        lo = order < 0 ? mid + 1 : lo;
        hi = order < 0 ? hi : mid;
    }
    return -1;
}

/* Index into codes, -1 unknown, -2 missing. "01" also finds "1". */
static int look_up(struct cell_reader *r, struct str raw)
{
    const struct source_column *c = r->column;
    struct str s = clean(r, raw);
    strbuf_clear(&r->folded);
    fold_label(s, &r->folded);
    struct str f = strbuf_str(&r->folded);
    int at = find_code(c, f);
    for (size_t i = 0; at < 0 && i < c->n_codes; i++) {
        at = str_eq(c->codes[i].label, s) ? (int)i : -1;
    }
    if (at < 0 && f.n > 1 && f.p[0] == '0') {
        at = find_code(c, str_sub(f, 1, f.n));
    }
    return at >= 0 ? at : s.n == 0 || cell_is_missing(s) ? -2 : -1;
}

static int code_of(struct cell_reader *r, struct str raw)
{
    uint32_t known = strmap_get(&r->seen, raw);
    if (known != MAP_NONE) {
        return r->label_of[known];
    }
    int at = look_up(r, raw);
    if (r->seen.n < CODES_SEEN_MAX) {
        uint32_t no = strmap_add(&r->seen, raw);
        r->label_of = xgrow(r->label_of, &r->cap, no + 1, sizeof(*r->label_of));
        r->label_of[no] = at;
    }
    return at;
}

static void read_code(struct cell_reader *r, struct str raw, struct cell *out)
{
    if (r->column->n_codes == 0) {
        (void)read_text(r, raw, out);
        return;
    }
    int at = raw.n == 0 ? -2 : code_of(r, raw);
    out->reason = at == -2 ? VALUE_MISSING : at < 0 ? VALUE_CODE_UNKNOWN : VALUE_OK;
    if (at >= 0) {
        out->text = r->column->codes[at].label;
    }
}

static void read_flag(struct cell_reader *r, struct str raw, struct cell *out)
{
    int at = r->column->n_codes > 0 && raw.n > 0 ? code_of(r, raw) : -1;
    if (at >= 0) {
        out->i = str_eqz(r->column->codes[at].label, "是");
        out->reason = VALUE_OK;
        return;
    }
    bool flag;
    out->reason = value_flag(raw, &flag);
    if (out->reason == VALUE_OK) {
        out->i = flag;
    }
}

/* --- numbers and dates --------------------------------------------------------------------------------------------- */

static void read_date(struct cell_reader *r, struct str raw, struct cell *out)
{
    const struct source_column *c = r->column;
    daynum day = DAY_MISSING;
    enum date_precision precision = DATE_DAY;
    if (quick_date(raw, &day)) {
        out->i = day;
        out->reason = VALUE_OK;
        return;
    }
    unsigned options = (c->serial ? DATE_ALLOW_SERIAL : 0u) | (c->short_year ? DATE_ALLOW_TWO_DIGIT : 0u) |
                       (c->month_as == MONTH_AS_BAD ? DATE_ONLY_DAY : 0u);
    out->reason = value_date(raw, options, &day, &precision);
    if (out->reason != VALUE_OK) {
        return;
    }
    if (precision == DATE_YEAR) {
        out->reason = VALUE_MONTH_ONLY;
        return;
    }
    out->i = precision == DATE_MONTH && c->month_as == MONTH_AS_LAST ? month_last(day_month(day)) : day;
}

static void read_month(struct str raw, struct cell *out)
{
    monthnum month;
    out->reason = value_month(raw, &month);
    if (out->reason == VALUE_OK) {
        out->i = month;
    }
}

static void read_money(const struct source_column *c, struct str raw, struct cell *out)
{
    int64_t v;
    if (c->unit == 100 && quick_money(raw, &v)) {
        out->i = v;
        out->reason = VALUE_OK;
        return;
    }
    enum money_unit unit = c->unit == 1 ? MONEY_FEN : c->unit == 1000000 ? MONEY_WAN : MONEY_YUAN;
    out->reason = value_money(raw, unit, &v);
    if (out->reason == VALUE_OK) {
        out->i = v;
    }
}

/* --- identifiers --------------------------------------------------------------------------------------------------- */

static enum value_reason reason_of_id(uint64_t id)
{
    switch (ident_reason(id)) {
    case IDENT_OK:
        return VALUE_OK;
    case IDENT_R_BLANK:
        return VALUE_MISSING;
    case IDENT_R_CHECK:
        return VALUE_ID_CHECK;
    case IDENT_R_DATE:
        return VALUE_ID_DATE;
    case IDENT_R_TAIL000:
    case IDENT_R_SCIENTIFIC:
    case IDENT_R_FLOAT:
        return VALUE_ID_SPREADSHEET;
    case IDENT_R_SHORT17:
    case IDENT_R_LENGTH:
    case IDENT_R_CERTIFICATE:
        return VALUE_ID_LENGTH;
    case IDENT_R_PLACEHOLDER:
        return VALUE_ID_PLACEHOLDER;
    case IDENT_R_PHONE:
    case IDENT_R_CHARSET:
    case IDENT_R_CENTENARIAN:
    case IDENT_R_TEXT:
    case IDENT_REASON_COUNT:
        break;
    }
    return VALUE_ID_FORM;
}

static void read_id(struct cell_reader *r, struct str raw, struct cell *out)
{
    struct certificate certificate;
    out->u = ident_parse(raw);
    out->reason = reason_of_id(out->u);
    enum ident_kind k = ident_kind(out->u);
    if (out->reason == VALUE_ID_LENGTH && certificate_parse(raw, &certificate)) { /* a certificate's number begins with the identity number */
        out->u = certificate.id;
        out->reason = VALUE_OK;
        return;
    }
    if (out->reason == VALUE_ID_PLACEHOLDER && cell_is_missing(clean(r, raw))) {
        *out = r->missing; /* 无: nobody claims it to be a number */
        return;
    }
    if (k != IDENT_BLANK && k != IDENT_RESIDENT && k != IDENT_UPGRADED && k != IDENT_DAMAGED) {
        out->text = clean(r, raw);
    }
}

static void read_certificate(struct cell_reader *r, struct str raw, struct cell *out)
{
    struct certificate c;
    (void)certificate_parse(raw, &c);
    out->u = c.id;
    out->reason = reason_of_id(c.id);
    out->text = clean(r, raw);
}

/* --- all ----------------------------------------------------------------------------------------------------------- */

void cell_read(struct cell_reader *r, struct str raw, struct cell *out)
{
    const struct source_column *c = r->column;
    *out = r->missing;
    if (raw.n == 0) {
        return;
    }
    switch (c->type) {
    case COL_ID_NUMBER:
        read_id(r, raw, out);
        return;
    case COL_CERTIFICATE:
        read_certificate(r, raw, out);
        return;
    case COL_DATE:
        read_date(r, raw, out);
        return;
    case COL_MONTH:
        read_month(raw, out);
        return;
    case COL_MONEY:
        read_money(c, raw, out);
        return;
    case COL_FLAG:
        read_flag(r, raw, out);
        return;
    case COL_CODE:
        read_code(r, raw, out);
        return;
    case COL_PHONE:
        read_phone(r, raw, out);
        return;
    case COL_INTEGER:
        out->reason = value_integer(raw, &out->i);
        return;
    case COL_NAME:
    case COL_ADDRESS:
    case COL_AREA:
    case COL_TEXT:
        (void)read_text(r, raw, out);
        return;
    case COL_TOKEN:
        read_token(r, raw, out);
        return;
    case COL_TYPE_COUNT:
        break;
    }
    BUG("column type");
}

/* With shifted columns anything may stand anywhere; but a short date, amount or code says nothing about who. */
static enum mask_kind mask_of(const struct source_column *c, struct str s)
{
    return column_has_raw(c)        ? MASK_ID
           : c->type == COL_NAME    ? MASK_NAME
           : c->type == COL_PHONE   ? MASK_PHONE
           : column_is_text(c) || s.n > 10 || !str_is_ascii(s) ? MASK_UNKNOWN
                                                               : MASK_NONE;
}

void cell_mask(const struct source_column *c, struct str raw, struct strbuf *out)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    struct str s = cell_clean(raw, &scratch, NULL);
    mask_add(mask_of(c, s), s, out);
}
