/* SPDX-License-Identifier: Apache-2.0 */
/* Which columns say who somebody is, and as what they are to be compared: first by header, then by what the cells look like. */
#include "base/text/fold.h"
#include "base/text/utf8.h"
#include "base/text/values.h"
#include "matchers/identifier.h"
#include "pipeline/adhoc.h"

#define SAMPLE 2000
#define GUESSED_FIELDS 14

/* --- headers -------------------------------------------------------------------------------------------------------------- */

enum part { WHOLE, GIVEN_NAME, SURNAME };

/* Longer words before the shorter ones they hold. TYPE_COUNT: nothing to compare by. */
static const struct {
    const char *word;
    enum field_type type;
    enum part part;
} header_words[] = {
    {"身份证", FIELD_ID, WHOLE}, {"证件号", FIELD_ID, WHOLE}, {"公民身份", FIELD_ID, WHOLE}, {"社会保障号", FIELD_ID, WHOLE}, {"残疾证号", FIELD_ID, WHOLE},
    {"残疾人证", FIELD_ID, WHOLE}, {"人员特征码", FIELD_CLK, WHOLE}, {"certno", FIELD_ID, WHOLE}, {"idnumber", FIELD_ID, WHOLE}, {"id_number", FIELD_ID, WHOLE}, {"idcard", FIELD_ID, WHOLE},
    {"id_card", FIELD_ID, WHOLE}, {"电话", FIELD_PHONE, WHOLE}, {"手机", FIELD_PHONE, WHOLE}, {"phone", FIELD_PHONE, WHOLE}, {"mobile", FIELD_PHONE, WHOLE},
    {"出生", FIELD_DATE, WHOLE}, {"生日", FIELD_DATE, WHOLE}, {"birthdate", FIELD_DATE, WHOLE}, {"birth_date", FIELD_DATE, WHOLE}, {"dateofbirth", FIELD_DATE, WHOLE},
    {"date_of_birth", FIELD_DATE, WHOLE}, {"dob", FIELD_DATE, WHOLE}, {"brdy", FIELD_DATE, WHOLE}, {"birthday", FIELD_DATE, WHOLE}, {"性别", FIELD_SEX, WHOLE},
    {"gender", FIELD_SEX, WHOLE}, {"sex", FIELD_SEX, WHOLE}, {"姓名", FIELD_NAME, WHOLE}, {"名字", FIELD_NAME, WHOLE}, {"曾用名", FIELD_NAME, WHOLE},
    {"given", FIELD_LATIN, GIVEN_NAME}, {"first_name", FIELD_LATIN, GIVEN_NAME}, {"firstname", FIELD_LATIN, GIVEN_NAME}, {"forename", FIELD_LATIN, GIVEN_NAME},
    {"fname", FIELD_LATIN, GIVEN_NAME}, {"surname", FIELD_LATIN, SURNAME}, {"last_name", FIELD_LATIN, SURNAME}, {"lastname", FIELD_LATIN, SURNAME},
    {"family_name", FIELD_LATIN, SURNAME}, {"lname", FIELD_LATIN, SURNAME}, {"name", FIELD_NAME, WHOLE}, {"住址", FIELD_ADDRESS, WHOLE}, {"地址", FIELD_ADDRESS, WHOLE},
    {"住所", FIELD_ADDRESS, WHOLE}, {"户籍地", FIELD_ADDRESS, WHOLE}, {"address", FIELD_ADDRESS, WHOLE}, {"街道", FIELD_AREA, WHOLE}, {"社区", FIELD_AREA, WHOLE},
    {"乡镇", FIELD_AREA, WHOLE}, {"村", FIELD_AREA, WHOLE}, {"区划", FIELD_AREA, WHOLE},
};

/* Of somebody else, of the record, or of an event: not who the person is. */
static const char *const other_words[] = {"申请人", "户主", "监护人", "代理", "经办", "联系人", "账户", "单位", "银行", "日期", "时间", "有效期", "期限", "到期",
                                          "截止", "金额", "备注", "状态", "序号", "编号", "流水"};

/* Initials, as databases name their columns: whole headers, being too short to look for inside others. */
static const struct {
    const char *header;
    enum field_type type;
} initials[] = {
    {"xm", FIELD_NAME},       {"name_cn", FIELD_NAME}, {"sfzh", FIELD_ID},    {"sfzhm", FIELD_ID},     {"sfz", FIELD_ID},       {"gmsfhm", FIELD_ID},
    {"gmsfzh", FIELD_ID},     {"zjhm", FIELD_ID},      {"zjh", FIELD_ID},     {"cjzh", FIELD_ID},      {"xb", FIELD_SEX},       {"csrq", FIELD_DATE},
    {"csny", FIELD_DATE},     {"csnyr", FIELD_DATE},   {"dh", FIELD_PHONE},   {"lxdh", FIELD_PHONE},   {"sjh", FIELD_PHONE},    {"sjhm", FIELD_PHONE},
    {"dhhm", FIELD_PHONE},    {"zz", FIELD_ADDRESS},   {"xzz", FIELD_ADDRESS}, {"jtzz", FIELD_ADDRESS}, {"hjdz", FIELD_ADDRESS}, {"dz", FIELD_ADDRESS},
};

