/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/model.h"

void model_release(struct model *m)
{
    arena_release(&m->arena);
    *m = (struct model){.n_fields = 0};
}

/* --- logarithms --------------------------------------------------------------------------------------------------------------- */

#define BITS_LIMIT 64

/* Exponent first, then one binary digit of the mantissa's logarithm at a time by squaring: IEEE multiplications only, the same everywhere. */
int32_t bits_of(double ratio)
{
    int32_t whole = 0, part = 0;
    BUG_ON(!(ratio > 0));
    while (ratio >= 2 && whole < BITS_LIMIT) {
        ratio /= 2, whole++;
    }
    while (ratio < 1 && whole > -BITS_LIMIT) {
        ratio *= 2, whole--;
    }
    if (ratio >= 2 || ratio < 1) {
        return whole * MODEL_BIT;
    }
    for (int i = 0; i < 9; i++) { /* eight binary places and one to round by */
        ratio *= ratio;
        part = part * 2 + (ratio >= 2);
        ratio = ratio >= 2 ? ratio / 2 : ratio;
    }
    return whole * MODEL_BIT + (part + 1) / 2;
}

/* 2^(weight / 256) */
static double power_of(int32_t weight)
{
    static const double roots[8] = {1.0027112750502025, 1.0054299011128027, 1.0108892860517005, 1.0218971486541166,
                                    1.0442737824274138, 1.0905077326652577, 1.189207115002721,  1.4142135623730951}; /* 2^(1/256), 2^(1/128) ... 2^(1/2) */
    int32_t whole = (int32_t)((uint32_t)(weight + BITS_LIMIT * MODEL_BIT) / MODEL_BIT) - BITS_LIMIT;
    uint32_t part = (uint32_t)(weight - whole * MODEL_BIT);
    double x = 1;
    for (int i = 0; i < 8; i++) {
        x *= part >> i & 1 ? roots[i] : 1;
    }
    for (; whole > 0; whole--) {
        x *= 2;
    }
    for (; whole < 0; whole++) {
        x /= 2;
    }
    return x;
}

uint32_t probability_ppm(int32_t weight)
{
    weight = MAX(MIN(weight, BITS_LIMIT * MODEL_BIT), -BITS_LIMIT * MODEL_BIT);
    return (uint32_t)(1e6 / (1 + power_of(-weight)) + 0.5);
}

int32_t weight_of_ppm(uint32_t ppm)
{
    ppm = MAX(1u, MIN(ppm, 999999u));
    return bits_of((double)ppm / (1e6 - (double)ppm));
}

/* --- model.yaml out ------------------------------------------------------------------------------------------------------------- */

static void put_quoted(struct strbuf *out, struct str s)
{
    strbuf_addc(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        strbuf_addz(out, s.p[i] == '\'' ? "'" : "");
        strbuf_addc(out, s.p[i]);
    }
    strbuf_addc(out, '\'');
}

static void write_field(const struct model *m, const struct model_field *f, struct strbuf *out)
{
    unsigned n;
    const struct level *levels = compare_levels(f->type, &n);
    strbuf_addz(out, "  - name: ");
    put_quoted(out, f->name);
    strbuf_addf(out, "\n    type: %s\n    scored: %s\n", field_type_word(f->type), f->scored ? "yes" : "no");
    if (f->partner >= 0) {
        strbuf_addz(out, "    partner: ");
        put_quoted(out, m->fields[f->partner].name);
        strbuf_addc(out, '\n');
    }
    strbuf_addz(out, "    levels:   # weight in 1/256 bit; m, u in 1/1,000,000,000\n");
    for (unsigned l = 1; l < n; l++) {
        strbuf_addf(out, "      %s: {weight: %d, m: %u, u: %u}\n", levels[l].word, f->weight[l], f->m[l], f->u[l]);
    }
    strbuf_addz(out, "    by_rows: [");
    for (unsigned i = 0; i < TERM_ROWS; i++) {
        strbuf_addf(out, "%s%d", i ? ", " : "", f->by_rows[i]);
    }
    strbuf_addz(out, f->n_terms ? "]\n    terms:\n" : "]\n");
    for (uint32_t i = 0; i < f->n_terms; i++) {
        strbuf_addz(out, "      ");
        put_quoted(out, f->terms[i].text);
        strbuf_addf(out, ": %d\n", f->terms[i].add);
    }
}

static void write_part(const struct model *m, const struct key_part *p, struct strbuf *out)
{
    strbuf_addz(out, "{field: ");
    put_quoted(out, m->fields[p->field].name);
    strbuf_addf(out, ", by: %s}", transform_word((enum transform)p->transform));
}

static void write_recipe(const struct model *m, const struct recipe *r, struct strbuf *out)
{
    strbuf_addz(out, "  - parts: [");
    for (unsigned i = 0; i < r->n; i++) {
        strbuf_addz(out, i ? ", " : "");
        write_part(m, &r->part[i], out);
    }
    strbuf_addz(out, "]\n");
    if (r->has_spare) {
        strbuf_addz(out, "    spare: ");
        write_part(m, &r->spare, out);
        strbuf_addc(out, '\n');
    }
}

