/* SPDX-License-Identifier: Apache-2.0 */
/* The block machine: one instruction, one loop over all entities of its domain. Duplicated loops are for speed (tests/bench/bench_rules.c). */
#include "rules/run.h"

#define EACH(i, n) for (size_t i = 0; i < (n); i++)

/* --- loads ---------------------------------------------------------------------------------------------------------- */
static void load_narrow(struct lanes d, const struct rules_lane *lane, size_t from, size_t n)
{
    if (lane->kind == RULES_LANE_I8) {
        const int8_t *p = (const int8_t *)lane->p + from;
        EACH(i, n) {
            d.lo[i] = d.hi[i] = p[i];
            if (p[i] <= INT8_MIN + 1) {
                d.lo[i] = p[i] == INT8_MIN ? VAL_NEG_INF : VAL_NONE_INT;
                d.hi[i] = p[i] == INT8_MIN ? VAL_POS_INF : VAL_NONE_INT;
            }
        }
    } else if (lane->kind == RULES_LANE_I32) {
        const int32_t *p = (const int32_t *)lane->p + from;
        EACH(i, n) {
            d.lo[i] = d.hi[i] = p[i];
            if (p[i] <= INT32_MIN + 1) {
                d.lo[i] = p[i] == INT32_MIN ? VAL_NEG_INF : VAL_NONE_INT;
                d.hi[i] = p[i] == INT32_MIN ? VAL_POS_INF : VAL_NONE_INT;
            }
        }
    } else {
        const int64_t *p = (const int64_t *)lane->p + from;
        EACH(i, n) {
            d.lo[i] = p[i];
            d.hi[i] = p[i] == VAL_NEG_INF ? VAL_POS_INF : p[i];
        }
    }
}

static void load_lane(struct lanes d, const struct rules_lane *lane, size_t from, size_t n)
{
    if (!lane->p) {
        EACH(i, n) {
            d.lo[i] = VAL_NEG_INF, d.hi[i] = VAL_POS_INF;
        }
    } else if (lane->kind == RULES_LANE_VAL) {
        const struct val *p = (const struct val *)lane->p + from;
        EACH(i, n) {
            d.lo[i] = p[i].lo, d.hi[i] = p[i].hi;
        }
    } else {
        load_narrow(d, lane, from, n);
    }
}

/* A yes-or-no value; anything that is not one known number is unknown, 无 is no. */
static uint8_t truth_from(struct val v)
{
    if (val_is_none(v)) {
        return TRUTH_NO;
    }
    return val_known(v) ? (v.lo ? TRUTH_YES : TRUTH_NO) : TRUTH_MAYBE;
}

/* The dense attribute of each row's person. */
static void gather_attr(struct rules_run *run, int slot, struct lanes d, uint8_t *t, size_t n)
{
    const uint32_t *person = run->rows->person + run->row_from;
    EACH(i, n) {
        struct val v = person[i] == RULES_NO_ROW ? VAL_UNKNOWN : rules_lane_get(&run->dense[slot], person[i]);
        if (t) {
            t[i] = truth_from(v);
        } else {
            d.lo[i] = v.lo, d.hi[i] = v.hi;
        }
    }
}

static void exec_attr(struct rules_run *run, const struct insn *in, size_t n)
{
    bool truth = in->op == OP_ATTR_T || in->op == OP_COLUMN_T;
    struct lanes none = {NULL, NULL};
    if (in->dom == DOM_ROW && (in->op == OP_ATTR || in->op == OP_ATTR_T)) {
        gather_attr(run, in->x, truth ? none : run->v[in->dst], truth ? run->t[in->dst] : NULL, n);
        return;
    }
    const struct rules_lane *lane = in->dom == DOM_ROW         ? &run->rows->columns[in->x]
                                    : in->dom == DOM_HOUSEHOLD ? &run->block->household_attrs[in->x]
                                                               : &run->block->person_attrs[in->x];
    size_t from = in->dom == DOM_ROW ? run->row_from : 0;
    if (!truth) {
        load_lane(run->v[in->dst], lane, from, n);
        return;
    }
    uint8_t *t = run->t[in->dst];
    EACH(i, n) {
        t[i] = truth_from(rules_lane_get(lane, from + i));
    }
}