struct column {
    enum field_type type;
    enum part part;
    bool use, by_header;
    enum date_order order;
};

static bool by_header(struct str header, struct column *c)
{
    AUTO_STRBUF folded = STRBUF_INIT;
    fold_label(header, &folded);
    struct str label = strbuf_str(&folded);
    label = str_eqz(label, "first") ? STR("first_name") : str_eqz(label, "last") ? STR("last_name") : label; /* as whole headers only */
    bool birth = str_find(label, STR("出生")) < label.n;
    for (size_t i = 0; i < ARRAY_LEN(other_words); i++) {
        if (!birth && str_find(label, str_of(other_words[i])) < label.n) {
            c->use = false;
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(initials); i++) {
        if (str_eqz(label, initials[i].header)) {
            *c = (struct column){initials[i].type, WHOLE, true, true, DATE_YMD};
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(header_words); i++) {
        if (str_find(label, str_of(header_words[i].word)) < label.n) {
            *c = (struct column){header_words[i].type, header_words[i].part, true, true, DATE_YMD};
            return true;
        }
    }
    return false;
}

/* --- cells ----------------------------------------------------------------------------------------------------------------- */

struct looks {
    size_t filled, han, digits, letters, ids, days, months, sexes, distinct; /* months: 1980.8, 198008 */
    size_t first_over_12, second_over_12; /* of dates d/m/y: which part cannot be a month */
    bool all_distinct;
};

static bool is_sex_word(struct str s)
{
    static const char *const words[] = {"男", "女", "m", "f", "M", "F", "male", "female", "Male", "Female"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(s, words[i])) {
            return true;
        }
    }
    return false;
}

/* d/m/y or m/d/y: the first two parts. */
static void look_at_order(struct str s, struct looks *l)
{
    unsigned part[2] = {0, 0}, n = 0;
    for (size_t i = 0; i < s.n && n < 2; i++) {
        if (is_digit((unsigned char)s.p[i])) {
            part[n] = part[n] * 10 + (unsigned)(s.p[i] - '0');
        } else {
            n++;
        }
    }
    l->first_over_12 += n == 2 && part[0] > 12 && part[0] <= 31;
    l->second_over_12 += n == 2 && part[1] > 12 && part[1] <= 31 && part[0] <= 12;
}

static void look_at_cell(struct str s, struct looks *l)
{
    size_t han = 0, digits = 0, letters = 0, other = 0;
    daynum day;
    enum date_precision precision;
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        uint32_t cp = utf8_next(&p, end);
        han += cp_is_han(cp);
        digits += cp >= '0' && cp <= '9';
        letters += cp < 128 ? is_alpha((unsigned char)cp) : !cp_is_han(cp);
        other += cp == '-' || cp == '/' || cp == '.';
    }
    l->filled++;
    l->han += han * 2 > digits + letters + han;
    l->digits += digits && !letters && !han;
    l->letters += letters > 0 && letters >= digits;
    l->ids += s.n >= 15 && ident_kind(ident_parse(s)) == IDENT_RESIDENT;
    l->days += (digits == 8 || other == 2 || han >= 2) && (value_date(s, 0, &day, &precision) == VALUE_OK || (other == 2 && digits >= 4 && letters + han == 0));
    l->months += letters + han == 0 && other <= 1 && (digits == 5 || digits == 6);
    l->sexes += is_sex_word(s);
    look_at_order(s, l);
}

static struct looks look(const struct loose_table *t, size_t column)
{
    struct looks l = {.all_distinct = true};
    struct strmap seen = {.n = 0};
    for (size_t i = 0; i < t->lines.n; i++) {
        struct str s = loose_cell(t, i, (int)column);
        if (s.n == 0 || cell_is_missing(s)) {
            continue;
        }
        if (l.filled < SAMPLE) {
            look_at_cell(s, &l);
        }
        if (l.all_distinct || seen.n < SAMPLE) {
            size_t before = seen.n;
            l.all_distinct &= strmap_add(&seen, s) == before;
        }
    }
    l.distinct = seen.n;
    strmap_release(&seen);
    return l;
}

static bool most(size_t n, const struct looks *l)
{
    return n * 10 >= l->filled * 8;
}

