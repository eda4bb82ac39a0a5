/* SPDX-License-Identifier: Apache-2.0 */
/* What accumulators hold, as values; and over which dates they were filled. */
#include "rules/run.h"

static struct val top_value(const struct acc *a, uint32_t row, bool open)
{
    struct val sum = val_of(0);
    for (int i = 0; i < a->top; i++) {
        sum = val_add(sum, val_range(a->lo[(size_t)row * (size_t)a->top + (size_t)i], a->hi[(size_t)row * (size_t)a->top + (size_t)i]));
    }
    return val_range(sum.lo, open || a->maybe[row] ? VAL_POS_INF : sum.hi);
}

static struct val extreme_value(const struct acc *a, uint32_t row, bool greatest, bool open)
{
    bool sure = a->day[row] != DATE_ABSENT, seen = a->maybe[row] != DATE_ABSENT;
    if (!sure) {
        return seen || open ? VAL_UNKNOWN : VAL_NONE;
    }
    struct val v = {a->lo[row], open || a->maybe[row] == 1 ? VAL_POS_INF : a->hi[row]};
    return greatest ? v : val_neg(v);
}

/* Different ones seen; or the months in a row without one, from the newest backwards. */
static struct val mask_value(const struct fact_def *f, const struct acc *a, uint32_t row, bool open)
{
    uint64_t sure = (uint64_t)a->lo[row], possible = sure | (uint64_t)a->hi[row], end = (uint64_t)1 << a->bits;
    if (f->agg == RULES_GAP) {
        return val_range(open ? 0 : __builtin_ctzll(possible | end), __builtin_ctzll(sure | end));
    }
    return val_range(__builtin_popcountll(sure), open ? a->bits : __builtin_popcountll(possible));
}

struct val acc_value(const struct rules_run *run, size_t fact, uint32_t row)
{
    const struct fact_def *f = def_of(run, fact);
    const struct acc *a = &run->accs[fact];
    bool open = a->open && bit_get(a->open, row);
    switch (f->agg) {
    case RULES_MAX:
    case RULES_MIN:
        return extreme_value(a, row, f->agg == RULES_MAX, open);
    case RULES_TOP:
        return top_value(a, row, open);
    case RULES_DISTINCT:
    case RULES_GAP:
        return mask_value(f, a, row, open);
    case RULES_LAST:
    case RULES_FIRST:
        if (a->day[row] == DATE_ABSENT || a->maybe[row] >= a->day[row] || (f->type == RT_ENUM && a->lo[row] != a->hi[row])) {
            return VAL_UNKNOWN;
        }
        return val_range(a->lo[row], a->hi[row]);
    case RULES_SUM:
    case RULES_COUNT:
    default:
        return val_range(a->lo[row], open ? VAL_POS_INF : a->hi ? a->hi[row] : a->lo[row]);
    }
}

/* --- windows -------------------------------------------------------------------------------------------------------- */
bool rules_fact_window(const struct rules_run *run, size_t fact, daynum *out_first, daynum *out_last)
{
    const struct fact_def *f = def_of(run, fact);
    const struct acc *a = &run->accs[fact];
    if (f->date_column < 0) {
        return false;
    }
    bool months = run->rs->schema.tables[f->table].columns[f->date_column].type == RT_MONTH;
    *out_first = !a->has_first ? DAY_MISSING : months ? month_first((monthnum)a->first) : (daynum)a->first;
    *out_last = months ? month_last((monthnum)a->last) : (daynum)a->last;
    return true;
}

bool rules_scan_bounds(const struct rules_run *run, size_t scan, int *out_column, int64_t *out_first, int64_t *out_last)
{
    bool any = false;
    for (size_t i = 0; i < run->rs->inputs.n_facts; i++) {
        const struct fact_def *f = def_of(run, i);
        const struct acc *a = &run->accs[i];
        if (f->scan != (int)scan) {
            continue;
        }
        if (f->date_column < 0 || !a->has_first || (any && f->date_column != *out_column)) {
            return false;
        }
        *out_column = f->date_column;
        *out_first = any ? MIN(*out_first, a->first) : a->first;
        *out_last = any ? MAX(*out_last, a->last) : a->last;
        any = true;
    }
    return any;
}
