/* SPDX-License-Identifier: Apache-2.0 */
/* A rule as people read it. */
#include "base/core/vec.h"
#include "rules/ruleset.h"

typedef VEC(struct rules_text) text_vec;

static void add(text_vec *v, enum rules_node_kind kind, struct str text, int level, int depth)
{
    struct rules_text t = {kind, text, level, depth};
    vec_push(v, t);
}

static void add_lines(text_vec *v, const struct line *lines, size_t n, enum rules_node_kind kind, int depth)
{
    for (size_t i = 0; i < n; i++) {
        if (lines[i].n_any) {
            add(v, RULES_NODE_ANY, STR(""), -1, depth);
            add_lines(v, lines[i].any, lines[i].n_any, kind, depth + 1);
        } else {
            add(v, kind, lines[i].text, kind == RULES_NODE_LEVEL ? lines[i].level : -1, depth);
        }
    }
}

size_t rules_lines(const struct ruleset *rs, size_t rule, struct arena *arena, struct rules_text **out)
{
    const struct rule_def *r = &rs->rules[rule];
    text_vec v = {0};
    add_lines(&v, r->when, r->n_when, RULES_NODE_CONDITION, 0);
    add_lines(&v, r->unless, r->n_unless, RULES_NODE_UNLESS, 0);
    for (size_t i = 0; i < r->n_dims; i++) {
        add(&v, RULES_NODE_SCORE, str_of(arena_printf(arena, TR(STR_FMT "（最多%lld点）", STR_FMT " (at most %lld)"), STR_ARG(r->dims[i].name), (long long)r->dims[i].max)), -1, 0);
        add_lines(&v, r->dims[i].lines, r->dims[i].n_lines, RULES_NODE_CONDITION, 1);
    }
    add_lines(&v, r->levels, r->n_levels, RULES_NODE_LEVEL, 0);
    *out = arena_array(arena, struct rules_text, v.n + 1);
    size_t n = v.n;
    if (n) {
        memcpy(*out, v.v, sizeof **out * n);
    }
    vec_release(&v);
    return n;
}

/* --- parameters ----------------------------------------------------------------------------------------------------- */
typedef VEC(struct rules_param_text) param_vec;

static void add_version(const struct ruleset *rs, const struct param *p, const struct param_version *version, struct arena *arena, param_vec *v)
{
    for (size_t k = 0; k < MAX(p->n_keys, (size_t)1); k++) {
        AUTO_STRBUF value = STRBUF_INIT;
        rules_format(rs, p->type, -1, version->values[k], &value);
        struct rules_param_text t = {.name = p->name, .basis = p->basis, .from = version->from, .review = p->review, .value = arena_str(arena, strbuf_str(&value))};
        t.area = version->area >= 0 ? rs->schema.areas[version->area].code : STR("");
        t.key = p->by >= 0 ? rs->schema.enums[rs->schema.attrs[p->by].enumeration].values[k] : STR("");
        vec_push(v, t);
    }
}

/* Versions stand by area, then from: the last of an area that is not later than the day holds. */
static void add_param(const struct ruleset *rs, const struct param *p, daynum day, struct arena *arena, param_vec *v)
{
    for (size_t i = 0; i < p->n_versions; i++) {
        const struct param_version *next = i + 1 < p->n_versions && p->versions[i + 1].area == p->versions[i].area ? &p->versions[i + 1] : NULL;
        if (p->versions[i].from <= day && (!next || next->from > day)) {
            add_version(rs, p, &p->versions[i], arena, v);
        }
    }
}

size_t rules_params_in_force(const struct ruleset *rs, size_t rule, daynum day, struct arena *arena, struct rules_param_text **out)
{
    const struct rule_def *r = &rs->rules[rule];
    param_vec v = {0};
    for (size_t i = 0; i < r->n_params; i++) {
        add_param(rs, &rs->params[r->params[i]], day, arena, &v);
    }
    *out = arena_array(arena, struct rules_param_text, v.n + 1);
    size_t n = v.n;
    if (n) {
        memcpy(*out, v.v, sizeof **out * n);
    }
    vec_release(&v);
    return n;
}

size_t rules_tests(const struct ruleset *rs, size_t rule, struct arena *arena, struct rules_test_text **out)
{
    const struct rule_def *r = &rs->rules[rule];
    *out = arena_array(arena, struct rules_test_text, r->n_tests + 1);
    for (size_t i = 0; i < r->n_tests; i++) {
        int e = r->tests[i].expect;
        struct str expect = e == -1 ? STR("不报") : e == -2 ? STR("未知") : rs->meta.levels[e].name;
        (*out)[i] = (struct rules_test_text){r->tests[i].name, expect, r->tests[i].as_of};
    }
    return r->n_tests;
}

struct str rules_due_text(const struct ruleset *rs, int level, struct arena *arena)
{
    const struct rules_level *l = &rs->meta.levels[level];
    const char *unit = l->due_workdays ? TR("个工作日", " working days") : TR("天", " days");
    return str_of(l->due > 0 ? arena_printf(arena, "%d%s", l->due, unit) : "");
}