/* What the header left open, and what the cells say against it. */
static void by_cells(struct column *c, const struct looks *l)
{
    c->order = l->first_over_12 >= l->second_over_12 ? DATE_DMY : DATE_MDY;
    if (l->filled == 0 || (l->distinct < 2 && l->filled >= 5)) {
        c->use = false;
        return;
    }
    if (c->by_header) {
        bool latin = l->letters > l->han;
        c->type = c->type == FIELD_NAME && latin ? FIELD_LATIN : c->type == FIELD_LATIN && l->han > l->letters ? FIELD_NAME : c->type;
        c->type = c->type == FIELD_ADDRESS && most(l->digits, l) ? FIELD_CODE : c->type;
        c->type = c->type == FIELD_DATE && (l->days + l->months) * 2 < l->filled ? FIELD_CODE : c->type;
        return;
    }
    c->use = !(l->all_distinct && l->filled > 20 && !most(l->ids, l) && l->letters * 2 < l->filled && l->han * 2 < l->filled); /* a row number */
    c->type = most(l->ids, l)                                   ? FIELD_ID
              : most(l->sexes, l)                               ? FIELD_SEX
              : most(l->days, l)                                ? FIELD_DATE
              : most(l->digits, l) || l->distinct <= 60         ? FIELD_CODE
                                                                : FIELD_TEXT;
}

/* rec-12-org, user_7: a name of the record, no two alike. */
static bool names_record(struct str header, const struct looks *l)
{
    static const char *const words[] = {"id", "rec_id", "record_id", "unique_id", "uniqueid", "row", "no", "key", "uuid"};
    AUTO_STRBUF folded = STRBUF_INIT;
    fold_label(header, &folded);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(strbuf_str(&folded), words[i])) {
            return l->all_distinct && !most(l->ids, l);
        }
    }
    return false;
}

static void guess(const struct loose_table *t, struct column *columns)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        struct looks l = look(t, i);
        columns[i] = (struct column){FIELD_TEXT, WHOLE, true, false, DATE_YMD};
        if (!by_header(t->headers[i], &columns[i]) || columns[i].use) {
            by_cells(&columns[i], &l);
        }
        columns[i].use &= !names_record(t->headers[i], &l);
    }
}

/* --- fields ---------------------------------------------------------------------------------------------------------------- */

static void add_field(struct adhoc *x, const struct column *c, int a, int b, enum date_order order)
{
    struct field *f = &x->fields[x->n_fields];
    struct str header = a >= 0 ? x->file[0].headers[a] : x->file[1].headers[b];
    *f = (struct field){arena_z(&x->file[0].arena, header), c->type, order, -1};
    x->column[0][x->n_fields] = a;
    x->column[1][x->n_fields++] = b;
}

static int same_header(const struct loose_table *t, struct str header)
{
    AUTO_STRBUF want = STRBUF_INIT, have = STRBUF_INIT;
    fold_label(header, &want);
    for (size_t i = 0; i < t->n_columns; i++) {
        strbuf_clear(&have);
        fold_label(t->headers[i], &have);
        if (str_eq(strbuf_str(&want), strbuf_str(&have))) {
            return (int)i;
        }
    }
    return -1;
}

/* The column of B that stands for a column of A: of the same header, else the first unused one of the same telling type and part of name. */
static int counterpart(const struct adhoc *x, size_t a, const struct column *ca, const struct column *cb, const bool *taken)
{
    int same = same_header(&x->file[1], x->file[0].headers[a]);
    if (same >= 0) {
        return cb[same].use && !taken[same] ? same : -1;
    }
    for (size_t b = 0; b < x->file[1].n_columns; b++) {
        bool telling = ca[a].type != FIELD_TEXT && ca[a].type != FIELD_CODE && ca[a].type != FIELD_AREA;
        if (telling && cb[b].use && !taken[b] && cb[b].type == ca[a].type && cb[b].part == ca[a].part && same_header(&x->file[0], x->file[1].headers[b]) < 0) {
            return (int)b;
        }
    }
    return -1;
}

/* The most telling types first, when there are more columns than fields. */
static const enum field_type importance[] = {FIELD_ID,  FIELD_CLK,  FIELD_NAME, FIELD_LATIN, FIELD_DATE, FIELD_PHONE, FIELD_ADDRESS,
                                             FIELD_SEX, FIELD_AREA, FIELD_TEXT,  FIELD_CODE};

static void pair_partners(struct adhoc *x, const enum part *parts)
{
    for (unsigned f = 0; f < x->n_fields; f++) {
        for (unsigned g = f + 1; g < x->n_fields; g++) {
            bool names = parts[f] != WHOLE && parts[g] != WHOLE && parts[f] != parts[g];
            if (x->fields[f].partner < 0 && x->fields[g].partner < 0 && names && x->fields[f].type == x->fields[g].type) {
                x->fields[f].partner = (int)g;
                x->fields[g].partner = (int)f;
            }
        }
    }
}

