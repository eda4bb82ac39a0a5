/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/rules_compare.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/core/json_out.h"
#include "base/text/width.h"
#include "pipeline/population.h"

/* --- differences ---------------------------------------------------------------------------------------------------- */
enum change { CHANGE_ADDED, CHANGE_GONE, CHANGE_LEVEL, CHANGE_COUNT };
static const char *const change_en[] = {"added", "gone", "level"};

struct rule_change {
    struct str id, name;
    size_t before, after, n[CHANGE_COUNT];
    const struct rule_hit *examples[CHANGE_COUNT][COMPARE_EXAMPLES];
    struct str level_from[COMPARE_EXAMPLES];
};
typedef VEC(struct rule_change) change_vec;

static struct str level_name(const struct ruleset *rs, int level) { return ruleset_meta(rs)->levels[level].name; }

static void add_rules(change_vec *v, const struct ruleset *rs)
{
    for (size_t i = 0; i < ruleset_evaluated(rs); i++) {
        const struct rules_rule *r = ruleset_rule(rs, i);
        bool known = false;
        for (size_t k = 0; k < v->n; k++) {
            known |= str_eq(v->v[k].id, r->id);
        }
        if (!known) {
            struct rule_change change = {.id = r->id, .name = r->name};
            vec_push(v, change);
        }
    }
}

static struct rule_change *change_of(change_vec *v, struct str id)
{
    for (size_t i = 0; i < v->n; i++) {
        if (str_eq(v->v[i].id, id)) {
            return &v->v[i];
        }
    }
    BUG("a hit of a rule that was not evaluated");
}

static void note(struct rule_change *r, enum change kind, const struct rule_hit *h, struct str level_from)
{
    if (r->n[kind] < COMPARE_EXAMPLES) {
        r->examples[kind][r->n[kind]] = h;
        r->level_from[kind == CHANGE_LEVEL ? r->n[kind] : 0] = level_from;
    }
    r->n[kind]++;
}

/* Both lists are sorted: one walk. */
static void walk(const struct comparison *c, change_vec *v)
{
    const struct rule_hit *b = c->before->v.v, *a = c->after->v.v, *end_b = b + c->before->v.n, *end_a = a + c->after->v.n;
    while (b < end_b || a < end_a) {
        int order = b == end_b ? 1 : a == end_a ? -1 : rule_hit_compare(b, a);
        struct rule_change *r = change_of(v, (order <= 0 ? b : a)->rule);
        r->before += order <= 0;
        r->after += order >= 0;
        if (order < 0) {
            note(r, CHANGE_GONE, b, STR(""));
        } else if (order > 0) {
            note(r, CHANGE_ADDED, a, STR(""));
        } else if (!str_eq(level_name(c->before_rules, b->level), level_name(c->after_rules, a->level))) {
            note(r, CHANGE_LEVEL, a, level_name(c->before_rules, b->level));
        }
        b += order <= 0;
        a += order >= 0;
    }
}

/* --- streets -------------------------------------------------------------------------------------------------------- */
static int compare_households(const void *a, const void *b)
{
    const struct rule_hit *x = *(const struct rule_hit *const *)a, *y = *(const struct rule_hit *const *)b;
    return (x->household > y->household) - (x->household < y->household);
}

uint32_t *visits_by_street(const struct rule_hits *hits, size_t n_areas, struct arena *a)
{
    uint32_t *count = arena_array(a, uint32_t, n_areas + 1);
    const struct rule_hit **sorted = arena_array(a, const struct rule_hit *, hits->v.n + 1);
    for (size_t i = 0; i < hits->v.n; i++) {
        sorted[i] = &hits->v.v[i];
    }
    qsort(sorted, hits->v.n, sizeof(*sorted), compare_households);
    for (size_t i = 0; i < hits->v.n; i++) {
        if (i == 0 || sorted[i]->household != sorted[i - 1]->household) {
            count[sorted[i]->street == AREA_NONE ? n_areas : (size_t)sorted[i]->street]++;
        }
    }
    return count;
}

static struct str street_name(const struct comparison *c, size_t street)
{
    const struct area_set *areas = &c->site->areas;
    return street < areas->areas.n ? areas->areas.v[street].name : str_of(TR("没有街道", "no street"));
}

static int32_t capacity(const struct comparison *c, size_t street)
{
    const struct area_set *areas = &c->site->areas;
    return street < areas->areas.n ? areas->areas.v[street].weekly_capacity : AREA_NONE;
}

/* --- text ----------------------------------------------------------------------------------------------------------- */
static void add_example(const struct comparison *c, const struct rule_change *r, enum change kind, size_t i, struct strbuf *b)
{
    static const char *const zh[] = {"增加", "减少", "级别"};
    const struct rule_hit *h = r->examples[kind][i];
    const struct ruleset *rs = kind == CHANGE_GONE ? c->before_rules : c->after_rules;
    char ref[REF_MAX];
    household_ref(c->site->key, h->household, ref);
    strbuf_addf(b, "    %s  %s  ", TR(zh[kind], change_en[kind]), ref);
    strbuf_add_padded(b, street_name(c, h->street == AREA_NONE ? SIZE_MAX : (size_t)h->street), 14);
    if (kind == CHANGE_LEVEL) {
        strbuf_addf(b, STR_FMT "→", STR_ARG(r->level_from[i]));
    }
    strbuf_addf(b, STR_FMT "  " STR_FMT "\n", STR_ARG(level_name(rs, h->level)), STR_ARG(h->say));
}

