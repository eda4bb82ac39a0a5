/* SPDX-License-Identifier: Apache-2.0 */
/* Random rules on random worlds: the block evaluator, the tree walk and the generated SQL agree on every rule and entity, however rows and blocks are cut
   and in whatever order rows come. PROP_SEED and PROP_ROUNDS choose, PROP_SQL=n asks SQLite in every n-th round only; the seed of a failure is printed with the
   smallest world that still shows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text/diag.h"
#include "rules/run.h"
#include "tests/lib/rules_random.h"
#include "tests/lib/rules_schema.h"
#include "tests/lib/rules_sql.h"

struct trial {
    uint64_t seed;
    uint32_t households;
    size_t rows;
    bool verbose, sql;
    /* found */
    size_t pairs, fired, unknown, wrong, sql_pairs;
};

struct check {
    const struct walk_world *w;
    struct trial *t;
    struct arena *arena;
    const struct diag_list *said; /* by the check of the rules, before any data */
    size_t seen;
};

static bool was_said(const struct check *c, const char *code, const struct line *l)
{
    for (size_t i = 0; i < c->said->items.n; i++) {
        const struct diag *d = &c->said->items.v[i];
        if (strcmp(d->code, code) == 0 && d->at.line == l->at.line && d->at.column == l->at.column) {
            return true;
        }
    }
    return false;
}

/* What the check said of the rule without data is true of this entity. */
static bool keeps_word(const struct check *c, const struct rule_def *r, const struct rules_hit *hit, const struct rules_node *why)
{
    bool kept = true, before = true;
    for (size_t i = 0; i < r->n_when; i++) {
        kept &= !(was_said(c, "W506", &r->when[i]) && hit->verdict == RULES_FIRED);
        kept &= !(was_said(c, "W507", &r->when[i]) && before && why->children[i].value.hi == 0);
        before &= why->children[i].value.lo == 1;
    }
    for (size_t i = 0; i < r->n_unless; i++) {
        kept &= !(was_said(c, "W506", &r->unless[i]) && hit->verdict == RULES_FIRED);
    }
    bool above = false;
    for (size_t i = 0; i < r->n_levels && hit->verdict == RULES_FIRED; i++) {
        bool mine = r->levels[i].level == hit->level;
        kept &= !(mine && r->levels[i].e && was_said(c, "W508", &r->levels[i])) && !(mine && above && hit->maybe_level < 0);
        above |= r->levels[i].e && was_said(c, "W511", &r->levels[i]);
    }
    return kept;
}

/* when and not unless, from the lines of the explanation. */
static enum rules_verdict told(const struct rules_node *root)
{
    struct val all = VAL_TRUE;
    for (size_t i = 0; i < root->n_children; i++) {
        const struct rules_node *n = &root->children[i];
        struct val v = n->kind == RULES_NODE_UNLESS ? val_range(!n->value.hi, !n->value.lo) : n->value;
        if (n->kind == RULES_NODE_CONDITION || n->kind == RULES_NODE_ANY || n->kind == RULES_NODE_UNLESS) {
            all = val_range(all.lo && v.lo, all.hi && v.hi);
        }
    }
    return all.lo ? RULES_FIRED : all.hi ? RULES_UNKNOWN : RULES_NO;
}

static struct str no_name(void *ctx, uint32_t person, uint32_t household, int attr)
{
    (void)ctx, (void)person, (void)household, (void)attr;
    return STR("某人");
}