static void exec_fact(struct rules_run *run, const struct insn *in, size_t n)
{
    const uint32_t *rows = in->dom == DOM_HOUSEHOLD ? run->block->household : run->block->person;
    struct lanes d = run->v[in->dst];
    const struct acc *a = &run->accs[in->x];
    if (!a->open && !a->hi && !a->day) { /* plain sums */
        EACH(i, n) {
            d.lo[i] = d.hi[i] = a->lo[rows[i]];
        }
        return;
    }
    EACH(i, n) {
        struct val v = acc_value(run, (size_t)in->x, rows[i]);
        d.lo[i] = v.lo, d.hi[i] = v.hi;
    }
}

static void exec_param(struct rules_run *run, const struct insn *in, size_t n)
{
    const struct param *p = &run->rs->params[in->x];
    const struct val *table = run->params[in->x];
    struct lanes d = run->v[in->dst];
    EACH(i, n) {
        size_t h = in->dom == DOM_HOUSEHOLD ? i : run->hh_at[i];
        int area = p->by_area ? run->block->area[h] : -1;
        int64_t key = -1;
        if (in->a >= 0) {
            int64_t k = run->v[in->a].lo[i];
            key = k == run->v[in->a].hi[i] && k >= 0 && k < (int64_t)p->n_keys ? k : -1;
        }
        struct val v = table[(size_t)(area + 1) * (p->n_keys + 1) + (size_t)(key + 1)];
        d.lo[i] = v.lo, d.hi[i] = v.hi;
    }
}

static void exec_change(struct rules_run *run, const struct insn *in, size_t n)
{
    const struct change_test *test = &run->rs->ctests[in->x];
    const struct change_state *s = &run->changes[in->x];
    const struct cover *cover = &run->change_cover[test->change];
    EACH(i, n) {
        uint32_t p = run->block->person[i];
        if (in->op == OP_PREVIOUS) {
            struct val now = val_range(run->v[in->a].lo[i], run->v[in->a].hi[i]);
            struct val v = change_previous(run, (size_t)in->x, p, now);
            run->v[in->dst].lo[i] = v.lo, run->v[in->dst].hi[i] = v.hi;
        } else {
            bool covered = cover->bits ? bit_get(cover->bits, p) : cover->all;
            bool sure = bit_get(s->sure, p);
            run->t[in->dst][i] = truth_of(sure, sure || bit_get(s->maybe, p) || !covered);
        }
    }
}

static void exec_override(struct rules_run *run, const struct insn *in, size_t n)
{
    if (!run->overrides || !run->overrides[in->x].set) {
        return;
    }
    const struct rule_override *o = &run->overrides[in->x];
    const uint32_t *rows = in->dom == DOM_HOUSEHOLD ? run->block->household : run->block->person;
    EACH(i, n) {
        if (rows[i] != o->row) {
            continue;
        }
        if (in->op == OP_OVERRIDE_T) {
            run->t[in->dst][i] = truth_from(o->v);
        } else {
            run->v[in->dst].lo[i] = o->v.lo, run->v[in->dst].hi[i] = o->v.hi;
        }
    }
}

static void exec_move(struct rules_run *run, const struct insn *in, size_t n)
{
    bool lift = in->op == OP_LIFT || in->op == OP_LIFT_T;
    if (in->op == OP_LIFT_T || in->op == OP_COPY_T) {
        uint8_t *d = run->t[in->dst];
        const uint8_t *s = run->t[in->a];
        EACH(i, n) {
            d[i] = s[lift ? run->hh_at[i] : i];
        }
        return;
    }
    struct lanes d = run->v[in->dst], s = run->v[in->a];
    EACH(i, n) {
        size_t k = lift ? run->hh_at[i] : i;
        d.lo[i] = s.lo[k], d.hi[i] = s.hi[k];
    }
}

