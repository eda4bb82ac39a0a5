/* SPDX-License-Identifier: Apache-2.0 */
/* `gates:` of a source: bands of the whole delivery and of single columns, and what people call them. */
#include "pipeline/ingest/sources_private.h"

static const char *const gate_words[] = {"rows", "rejects", "defects", "ids", "x", "sex", "keys", "freshness", "columns", NULL};
static const char *const column_gate_words[] = {"missing", "codes", "distinct", "sum", NULL};
static const char *const band_keys[] = {"warn", "stop", NULL};
static const struct gate_band no_band = {-1, -1, -1, -1};

const char *gate_name(enum source_gate g)
{
    return gate_words[g];
}

const char *column_gate_name(enum column_gate g)
{
    return column_gate_words[g];
}

void gate_title(struct str name, struct strbuf *out)
{
    static const char *const words[][3] = {
        {"rows", "行数", "rows"},
        {"rejects", "退回行", "rejected rows"},
        {"defects", "未知的格子", "unknown cells"},
        {"ids", "损坏的证件号码", "wrecked identifiers"},
        {"x", "末位为 X 的号码", "identifiers ending in X"},
        {"sex", "性别与证件号不符", "sex against the identifier"},
        {"keys", "记录键为空", "blank keys"},
        {"freshness", "数据日期距收到", "data date to receipt"},
        {"parts", "份数", "parts"},
        {"empty", "没有数据行", "no data rows"},
        {"missing", "没有值的行", "rows without a value"},
        {"codes", "不认识的值", "values not recognised"},
        {"distinct", "不同值的个数", "different values"},
        {"sum", "合计", "sum"},
    };
    size_t colon = str_find(name, STR(":"));
    struct str gate = str_sub(name, 0, colon);
    if (colon < name.n) {
        strbuf_addf(out, TR("“" STR_FMT "”", "'" STR_FMT "' "), STR_ARG(str_sub(name, colon + 1, name.n)));
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(gate, words[i][0])) {
            strbuf_addz(out, TR(words[i][1], words[i][2]));
            return;
        }
    }
    strbuf_adds(out, gate);
}

/* "1.5%" -> 15000 parts per million */
static bool percent_of(struct str t, int64_t *out)
{
    t = str_trim(t);
    if (!str_ends(t, STR("%"))) {
        return false;
    }
    t.n--;
    size_t dot = str_find(t, STR("."));
    int64_t whole, part = 0;
    if (!str_to_i64(str_sub(t, 0, dot), &whole) || whole > 1000000) {
        return false;
    }
    struct str frac = dot < t.n ? str_sub(t, dot + 1, t.n) : str_n(NULL, 0);
    if (frac.n > 4 || (frac.n > 0 && !str_to_i64(frac, &part))) {
        return false;
    }
    for (size_t i = frac.n; i < 4; i++) {
        part *= 10;
    }
    *out = whole * 10000 + part;
    return true;
}

/* "80%..125%" is a band, "1%" an upper bound, "2%.." a lower one. */
static void band_of(struct loader *l, const struct yaml_node *map, const char *key, int64_t *low, int64_t *high)
{
    struct str t;
    if (!yaml_text(l->doc, map, key, YAML_OPTIONAL, &t)) {
        return;
    }
    if (str_eqz(t, "none")) {
        *low = *high = -1;
        return;
    }
    size_t dots = str_find(t, STR(".."));
    int64_t lo = -1, hi = -1;
    struct str above = dots < t.n ? str_trim(str_sub(t, dots + 2, t.n)) : t;
    bool ok = dots == t.n ? percent_of(t, &hi) : percent_of(str_sub(t, 0, dots), &lo) && (above.n == 0 || percent_of(above, &hi));
    if (!ok || (hi >= 0 && lo > hi)) {
        yaml_problem(l->doc, yaml_get(map, key), "E151", TR("界限应写成 1%%（上限）、2%%..（下限）或 80%%..125%%，或 none", "a bound is 1%% (upper), 2%%.. (lower), 80%%..125%% or none"));
        return;
    }
    *low = lo, *high = hi;
}

