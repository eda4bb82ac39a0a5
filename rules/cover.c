/* SPDX-License-Identifier: Apache-2.0 */
/* Whom sources speak about, and what changed: what a run knows besides rows. */
#include "rules/run.h"

/* --- cover ---------------------------------------------------------------------------------------------------------- */
static void set_cover(const struct rules_run *run, struct cover *c, bool all, const uint8_t *covered)
{
    free(c->bits);
    c->bits = NULL;
    c->all = all;
    if (covered) {
        size_t n = (run->w.n_persons + 7u) / 8u;
        c->bits = xmalloc(n + 1);
        memcpy(c->bits, covered, n);
    }
}

void rules_scan_cover(struct rules_run *run, size_t scan, bool all, const uint8_t *covered)
{
    BUG_ON(run->ready || scan >= run->rs->n_scans);
    set_cover(run, &run->scan_cover[scan], all, covered);
}

void rules_change_cover(struct rules_run *run, size_t change, bool all, const uint8_t *covered)
{
    BUG_ON(run->ready || change >= run->rs->inputs.n_changes);
    set_cover(run, &run->change_cover[change], all, covered);
}

/* A household's figure is open when its composition is unknown or the source does not speak about one of the members it runs over. */
static void open_households(struct rules_run *run, const struct fact_def *f, struct acc *a, const struct cover *c)
{
    for (uint32_t h = 0; run->w.open && h < run->w.n_households; h++) {
        if (run->w.open[h]) {
            bit_set(a->open, h);
        }
    }
    for (uint32_t p = 0; (c->bits || !c->all) && p < run->w.n_persons; p++) {
        uint32_t h = run->w.household_of[p];
        if (h == RULES_NO_ROW || (c->bits && bit_get(c->bits, p)) || run->w.member[p] == RULES_FORMER) {
            continue;
        }
        daynum death = run->w.death ? run->w.death[p] : DAY_MISSING;
        bool gone = run->w.member[p] == RULES_DEAD && (f->living_only || (a->window_day != DAY_MISSING && death != DAY_MISSING && death <= a->window_day));
        if (!gone) {
            bit_set(a->open, h);
        }
    }
}

static void open_slots(struct rules_run *run, size_t fact)
{
    const struct fact_def *f = def_of(run, fact);
    const struct cover *c = &run->scan_cover[f->scan];
    struct acc *a = &run->accs[fact];
    bool household = f->entity == RULES_HOUSEHOLD;
    if (c->all && !c->bits && !(household && run->w.open)) {
        return;
    }
    a->open = xcalloc(a->n / 8 + 1, 1);
    if (household) {
        open_households(run, f, a, c);
        return;
    }
    for (uint32_t p = 0; p < run->w.n_persons; p++) {
        if (!c->bits || !bit_get(c->bits, p)) {
            bit_set(a->open, p);
        }
    }
}

static uint8_t on_side(const struct side *s, int32_t value)
{
    uint8_t in = value < 0 && s->mask ? TRUTH_MAYBE : value < 0 ? TRUTH_NO : val_in(val_of(value), s->mask);
    return s->outside ? truth_not(in) : in;
}

/* --- changes -------------------------------------------------------------------------------------------------------- */
void rules_change_rows(struct rules_run *run, size_t change, const struct rules_change_block *rows)
{
    BUG_ON(run->ready || change >= run->rs->inputs.n_changes);
    for (size_t k = 0; k < run->rs->n_ctests; k++) {
        const struct change_test *t = &run->rs->ctests[k];
        struct change_state *s = &run->changes[k];
        for (uint32_t i = 0; t->change == (int)change && i < rows->n; i++) {
            uint32_t p = rows->person[i];
            if (p == RULES_NO_ROW || rows->day[i] <= s->after || rows->day[i] > run->as_of) {
                continue;
            }
            uint8_t hit = on_side(&t->to, rows->to[i]) & on_side(&t->from, rows->from[i]);
            if (hit == TRUTH_NO) {
                continue;
            }
            bit_set(hit == TRUTH_YES ? s->sure : s->maybe, p);
            vec_push(&s->hits, (struct change_hit){p, rows->day[i], rows->from[i]});
        }
    }
}

static int compare_hits(const void *a, const void *b)
{
    const struct change_hit *x = a, *y = b;
    if (x->person != y->person) {
        return (x->person > y->person) - (x->person < y->person);
    }
    return x->day != y->day ? (x->day > y->day) - (x->day < y->day) : (x->from > y->from) - (x->from < y->from);
}

struct val change_previous(const struct rules_run *run, size_t test, uint32_t person, struct val current)
{
    const struct change_state *s = &run->changes[test];
    size_t lo = 0, hi = s->hits.n;
    while (lo < hi) { /* the first hit of a later person */
        size_t mid = lo + (hi - lo) / 2;
        if (s->hits.v[mid].person <= person) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo == 0 || s->hits.v[lo - 1].person != person) {
        return current;
    }
    int32_t from = s->hits.v[lo - 1].from;
    return from < 0 ? VAL_UNKNOWN : val_of(from);
}

void rules_run_ready(struct rules_run *run)
{
    BUG_ON(run->ready);
    for (size_t i = 0; i < run->rs->inputs.n_facts; i++) {
        open_slots(run, i);
    }
    for (size_t k = 0; k < run->rs->n_ctests; k++) {
        vec_sort(&run->changes[k].hits, compare_hits);
    }
    run->ready = true;
}