void model_write(const struct model *m, struct strbuf *out)
{
    strbuf_addf(out,
                "format: 1\n"
                "# trained on %llu rows, %llu pairs, about %llu links among them; %u rounds, %s\n"
                "rows: %llu\npairs: %llu\nexpected: %llu\nrounds: %u\nconverged: %s\n"
                "# weights of a pair in 1/256 bit: before anything is compared, from which a person looks at it, from which it is a link\n"
                "prior: %d\nreview: %d\nthreshold: %d\ncap: %u\nfields:\n",
                (unsigned long long)m->rows, (unsigned long long)m->pairs, (unsigned long long)m->expected, m->rounds, m->converged ? "converged" : "not converged",
                (unsigned long long)m->rows, (unsigned long long)m->pairs, (unsigned long long)m->expected, m->rounds, m->converged ? "yes" : "no", m->prior, m->review,
                m->threshold, m->cap);
    for (unsigned f = 0; f < m->n_fields; f++) {
        write_field(m, &m->fields[f], out);
    }
    strbuf_addz(out, "recipes:\n");
    for (unsigned r = 0; r < m->n_recipes; r++) {
        write_recipe(m, &m->recipes[r], out);
    }
}

/* --- and in ------------------------------------------------------------------------------------------------------------------------ */

struct reading {
    struct yaml_doc doc;
    struct model *m;
    bool good;
};

static int64_t need_int(struct reading *r, const struct yaml_node *map, const char *key, int64_t lo, int64_t hi)
{
    int64_t v = 0;
    if (!yaml_get(map, key)) {
        yaml_problem(&r->doc, map, "E109", TR("缺少 %s", "%s is missing"), key);
    }
    r->good &= yaml_int_in(&r->doc, map, key, lo, hi, &v);
    return v;
}

static int field_named(const struct model *m, struct str name)
{
    for (unsigned f = 0; f < m->n_fields; f++) {
        if (str_eq(m->fields[f].name, name)) {
            return (int)f;
        }
    }
    return -1;
}

#define WEIGHT_LIMIT (1 << 20)

static void read_levels(struct reading *r, const struct yaml_node *map, struct model_field *f)
{
    unsigned n;
    const struct level *levels = compare_levels(f->type, &n);
    for (unsigned l = 1; l < n; l++) {
        const struct yaml_node *level;
        if (!yaml_map(&r->doc, map, levels[l].word, YAML_REQUIRED, &level)) {
            r->good = false;
            continue;
        }
        f->weight[l] = (int32_t)need_int(r, level, "weight", -WEIGHT_LIMIT, WEIGHT_LIMIT);
        f->m[l] = (uint32_t)need_int(r, level, "m", 0, 1000000000);
        f->u[l] = (uint32_t)need_int(r, level, "u", 0, 1000000000);
    }
}

static int term_order(const void *a, const void *b)
{
    return str_cmp(((const struct model_term *)a)->text, ((const struct model_term *)b)->text);
}

static void read_terms(struct reading *r, const struct yaml_node *map, struct model_field *f)
{
    const struct yaml_node *terms, *rows;
    int64_t v = 0;
    if (yaml_list(&r->doc, map, "by_rows", YAML_REQUIRED, &rows)) {
        for (size_t i = 0; i < rows->n && i < TERM_ROWS; i++) {
            r->good &= yaml_as_int(&r->doc, rows->items[i], "by_rows", &v);
            f->by_rows[i] = (int32_t)v;
        }
    }
    if (!yaml_get(map, "terms") || !yaml_map(&r->doc, map, "terms", YAML_OPTIONAL, &terms)) {
        return;
    }
    f->terms = arena_array(&r->m->arena, struct model_term, terms->n);
    f->n_terms = (uint32_t)terms->n;
    for (size_t i = 0; i < terms->n; i++) {
        r->good &= yaml_as_int(&r->doc, terms->pairs[i].value, "terms", &v);
        f->terms[i] = (struct model_term){arena_str(&r->m->arena, terms->pairs[i].key->text), (int32_t)MAX(MIN(v, WEIGHT_LIMIT), -WEIGHT_LIMIT)};
    }
    qsort(f->terms, f->n_terms, sizeof(*f->terms), term_order);
}

static void read_field(struct reading *r, const struct yaml_node *node)
{
    static const char *const keys[] = {"name", "type", "scored", "partner", "levels", "by_rows", "terms", NULL};
    struct model_field *f = &r->m->fields[r->m->n_fields];
    struct str name, type;
    const struct yaml_node *levels;
    if (!yaml_as_map(&r->doc, node, "fields") || !yaml_check_keys(&r->doc, node, keys) || !yaml_text(&r->doc, node, "name", YAML_REQUIRED, &name) ||
        !yaml_text(&r->doc, node, "type", YAML_REQUIRED, &type) || !yaml_map(&r->doc, node, "levels", YAML_REQUIRED, &levels)) {
        r->good = false;
        return;
    }
    *f = (struct model_field){.name = arena_str(&r->m->arena, name), .partner = -1, .scored = true};
    if (!field_type_from_word(type, &f->type)) {
        yaml_problem(&r->doc, yaml_get(node, "type"), "E111", "%s", TR("没有这种字段类型", "no such type of field"));
        r->good = false;
        return;
    }
    r->m->n_fields++;
    r->good &= !yaml_get(node, "scored") || yaml_flag(&r->doc, node, "scored", YAML_OPTIONAL, &f->scored);
    read_levels(r, levels, f);
    read_terms(r, node, f);
}

