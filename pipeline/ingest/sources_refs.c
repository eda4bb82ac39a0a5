/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a source that name its columns: keys, roles, measures; and the typing hash over what decides a segment's bytes. */
#include "base/core/hash.h"
#include "base/store/segment.h"
#include "pipeline/ingest/sources_private.h"

/* Changes whenever the same raw bytes and the same source would be typed differently. */
#define TYPING_VERSION 4

int source_need_column(struct loader *l, const struct source *s, const struct yaml_node *at, struct str name)
{
    int c = source_column_find(s, name);
    if (c < 0) {
        struct str *known = arena_array(l->arena, struct str, source_width(s) + 1);
        for (size_t i = 0; i < source_width(s); i++) {
            known[i] = s->columns[i].name;
        }
        yaml_problem(l->doc, at, "E170", TR("columns 里没有“" STR_FMT "”这一列%s", "columns has no '" STR_FMT "'%s"), STR_ARG(name),
                     diag_did_you_mean(l->doc->diags, name, known, source_width(s)));
    }
    return c;
}

void source_need_type(struct loader *l, const struct source *s, const struct yaml_node *at, int column, unsigned types)
{
    if (column < 0 || types >> s->columns[column].type & 1) {
        return;
    }
    AUTO_STRBUF list = STRBUF_INIT;
    for (unsigned t = 0; t < COL_TYPE_COUNT; t++) {
        if (types >> t & 1) {
            strbuf_addf(&list, "%s%s", list.n ? " | " : "", column_type_name((enum column_type)t));
        }
    }
    yaml_problem(l->doc, at, "E171", TR("列“" STR_FMT "”的类型是 %s，这里要 %s", "column '" STR_FMT "' is of type %s, wanted here: %s"),
                 STR_ARG(s->columns[column].name), column_type_name(s->columns[column].type), strbuf_z(&list));
}

/* --- roles --------------------------------------------------------------------------------------------------------- */

void source_load_role(struct loader *l, const struct source *s, const struct yaml_node *map, const char *key, struct source_role *out)
{
    struct str t;
    *out = ROLE_ABSENT;
    if (!yaml_text(l->doc, map, key, YAML_OPTIONAL, &t)) {
        return;
    }
    const struct yaml_node *at = yaml_get(map, key);
    size_t when = str_find(t, STR(" when "));
    if (when < t.n) {
        struct str cond = str_sub(t, when + 6, t.n);
        size_t eq = str_find(cond, STR("="));
        if (eq >= cond.n) {
            yaml_problem(l->doc, at, "E172", TR("条件写成 列 when 另一列 = 值", "a condition is COLUMN when OTHER = VALUE"));
            return;
        }
        out->when_column = source_need_column(l, s, at, str_trim(str_sub(cond, 0, eq)));
        out->when_value = arena_str(l->arena, str_trim(str_sub(cond, eq + 1, cond.n)));
        source_need_type(l, s, at, out->when_column,
                         1u << COL_CODE | 1u << COL_TEXT | 1u << COL_TOKEN | 1u << COL_AREA | 1u << COL_NAME);
    }
    out->column = source_need_column(l, s, at, str_trim(str_sub(t, 0, when)));
    if (out->when_column >= 0 && out->column >= 0) { /* without the one the other would silently mean nothing */
        s->columns[out->when_column].needed = true;
        s->columns[out->column].needed = true;
    }
}

void source_check_roles(struct loader *l, const struct source *s, const struct yaml_node *person)
{
    const unsigned words = 1u << COL_TEXT | 1u << COL_AREA | 1u << COL_TOKEN | 1u << COL_CODE;
    const unsigned wanted[ROLE_COUNT] = {
        [ROLE_ID] = 1u << COL_ID_NUMBER | 1u << COL_CERTIFICATE | 1u << COL_TOKEN,
        [ROLE_NAME] = 1u << COL_NAME,
        [ROLE_USED_NAME] = 1u << COL_NAME,
        [ROLE_SEX] = 1u << COL_CODE,
        [ROLE_BIRTH] = 1u << COL_DATE | 1u << COL_MONTH,
        [ROLE_DEATH] = 1u << COL_DATE | 1u << COL_MONTH,
        [ROLE_PHONE] = 1u << COL_PHONE,
        [ROLE_ADDRESS] = 1u << COL_ADDRESS | 1u << COL_TEXT,
        [ROLE_HUKOU_ADDRESS] = 1u << COL_ADDRESS | 1u << COL_TEXT,
        [ROLE_AREA] = words,
        [ROLE_STREET] = words,
        [ROLE_COMMUNITY] = words,
    };
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        source_need_type(l, s, person, s->person[i].column, wanted[i]);
    }
}

/* --- keys ---------------------------------------------------------------------------------------------------------- */

