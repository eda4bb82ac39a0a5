/* SPDX-License-Identifier: Apache-2.0 */
/* A run: window bounds and parameters fixed once, blocks evaluated, hits handed out while the rule's registers still hold. */
#include "base/core/hash.h"
#include "rules/run.h"

/* Bits of the accumulator are months, not values. */
static bool months_counted(const struct fact_def *f) { return f->agg == RULES_GAP || (f->agg == RULES_DISTINCT && f->column == f->date_column); }

/* --- making --------------------------------------------------------------------------------------------------------- */
void acc_window(const struct ruleset *rs, const struct fact_def *f, daynum as_of, struct acc *a)
{
    const struct window *w = &f->window;
    struct bounds b = w->set ? window_bounds(w, as_of) : (struct bounds){DAY_MISSING, as_of};
    daynum after = w->set ? b.first - 1 : DAY_MISSING;
    a->window_day = f->agg == RULES_LAST ? DAY_MISSING : after; /* a report about the household stands by its own date, whoever it names has died since */
    if (f->agg == RULES_DISTINCT && !months_counted(f)) {
        a->bits = (int)rs->schema.enums[rs->schema.tables[f->table].columns[f->column].enumeration].n;
    }
    if (f->date_column < 0) {
        return;
    }
    bool months = rs->schema.tables[f->table].columns[f->date_column].type == RT_MONTH;
    a->has_last = true;
    a->last = months ? day_month(as_of) : b.last;
    a->has_first = w->set;
    a->first = !w->set ? 0 : b.first;
    monthnum first = 0, last = 0;
    if (w->set) {
        window_months(w, as_of, f->agg == RULES_GAP, &first, &last);
    }
    if (w->set && months) {
        a->first = first, a->last = last;
    } else if (f->agg == RULES_GAP) {
        a->first = month_first(first), a->last = month_last(last);
    }
    if (months_counted(f)) {
        a->bit0 = last;
        a->bits = (int)(last - first + 1);
    }
}

static bool has_masks(const struct fact_def *f) { return f->agg == RULES_DISTINCT || f->agg == RULES_GAP; }

static void init_acc(struct rules_run *run, size_t fact)
{
    const struct fact_def *f = &run->rs->facts[run->rs->input_defs[fact]];
    struct acc *a = &run->accs[fact];
    a->n = f->entity == RULES_HOUSEHOLD ? run->w.n_households : run->w.n_persons;
    a->top = f->top;
    a->lo = xcalloc((a->n + 1) * (size_t)MAX(f->top, 1), sizeof *a->lo);
    if (f->agg == RULES_TOP) {
        a->hi = xcalloc((a->n + 1) * (size_t)f->top, sizeof *a->hi);
        a->maybe = xcalloc(a->n + 1, sizeof *a->maybe);
    } else if (has_masks(f)) {
        a->hi = xcalloc(a->n + 1, sizeof *a->hi);
        a->bit0 = -1;
    } else if (f->agg != RULES_SUM && f->agg != RULES_COUNT) {
        a->hi = xcalloc(a->n + 1, sizeof *a->hi);
        a->day = xmalloc((a->n + 1) * sizeof *a->day);
        a->maybe = xmalloc((a->n + 1) * sizeof *a->maybe);
        for (size_t i = 0; i < a->n; i++) {
            a->day[i] = a->maybe[i] = DATE_ABSENT;
        }
    }
    acc_window(run->rs, f, run->as_of, a);
}

static void init_params(struct rules_run *run)
{
    const struct ruleset *rs = run->rs;
    for (size_t i = 0; i < rs->n_params; i++) {
        const struct param *p = &rs->params[i];
        if (!p->used || (p->by < 0 && !p->by_area)) {
            continue;
        }
        size_t areas = p->by_area ? rs->schema.n_areas + 1 : 1, keys = p->n_keys + 1;
        run->params[i] = xmalloc(sizeof(struct val) * areas * keys);
        for (size_t a = 0; a < areas; a++) {
            for (size_t k = 0; k < keys; k++) {
                const struct param_version *version;
                run->params[i][a * keys + k] = param_value(rs, p, run->params_on, a == 0 && run->general ? AREA_GENERAL : (int)a - 1, (int64_t)k - 1, &version);
            }
        }
    }
}