static void on_hit(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct check *c = ctx;
    const struct rule_def *r = &c->w->rs->rules[hit->rule];
    uint32_t entity = r->pub.entity == RULES_PERSON ? hit->person : hit->household;
    struct walk_result want = walk_rule(c->w, r, entity);
    const struct rules_node *why = rules_explain(run, c->arena);
    bool same = want.verdict == hit->verdict && want.level == hit->level && want.maybe_level == hit->maybe_level && want.score.lo == hit->score.lo &&
                want.score.hi == hit->score.hi;
    bool tells = told(why) == hit->verdict && keeps_word(c, r, hit, why);
    c->seen++;
    c->t->pairs++;
    c->t->fired += hit->verdict == RULES_FIRED;
    c->t->unknown += hit->verdict == RULES_UNKNOWN;
    c->t->wrong += !same || !tells;
    AUTO_STRBUF say = STRBUF_INIT;
    rules_say(run, no_name, NULL, &say);
    if (c->t->verbose && (!same || !tells)) {
        print_message("rule " STR_FMT " entity %u: block %d level %d maybe %d score %lld..%lld; walk %d level %d maybe %d score %lld..%lld; told %d\n", STR_ARG(r->pub.id),
                      entity, (int)hit->verdict, hit->level, hit->maybe_level, (long long)hit->score.lo, (long long)hit->score.hi, (int)want.verdict, want.level,
                      want.maybe_level, (long long)want.score.lo, (long long)want.score.hi, (int)told(why));
        for (size_t i = 0; i < why->n_children; i++) {
            AUTO_STRBUF v = STRBUF_INIT;
            for (size_t k = 0; k < why->children[i].n_children; k++) {
                const struct rules_node *n = &why->children[i].children[k];
                strbuf_addf(&v, " " STR_FMT "=%lld..%lld", STR_ARG(n->text), (long long)n->value.lo, (long long)n->value.hi);
            }
            print_message("    " STR_FMT " -> %d..%d %s\n", STR_ARG(why->children[i].text), (int)why->children[i].value.lo, (int)why->children[i].value.hi, strbuf_z(&v));
        }
    }
}

/* --- the host: everything in random pieces ------------------------------------------------------------------------------ */
static const uint8_t *bitmap(struct arena *a, const uint8_t *bytes, uint32_t n)
{
    uint8_t *bits = arena_array(a, uint8_t, n / 8 + 1);
    for (uint32_t i = 0; i < n; i++) {
        bits[i >> 3] = (uint8_t)(bits[i >> 3] | (bytes[i] ? 1u << (i & 7) : 0));
    }
    return bits;
}

/* Narrow lanes when every value fits and the dice say so. */
static struct rules_lane lane_of(struct dice *d, struct arena *a, const struct val *v, size_t n)
{
    bool fits = dice_chance(d, 70);
    for (size_t i = 0; i < n && fits; i++) {
        bool unknown = v[i].lo == VAL_NEG_INF && v[i].hi == VAL_POS_INF;
        fits = unknown || val_is_none(v[i]) || (val_known(v[i]) && v[i].lo > INT32_MIN + 1 && v[i].lo <= INT32_MAX);
    }
    if (!fits) {
        return (struct rules_lane){RULES_LANE_VAL, v};
    }
    bool wide = dice_chance(d, 50);
    int32_t *narrow = arena_array(a, int32_t, n + 1);
    int64_t *full = arena_array(a, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        bool unknown = !val_known(v[i]), none = val_is_none(v[i]);
        narrow[i] = unknown ? INT32_MIN : none ? INT32_MIN + 1 : (int32_t)v[i].lo;
        full[i] = unknown ? VAL_NEG_INF : v[i].lo;
    }
    return wide ? (struct rules_lane){RULES_LANE_I64, full} : (struct rules_lane){RULES_LANE_I32, narrow};
}

static void feed_table(struct dice *d, struct arena *a, const struct walk_world *w, struct rules_run *run, size_t scan)
{
    const struct rules_scan *s = &w->rs->inputs.scans[scan];
    size_t *order = arena_array(a, size_t, w->n_rows + 1), n = 0;
    for (size_t i = 0; i < w->n_rows; i++) {
        if (w->rows[i].table == s->table) {
            order[n++] = i;
        }
    }
    for (size_t i = n; i > 1; i--) {
        size_t k = dice_below(d, (uint32_t)i), swap = order[i - 1];
        order[i - 1] = order[k], order[k] = swap;
    }
    for (size_t from = 0; from < n;) {
        size_t piece = 1 + dice_below(d, 40), count = MIN(piece, n - from);
        uint32_t *person = arena_array(a, uint32_t, count), *household = arena_array(a, uint32_t, count);
        struct rules_lane *lanes = arena_array(a, struct rules_lane, s->n_columns + 1);
        for (size_t c = 0; c < s->n_columns; c++) {
            struct val *v = arena_array(a, struct val, count);
            for (size_t i = 0; i < count; i++) {
                v[i] = w->rows[order[from + i]].cells[s->columns[c]];
            }
            lanes[c] = lane_of(d, a, v, count);
        }
        for (size_t i = 0; i < count; i++) {
            person[i] = w->rows[order[from + i]].person;
            household[i] = w->rows[order[from + i]].household;
        }
        struct rules_rows rows = {(uint32_t)count, person, household, lanes};
        rules_scan_rows(run, scan, &rows);
        from += count;
    }
}

