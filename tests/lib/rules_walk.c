/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/rules_walk.h"

#include <stdlib.h>

#include "base/core/bug.h"

struct env {
    const struct walk_world *w;
    const struct rule_def *rule;
    uint32_t person, household; /* RULES_NO_ROW when there is none */
    const struct walk_row *row;
};

static struct val walk(const struct env *e, const struct expr *x);

/* --- three values ----------------------------------------------------------------------------------------------------- */
static struct val decide(bool can_be_true, bool can_be_false)
{
    BUG_ON(!can_be_true && !can_be_false);
    return val_range(can_be_false ? 0 : 1, can_be_true ? 1 : 0);
}

static struct val less(struct val a, struct val b, bool or_equal)
{
    if (val_is_none(a) || val_is_none(b)) {
        return VAL_FALSE;
    }
    return or_equal ? decide(a.lo <= b.hi, a.hi > b.lo) : decide(a.lo < b.hi, a.hi >= b.lo);
}

static struct val equal(struct val a, struct val b)
{
    bool overlap = !(a.hi < b.lo || b.hi < a.lo);
    bool same = val_known(a) && val_known(b) && a.lo == b.lo;
    return decide(overlap, !same);
}

static struct val both(struct val a, struct val b) { return val_range(a.lo && b.lo, a.hi && b.hi); }
static struct val either(struct val a, struct val b) { return val_range(a.lo || b.lo, a.hi || b.hi); }
static struct val opposite(struct val a) { return val_range(!a.hi, !a.lo); }
static struct val as_truth(struct val v) { return val_is_none(v) ? VAL_FALSE : !val_known(v) ? VAL_MAYBE : v.lo ? VAL_TRUE : VAL_FALSE; }

/* --- scans ------------------------------------------------------------------------------------------------------------ */
/* First and last day that count, by year and month. */
static void window_ends(const struct walk_world *w, const struct window *win, daynum *first, daynum *last)
{
    struct ymd t = day_to_ymd(w->as_of);
    int quarter = (t.month - 1) / 3 * 3 + 1;
    *last = w->as_of;
    switch (win->span) {
    case SPAN_THIS_MONTH:
        *first = day_from_ymd(t.year, t.month, 1);
        return;
    case SPAN_LAST_MONTH:
        *last = day_from_ymd(t.year, t.month, 1) - 1;
        *first = day_from_ymd(day_to_ymd(*last).year, day_to_ymd(*last).month, 1);
        return;
    case SPAN_THIS_QUARTER:
        *first = day_from_ymd(t.year, quarter, 1);
        return;
    case SPAN_LAST_QUARTER:
        *last = day_from_ymd(t.year, quarter, 1) - 1;
        *first = day_from_ymd(day_to_ymd(*last).year, day_to_ymd(*last).month - 2, 1);
        return;
    case SPAN_THIS_YEAR:
        *first = day_from_ymd(t.year, 1, 1);
        return;
    case SPAN_LAST_YEAR:
        *first = day_from_ymd(t.year - 1, 1, 1);
        *last = day_from_ymd(t.year - 1, 12, 31);
        return;
    case SPAN_ROLLING:
    default:
        *first = (win->months ? day_add_months(w->as_of, -(int)win->months) : w->as_of - (daynum)win->days) + 1;
        return;
    }
}

static daynum window_start(const struct walk_world *w, const struct window *win)
{
    daynum first = DAY_MISSING + 1, last;
    if (win->set) {
        window_ends(w, win, &first, &last);
    }
    return first - 1;
}

static struct val in_window(const struct walk_world *w, const struct fact_def *f, const struct walk_row *row)
{
    if (f->date_column < 0) {
        return VAL_TRUE;
    }
    struct val at = row->cells[f->date_column];
    bool months = w->rs->schema.tables[f->table].columns[f->date_column].type == RT_MONTH;
    daynum first = 0, last = w->as_of;
    if (f->window.set) {
        window_ends(w, &f->window, &first, &last);
    }
    if (f->window.set && f->window.span == SPAN_ROLLING && (months || f->agg == RULES_GAP)) { /* whole months, up to this one or the one before */
        monthnum newest = day_month(w->as_of) - (f->agg == RULES_GAP ? 1 : 0);
        first = month_first(newest - (monthnum)f->window.months + 1);
        last = month_last(newest);
    }
    struct val t = less(at, val_of(months ? day_month(last) : last), true);
    if (f->window.set) {
        t = both(t, less(val_of(months ? day_month(first) : first), at, true));
    }
    return t;
}