static struct rules_run *run_new(const struct ruleset *rs, daynum as_of, const struct rules_world *world, bool general)
{
    struct rules_run *run = xcalloc(1, sizeof *run);
    run->general = general;
    run->rs = rs;
    run->w = *world;
    run->as_of = as_of;
    run->params_on = as_of;
    run->dense = xcalloc(rs->inputs.n_person_attrs + 1, sizeof *run->dense);
    run->accs = xcalloc(rs->inputs.n_facts + 1, sizeof *run->accs);
    run->scan_cover = xcalloc(rs->n_scans + 1, sizeof *run->scan_cover);
    run->change_cover = xcalloc(rs->inputs.n_changes + 1, sizeof *run->change_cover);
    run->changes = xcalloc(rs->n_ctests + 1, sizeof *run->changes);
    run->counts = xcalloc(rs->n_rules + 1, sizeof *run->counts);
    for (size_t i = 0; i < rs->inputs.n_facts; i++) {
        init_acc(run, i);
    }
    for (size_t i = 0; i < rs->n_scans; i++) {
        run->scan_cover[i].all = true;
    }
    for (size_t i = 0; i < rs->inputs.n_changes; i++) {
        run->change_cover[i].all = true;
    }
    for (size_t i = 0; i < rs->n_ctests; i++) {
        const struct window *w = &rs->ctests[i].window;
        run->changes[i].after = window_bounds(w, as_of).first - 1;
        run->changes[i].sure = xcalloc(world->n_persons / 8 + 1, 1);
        run->changes[i].maybe = xcalloc(world->n_persons / 8 + 1, 1);
    }
    size_t dims = 1;
    for (size_t i = 0; i < rs->n_rules; i++) {
        dims = MAX(dims, rs->rules[i].n_dims);
    }
    run->part_names = xcalloc(dims, sizeof *run->part_names);
    run->part_points = xcalloc(dims, sizeof *run->part_points);
    run->params = xcalloc(rs->n_params + 1, sizeof *run->params);
    init_params(run);
    run_reserve(run, CHUNK);
    return run;
}

struct rules_run *rules_run_new(const struct ruleset *rs, daynum as_of, const struct rules_world *world)
{
    return run_new(rs, as_of, world, false);
}

struct rules_run *run_new_general(const struct ruleset *rs, daynum as_of, const struct rules_world *world) { return run_new(rs, as_of, world, true); }

struct rules_run *rules_run_view(const struct rules_run *run)
{
    struct rules_run *view = xmalloc(sizeof *view);
    size_t dims = 1;
    *view = *run;
    for (size_t i = 0; i < run->rs->n_rules; i++) {
        dims = MAX(dims, run->rs->rules[i].n_dims);
    }
    view->counts = xcalloc(run->rs->n_rules + 1, sizeof *view->counts);
    view->part_names = xcalloc(dims, sizeof *view->part_names);
    view->part_points = xcalloc(dims, sizeof *view->part_points);
    view->v = NULL, view->t = NULL, view->memory = NULL, view->hh_at = NULL, view->verdict = NULL, view->cap = 0;
    run_reserve(view, CHUNK);
    return view;
}

void rules_view_end(struct rules_run *run, struct rules_run *view)
{
    for (size_t i = 0; run && view && i < run->rs->n_rules; i++) {
        run->counts[i].evaluated += view->counts[i].evaluated;
        run->counts[i].fired += view->counts[i].fired;
        run->counts[i].unknown += view->counts[i].unknown;
    }
    if (view) {
        void *own[] = {view->counts, view->part_names, view->part_points, view->v, view->t, view->memory, view->hh_at, view->verdict};
        for (size_t i = 0; i < ARRAY_LEN(own); i++) {
            free(own[i]);
        }
        free(view);
    }
}

static void release_acc(struct acc *a)
{
    free(a->lo);
    free(a->hi);
    free(a->day);
    free(a->maybe);
    free(a->open);
}