static void load_band(struct loader *l, const struct yaml_node *map, const char *key, struct gate_band *out)
{
    const struct yaml_node *one;
    if (yaml_map(l->doc, map, key, YAML_OPTIONAL, &one)) {
        (void)yaml_check_keys(l->doc, one, band_keys);
        band_of(l, one, "warn", &out->warn_low, &out->warn_high);
        band_of(l, one, "stop", &out->stop_low, &out->stop_high);
    }
}

/* `freshness: {warn: 10天, stop: 60天}` */
static void load_freshness(struct loader *l, const struct yaml_node *gates, struct gate_band *out)
{
    const struct yaml_node *one;
    if (!yaml_map(l->doc, gates, gate_words[GATE_FRESHNESS], YAML_OPTIONAL, &one)) {
        return;
    }
    (void)yaml_check_keys(l->doc, one, band_keys);
    int64_t *const bounds[] = {&out->warn_high, &out->stop_high};
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
        struct str t;
        int days;
        if (yaml_get(one, band_keys[i]) && yaml_text(l->doc, one, band_keys[i], YAML_OPTIONAL, &t) && !str_eqz(t, "none") &&
            source_days(l, one, band_keys[i], &days)) {
            *bounds[i] = days;
        }
    }
}

static void load_column_gates(struct loader *l, const struct yaml_node *gates, struct source *s)
{
    const struct yaml_node *columns;
    if (!yaml_map(l->doc, gates, "columns", YAML_OPTIONAL, &columns)) {
        return;
    }
    s->column_gates = arena_array(l->arena, struct source_column_gates, columns->n);
    for (size_t i = 0; i < columns->n; i++) {
        const struct yaml_node *key = columns->pairs[i].key, *map = columns->pairs[i].value;
        struct source_column_gates *g = &s->column_gates[s->n_column_gates];
        g->column = source_need_column(l, s, key, key->text);
        if (g->column < 0 || !yaml_as_map(l->doc, map, "columns")) {
            continue;
        }
        s->n_column_gates++;
        (void)yaml_check_keys(l->doc, map, column_gate_words);
        for (size_t k = 0; k < COLUMN_GATE_COUNT; k++) {
            g->band[k] = no_band;
            load_band(l, map, column_gate_words[k], &g->band[k]);
        }
        if (gate_band_is_set(&g->band[COLUMN_GATE_SUM])) {
            source_need_type(l, s, yaml_get(map, "sum"), g->column, 1u << COL_MONEY | 1u << COL_INTEGER);
        }
    }
}

/* What is allowed when nobody has said anything: docs/sources.md 6 gives the reasons. */
static void default_bands(struct source *s)
{
    for (size_t i = 0; i < GATE_COUNT; i++) {
        s->gates[i] = no_band;
    }
    static const struct gate_band rows[] = {
        [KIND_SNAPSHOT] = {800000, 1250000, 650000, 2000000}, [KIND_PERIOD] = {500000, 2000000, -1, -1}, [KIND_APPEND] = {400000, -1, -1, -1}};
    s->gates[GATE_ROWS] = rows[s->kind];
    s->gates[GATE_REJECTS] = (struct gate_band){-1, 10000, -1, 200000};
    s->gates[GATE_DEFECTS] = (struct gate_band){-1, 100000, -1, -1};
    s->gates[GATE_IDS] = (struct gate_band){-1, 1000, -1, 50000};
    s->gates[GATE_X] = (struct gate_band){-1, -1, 20000, -1};
    s->gates[GATE_SEX] = (struct gate_band){-1, 10000, -1, 50000};
    s->gates[GATE_KEYS] = (struct gate_band){-1, 1000, -1, 200000};
}

void source_load_gates(struct loader *l, const struct yaml_node *map, struct source *s)
{
    const struct yaml_node *g;
    default_bands(s);
    if (!yaml_map(l->doc, map, "gates", YAML_OPTIONAL, &g)) {
        return;
    }
    (void)yaml_check_keys(l->doc, g, gate_words);
    for (size_t i = 0; i < GATE_FRESHNESS; i++) {
        load_band(l, g, gate_words[i], &s->gates[i]);
    }
    load_freshness(l, g, &s->gates[GATE_FRESHNESS]);
    load_column_gates(l, g, s);
}
