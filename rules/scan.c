/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of tables into accumulators. Every operation is commutative, so the order of rows cannot be seen. A row that perhaps counts (an
   unknown date or condition) widens the interval instead of adding to it. */
#include "rules/run.h"

/* --- rows that count ------------------------------------------------------------------------------------------------ */
static int lane_of(const struct rules_scan *s, int column)
{
    for (size_t i = 0; i < s->n_columns; i++) {
        if (s->columns[i] == column) {
            return (int)i;
        }
    }
    return -1;
}

static uint8_t in_window(const struct acc *a, struct val day)
{
    uint8_t t = TRUTH_YES;
    if (a->has_first) {
        t &= val_le(val_of(a->first), day);
    }
    if (a->has_last) {
        t &= val_le(day, val_of(a->last));
    }
    return t;
}

static void days_in_window(const struct acc *a, const struct rules_lane *lane, uint32_t from, uint32_t n, uint8_t *out)
{
    if (lane->kind != RULES_LANE_I32 || !lane->p) {
        for (uint32_t i = 0; i < n; i++) {
            out[i] = in_window(a, rules_lane_get(lane, from + i));
        }
        return;
    }
    const int32_t *day = (const int32_t *)lane->p + from;
    int64_t first = a->has_first ? a->first : INT32_MIN + 2; /* 无 is no day */
    for (uint32_t i = 0; i < n; i++) {
        out[i] = day[i] >= first && day[i] <= a->last ? TRUTH_YES : TRUTH_NO;
        out[i] = day[i] == INT32_MIN ? TRUTH_MAYBE : out[i];
    }
}

/* Truth of window and where for rows from .. from+n-1. */
static void rows_count(struct rules_run *run, size_t fact, const struct rules_rows *rows, uint32_t from, uint32_t n, uint8_t *out)
{
    const struct fact_def *f = def_of(run, fact);
    const struct acc *a = &run->accs[fact];
    const struct rules_scan *scan = &run->rs->scans[f->scan];
    if (f->date_column >= 0) {
        days_in_window(a, &rows->columns[lane_of(scan, f->date_column)], from, n, out);
    } else {
        memset(out, TRUTH_YES, n);
    }
    if (!f->where) {
        return;
    }
    run->rows = rows;
    run->row_from = from;
    uint32_t sizes[4] = {0, 0, 0, n};
    run_exec(run, f->code_from, f->code_to, sizes);
    const uint8_t *t = run->t[f->where->reg];
    for (uint32_t i = 0; i < n; i++) {
        out[i] &= t[i];
    }
    run->rows = NULL;
}

/* Whose row it is, worked out once for all facts of a scan. */
struct whose {
    const uint32_t *person; /* of rows from .. from+n-1 */
    uint32_t home[CHUNK];   /* household it is added to; RULES_NO_ROW for nobody's */
    uint8_t member[CHUNK];  /* what its person is there; RULES_LIVING when the row itself names the household */
    bool homes;             /* home and member are made */
};

static void find_homes(const struct rules_run *run, const struct rules_rows *rows, uint32_t from, uint32_t n, struct whose *w)
{
    enum { AHEAD = 24 };
    const uint32_t *household_of = run->w.household_of;
    const uint8_t *member = run->w.member;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t p = w->person[i], later = i + AHEAD < n ? w->person[i + AHEAD] : RULES_NO_ROW;
        if (later != RULES_NO_ROW) {
            __builtin_prefetch(&household_of[later]);
            __builtin_prefetch(&member[later]);
        }
        bool named = rows->household && rows->household[from + i] != RULES_NO_ROW;
        w->home[i] = named ? rows->household[from + i] : p == RULES_NO_ROW ? RULES_NO_ROW : household_of[p];
        w->member[i] = named ? RULES_LIVING : p == RULES_NO_ROW ? 0 : member[p];
    }
    w->homes = true;
}