void rules_run_free(struct rules_run *run)
{
    if (!run) {
        return;
    }
    for (size_t i = 0; i < run->rs->inputs.n_facts; i++) {
        release_acc(&run->accs[i]);
    }
    for (size_t i = 0; i < run->rs->n_scans; i++) {
        free(run->scan_cover[i].bits);
    }
    for (size_t i = 0; i < run->rs->inputs.n_changes; i++) {
        free(run->change_cover[i].bits);
    }
    for (size_t i = 0; i < run->rs->n_ctests; i++) {
        free(run->changes[i].sure);
        free(run->changes[i].maybe);
        vec_release(&run->changes[i].hits);
    }
    for (size_t i = 0; i < run->rs->n_params; i++) {
        free(run->params[i]);
    }
    void *parts[] = {run->dense, run->accs,   run->scan_cover, run->change_cover, run->changes,    run->counts,     run->params,
                     run->v,     run->t,      run->memory,     run->hh_at,        run->verdict,    run->part_names, run->part_points};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        free(parts[i]);
    }
    free(run);
}

void rules_run_attr(struct rules_run *run, size_t need, struct rules_lane all_persons)
{
    BUG_ON(need >= run->rs->inputs.n_person_attrs);
    run->dense[need] = all_persons;
}

/* --- registers ------------------------------------------------------------------------------------------------------ */
static void fill_const(struct rules_run *run, const struct const_reg *c)
{
    const struct param_version *version;
    struct val v = c->e->op == EX_TODAY   ? val_of(run->as_of)
                   : c->e->op == EX_PARAM ? param_value(run->rs, &run->rs->params[c->e->index], run->params_on, -1, -1, &version)
                                          : c->e->value;
    for (size_t i = 0; i < run->cap; i++) {
        if (c->truth) {
            run->t[c->reg][i] = truth_of(v.lo > 0, v.hi > 0);
        } else {
            run->v[c->reg].lo[i] = v.lo, run->v[c->reg].hi[i] = v.hi;
        }
    }
}

void run_reserve(struct rules_run *run, size_t n)
{
    const struct ruleset *rs = run->rs;
    if (n <= run->cap) {
        return;
    }
    size_t cap = MAX(n, 2 * run->cap);
    cap = (cap + 63) / 64 * 64;
    size_t values = (size_t)(rs->temp_v + rs->shared_v), truths = (size_t)(rs->temp_t + rs->shared_t);
    free(run->memory);
    run->memory = xcalloc(cap, values * 2 * sizeof(int64_t) + truths + 1);
    run->v = xrealloc(run->v, sizeof *run->v * (size_t)(REG_SHARED + rs->shared_v + 1));
    run->t = xrealloc(run->t, sizeof *run->t * (size_t)(REG_SHARED + rs->shared_t + 1));
    run->hh_at = xrealloc(run->hh_at, sizeof *run->hh_at * cap);
    run->verdict = xrealloc(run->verdict, cap);
    int64_t *next = (int64_t *)(void *)run->memory;
    for (size_t i = 0; i < values; i++) {
        size_t reg = i < (size_t)rs->temp_v ? i : REG_SHARED + i - (size_t)rs->temp_v;
        run->v[reg] = (struct lanes){next, next + cap};
        next += 2 * cap;
    }
    uint8_t *bytes = (uint8_t *)next;
    for (size_t i = 0; i < truths; i++) {
        size_t reg = i < (size_t)rs->temp_t ? i : REG_SHARED + i - (size_t)rs->temp_t;
        run->t[reg] = bytes + i * cap;
    }
    run->cap = cap;
    for (size_t i = 0; i < rs->n_consts; i++) {
        fill_const(run, &rs->consts[i]);
    }
    uint32_t sizes[4] = {(uint32_t)cap, 0, 0, 0};
    run_exec(run, 0, rs->const_to, sizes);
}

/* --- one rule over a block ------------------------------------------------------------------------------------------ */
struct pass {
    struct rules_run *run;
    const struct rule_def *r;
    size_t rule;
    uint32_t n;          /* entities */
    uint32_t sizes[4];
    enum rules_want want;
    rules_hit_fn *fn;
    void *ctx;
};

