/* SPDX-License-Identifier: Apache-2.0 */
/* model.yaml -> struct model. Every problem is told with its line; a model with problems is not used. */
#include "matchers/model.h"

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

/* More items than there is room for; said at the list. */
static bool too_many(struct reading *r, const struct yaml_node *list, size_t most)
{
    if (list->n > most) {
        yaml_problem(&r->doc, list, "E111", TR("最多 %zu 项", "at most %zu items"), most);
        r->good = false;
    }
    return list->n > most;
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
    static const char *const keys[] = {"weight", "m", "u", NULL};
    unsigned n;
    const struct level *levels = compare_levels(f->type, &n);
    for (unsigned l = 1; l < n; l++) {
        const struct yaml_node *level;
        if (!yaml_map(&r->doc, map, levels[l].word, YAML_REQUIRED, &level)) {
            r->good = false;
            continue;
        }
        r->good &= yaml_check_keys(&r->doc, level, keys);
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
            f->by_rows[i] = (int32_t)MAX(MIN(v, WEIGHT_LIMIT), -WEIGHT_LIMIT);
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

static void read_part(struct reading *r, const struct yaml_node *node, struct recipe_part *out)
{
    static const char *const keys[] = {"field", "by", NULL};
    struct str field, by;
    enum transform t;
    if (!yaml_as_map(&r->doc, node, "parts") || !yaml_check_keys(&r->doc, node, keys) || !yaml_text(&r->doc, node, "field", YAML_REQUIRED, &field) || !yaml_text(&r->doc, node, "by", YAML_REQUIRED, &by)) {
        r->good = false;
        return;
    }
    int f = field_named(r->m, field);
    if (f < 0 || !transform_from_word(by, &t)) {
        yaml_problem(&r->doc, node, "E111", "%s", f < 0 ? TR("没有这个字段", "no such field") : TR("没有这种取法", "no such transform"));
        r->good = false;
        return;
    }
    *out = (struct recipe_part){(uint8_t)f, (uint8_t)t};
}

static void read_recipe(struct reading *r, const struct yaml_node *node)
{
    static const char *const keys[] = {"parts", "spare", NULL};
    struct recipe *recipe = &r->m->recipes[r->m->n_recipes++];
    const struct yaml_node *parts, *spare = NULL;
    *recipe = (struct recipe){.n = 0};
    if (!yaml_as_map(&r->doc, node, "recipes") || !yaml_check_keys(&r->doc, node, keys) || !yaml_list(&r->doc, node, "parts", YAML_REQUIRED, &parts) || too_many(r, parts, RECIPE_PARTS)) {
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

static void read_numbers(struct reading *r, const struct yaml_node *map)
{
    const char *keys[NUMBER_COUNT + 1] = {NULL};
    for (unsigned i = 0; i < NUMBER_COUNT; i++) {
        keys[i] = number_evidence_word((enum number_evidence)i);
        r->m->numbers[i] = (int32_t)need_int(r, map, keys[i], -WEIGHT_LIMIT, WEIGHT_LIMIT);
    }
    r->good &= yaml_check_keys(&r->doc, map, keys);
    r->m->has_numbers = true;
}

static void read_watched(struct reading *r, const struct yaml_node *node)
{
    static const char *const keys[] = {"by", "entries", "pairs", "links", "same", NULL};
    struct model_watch *w = &r->m->watch[r->m->n_watch];
    const struct yaml_node *same;
    struct str by;
    int64_t v = 0;
    if (!yaml_as_map(&r->doc, node, "watch") || !yaml_check_keys(&r->doc, node, keys) || !yaml_text(&r->doc, node, "by", YAML_REQUIRED, &by) ||
        !yaml_list(&r->doc, node, "same", YAML_REQUIRED, &same)) {
        r->good = false;
        return;
    }
    *w = (struct model_watch){.by = arena_str(&r->m->arena, by),
                              .entries = (uint64_t)need_int(r, node, "entries", 0, INT64_MAX),
                              .pairs = (uint64_t)need_int(r, node, "pairs", 0, INT64_MAX),
                              .links = (uint64_t)need_int(r, node, "links", 0, INT64_MAX)};
    for (size_t i = 0; i < same->n && i < LINK_FIELDS; i++) {
        r->good &= yaml_as_int(&r->doc, same->items[i], "same", &v);
        w->same[i] = (uint32_t)MAX(MIN(v, 1000000), 0);
    }
    r->m->n_watch++;
}

static void read_site_part(struct reading *r, const struct yaml_node *root)
{
    const struct yaml_node *numbers, *watch;
    if (!yaml_get(root, "numbers")) {
        return;
    }
    if (!yaml_map(&r->doc, root, "numbers", YAML_REQUIRED, &numbers)) {
        r->good = false;
        return;
    }
    read_numbers(r, numbers);
    if (yaml_get(root, "watch") && yaml_list(&r->doc, root, "watch", YAML_OPTIONAL, &watch)) {
        for (size_t i = 0; i < watch->n && !too_many(r, watch, WATCH_MAX); i++) {
            read_watched(r, watch->items[i]);
        }
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
    static const char *const keys[] = {"format", "rows", "pairs", "expected", "rounds", "converged", "prior", "review", "threshold", "cap", "fields", "numbers", "watch", "recipes", NULL};
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
        too_many(r, fields, LINK_FIELDS) || too_many(r, recipes, RECIPES_MAX)) {
        r->good = false;
        return;
    }
    for (size_t i = 0; i < fields->n; i++) {
        read_field(r, fields->items[i]);
    }
    read_partners(r, fields);
    read_site_part(r, root);
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