/* --- arithmetic ----------------------------------------------------------------------------------------------------- */
static void exec_arith(struct rules_run *run, const struct insn *in, size_t n)
{
    struct lanes d = run->v[in->dst], a = run->v[in->a], b = in->b >= 0 ? run->v[in->b] : run->v[in->a];
    EACH(i, n) {
        struct val x = {a.lo[i], a.hi[i]}, y = {b.lo[i], b.hi[i]}, r;
        switch ((int)in->op) {
        case OP_ADD:
            r = val_add(x, y);
            break;
        case OP_SUB:
            r = val_add(x, val_neg(y));
            break;
        case OP_MUL:
            r = val_mul(x, y, in->imm);
            break;
        case OP_DIV:
            r = val_div(x, y, in->imm);
            break;
        case OP_ADD_MONTHS:
            r = val_add_months(x, y);
            break;
        case OP_SUB_MONTHS:
            r = val_add_months(x, val_neg(y));
            break;
        case OP_PREFER:
            r = val_prefer(x, y);
            break;
        case OP_MONTH_OF:
        default:
            r = val_month_of(x);
            break;
        }
        d.lo[i] = r.lo, d.hi[i] = r.hi;
    }
}

static void exec_points(struct rules_run *run, const struct insn *in, size_t n)
{
    struct lanes d = run->v[in->dst];
    EACH(i, n) {
        if (in->op == OP_ZERO) {
            d.lo[i] = d.hi[i] = 0;
        } else if (in->op == OP_POINTS) {
            uint8_t t = run->t[in->a][i];
            d.lo[i] += t & 1 ? in->imm : 0;
            d.hi[i] += t & 2 ? in->imm : 0;
        } else {
            d.lo[i] = MIN(d.lo[i], in->imm);
            d.hi[i] = MIN(d.hi[i], in->imm);
        }
    }
}

/* --- comparisons ---------------------------------------------------------------------------------------------------- */
#define PAIR(i) (struct val){a.lo[i], a.hi[i]}, (struct val){b.lo[i], b.hi[i]}

/* As val_lt, val_le and val_in (rules/arith.h), without a branch: values of neighbours have nothing to do with one another, and a wrong guess costs more than the work. */
#define ORDER(i, op) (uint8_t)((unsigned)((a.hi[i] op b.lo[i]) | (a.lo[i] op b.hi[i]) << 1) & (0u - (unsigned)((a.lo[i] != VAL_NONE_INT) & (b.lo[i] != VAL_NONE_INT))))
static inline uint8_t in_mask(int64_t lo, int64_t hi, uint64_t mask, unsigned unknown)
{
    unsigned within = (uint64_t)lo < 64, hit = (unsigned)(mask >> (lo & 63)) & within & 1;
    return (uint8_t)(lo == hi ? hit * TRUTH_YES : unknown);
}

static void exec_compare(struct rules_run *run, const struct insn *in, size_t n)
{
    uint8_t *d = run->t[in->dst];
    struct lanes a = run->v[in->a], b = in->b >= 0 ? run->v[in->b] : run->v[in->a];
    switch ((int)in->op) {
    case OP_LT:
        EACH(i, n) {
            d[i] = ORDER(i, <);
        }
        break;
    case OP_LE:
        EACH(i, n) {
            d[i] = ORDER(i, <=);
        }
        break;
    case OP_EQ:
        EACH(i, n) {
            d[i] = val_eq(PAIR(i));
        }
        break;
    case OP_IN:
        EACH(i, n) {
            d[i] = in_mask(a.lo[i], a.hi[i], (uint64_t)in->imm, in->imm ? TRUTH_MAYBE : TRUTH_NO);
        }
        break;
    case OP_HAS:
        EACH(i, n) {
            d[i] = truth_of((a.lo[i] >> in->imm) & 1, (a.hi[i] >> in->imm) & 1);
        }
        break;
    case OP_UNKNOWN:
    default:
        EACH(i, n) {
            d[i] = a.lo[i] != a.hi[i] ? TRUTH_YES : TRUTH_NO;
        }
        break;
    }
}