static bool any_left(const uint8_t *t, uint32_t n)
{
    uint8_t any = 0;
    for (uint32_t i = 0; i < n; i++) {
        any |= t[i];
    }
    return any != 0;
}

/* when and not unless; false when nobody is left before all of it was worked out. */
static bool decide(struct pass *p)
{
    struct rules_run *run = p->run;
    uint8_t *verdict = run->verdict;
    memset(verdict, TRUTH_YES, p->n);
    run_exec(run, p->r->score_from, p->r->score_to, p->sizes);
    for (size_t k = 0; k < p->r->n_when; k++) {
        const struct line *l = &p->r->when[k];
        run_exec(run, l->code_from, l->code_to, p->sizes);
        const uint8_t *t = run->t[l->reg];
        for (uint32_t i = 0; i < p->n; i++) {
            verdict[i] &= t[i];
        }
        if (p->want != RULES_WANT_ALL && !any_left(verdict, p->n)) {
            return false;
        }
    }
    run_exec(run, p->r->unless_from, p->r->unless_to, p->sizes);
    for (size_t k = 0; k < p->r->n_unless; k++) {
        const uint8_t *t = run->t[p->r->unless[k].reg];
        for (uint32_t i = 0; i < p->n; i++) {
            verdict[i] &= truth_not(t[i]);
        }
    }
    return true;
}

static void find_level(const struct rules_run *run, const struct rule_def *r, uint32_t i, struct rules_hit *hit)
{
    for (size_t k = 0; k < r->n_levels; k++) {
        const struct line *l = &r->levels[k];
        uint8_t t = l->e ? run->t[l->reg][i] : TRUTH_YES;
        if (t == TRUTH_YES) {
            hit->level = l->level;
            break;
        }
        if (t == TRUTH_MAYBE && hit->maybe_level < 0) {
            hit->maybe_level = l->level;
        }
    }
    hit->maybe_level = hit->maybe_level == hit->level ? -1 : hit->maybe_level;
}

static struct val hit_value(const struct rules_run *run, const struct expr *e, const struct rules_hit *hit)
{
    size_t i = e->dom == DOM_CONST ? 0 : e->dom == DOM_HOUSEHOLD && hit->person != RULES_NO_ROW ? run->hh_at[hit->at] : hit->at;
    return expr_is_truth(e) ? truth_val(run->t[e->reg][i]) : val_range(run->v[e->reg].lo[i], run->v[e->reg].hi[i]);
}

/* Thousandths by which the hit passes its line: 1000 is on it. */
static int64_t how_far(const struct rules_run *run, const struct rule_def *r, const struct rules_hit *hit)
{
    int64_t above, line;
    if (r->n_dims) {
        above = hit->score.lo, line = r->score_max;
    } else if (r->main) {
        struct val a = hit_value(run, r->main->a, hit), b = hit_value(run, r->main->b, hit);
        above = b.lo, line = a.hi; /* line <= fact, or fact <= line: the greater side over the smaller */
    } else {
        return 1000;
    }
    bool finite = above > -VAL_LIMIT && above < VAL_LIMIT && line > -VAL_LIMIT && line < VAL_LIMIT;
    if (!finite || above <= 0) {
        return r->n_dims ? 0 : 1000;
    }
    struct val over = val_div(val_of(above), val_of(MAX(line, 1)), 1000);
    return MIN(over.lo, 1000000);
}

static void hand_out(struct pass *p, uint32_t i, uint8_t t)
{
    struct rules_run *run = p->run;
    bool person = p->r->pub.entity == RULES_PERSON;
    struct rules_hit hit = {.rule = p->rule, .at = i, .level = -1, .maybe_level = -1, .person = RULES_NO_ROW, .over = 0};
    hit.verdict = t == TRUTH_YES ? RULES_FIRED : t == TRUTH_MAYBE ? RULES_UNKNOWN : RULES_NO;
    hit.person = person ? run->block->person[i] : RULES_NO_ROW;
    hit.household = run->block->household[person ? run->hh_at[i] : i];
    hit.score = p->r->n_dims ? val_range(run->v[p->r->score_reg].lo[i], run->v[p->r->score_reg].hi[i]) : VAL_NONE;
    if (t == TRUTH_YES) {
        find_level(run, p->r, i, &hit);
        hit.over = how_far(run, p->r, &hit);
    }
    run->hit = &hit;
    p->fn(p->ctx, run, &hit);
    run->hit = NULL;
}