/* Does a member who is dead, or gone, count in a household's figure? */
static uint8_t dead_counts(const struct rules_run *run, const struct fact_def *f, const struct acc *a, uint32_t person, uint8_t member)
{
    if (member != RULES_DEAD || f->living_only) {
        return TRUTH_NO;
    }
    if (a->window_day == DAY_MISSING) {
        return TRUTH_YES;
    }
    daynum death = run->w.death ? run->w.death[person] : DAY_MISSING;
    return death == DAY_MISSING ? TRUTH_MAYBE : death > a->window_day ? TRUTH_YES : TRUTH_NO;
}

/* Where row i of the piece is added for this fact, and whether its person counts there. */
static uint8_t slot_of(const struct rules_run *run, const struct fact_def *f, const struct acc *a, const struct whose *w, uint32_t i, uint32_t *out)
{
    if (f->entity == RULES_PERSON) {
        *out = w->person[i];
        return *out == RULES_NO_ROW ? TRUTH_NO : TRUTH_YES;
    }
    *out = w->home[i];
    if (*out == RULES_NO_ROW) {
        return TRUTH_NO;
    }
    return w->member[i] == RULES_LIVING ? TRUTH_YES : dead_counts(run, f, a, w->person[i], w->member[i]);
}

/* --- adding --------------------------------------------------------------------------------------------------------- */
static int64_t *need_hi(struct acc *a)
{
    if (!a->hi) {
        a->hi = xmalloc(sizeof *a->hi * (a->n + 1));
        memcpy(a->hi, a->lo, sizeof *a->hi * a->n);
    }
    return a->hi;
}

static int64_t plus(int64_t a, int64_t b)
{
    int64_t sum;
    bool wide = __builtin_add_overflow(a, b, &sum) || sum > VAL_LIMIT || sum < -VAL_LIMIT;
    return wide ? val_add(val_of(a), val_of(b)).lo : sum;
}

static int64_t plus_end(int64_t a, int64_t b) { return a == VAL_POS_INF || b == VAL_POS_INF ? VAL_POS_INF : plus(a, b); }

static void add_sum(struct acc *a, uint32_t slot, uint8_t t, struct val v)
{
    if (val_is_none(v)) {
        return;
    }
    if (t == TRUTH_YES && val_known(v)) {
        if (a->hi) {
            a->hi[slot] = plus_end(a->hi[slot], v.hi);
        }
        a->lo[slot] = plus(a->lo[slot], v.lo);
        return;
    }
    need_hi(a);
    if (!val_known(v)) {
        a->hi[slot] = VAL_POS_INF; /* an amount nobody can read: at least what is known */
        return;
    }
    a->lo[slot] = plus(a->lo[slot], MIN(v.lo, 0));
    a->hi[slot] = plus_end(a->hi[slot], MAX(v.hi, 0));
}

static void add_count(struct acc *a, uint32_t slot, uint8_t t)
{
    if (t != TRUTH_YES) {
        need_hi(a)[slot]++;
        return;
    }
    a->lo[slot]++;
    if (a->hi) {
        a->hi[slot]++;
    }
}

/* day doubles as "seen" for greatest and least: 0 seen surely. */
static void add_extreme(struct acc *a, uint32_t slot, uint8_t t, struct val v, bool greatest)
{
    if (val_is_none(v)) {
        return;
    }
    if (!val_known(v)) {
        a->maybe[slot] = 1;
        return;
    }
    int64_t x = greatest ? v.lo : -v.lo;
    if (t == TRUTH_YES && (a->day[slot] == DATE_ABSENT || x > a->lo[slot])) {
        a->lo[slot] = x;
        a->day[slot] = 0;
    }
    if (a->maybe[slot] == 1) {
        return;
    }
    if (a->maybe[slot] == DATE_ABSENT || x > a->hi[slot]) {
        a->hi[slot] = x;
        a->maybe[slot] = 0;
    }
}