static void add_rule_row(const struct comparison *c, const struct rule_change *r, struct strbuf *b)
{
    AUTO_STRBUF name = STRBUF_INIT;
    strbuf_addf(&name, STR_FMT " " STR_FMT, STR_ARG(r->id), STR_ARG(r->name));
    strbuf_add_padded(b, strbuf_str(&name), 34);
    strbuf_addf(b, "%8zu%8zu%8zu%8zu%8zu\n", r->before, r->after, r->n[CHANGE_ADDED], r->n[CHANGE_GONE], r->n[CHANGE_LEVEL]);
    for (int kind = 0; kind < CHANGE_COUNT; kind++) {
        for (size_t i = 0; i < MIN(r->n[kind], (size_t)COMPARE_EXAMPLES); i++) {
            add_example(c, r, (enum change)kind, i, b);
        }
    }
}

static void add_weeks(struct strbuf *b, uint32_t visits, int32_t capacity)
{
    if (capacity > 0) {
        uint32_t tenths = (visits * 10 + (uint32_t)capacity - 1) / (uint32_t)capacity;
        strbuf_addf(b, "%10d%6u.%u", capacity, tenths / 10, tenths % 10);
    } else {
        strbuf_addf(b, "%10s%8s", "-", "-");
    }
}

static void add_streets(const struct comparison *c, struct strbuf *b)
{
    AUTO_ARENA arena = ARENA_INIT;
    size_t n = c->site->areas.areas.n;
    uint32_t *before = visits_by_street(c->before, n, &arena), *after = visits_by_street(c->after, n, &arena);
    strbuf_addc(b, '\n');
    strbuf_add_padded(b, str_of(TR("要走访的户，按街道", "households to visit, by street")), 34);
    strbuf_addz(b, TR("    原来    改后      增减  每周容量    几周\n", "  before   after    change  per week   weeks\n"));
    for (size_t i = 0; i <= n; i++) {
        if (before[i] || after[i]) {
            strbuf_add_padded(b, street_name(c, i), 34);
            strbuf_addf(b, "%8u%8u%+10d", before[i], after[i], (int)after[i] - (int)before[i]);
            add_weeks(b, after[i], capacity(c, i));
            strbuf_addc(b, '\n');
        }
    }
}

static void print_text(const struct comparison *c, const change_vec *v)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_padded(&b, str_of(TR("规则", "rule")), 34);
    strbuf_addz(&b, TR("    原来    改后    增加    减少  级别变\n", "  before   after   added    gone   level\n"));
    for (size_t i = 0; i < v->n; i++) {
        add_rule_row(c, &v->v[i], &b);
    }
    add_streets(c, &b);
    fputs(strbuf_z(&b), stdout);
}

/* --- JSON ----------------------------------------------------------------------------------------------------------- */
static void json_examples(const struct comparison *c, const struct rule_change *r, enum change kind, struct json_out *j)
{
    json_open(j, '[');
    for (size_t i = 0; i < MIN(r->n[kind], (size_t)COMPARE_EXAMPLES); i++) {
        const struct rule_hit *h = r->examples[kind][i];
        char ref[REF_MAX];
        household_ref(c->site->key, h->household, ref);
        json_open(j, '{');
        json_kz(j, "household", ref);
        json_ks(j, "level", level_name(kind == CHANGE_GONE ? c->before_rules : c->after_rules, h->level));
        json_ks(j, "say", h->say);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void print_json(const struct comparison *c, const change_vec *v)
{
    AUTO_STRBUF b = STRBUF_INIT;
    AUTO_ARENA arena = ARENA_INIT;
    struct json_out j = json_out_to(&b);
    json_open(&j, '{');
    json_key(&j, "rules");
    json_open(&j, '[');
    for (size_t i = 0; i < v->n; i++) {
        const struct rule_change *r = &v->v[i];
        json_open(&j, '{');
        json_ks(&j, "rule", r->id);
        json_ki(&j, "before", (int64_t)r->before);
        json_ki(&j, "after", (int64_t)r->after);
        for (int kind = 0; kind < CHANGE_COUNT; kind++) {
            json_ki(&j, change_en[kind], (int64_t)r->n[kind]);
        }
        for (int kind = 0; kind < CHANGE_COUNT; kind++) {
            static const char *const keys[] = {"added_examples", "gone_examples", "level_examples"};
            json_key(&j, keys[kind]);
            json_examples(c, r, (enum change)kind, &j);
        }
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_key(&j, "streets");
    json_open(&j, '[');
    size_t n = c->site->areas.areas.n;
    uint32_t *before = visits_by_street(c->before, n, &arena), *after = visits_by_street(c->after, n, &arena);
    for (size_t i = 0; i <= n; i++) {
        if (before[i] || after[i]) {
            json_open(&j, '{');
            json_ks(&j, "street", i < n ? c->site->areas.areas.v[i].code : STR(""));
            json_ki(&j, "before", before[i]);
            json_ki(&j, "after", after[i]);
            if (capacity(c, i) != AREA_NONE) {
                json_ki(&j, "per_week", capacity(c, i));
            }
            json_close(&j, '}');
        }
    }
    json_close(&j, ']');
    json_close(&j, '}');
    strbuf_addc(&b, '\n');
    fputs(strbuf_z(&b), stdout);
}

void comparison_print(const struct comparison *c, bool json)
{
    change_vec v = {0};
    add_rules(&v, c->after_rules);
    add_rules(&v, c->before_rules);
    walk(c, &v);
    if (json) {
        print_json(c, &v);
    } else {
        print_text(c, &v);
    }
    vec_release(&v);
}