/* Does this member count in a household figure of this fact? */
static struct val member_counts(const struct walk_world *w, const struct fact_def *f, uint32_t p)
{
    if (w->member[p] == RULES_LIVING) {
        return VAL_TRUE;
    }
    if (w->member[p] == RULES_FORMER || f->living_only) {
        return VAL_FALSE;
    }
    if (!f->window.set || f->agg == RULES_LAST) {
        return VAL_TRUE;
    }
    return w->death[p] == DAY_MISSING ? VAL_MAYBE : w->death[p] > window_start(w, &f->window) ? VAL_TRUE : VAL_FALSE;
}

static struct val row_counts(const struct walk_world *w, const struct fact_def *f, uint32_t entity, const struct walk_row *row)
{
    struct val t = VAL_TRUE;
    if (f->entity == RULES_PERSON) {
        t = row->person == entity ? VAL_TRUE : VAL_FALSE;
    } else if (row->household != RULES_NO_ROW) {
        t = row->household == entity ? VAL_TRUE : VAL_FALSE;
    } else if (row->person == RULES_NO_ROW || w->household_of[row->person] != entity) {
        t = VAL_FALSE;
    } else {
        t = member_counts(w, f, row->person);
    }
    t = both(t, in_window(w, f, row));
    if (f->where) {
        struct env e = {w, NULL, row->person, RULES_NO_ROW, row};
        t = both(t, walk(&e, f->where));
    }
    return t;
}

static bool is_open(const struct walk_world *w, const struct fact_def *f, uint32_t entity)
{
    const uint8_t *cover = w->table_cover[f->table];
    if (f->entity == RULES_PERSON) {
        return cover && !cover[entity];
    }
    if (w->open && w->open[entity]) {
        return true;
    }
    for (uint32_t p = 0; p < w->n_persons; p++) {
        if (w->household_of[p] == entity && cover && !cover[p] && member_counts(w, f, p).hi) {
            return true;
        }
    }
    return false;
}

static struct val scan_sum(const struct walk_world *w, const struct fact_def *f, uint32_t entity)
{
    struct val sum = val_of(0);
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct walk_row *row = &w->rows[i];
        struct val t = row->table == f->table ? row_counts(w, f, entity, row) : VAL_FALSE;
        struct val v = f->agg == RULES_COUNT ? val_of(1) : row->cells[f->column];
        if (!t.hi || val_is_none(v)) {
            continue;
        }
        struct val part = !val_known(v) ? val_range(0, VAL_POS_INF) : t.lo ? v : val_range(MIN(v.lo, 0), MAX(v.lo, 0));
        sum = val_add(sum, part);
    }
    return is_open(w, f, entity) ? val_range(sum.lo, VAL_POS_INF) : sum;
}

static struct val scan_extreme(const struct walk_world *w, const struct fact_def *f, uint32_t entity)
{
    bool sure = false, seen = false, unreadable = is_open(w, f, entity), greatest = f->agg == RULES_MAX;
    int64_t best_sure = 0, best_seen = 0;
    bool any = unreadable;
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct walk_row *row = &w->rows[i];
        struct val t = row->table == f->table ? row_counts(w, f, entity, row) : VAL_FALSE, v = row->cells[f->column];
        if (!t.hi || val_is_none(v)) {
            continue;
        }
        any = true;
        if (!val_known(v)) {
            unreadable = true;
            continue;
        }
        bool beats_seen = !seen || (greatest ? v.lo > best_seen : v.lo < best_seen);
        best_seen = beats_seen ? v.lo : best_seen;
        seen = true;
        if (t.lo) {
            best_sure = !sure || (greatest ? v.lo > best_sure : v.lo < best_sure) ? v.lo : best_sure;
            sure = true;
        }
    }
    if (!sure) {
        return any ? VAL_UNKNOWN : VAL_NONE;
    }
    if (greatest) {
        return val_range(best_sure, unreadable ? VAL_POS_INF : best_seen);
    }
    return val_range(unreadable ? VAL_NEG_INF : best_seen, best_sure);
}