static void feed_changes(const struct walk_world *w, struct rules_run *run)
{
    for (size_t c = 0; c < w->rs->inputs.n_changes; c++) {
        for (size_t i = w->n_changes; i-- > 0;) {
            const struct walk_change *x = &w->changes[i];
            if (x->attr == w->rs->inputs.changes[c].attr) {
                struct rules_change_block b = {1, &x->person, &x->from, &x->to, &x->day};
                rules_change_rows(run, c, &b);
            }
        }
    }
}

static void eval_cut(struct dice *d, const struct walk_world *w, struct rules_run *run, uint32_t from, uint32_t to, struct check *c)
{
    struct arena *a = c->arena;
    const struct rules_inputs *in = &w->rs->inputs;
    uint32_t nh = to - from, n = 0;
    uint32_t *person = arena_array(a, uint32_t, w->n_persons + 1), *household = arena_array(a, uint32_t, nh + 1), *first = arena_array(a, uint32_t, nh + 2);
    for (uint32_t h = 0; h < nh; h++) {
        household[h] = from + h;
        first[h] = n;
        for (uint32_t p = 0; p < w->n_persons; p++) {
            if (w->household_of[p] == from + h) {
                person[n++] = p;
            }
        }
    }
    first[nh] = n;
    struct rules_lane *pl = arena_array(a, struct rules_lane, in->n_person_attrs + 1), *hl = arena_array(a, struct rules_lane, in->n_household_attrs + 1);
    for (size_t i = 0; i < in->n_person_attrs; i++) {
        struct val *v = arena_array(a, struct val, n + 1);
        for (uint32_t k = 0; k < n; k++) {
            v[k] = w->person_attrs[in->person_attrs[i].attr][person[k]];
        }
        pl[i] = lane_of(d, a, v, n);
    }
    for (size_t i = 0; i < in->n_household_attrs; i++) {
        hl[i] = lane_of(d, a, w->household_attrs[in->household_attrs[i].attr] + from, nh);
    }
    struct rules_block b = {n, nh, person, household, first, w->area + from, pl, hl};
    rules_eval_block(run, &b, RULES_WANT_ALL, on_hit, c);
}

static void run_world(struct dice *d, const struct walk_world *w, struct trial *t, struct arena *a, const struct diag_list *said)
{
    const struct rules_inputs *in = &w->rs->inputs;
    struct rules_world world = {w->n_persons, w->n_households, w->household_of, w->member, w->death, w->open};
    struct rules_run *run = rules_run_new(w->rs, w->as_of, &world);
    for (size_t i = 0; i < in->n_person_attrs; i++) {
        rules_run_attr(run, i, lane_of(d, a, w->person_attrs[in->person_attrs[i].attr], w->n_persons));
    }
    for (size_t s = 0; s < in->n_scans; s++) {
        const uint8_t *cover = w->table_cover[in->scans[s].table];
        rules_scan_cover(run, s, !cover, cover ? bitmap(a, cover, w->n_persons) : NULL);
        feed_table(d, a, w, run, s);
    }
    for (size_t i = 0; i < in->n_changes; i++) {
        rules_change_cover(run, i, !w->change_cover, w->change_cover ? bitmap(a, w->change_cover, w->n_persons) : NULL);
    }
    feed_changes(w, run);
    rules_run_ready(run);
    struct check c = {w, t, a, said, 0};
    for (uint32_t from = 0; from < w->n_households;) {
        uint32_t step = 1 + dice_below(d, 6), to = MIN(from + step, w->n_households);
        eval_cut(d, w, run, from, to, &c);
        from = to;
    }
    size_t expected = 0;
    for (size_t i = 0; i < w->rs->n_evaluated; i++) {
        expected += w->rs->rules[i].pub.entity == RULES_PERSON ? w->n_persons : w->n_households;
    }
    if (c.seen != expected) {
        print_message("%zu pairs seen, %zu expected\n", c.seen, expected);
        t->wrong++;
    }
    rules_run_free(run);
}