/* The newest row, or with `first` the oldest: days are turned round. */
static void add_last(struct acc *a, uint32_t slot, uint8_t t, struct val v, struct val day, bool first)
{
    if (val_is_none(day)) {
        return;
    }
    int32_t at = val_known(day) && day.lo > INT32_MIN && day.lo <= INT32_MAX ? (int32_t)(first ? -day.lo : day.lo) : INT32_MAX;
    if (t != TRUTH_YES || !val_known(day)) {
        a->maybe[slot] = MAX(a->maybe[slot], at);
        return;
    }
    if (at > a->day[slot]) {
        a->day[slot] = at;
        a->lo[slot] = v.lo, a->hi[slot] = v.hi;
    } else if (at == a->day[slot]) { /* two records of one day: whatever either says */
        a->lo[slot] = MIN(a->lo[slot], v.lo);
        a->hi[slot] = MAX(a->hi[slot], v.hi);
        if (a->lo[slot] == VAL_NONE_INT && a->hi[slot] != VAL_NONE_INT) {
            a->lo[slot] = VAL_NEG_INF, a->hi[slot] = VAL_POS_INF;
        }
    }
}

static void keep_greatest(int64_t *top, int k, int64_t v)
{
    for (int i = 0; i < k && v > 0; i++) {
        int64_t here = top[i];
        if (v > here) {
            top[i] = v;
            v = here;
        }
    }
}

static void add_top(struct acc *a, uint32_t slot, uint8_t t, struct val v)
{
    if (val_is_none(v)) {
        return;
    }
    if (!val_known(v)) {
        a->maybe[slot] = 1;
        return;
    }
    keep_greatest(a->hi + (size_t)slot * (size_t)a->top, a->top, v.lo);
    if (t == TRUTH_YES) {
        keep_greatest(a->lo + (size_t)slot * (size_t)a->top, a->top, v.lo);
    }
}

static enum rules_type scan_type(const struct rules_run *run, const struct fact_def *f, int column) { return run->rs->schema.tables[f->table].columns[column].type; }

/* A value nobody can read may be any of them. */
static void add_mask(struct acc *a, uint32_t slot, uint8_t t, struct val v, enum rules_type type)
{
    uint64_t all = ((uint64_t)1 << a->bits) - 1;
    if (val_is_none(v)) {
        return;
    }
    if (!val_known(v)) {
        a->hi[slot] = (int64_t)all;
        return;
    }
    int64_t at = a->bit0 < 0 ? v.lo : a->bit0 - (type == RT_MONTH ? v.lo : day_month((daynum)v.lo));
    if (at < 0 || at >= a->bits) {
        return;
    }
    int64_t *mask = t == TRUTH_YES ? &a->lo[slot] : &a->hi[slot];
    *mask = (int64_t)((uint64_t)*mask | (uint64_t)1 << at);
}

/* Sums of plain numbers: nearly all rows of a district (tests/bench/bench_rules.c). Slots lie all over memory, so they are asked for some rows ahead. Returns
   false when it has to be done with care. */
static bool add_plain(struct rules_run *run, const struct fact_def *f, const struct rules_rows *rows, const struct whose *w, uint32_t from, uint32_t n, const uint8_t *counts)
{
    enum { AHEAD = 16 };
    struct acc *a = &run->accs[f->input];
    const struct rules_lane *value = &rows->columns[lane_of(&run->rs->scans[f->scan], f->column)];
    uint16_t row[CHUNK + AHEAD]; /* of those that count */
    uint32_t count = 0;
    if (value->kind != RULES_LANE_I64 || !value->p) {
        return false;
    }
    const int64_t *v = (const int64_t *)value->p + from;
    const uint32_t *slots = f->entity == RULES_PERSON ? w->person : w->home;
    bool careful = false;
    for (uint32_t i = 0; i < n; i++) {
        row[count] = (uint16_t)i;
        count += counts[i] != TRUTH_NO && slots[i] != RULES_NO_ROW;
        careful |= counts[i] == TRUTH_MAYBE || (counts[i] && v[i] <= VAL_NONE_INT);
    }
    for (uint32_t k = 0; k < AHEAD && count; k++) {
        row[count + k] = row[count - 1];
    }
    for (uint32_t k = 0; k < count && !careful; k++) {
        uint32_t i = row[k], slot;
        __builtin_prefetch(&a->lo[slots[row[k + AHEAD]]], 1);
        uint8_t t = slot_of(run, f, a, w, i, &slot);
        if (t == TRUTH_YES) {
            a->lo[slot] = plus(a->lo[slot], v[i]);
            if (a->hi) {
                a->hi[slot] = plus_end(a->hi[slot], v[i]);
            }
        } else if (t == TRUTH_MAYBE) {
            add_sum(a, slot, t, val_of(v[i]));
        }
    }
    return !careful;
}