static struct val scan_last(const struct walk_world *w, const struct fact_def *f, uint32_t entity)
{
    bool found = false;
    int sign = f->agg == RULES_FIRST ? -1 : 1;
    int64_t newest = 0; /* oldest, with its sign turned, for RULES_FIRST */
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct walk_row *row = &w->rows[i];
        struct val t = row->table == f->table ? row_counts(w, f, entity, row) : VAL_FALSE, at = row->cells[f->date_column];
        if (t.lo && val_known(at)) {
            newest = found ? MAX(newest, sign * at.lo) : sign * at.lo;
            found = true;
        }
    }
    struct val out = VAL_UNKNOWN;
    bool first = true;
    for (size_t i = 0; i < w->n_rows && found; i++) {
        const struct walk_row *row = &w->rows[i];
        struct val t = row->table == f->table ? row_counts(w, f, entity, row) : VAL_FALSE, at = row->cells[f->date_column], v = row->cells[f->column];
        if (!t.hi) {
            continue;
        }
        bool doubtful = !t.lo || !val_known(at);
        if (doubtful && (!val_known(at) || sign * at.lo >= newest)) {
            return VAL_UNKNOWN;
        }
        if (doubtful || sign * at.lo != newest) {
            continue;
        }
        if (first) {
            out = v;
        } else if (val_is_none(out) != val_is_none(v)) {
            out = VAL_UNKNOWN;
        } else {
            out = val_range(MIN(out.lo, v.lo), MAX(out.hi, v.hi));
        }
        first = false;
    }
    return f->type == RT_ENUM && !val_known(out) ? VAL_UNKNOWN : out;
}

static int by_amount(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

static int64_t add_first(int64_t *v, size_t n, int top)
{
    int64_t sum = 0;
    qsort(v, n, sizeof(*v), by_amount);
    for (size_t i = 0; i < n && i < (size_t)top; i++) {
        sum += v[i];
    }
    return sum;
}

static struct val scan_top(const struct walk_world *w, const struct fact_def *f, uint32_t entity)
{
    int64_t *sure = xcalloc(w->n_rows + 1, sizeof(*sure)), *all = xcalloc(w->n_rows + 1, sizeof(*all));
    size_t n_sure = 0, n_all = 0;
    bool wild = is_open(w, f, entity);
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct walk_row *row = &w->rows[i];
        struct val t = row->table == f->table ? row_counts(w, f, entity, row) : VAL_FALSE, v = row->cells[f->column];
        wild = wild || (t.hi && !val_known(v));
        if (!t.hi || !val_known(v) || v.lo <= 0) {
            continue;
        }
        all[n_all++] = v.lo;
        if (t.lo) {
            sure[n_sure++] = v.lo;
        }
    }
    struct val out = val_range(add_first(sure, n_sure, f->top), wild ? VAL_POS_INF : add_first(all, n_all, f->top));
    free(sure);
    free(all);
    return out;
}

/* Different values or months; months without any, backwards from the newest. */
static struct val scan_different(const struct walk_world *w, const struct fact_def *f, uint32_t entity)
{
    const struct rules_column *col = &w->rs->schema.tables[f->table].columns[f->column];
    int64_t sure[64] = {0}, maybe[64] = {0}, low = 0, n;
    if (col->type == RT_ENUM) {
        n = (int64_t)w->rs->schema.enums[col->enumeration].n;
    } else {
        daynum first, last;
        window_ends(w, &f->window, &first, &last);
        monthnum newest = day_month(last);
        if (f->window.span == SPAN_ROLLING) {
            newest -= f->agg == RULES_GAP;
            low = newest - (monthnum)f->window.months + 1;
        } else {
            low = day_month(first);
        }
        n = newest - low + 1;
    }
    for (size_t i = 0; i < w->n_rows; i++) {
        const struct walk_row *row = &w->rows[i];
        struct val t = row->table == f->table ? row_counts(w, f, entity, row) : VAL_FALSE, v = row->cells[f->column];
        if (!t.hi || val_is_none(v)) {
            continue;
        }
        int64_t k = !val_known(v) ? -1 : col->type == RT_DATE ? day_month((daynum)v.lo) - low : v.lo - low;
        for (int64_t m = 0; m < n; m++) {
            maybe[m] |= !val_known(v) || m == k;
            sure[m] |= val_known(v) && m == k && t.lo;
        }
    }
    bool open = is_open(w, f, entity);
    int64_t lo = 0, hi = 0;
    if (f->agg == RULES_DISTINCT) {
        for (int64_t m = 0; m < n; m++) {
            lo += sure[m], hi += open || maybe[m];
        }
        return val_range(lo, hi);
    }
    while (lo < n && !open && !maybe[n - 1 - lo]) {
        lo++;
    }
    while (hi < n && !sure[n - 1 - hi]) {
        hi++;
    }
    return val_range(lo, hi);
}

