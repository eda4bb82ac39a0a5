/* SPDX-License-Identifier: Apache-2.0 */
/* The tests inside rules: one household in memory, run through the same scans and the same code as the night. */
#include "base/text/diag.h"
#include "rules/run.h"
#include "rules/tests.h"

struct tiny {
    const struct ruleset *rs;
    const struct test_def *t;
    size_t rule;
    struct arena *arena;
    uint32_t n;             /* persons */
    struct val **persons;   /* [attribute][person] */
    struct val *household;  /* [attribute] */
    uint32_t *household_of;
    uint8_t *member;
    daynum *death;
};

/* --- values of attributes: named, derived, absent ------------------------------------------------------------------- */
static const struct val *named(const struct test_value *v, size_t n, int attr)
{
    for (size_t i = 0; i < n; i++) {
        if (!v[i].is_fact && v[i].index == attr) {
            return &v[i].value;
        }
    }
    return NULL;
}

static int person_attr(const struct ruleset *rs, const char *name)
{
    for (size_t i = 0; i < rs->schema.n_attrs; i++) {
        if (rs->schema.attrs[i].entity == RULES_PERSON && str_eqz(rs->schema.attrs[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

static struct val get(const struct tiny *y, int attr, uint32_t p) { return attr < 0 ? VAL_NONE : y->persons[attr][p]; }

/* What follows from dates a test gives: ages, and being dead. */
static void derive(struct tiny *y, uint32_t p)
{
    const struct test_person *tp = &y->t->persons[p];
    int birth = person_attr(y->rs, "出生日期"), died = person_attr(y->rs, "死亡日期"), alive = person_attr(y->rs, "在世");
    struct val death = get(y, died, p);
    bool has_died = val_known(death) && !val_is_none(death);
    y->member[p] = (uint8_t)(has_died && tp->member == RULES_LIVING ? RULES_DEAD : tp->member);
    y->death[p] = has_died ? (daynum)death.lo : DAY_MISSING;
    if (alive >= 0 && !named(tp->values, tp->n, alive) && y->member[p] == RULES_DEAD) {
        y->persons[alive][p] = VAL_FALSE;
    }
    static const char *const ages[] = {"年龄", "死亡时年龄"};
    for (int k = 0; k < 2; k++) {
        int age = person_attr(y->rs, ages[k]);
        bool given = birth >= 0 && named(tp->values, tp->n, birth);
        if (age >= 0 && given && !named(tp->values, tp->n, age)) {
            y->persons[age][p] = val_age(y->persons[birth][p], k == 0 && !has_died ? val_of(y->t->as_of) : death);
        }
    }
}

static void fill_values(struct tiny *y)
{
    const struct rules_schema *s = &y->rs->schema;
    y->persons = arena_array(y->arena, struct val *, s->n_attrs + 1);
    y->household = arena_array(y->arena, struct val, s->n_attrs + 1);
    y->household_of = arena_array(y->arena, uint32_t, y->n + 1);
    y->member = arena_array(y->arena, uint8_t, y->n + 1);
    y->death = arena_array(y->arena, daynum, y->n + 1);
    for (size_t a = 0; a < s->n_attrs; a++) {
        const struct val *v = named(y->t->household, y->t->n_household, (int)a);
        y->household[a] = v ? *v : s->attrs[a].absent;
        y->persons[a] = arena_array(y->arena, struct val, y->n + 1);
        for (uint32_t p = 0; p < y->n; p++) {
            const struct test_person *tp = &y->t->persons[p];
            v = named(tp->values, tp->n, (int)a);
            y->persons[a][p] = v ? *v : s->attrs[a].absent;
        }
    }
    for (uint32_t p = 0; p < y->n; p++) {
        derive(y, p);
    }
}

static void set_overrides(const struct tiny *y, struct rules_run *run)
{
    run->overrides = arena_array(y->arena, struct rule_override, y->rs->n_facts + 1);
    for (size_t i = 0; i < y->t->n_household; i++) {
        const struct test_value *v = &y->t->household[i];
        if (v->is_fact) {
            run->overrides[v->index] = (struct rule_override){true, v->value, 0};
        }
    }
    for (uint32_t p = 0; p < y->n; p++) {
        const struct test_person *tp = &y->t->persons[p];
        for (size_t i = 0; i < tp->n; i++) {
            if (tp->values[i].is_fact) {
                run->overrides[tp->values[i].index] = (struct rule_override){true, tp->values[i].value, p};
            }
        }
    }
}

/* --- rows and changes ----------------------------------------------------------------------------------------------- */
static void feed_rows(const struct tiny *y, struct rules_run *run)
{
    for (size_t s = 0; s < y->rs->n_scans; s++) {
        const struct rules_scan *scan = &y->rs->scans[s];
        uint32_t *person = arena_array(y->arena, uint32_t, y->t->n_rows + 1);
        uint32_t *household = arena_array(y->arena, uint32_t, y->t->n_rows + 1);
        struct rules_lane *lanes = arena_array(y->arena, struct rules_lane, scan->n_columns + 1);
        struct val **cells = arena_array(y->arena, struct val *, scan->n_columns + 1);
        for (size_t c = 0; c < scan->n_columns; c++) {
            cells[c] = arena_array(y->arena, struct val, y->t->n_rows + 1);
            lanes[c] = (struct rules_lane){RULES_LANE_VAL, cells[c]};
        }
        uint32_t n = 0;
        for (size_t i = 0; i < y->t->n_rows; i++) {
            if (y->t->rows[i].table != scan->table) {
                continue;
            }
            person[n] = y->n ? 0 : RULES_NO_ROW;
            household[n] = 0;
            for (size_t c = 0; c < scan->n_columns; c++) {
                cells[c][n] = y->t->rows[i].cells[scan->columns[c]];
            }
            n++;
        }
        struct rules_rows rows = {n, person, household, lanes};
        rules_scan_rows(run, s, &rows);
    }
}

static void feed_changes(const struct tiny *y, struct rules_run *run)
{
    for (size_t c = 0; c < y->rs->inputs.n_changes; c++) {
        int attr = y->rs->inputs.changes[c].attr;
        for (uint32_t p = 0; p < y->n; p++) {
            const struct val *before = named(y->t->persons[p].previous, y->t->persons[p].n_previous, attr);
            struct val now = y->persons[attr][p];
            if (!before) {
                continue;
            }
            int32_t from = val_known(*before) ? (int32_t)before->lo : -1, to = val_known(now) ? (int32_t)now.lo : -1;
            struct rules_change_block b = {1, &p, &from, &to, &y->t->as_of};
            rules_change_rows(run, c, &b);
        }
    }
}

/* --- verdict -------------------------------------------------------------------------------------------------------- */
struct seen {
    const struct tiny *y;
    struct test_outcome out;
    rules_hit_fn *fn;
    void *ctx;
};

static void first_failing(const struct rules_node *node, struct arena *a, const struct ruleset *rs, const char **out)
{
    for (size_t i = 0; i < node->n_children && !**out; i++) {
        const struct rules_node *n = &node->children[i];
        bool unless = n->kind == RULES_NODE_UNLESS, line = n->kind == RULES_NODE_CONDITION || n->kind == RULES_NODE_ANY || unless;
        bool holds = unless ? n->value.hi == 0 : n->value.lo == 1;
        if (!line || holds) {
            continue;
        }
        AUTO_STRBUF b = STRBUF_INIT;
        for (size_t k = 0; k < n->n_children && n->kind != RULES_NODE_ANY; k++) {
            strbuf_addf(&b, "%s" STR_FMT " = ", k ? "，" : "", STR_ARG(n->children[k].text));
            rules_format(rs, n->children[k].type, n->children[k].enumeration, n->children[k].value, &b);
        }
        const char *state = n->value.lo != n->value.hi ? TR("未知", "unknown") : unless ? TR("成立（unless）", "holds (unless)") : TR("不成立", "does not hold");
        *out = arena_printf(a, "%s: " STR_FMT "  [%s]", state, STR_ARG(n->text), strbuf_z(&b));
    }
}

static void on_hit(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct seen *s = ctx;
    if (hit->rule != s->y->rule || hit->at != 0) {
        return;
    }
    s->out.got = hit->verdict == RULES_FIRED ? hit->level : hit->verdict == RULES_UNKNOWN ? -2 : -1;
    if (hit->verdict != RULES_FIRED) {
        first_failing(rules_explain(run, s->y->arena), s->y->arena, s->y->rs, &s->out.why);
    }
    if (s->fn) {
        s->fn(s->ctx, run, hit);
    }
}

static void eval_tiny(const struct tiny *y, struct rules_run *run, struct seen *seen)
{
    const struct rules_inputs *in = &y->rs->inputs;
    uint32_t *person = arena_array(y->arena, uint32_t, y->n + 1), household = 0, first[2] = {0, y->n};
    for (uint32_t p = 0; p < y->n; p++) {
        person[p] = p;
    }
    struct rules_lane *pl = arena_array(y->arena, struct rules_lane, in->n_person_attrs + 1);
    struct rules_lane *hl = arena_array(y->arena, struct rules_lane, in->n_household_attrs + 1);
    for (size_t i = 0; i < in->n_person_attrs; i++) {
        pl[i] = (struct rules_lane){RULES_LANE_VAL, y->persons[in->person_attrs[i].attr]};
        rules_run_attr(run, i, pl[i]);
    }
    for (size_t i = 0; i < in->n_household_attrs; i++) {
        hl[i] = (struct rules_lane){RULES_LANE_VAL, &y->household[in->household_attrs[i].attr]};
    }
    feed_rows(y, run);
    feed_changes(y, run);
    rules_run_ready(run);
    int32_t area = y->t->area;
    struct rules_block block = {y->n, 1, person, &household, first, &area, pl, hl};
    rules_eval_block(run, &block, RULES_WANT_ALL, on_hit, seen);
}

static struct str expect_text(const struct ruleset *rs, int e)
{
    return e == -1 ? STR("不报") : e == -2 ? STR("未知") : rs->meta.levels[e].name;
}

struct test_outcome test_one(const struct ruleset *rs, size_t rule, const struct test_def *t, struct arena *arena, rules_hit_fn *fn, void *ctx)
{
    struct tiny y = {.rs = rs, .t = t, .rule = rule, .arena = arena, .n = (uint32_t)t->n_persons};
    fill_values(&y);
    struct rules_world w = {y.n, 1, y.household_of, y.member, y.death, NULL};
    struct rules_run *run = run_new_general(rs, t->as_of, &w);
    set_overrides(&y, run);
    struct seen seen = {&y, {-1, ""}, fn, ctx};
    eval_tiny(&y, run, &seen);
    rules_run_free(run);
    return seen.out;
}

static bool run_one(const struct ruleset *rs, size_t rule, const struct test_def *t, struct diag_list *diags, rules_test_fn *fn, void *ctx)
{
    AUTO_ARENA arena = ARENA_INIT;
    struct test_outcome seen = test_one(rs, rule, t, &arena, NULL, NULL);
    const struct rules_rule *r = &rs->rules[rule].pub;
    struct rules_test_result result = {.rule = rule, .name = t->name, .line = t->line, .passed = seen.got == t->expect, .message = ""};
    if (!result.passed) {
        result.message = arena_printf(&arena, TR("应为 " STR_FMT "，实为 " STR_FMT, "expected " STR_FMT ", got " STR_FMT), STR_ARG(expect_text(rs, t->expect)),
                                      STR_ARG(expect_text(rs, seen.got)));
        diag_add(diags, "E710", (struct diag_at){rs->file, t->line, t->column, t->length}, TR("规则 " STR_FMT " 测试“" STR_FMT "”：%s", "rule " STR_FMT " test '" STR_FMT "': %s"),
                 STR_ARG(r->id), STR_ARG(t->name), result.message);
        if (*seen.why) {
            diag_note(diags, "%s", seen.why);
        }
    }
    if (fn) {
        fn(ctx, &result);
    }
    return result.passed;
}

size_t rules_test_each(const struct ruleset *rs, int only_rule, struct diag_list *diags, rules_test_fn *fn, void *ctx, struct rules_test_counts *out_counts)
{
    struct rules_test_counts c = {0, 0};
    for (size_t i = 0; i < rs->n_evaluated; i++) {
        for (size_t k = 0; k < rs->rules[i].n_tests && (only_rule < 0 || (size_t)only_rule == i); k++) {
            c.run++;
            c.failed += !run_one(rs, i, &rs->rules[i].tests[k], diags, fn, ctx);
        }
    }
    *out_counts = c;
    return c.failed;
}

size_t rules_test(const struct ruleset *rs, int only_rule, struct diag_list *diags, struct rules_test_counts *out_counts)
{
    return rules_test_each(rs, only_rule, diags, NULL, NULL, out_counts);
}