static void add_rows(struct rules_run *run, size_t fact, const struct rules_rows *rows, const struct whose *w, uint32_t from, uint32_t n, const uint8_t *counts)
{
    const struct fact_def *f = def_of(run, fact);
    const struct rules_scan *scan = &run->rs->scans[f->scan];
    struct acc *a = &run->accs[fact];
    struct rules_lane nothing = {RULES_LANE_VAL, NULL};
    const struct rules_lane *value = f->column >= 0 ? &rows->columns[lane_of(scan, f->column)] : &nothing;
    const struct rules_lane *day = f->date_column >= 0 ? &rows->columns[lane_of(scan, f->date_column)] : &nothing;
    if (f->agg == RULES_SUM && add_plain(run, f, rows, w, from, n, counts)) {
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t slot;
        if (counts[i] == TRUTH_NO) {
            continue;
        }
        uint8_t t = counts[i] & slot_of(run, f, a, w, i, &slot);
        if (t == TRUTH_NO) {
            continue;
        }
        switch (f->agg) {
        case RULES_COUNT:
            add_count(a, slot, t);
            break;
        case RULES_SUM:
            add_sum(a, slot, t, rules_lane_get(value, from + i));
            break;
        case RULES_MAX:
        case RULES_MIN:
            add_extreme(a, slot, t, rules_lane_get(value, from + i), f->agg == RULES_MAX);
            break;
        case RULES_TOP:
            add_top(a, slot, t, rules_lane_get(value, from + i));
            break;
        case RULES_DISTINCT:
        case RULES_GAP:
            add_mask(a, slot, t, rules_lane_get(value, from + i), scan_type(run, f, f->column));
            break;
        case RULES_LAST:
        case RULES_FIRST:
        default:
            add_last(a, slot, t, rules_lane_get(value, from + i), rules_lane_get(day, from + i), f->agg == RULES_FIRST);
            break;
        }
    }
}

/* Once a piece, and only when a fact of a household asks for it. */
static void need_homes(const struct rules_run *run, const struct fact_def *f, const struct rules_rows *rows, uint32_t from, uint32_t n, struct whose *w)
{
    if (f->entity == RULES_HOUSEHOLD && !w->homes) {
        find_homes(run, rows, from, n, w);
    }
}

void rules_scan_rows(struct rules_run *run, size_t scan, const struct rules_rows *rows)
{
    uint8_t counts[CHUNK];
    BUG_ON(run->ready || scan >= run->rs->n_scans);
    for (uint32_t from = 0; from < rows->n; from += CHUNK) {
        uint32_t n = MIN(rows->n - from, (uint32_t)CHUNK);
        struct whose w;
        w.person = rows->person + from, w.homes = false;
        for (size_t i = 0; i < run->rs->inputs.n_facts; i++) {
            const struct fact_def *f = def_of(run, i);
            if (f->scan == (int)scan) {
                need_homes(run, f, rows, from, n, &w);
                rows_count(run, i, rows, from, n, counts);
                add_rows(run, i, rows, &w, from, n, counts);
            }
        }
    }
}

void rules_row_counts(struct rules_run *run, size_t fact, const struct rules_rows *rows, uint8_t *out_counts)
{
    const struct fact_def *f = def_of(run, fact);
    for (uint32_t from = 0; from < rows->n; from += CHUNK) {
        uint32_t n = MIN(rows->n - from, (uint32_t)CHUNK);
        struct whose w;
        w.person = rows->person + from, w.homes = false;
        need_homes(run, f, rows, from, n, &w);
        rows_count(run, fact, rows, from, n, out_counts + from);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t slot;
            uint8_t *out = &out_counts[from + i];
            *out &= slot_of(run, f, &run->accs[fact], &w, i, &slot);
            *out = *out == TRUTH_YES ? 2 : *out == TRUTH_MAYBE ? 1 : 0;
        }
    }
}