static struct val fact(const struct env *e, const struct expr *x)
{
    const struct fact_def *f = &e->w->rs->facts[x->index];
    uint32_t entity = f->entity == RULES_PERSON ? e->person : e->household;
    if (f->kind == FACT_BODY) {
        struct env inner = {e->w, NULL, f->entity == RULES_PERSON ? e->person : RULES_NO_ROW, e->household, NULL};
        return walk(&inner, f->body);
    }
    switch (f->agg) {
    case RULES_MAX:
    case RULES_MIN:
        return scan_extreme(e->w, f, entity);
    case RULES_LAST:
    case RULES_FIRST:
        return scan_last(e->w, f, entity);
    case RULES_TOP:
        return scan_top(e->w, f, entity);
    case RULES_DISTINCT:
    case RULES_GAP:
        return scan_different(e->w, f, entity);
    case RULES_SUM:
    case RULES_COUNT:
    default:
        return scan_sum(e->w, f, entity);
    }
}

/* --- the rest --------------------------------------------------------------------------------------------------------- */
static struct val attr(const struct env *e, const struct expr *x)
{
    const struct rules_attr *a = &e->w->rs->schema.attrs[x->index];
    if (a->entity == RULES_HOUSEHOLD) {
        return e->w->household_attrs[x->index][e->household];
    }
    return e->person == RULES_NO_ROW ? VAL_UNKNOWN : e->w->person_attrs[x->index][e->person];
}

static struct val param(const struct env *e, const struct expr *x)
{
    const struct param *p = &e->w->rs->params[x->index];
    int64_t key = -1;
    if (p->by >= 0) {
        struct expr by = {.index = p->by};
        struct val v = attr(e, &by);
        key = val_known(v) && v.lo >= 0 && v.lo < (int64_t)p->n_keys ? v.lo : -1;
    }
    const struct param_version *version;
    return param_value(e->w->rs, p, e->w->as_of, p->by_area ? e->w->area[e->household] : -1, key, &version);
}

static struct val changed(const struct env *e, const struct expr *x)
{
    const struct change_test *t = &e->w->rs->ctests[x->index];
    daynum after = window_start(e->w, &t->window);
    uint64_t mask = (uint64_t)x->value.lo;
    struct val v = e->w->change_cover && !e->w->change_cover[e->person] ? VAL_MAYBE : VAL_FALSE;
    for (size_t i = 0; i < e->w->n_changes; i++) {
        const struct walk_change *c = &e->w->changes[i];
        if (c->attr != t->attr || c->person != e->person || c->day <= after || c->day > e->w->as_of) {
            continue;
        }
        struct val to = c->to < 0 ? VAL_MAYBE : (mask >> c->to) & 1 ? VAL_TRUE : VAL_FALSE;
        struct val from = c->from < 0 ? VAL_MAYBE : (mask >> c->from) & 1 ? VAL_TRUE : VAL_FALSE;
        switch ((enum change_kind)x->value.hi) {
        case CHANGE_APPEARED:
            v = either(v, both(from, opposite(to)));
            break;
        case CHANGE_WAS_FROM:
            v = either(v, from);
            break;
        case CHANGE_WAS_TO:
            v = either(v, to);
            break;
        case CHANGE_BECAME:
        case CHANGE_VANISHED:
        default:
            v = either(v, both(to, opposite(from)));
            break;
        }
    }
    return v;
}

static struct val fold(const struct env *e, const struct expr *x)
{
    struct val any = VAL_FALSE, all = VAL_TRUE, count = val_of(0);
    for (uint32_t p = 0; p < e->w->n_persons; p++) {
        if (e->w->household_of[p] != e->household || !(e->w->member[p] & x->index)) {
            continue;
        }
        struct env inner = {e->w, e->rule, p, e->household, NULL};
        struct val t = walk(&inner, x->a);
        any = either(any, t);
        all = both(all, t);
        count = val_add(count, t);
    }
    if (e->w->open && e->w->open[e->household]) {
        any = either(any, VAL_MAYBE);
        all = both(all, VAL_MAYBE);
        count.hi = VAL_POS_INF;
    }
    return x->op == EX_FOLD_ANY ? any : x->op == EX_FOLD_ALL ? all : count;
}