static void exec_logic(struct rules_run *run, const struct insn *in, size_t n)
{
    uint8_t *d = run->t[in->dst];
    const uint8_t *a = run->t[in->a], *b = in->b >= 0 ? run->t[in->b] : a;
    switch ((int)in->op) {
    case OP_AND:
        EACH(i, n) {
            d[i] = a[i] & b[i];
        }
        break;
    case OP_OR:
        EACH(i, n) {
            d[i] = a[i] | b[i];
        }
        break;
    case OP_NOT:
        EACH(i, n) {
            d[i] = truth_not(a[i]);
        }
        break;
    default: /* OP_UNKNOWN_T */
        EACH(i, n) {
            d[i] = a[i] == TRUTH_MAYBE ? TRUTH_YES : TRUTH_NO;
        }
        break;
    }
}

/* --- members -------------------------------------------------------------------------------------------------------- */
/* A household of unknown composition may have members nobody listed: there is one more "perhaps". */
static void exec_fold(struct rules_run *run, const struct insn *in, size_t n)
{
    const struct rules_block *b = run->block;
    const uint8_t *t = run->t[in->a];
    EACH(h, n) {
        bool open = run->w.open && run->w.open[b->household[h]];
        int64_t sure = 0, maybe = 0;
        uint8_t any = TRUTH_NO, all = TRUTH_YES;
        for (uint32_t m = b->first[h]; m < b->first[h + 1]; m++) {
            if (!(run->w.member[b->person[m]] & in->x)) {
                continue;
            }
            any |= t[m];
            all &= t[m];
            sure += t[m] & 1;
            maybe += t[m] >> 1;
        }
        if (in->op == OP_FOLD_COUNT) {
            run->v[in->dst].lo[h] = sure;
            run->v[in->dst].hi[h] = open ? VAL_POS_INF : maybe;
        } else if (in->op == OP_FOLD_ANY) {
            run->t[in->dst][h] = open ? any | TRUTH_MAYBE : any;
        } else {
            run->t[in->dst][h] = open ? all & TRUTH_MAYBE : all;
        }
    }
}

typedef void exec_fn(struct rules_run *run, const struct insn *in, size_t n);
static exec_fn *const EXEC[OP_COUNT] = {
    [OP_ATTR] = exec_attr,       [OP_ATTR_T] = exec_attr,     [OP_COLUMN] = exec_attr,     [OP_COLUMN_T] = exec_attr,    [OP_FACT] = exec_fact,
    [OP_CHANGED] = exec_change,  [OP_PREVIOUS] = exec_change, [OP_PARAM] = exec_param,     [OP_LIFT] = exec_move,        [OP_LIFT_T] = exec_move,
    [OP_COPY] = exec_move,       [OP_COPY_T] = exec_move,     [OP_ADD] = exec_arith,       [OP_SUB] = exec_arith,        [OP_MUL] = exec_arith,
    [OP_DIV] = exec_arith,       [OP_ADD_MONTHS] = exec_arith, [OP_SUB_MONTHS] = exec_arith, [OP_PREFER] = exec_arith, [OP_MONTH_OF] = exec_arith, [OP_LT] = exec_compare,
    [OP_LE] = exec_compare,      [OP_EQ] = exec_compare,      [OP_IN] = exec_compare,      [OP_HAS] = exec_compare,      [OP_UNKNOWN] = exec_compare,
    [OP_UNKNOWN_T] = exec_logic, [OP_NOT] = exec_logic,       [OP_AND] = exec_logic,       [OP_OR] = exec_logic,         [OP_FOLD_ANY] = exec_fold,
    [OP_FOLD_ALL] = exec_fold,   [OP_FOLD_COUNT] = exec_fold, [OP_ZERO] = exec_points,     [OP_POINTS] = exec_points,    [OP_CAP] = exec_points,
    [OP_OVERRIDE] = exec_override, [OP_OVERRIDE_T] = exec_override,
};

void run_exec(struct rules_run *run, uint32_t from, uint32_t to, const uint32_t n[4])
{
    for (uint32_t k = from; k < to; k++) {
        const struct insn *in = &run->rs->code[k];
        EXEC[in->op](run, in, n[in->dom]);
    }
}