static void read_part(struct reading *r, const struct yaml_node *node, struct key_part *out)
{
    struct str field, by;
    enum transform t;
    if (!yaml_as_map(&r->doc, node, "parts") || !yaml_text(&r->doc, node, "field", YAML_REQUIRED, &field) || !yaml_text(&r->doc, node, "by", YAML_REQUIRED, &by)) {
        r->good = false;
        return;
    }
    int f = field_named(r->m, field);
    if (f < 0 || !transform_from_word(by, &t)) {
        yaml_problem(&r->doc, node, "E111", "%s", f < 0 ? TR("没有这个字段", "no such field") : TR("没有这种取法", "no such transform"));
        r->good = false;
        return;
    }
    *out = (struct key_part){(uint8_t)f, (uint8_t)t};
}

static void read_recipe(struct reading *r, const struct yaml_node *node)
{
    struct recipe *recipe = &r->m->recipes[r->m->n_recipes++];
    const struct yaml_node *parts, *spare = NULL;
    *recipe = (struct recipe){.n = 0};
    if (!yaml_as_map(&r->doc, node, "recipes") || !yaml_list(&r->doc, node, "parts", YAML_REQUIRED, &parts) || parts->n > RECIPE_PARTS) {
        r->good = false;
        return;
    }
    for (size_t i = 0; i < parts->n; i++) {
        read_part(r, parts->items[i], &recipe->part[recipe->n++]);
    }
    recipe->has_spare = yaml_get(node, "spare") && yaml_map(&r->doc, node, "spare", YAML_OPTIONAL, &spare);
    if (recipe->has_spare) {
        read_part(r, spare, &recipe->spare);
    }
}

static void read_partners(struct reading *r, const struct yaml_node *fields)
{
    struct str name;
    for (size_t i = 0; i < fields->n && i < r->m->n_fields && r->good; i++) {
        if (yaml_get(fields->items[i], "partner") && yaml_text(&r->doc, fields->items[i], "partner", YAML_OPTIONAL, &name)) {
            r->m->fields[i].partner = field_named(r->m, name);
        }
    }
}

static void read_all(struct reading *r, const struct yaml_node *root)
{
    static const char *const keys[] = {"format", "rows", "pairs", "expected", "rounds", "converged", "prior", "review", "threshold", "cap", "fields", "recipes", NULL};
    struct model *m = r->m;
    const struct yaml_node *fields, *recipes;
    r->good &= yaml_check_keys(&r->doc, root, keys);
    need_int(r, root, "format", 1, 1);
    m->rows = (uint64_t)need_int(r, root, "rows", 0, INT64_MAX);
    m->pairs = (uint64_t)need_int(r, root, "pairs", 0, INT64_MAX);
    m->expected = (uint64_t)need_int(r, root, "expected", 0, INT64_MAX);
    m->rounds = (unsigned)need_int(r, root, "rounds", 0, 1000000);
    m->prior = (int32_t)need_int(r, root, "prior", -WEIGHT_LIMIT, WEIGHT_LIMIT);
    m->review = (int32_t)need_int(r, root, "review", -WEIGHT_LIMIT, WEIGHT_LIMIT);
    m->threshold = (int32_t)need_int(r, root, "threshold", -WEIGHT_LIMIT, WEIGHT_LIMIT);
    m->cap = (uint32_t)need_int(r, root, "cap", 0, INT32_MAX);
    r->good &= yaml_flag(&r->doc, root, "converged", YAML_REQUIRED, &m->converged);
    if (!yaml_list(&r->doc, root, "fields", YAML_REQUIRED, &fields) || !yaml_list(&r->doc, root, "recipes", YAML_REQUIRED, &recipes) ||
        fields->n > LINK_FIELDS || recipes->n > RECIPES_MAX) {
        r->good = false;
        return;
    }
    for (size_t i = 0; i < fields->n; i++) {
        read_field(r, fields->items[i]);
    }
    read_partners(r, fields);
    for (size_t i = 0; i < recipes->n && r->good; i++) {
        read_recipe(r, recipes->items[i]);
    }
}

bool model_read(struct str yaml, const char *name, struct model *out, struct diag_list *diags)
{
    struct reading r = {.m = out, .good = true};
    *out = (struct model){.n_fields = 0};
    if (!yaml_parse(&r.doc, name, yaml, &YAML_LIMITS_DEFAULT, diags) || !yaml_as_map(&r.doc, r.doc.root, name)) {
        yaml_release(&r.doc);
        return false;
    }
    read_all(&r, r.doc.root);
    yaml_release(&r.doc);
    return r.good && out->n_fields > 0;
}