static struct val score_of(const struct env *e)
{
    struct val total = val_of(0);
    for (size_t i = 0; i < e->rule->n_dims; i++) {
        const struct dimension *d = &e->rule->dims[i];
        int64_t lo = 0, hi = 0;
        for (size_t k = 0; k < d->n_lines; k++) {
            struct val t = walk(e, d->lines[k].e);
            lo += t.lo * d->lines[k].points;
            hi += t.hi * d->lines[k].points;
        }
        total = val_range(total.lo + MIN(lo, d->max), total.hi + MIN(hi, d->max));
    }
    return total;
}

static struct val walk_leaf(const struct env *e, const struct expr *x)
{
    struct val v;
    switch ((int)x->op) {
    case EX_CONST:
        return x->value;
    case EX_TODAY:
        return val_of(e->w->as_of);
    case EX_ATTR:
        v = attr(e, x);
        break;
    case EX_FACT:
        v = fact(e, x);
        break;
    case EX_PARAM:
        return param(e, x);
    case EX_COLUMN:
        v = e->row->cells[x->index];
        break;
    case EX_SCORE:
    default:
        return score_of(e);
    }
    return x->type == RT_BOOL ? as_truth(v) : v;
}

static struct val in_mask(struct val v, uint64_t mask)
{
    if (!val_known(v)) {
        return mask ? VAL_MAYBE : VAL_FALSE;
    }
    return v.lo >= 0 && v.lo < 63 && (mask >> v.lo) & 1 ? VAL_TRUE : VAL_FALSE;
}

static struct val walk(const struct env *e, const struct expr *x)
{
    if (x->op <= EX_SCORE) {
        return walk_leaf(e, x);
    }
    if (x->op == EX_CHANGED) {
        return changed(e, x);
    }
    if (x->op == EX_FOLD_ANY || x->op == EX_FOLD_ALL || x->op == EX_FOLD_COUNT) {
        return fold(e, x);
    }
    struct val a = walk(e, x->a), b = x->b ? walk(e, x->b) : a;
    switch ((int)x->op) {
    case EX_ADD:
        return val_add(a, b);
    case EX_SUB:
        return val_add(a, val_neg(b));
    case EX_MUL:
        return val_mul(a, b, x->scale);
    case EX_DIV:
        return val_div(a, b, x->scale);
    case EX_ADD_MONTHS:
        return val_add_months(a, b);
    case EX_SUB_MONTHS:
        return val_add_months(a, val_neg(b));
    case EX_PREFER:
        return a.lo == VAL_UNKNOWN.lo && a.hi == VAL_UNKNOWN.hi ? b : a;
    case EX_MONTH_OF:
        return val_month_of(a);
    case EX_LT:
        return less(a, b, false);
    case EX_LE:
        return less(a, b, true);
    case EX_EQ:
        return equal(a, b);
    case EX_IN:
        return in_mask(a, (uint64_t)x->value.lo);
    case EX_HAS:
        return decide((a.hi >> x->value.lo) & 1, !((a.lo >> x->value.lo) & 1));
    case EX_UNKNOWN:
        return val_known(a) ? VAL_FALSE : VAL_TRUE;
    case EX_NOT:
        return opposite(a);
    case EX_AND:
        return both(a, b);
    case EX_OR:
        return either(a, b);
    default:
        BUG("an operator the oracle does not know");
    }
}

struct walk_result walk_rule(const struct walk_world *w, const struct rule_def *r, uint32_t entity)
{
    bool person = r->pub.entity == RULES_PERSON;
    struct env e = {w, r, person ? entity : RULES_NO_ROW, person ? w->household_of[entity] : entity, NULL};
    struct val t = VAL_TRUE;
    for (size_t i = 0; i < r->n_when; i++) {
        t = both(t, walk(&e, r->when[i].e));
    }
    for (size_t i = 0; i < r->n_unless; i++) {
        t = both(t, opposite(walk(&e, r->unless[i].e)));
    }
    struct walk_result out = {.verdict = t.lo ? RULES_FIRED : t.hi ? RULES_UNKNOWN : RULES_NO, .level = -1, .maybe_level = -1};
    out.score = r->n_dims ? score_of(&e) : VAL_NONE;
    for (size_t i = 0; i < r->n_levels && out.verdict == RULES_FIRED && out.level < 0; i++) {
        struct val l = r->levels[i].e ? walk(&e, r->levels[i].e) : VAL_TRUE;
        if (l.lo) {
            out.level = r->levels[i].level;
        } else if (l.hi && out.maybe_level < 0) {
            out.maybe_level = r->levels[i].level;
        }
    }
    if (out.maybe_level == out.level) {
        out.maybe_level = -1;
    }
    return out;
}