/* Sex, street and such alone make half a town one person; whoever wants that says so with --by. */
static bool tells_persons_apart(const struct adhoc *x)
{
    for (unsigned f = 0; f < x->n_fields; f++) {
        if (x->fields[f].type != FIELD_SEX && x->fields[f].type != FIELD_AREA) {
            return true;
        }
    }
    return false;
}

static void guess_fields(struct adhoc *x)
{
    struct column columns[ADHOC_FILES][LOOSE_MAX_COLUMNS];
    bool taken[LOOSE_MAX_COLUMNS] = {false};
    enum part parts[LINK_FIELDS];
    bool a_address = false;
    for (unsigned f = 0; f < x->n_files; f++) {
        guess(&x->file[f], columns[f]);
    }
    for (size_t k = 0; k < ARRAY_LEN(importance); k++) {
        for (size_t a = 0; a < x->file[0].n_columns && x->n_fields < GUESSED_FIELDS; a++) {
            const struct column *c = &columns[0][a];
            if (!c->use || c->type != importance[k] || (c->type == FIELD_ADDRESS && a_address)) {
                continue; /* a second address says the first once more: weighed as news, it makes whole families one person */
            }
            int b = x->n_files == 2 ? counterpart(x, a, columns[0], columns[1], taken) : -1;
            if (x->n_files == 1 || b >= 0) {
                parts[x->n_fields] = c->part;
                add_field(x, c, (int)a, b, c->order);
                a_address |= c->type == FIELD_ADDRESS;
                if (b >= 0) {
                    taken[b] = true;
                }
            }
        }
    }
    pair_partners(x, parts);
    if (!tells_persons_apart(x)) {
        x->n_fields = 0;
    }
}

/* --- --by -------------------------------------------------------------------------------------------------------------------- */

static enum status by_item(struct adhoc *x, struct str item, enum part *parts, struct err *err)
{
    size_t colon = item.n;
    while (colon > 0 && item.p[colon - 1] != ':') {
        colon--;
    }
    struct str name = colon ? str_trim(str_sub(item, 0, colon - 1)) : str_trim(item), type = colon ? str_trim(str_sub(item, colon, item.n)) : STR("");
    size_t equals = x->n_files == 2 ? str_find(name, STR("=")) : name.n;
    struct str name_b = equals < name.n ? str_trim(str_sub(name, equals + 1, name.n)) : name;
    name = str_trim(str_sub(name, 0, equals));
    int a = loose_column_named(&x->file[0], name), b = x->n_files == 2 ? loose_column_named(&x->file[1], name_b) : -1;
    struct column c = {FIELD_TEXT, WHOLE, true, false, DATE_YMD};
    if (a < 0 || (x->n_files == 2 && b < 0)) {
        return err_set(err, ST_USAGE, TR("--by：%s 没有“" STR_FMT "”这一列", "--by: %s has no column '" STR_FMT "'"), x->file[a >= 0].path,
                       STR_ARG(a < 0 ? name : name_b));
    }
    if (x->n_fields == LINK_FIELDS) {
        return err_set(err, ST_USAGE, TR("--by 最多写 %d 列", "--by takes at most %d columns"), LINK_FIELDS);
    }
    struct looks l = look(&x->file[0], (size_t)a);
    bool known = by_header(name, &c);
    by_cells(&c, &l);
    parts[x->n_fields] = known ? c.part : WHOLE;
    if (type.n && !field_type_from_word(type, &c.type)) {
        return err_set(err, ST_USAGE, TR("--by 里的类型“" STR_FMT "”不认识；可用 id name latin date sex phone address area text code clk",
                                         "--by: unknown type '" STR_FMT "'; use id name latin date sex phone address area text code clk"), STR_ARG(type));
    }
    add_field(x, &c, a, b, c.order);
    return ST_OK;
}

static enum status named_fields(struct adhoc *x, const char *by, struct err *err)
{
    struct str rest = str_of(by), item;
    enum part parts[LINK_FIELDS];
    while (str_split(&rest, ',', &item)) {
        if (str_trim(item).n) {
            TRY(by_item(x, item, parts, err));
        }
    }
    pair_partners(x, parts);
    return ST_OK;
}

enum status adhoc_fields(struct adhoc *x, const char *by, struct err *err)
{
    x->n_fields = 0;
    if (by) {
        TRY(named_fields(x, by, err));
    } else {
        guess_fields(x);
    }
    return x->n_fields ? ST_OK
                       : err_set(err, ST_INPUT, "%s", TR("没有认出能分清人的列；请用 --by 指明，例如 --by 姓名:name,身份证号:id,出生日期:date；两边叫法不同写 姓名=XM:name",
                                                         "no column that tells persons apart was recognised; name them, as in --by given_name:latin,surname:latin,dob:date; "
                                                         "where the two files differ, surname=last:latin"));
}