static void load_part(struct loader *l, const struct source *s, const struct yaml_node *at, struct str text, struct source_key_alt *alt)
{
    static const struct {
        const char *suffix;
        enum key_part part;
        unsigned types;
    } parts[] = {{".身份证号", KEY_ID, 1u << COL_CERTIFICATE | 1u << COL_ID_NUMBER},
                 {".月", KEY_MONTH, 1u << COL_DATE | 1u << COL_MONTH},
                 {".年", KEY_YEAR, 1u << COL_DATE | 1u << COL_MONTH}};
    text = str_trim(text);
    enum key_part part = KEY_WHOLE;
    unsigned types = ~(1u << COL_FLAG);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (str_ends(text, str_of(parts[i].suffix))) {
            text.n -= strlen(parts[i].suffix);
            part = parts[i].part, types = parts[i].types;
            break;
        }
    }
    if (alt->n == ARRAY_LEN(alt->column)) {
        yaml_problem(l->doc, at, "E173", TR("用 + 连接的列最多 3 个", "at most 3 columns joined by +"));
        return;
    }
    int c = source_need_column(l, s, at, text);
    source_need_type(l, s, at, c, types);
    if (c >= 0 && s->columns[c].is_measure) {
        yaml_problem(l->doc, at, "E173", TR("记录键不能用 measures 里的列", "a key cannot use a measure"));
    }
    alt->column[alt->n] = c, alt->part[alt->n++] = part;
}

static void load_component(struct loader *l, const struct source *s, const struct yaml_node *at, struct source_key *key)
{
    struct str rest = at->text, one;
    while (str_split(&rest, '|', &one)) {
        if (key->n == ARRAY_LEN(key->alt)) {
            yaml_problem(l->doc, at, "E173", TR("用 | 隔开的备选最多 3 个", "at most 3 alternatives between |"));
            return;
        }
        struct source_key_alt *alt = &key->alt[key->n++];
        struct str part;
        while (str_split(&one, '+', &part)) {
            load_part(l, s, at, part, alt);
        }
    }
}

static void need_in_header(struct source *s, int column)
{
    if (column >= 0) {
        s->columns[column].required = true;
    }
}

void source_load_keys(struct loader *l, const struct yaml_node *map, struct source *s)
{
    struct yaml_texts t;
    if (yaml_texts(l->doc, map, "key", YAML_REQUIRED, &t)) {
        s->key = arena_array(l->arena, struct source_key, t.n);
        for (size_t i = 0; i < t.n; i++) {
            struct source_key *k = &s->key[s->n_key++];
            load_component(l, s, t.v[i], k);
            for (size_t c = 0; k->n > 0 && c < k->alt[0].n; c++) {
                need_in_header(s, k->alt[0].column[c]);
            }
        }
    }
    need_in_header(s, s->date_column);
    need_in_header(s, s->scope_column);
    need_in_header(s, s->period_column);
    const struct yaml_node *refund = yaml_get(map, "refund_of");
    if (yaml_is_empty(refund)) {
        return;
    }
    struct str text;
    if (yaml_as_text(l->doc, refund, "refund_of", &text)) {
        load_component(l, s, refund, &s->refund_of);
    }
    if (s->n_key != 1 || s->kind != KIND_APPEND) {
        yaml_problem(l->doc, refund, "E174", TR("refund_of 要求 kind: append，且 key 只有一项", "refund_of needs kind: append and a key of one component"));
    }
}

/* --- rows that do not count: `skip: 已删除 = 是` ------------------------------------------------------------------------------ */

/* A code's value is a label of its table: what the file writes stands on the left of `codes`. */
static bool is_label(const struct source_column *c, struct str value)
{
    bool any = c->n_codes == 0;
    for (size_t i = 0; i < c->n_codes && !any; i++) {
        any = str_eq(c->codes[i].label, value);
    }
    return any;
}

void source_load_skip(struct loader *l, const struct yaml_node *map, struct source *s)
{
    struct yaml_texts t;
    if (yaml_is_empty(yaml_get(map, "skip")) || !yaml_texts(l->doc, map, "skip", YAML_OPTIONAL, &t)) {
        return;
    }
    s->skip = arena_array(l->arena, struct source_skip, t.n);
    for (size_t i = 0; i < t.n; i++) {
        struct str text = t.v[i]->text;
        size_t eq = str_find(text, STR("="));
        if (eq >= text.n) {
            yaml_problem(l->doc, t.v[i], "E176", TR("写成 skip: 列 = 值", "write skip: COLUMN = VALUE"));
            continue;
        }
        int c = source_need_column(l, s, t.v[i], str_trim(str_sub(text, 0, eq)));
        struct str value = arena_str(l->arena, str_trim(str_sub(text, eq + 1, text.n)));
        source_need_type(l, s, t.v[i], c, 1u << COL_CODE | 1u << COL_FLAG | 1u << COL_TEXT | 1u << COL_TOKEN);
        if (c < 0) {
            continue;
        }
        if (s->columns[c].type == COL_FLAG ? !str_eqz(value, "是") && !str_eqz(value, "否") : !is_label(&s->columns[c], value)) {
            yaml_problem(l->doc, t.v[i], "E176", TR("“" STR_FMT "”不是这一列的取值；flag 写 是 或 否，code 写 codes 右边的名称",
                                                    "'" STR_FMT "' is no value of this column: a flag is 是 or 否, a code a label of its table"),
                         STR_ARG(value));
        }
        need_in_header(s, c);
        s->skip[s->n_skip++] = (struct source_skip){c, value};
    }
}