/* Points that cannot be reached are found before any data: such a set is rightly refused. */
static bool only_out_of_reach(const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->items.n; i++) {
        const struct diag *d = &diags->items.v[i];
        if (d->severity == DIAG_ERROR && strcmp(d->code, "E505") != 0) {
            return false;
        }
    }
    return true;
}

static void run_trial(struct trial *t)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF yaml = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    struct dice d = {t->seed};
    random_rules(&d, 5, &yaml);
    struct ruleset *rs = rules_compile(rules_test_schema(), "random.yaml", strbuf_str(&yaml), 0, &diags);
    if (!rs && only_out_of_reach(&diags)) {
        return;
    }
    if (!rs) {
        AUTO_STRBUF out = STRBUF_INIT;
        diag_render(&diags, &out);
        print_message("seed %llu:\n%s\n", (unsigned long long)t->seed, strbuf_z(&out));
        t->wrong++;
        return;
    }
    static const char *const days[] = {"2026-03-01", "2026-03-31", "2024-02-29", "2025-12-31"};
    daynum as_of;
    BUG_ON(!day_parse_iso(str_of(days[dice_below(&d, 4)]), &as_of));
    struct walk_world w;
    random_world(&d, &a, rs, as_of, t->households, t->rows, &w);
    run_world(&d, &w, t, &a, &diags);
    if (t->sql) {
        struct sql_verdicts v = sql_and_walk(&w, t->verbose);
        t->wrong += v.wrong, t->sql_pairs += v.pairs;
    }
    if (t->verbose) {
        fputs(strbuf_z(&yaml), stdout);
    }
    ruleset_free(rs);
}

/* The smallest world of the same seed that still disagrees. */
static void shrink(struct trial t)
{
    for (bool again = true; again;) {
        again = false;
        struct trial half[2] = {t, t};
        half[0].households = (t.households + 1) / 2;
        half[1].rows = t.rows / 2;
        for (int i = 0; i < 2 && !again; i++) {
            struct trial s = {.seed = t.seed, .households = half[i].households, .rows = half[i].rows, .sql = t.sql};
            bool smaller = s.households < t.households || s.rows < t.rows;
            if (smaller) {
                run_trial(&s);
            }
            if (smaller && s.wrong) {
                t = s;
                again = true;
            }
        }
    }
    t.verbose = true;
    t.wrong = 0;
    run_trial(&t);
    print_message("seed %llu, %u households, %zu rows\n", (unsigned long long)t.seed, t.households, t.rows);
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *z = getenv(name);
    int64_t v;
    return z && str_to_i64(str_of(z), &v) ? (uint64_t)v : otherwise;
}

static void all_three_agree(void **state)
{
    (void)state;
    uint64_t seed = number("PROP_SEED", 20260301), rounds = number("PROP_ROUNDS", 400), sql = number("PROP_SQL", 5);
    struct trial sum = {.seed = 0};
    for (uint64_t i = 0; i < rounds; i++) {
        struct trial t = {.seed = seed + i * 1000003, .households = 12, .rows = 90, .sql = sql && i % sql == 0};
        run_trial(&t);
        sum.pairs += t.pairs, sum.fired += t.fired, sum.unknown += t.unknown, sum.sql_pairs += t.sql_pairs;
        if (t.wrong) {
            shrink(t);
            fail_msg("%zu of %zu pairs differ", t.wrong, t.pairs);
        }
    }
    print_message("%zu pairs, %zu fired, %zu unknown; %zu of them in SQL\n", sum.pairs, sum.fired, sum.unknown, sum.sql_pairs);
    assert_true(sum.fired > sum.pairs / 50 && sum.unknown > sum.pairs / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_three_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