static void eval_rule(struct pass *p)
{
    struct rules_run *run = p->run;
    struct rules_counts *c = &run->counts[p->rule];
    c->evaluated += p->n;
    run->rule = p->r;
    run->shown = false;
    if (!decide(p)) {
        run->rule = NULL;
        return;
    }
    uint32_t fired = 0, unknown = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        fired += run->verdict[i] == TRUTH_YES;
        unknown += run->verdict[i] == TRUTH_MAYBE;
    }
    c->fired += fired;
    c->unknown += unknown;
    if (fired) {
        run_exec(run, p->r->level_from, p->r->level_to, p->sizes);
    }
    uint8_t least = p->want == RULES_WANT_FIRED ? TRUTH_YES : p->want == RULES_WANT_UNDECIDED ? TRUTH_MAYBE : TRUTH_NO;
    for (uint32_t i = 0; i < p->n && p->fn; i++) {
        if (run->verdict[i] >= least) {
            hand_out(p, i, run->verdict[i]);
        }
    }
    run->rule = NULL;
}

void rules_eval_block(struct rules_run *run, const struct rules_block *block, enum rules_want want, rules_hit_fn *fn, void *ctx)
{
    BUG_ON(!run->ready);
    run->block = block;
    run_reserve(run, MAX(block->n_persons, block->n_households));
    for (uint32_t h = 0; h < block->n_households; h++) {
        for (uint32_t m = block->first[h]; m < block->first[h + 1]; m++) {
            run->hh_at[m] = h;
        }
    }
    struct pass p = {.run = run, .want = want, .fn = fn, .ctx = ctx};
    uint32_t sizes[4] = {(uint32_t)run->cap, block->n_households, block->n_persons, 0};
    memcpy(p.sizes, sizes, sizeof sizes);
    run_exec(run, run->rs->const_to, run->rs->shared_to, sizes);
    for (size_t i = 0; i < run->rs->n_evaluated; i++) {
        p.r = &run->rs->rules[i];
        p.rule = i;
        p.n = p.r->pub.entity == RULES_HOUSEHOLD ? block->n_households : block->n_persons;
        eval_rule(&p);
    }
    run->block = NULL;
}

struct rules_counts rules_run_counts(const struct rules_run *run, size_t rule) { return run->counts[rule]; }

struct val run_value(const struct rules_run *run, const struct expr *e)
{
    BUG_ON(!run->hit);
    return e->reg < 0 ? VAL_UNKNOWN : hit_value(run, e, run->hit);
}

void rules_run_params_on(struct rules_run *run, daynum day)
{
    run->params_on = day;
    for (size_t i = 0; i < run->rs->n_params; i++) {
        free(run->params[i]);
        run->params[i] = NULL;
    }
    init_params(run);
    for (size_t i = 0; i < run->rs->n_consts; i++) {
        fill_const(run, &run->rs->consts[i]);
    }
}

void rules_param_hash(const struct rules_run *run, size_t rule, char out[33])
{
    AUTO_STRBUF b = STRBUF_INIT;
    const struct rule_def *r = &run->rs->rules[rule];
    for (size_t i = 0; i < r->n_params; i++) {
        const struct param *p = &run->rs->params[r->params[i]];
        size_t areas = p->by_area ? run->rs->schema.n_areas + 1 : 1;
        strbuf_addf(&b, STR_FMT "=", STR_ARG(p->name));
        for (size_t a = 0; a < areas; a++) {
            for (size_t k = 0; k < MAX(p->n_keys, (size_t)1); k++) {
                const struct param_version *version;
                struct val v = param_value(run->rs, p, run->params_on, (int)a - 1, p->by < 0 ? -1 : (int64_t)k, &version);
                strbuf_addf(&b, "%lld:%lld,", (long long)v.lo, (long long)v.hi);
            }
        }
    }
    hash128_hex(strbuf_z(&b), b.n, out);
}