/* --- measures: `自付金额: 个人负担总额 - 全自费` -------------------------------------------------------------------------- */

static void load_measure(struct loader *l, const struct yaml_pair *p, struct source *s)
{
    struct source_column *m = &s->columns[s->n_columns + s->n_measures];
    struct str text;
    *m = (struct source_column){.type = COL_MONEY, .unit = 100, .is_measure = true, .line = (int)p->key->line};
    m->name = arena_str(l->arena, p->key->text);
    if (source_column_find(s, m->name) >= 0) {
        yaml_problem(l->doc, p->key, "E175", TR("与已有的列同名", "a column has this name"));
    }
    if (!yaml_as_text(l->doc, p->value, "measures", &text)) {
        return;
    }
    int sign = 1;
    struct str rest = text;
    while (rest.n > 0 && m->n_terms < ARRAY_LEN(m->term)) {
        size_t plus = str_find(rest, STR(" + ")), minus = str_find(rest, STR(" - ")), cut = MIN(plus, minus);
        int c = source_need_column(l, s, p->value, str_trim(str_sub(rest, 0, cut)));
        source_need_type(l, s, p->value, c, 1u << COL_MONEY);
        m->term[m->n_terms] = c, m->sign[m->n_terms++] = sign;
        sign = cut < rest.n && plus < minus ? 1 : -1;
        rest = cut < rest.n ? str_sub(rest, cut + 3, rest.n) : str_n(NULL, 0);
    }
    if (rest.n > 0 || m->n_terms == 0) {
        yaml_problem(l->doc, p->value, "E175", TR("口径由 1 至 4 个金额列用 + - 连成，加减号两边留空格", "a measure joins 1 to 4 money columns with + and -, blanks around them"));
    }
}

void source_load_measures(struct loader *l, const struct yaml_node *measures, struct source *s)
{
    for (size_t i = 0; i < measures->n; i++) {
        load_measure(l, &measures->pairs[i], s);
        s->n_measures++;
    }
}

/* --- typing hash --------------------------------------------------------------------------------------------------- */

static void hash_key(struct strbuf *b, const struct source_key *k)
{
    for (size_t a = 0; a < k->n; a++) {
        for (size_t i = 0; i < k->alt[a].n; i++) {
            strbuf_addf(b, "%d.%d+", k->alt[a].column[i], (int)k->alt[a].part[i]);
        }
        strbuf_addc(b, '|');
    }
    strbuf_addc(b, '\n');
}

static void hash_column(struct strbuf *b, const struct source_column *c)
{
    strbuf_addf(b, "column " STR_FMT " %d %lld %d %d %d %d %d", STR_ARG(c->name), (int)c->type, (long long)c->unit, c->required, (int)c->bad,
                (int)c->month_as, c->serial, c->short_year);
    for (size_t i = 0; i < c->n_headers; i++) {
        strbuf_addf(b, "\theader " STR_FMT, STR_ARG(c->headers[i]));
    }
    for (size_t i = 0; i < c->n_codes; i++) {
        strbuf_addf(b, "\tcode " STR_FMT "=" STR_FMT, STR_ARG(c->codes[i].from), STR_ARG(c->codes[i].label));
    }
    for (size_t i = 0; i < c->n_terms; i++) {
        strbuf_addf(b, "\tterm %d*%d", c->sign[i], c->term[i]);
    }
    strbuf_addc(b, '\n');
}

void source_typing_hash(struct source *s)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addf(&b, "typing %d segment %d\n", TYPING_VERSION, SEG_VERSION);
    strbuf_addf(&b, "encoding " STR_FMT " delimiter %d period %d\n", STR_ARG(s->encoding), s->delimiter, s->period_column);
    if (s->sheet.n > 0) {
        strbuf_addf(&b, "sheet " STR_FMT "\n", STR_ARG(s->sheet));
    }
    for (size_t i = 0; i < source_width(s); i++) {
        hash_column(&b, &s->columns[i]);
    }
    for (size_t i = 0; i < s->n_key; i++) {
        hash_key(&b, &s->key[i]);
    }
    hash_key(&b, &s->refund_of);
    for (size_t i = 0; i < s->n_skip; i++) {
        strbuf_addf(&b, "skip %d=" STR_FMT "\n", s->skip[i].column, STR_ARG(s->skip[i].value));
    }
    char hex[33];
    hash128_hex(b.p, b.n, hex);
    memcpy(s->typing, hex, 16);
    s->typing[16] = 0;
}
