/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/logic.h"

/* One fact and all the values it can still have. */
struct known {
    enum ex_op op;
    int index;
    struct val v;      /* numbers; 是否: 0..1; enumerations: lo is the mask of values left; sets: lo surely in, hi possibly in */
    bool none;         /* 无 is possible: then no comparison holds */
};
enum { KNOWN_MAX = 48 };
struct env {
    const struct compiler *c;
    const struct rule_def *r;
    size_t n;
    struct known of[KNOWN_MAX];
};
struct range {
    struct val v;
    bool none;
};

static uint8_t truth(const struct env *env, const struct expr *e);
static struct range range(const struct env *env, const struct expr *e);

/* --- facts ---------------------------------------------------------------------------------------------------------- */
static bool is_fact(const struct expr *e) { return e->op == EX_ATTR || e->op == EX_FACT || e->op == EX_SCORE; }

static uint64_t all_values(const struct env *env, int enumeration)
{
    size_t n = MIN(env->c->rs->schema.enums[enumeration].n, (size_t)LIMIT_SET);
    return ((uint64_t)1 << n) - 1;
}

/* Before any line has been read. */
static struct known fresh(const struct env *env, const struct expr *e)
{
    const struct ruleset *rs = env->c->rs;
    struct known k = {.op = e->op, .index = e->index, .v = VAL_UNKNOWN};
    if (e->type == RT_ENUM) {
        k.v.lo = (int64_t)all_values(env, e->enumeration);
    } else if (e->type == RT_SET) {
        k.v = val_range(0, INT64_MAX);
    } else if (e->type == RT_BOOL) {
        k.v = VAL_MAYBE;
    } else if (e->op == EX_SCORE) {
        k.v = val_range(0, env->r->score_max);
    } else if (e->op == EX_ATTR) {
        k.none = true;
    } else if (rs->facts[e->index].kind == FACT_BODY) {
        struct range body = range(env, rs->facts[e->index].body);
        k.v = body.v, k.none = body.none;
    } else {
        enum rules_agg agg = rs->facts[e->index].agg;
        bool counts = agg == RULES_COUNT || agg == RULES_DISTINCT || agg == RULES_GAP || agg == RULES_TOP;
        k.none = agg >= RULES_MAX && !counts;
        k.v = counts ? val_range(0, VAL_POS_INF) : VAL_UNKNOWN;
    }
    return k;
}

static struct known known_of(const struct env *env, const struct expr *e)
{
    for (size_t i = 0; i < env->n; i++) {
        if (env->of[i].op == e->op && env->of[i].index == e->index) {
            return env->of[i];
        }
    }
    return fresh(env, e);
}

static void learn(struct env *env, const struct expr *e, struct val v, bool none)
{
    for (size_t i = 0; i < env->n; i++) {
        if (env->of[i].op == e->op && env->of[i].index == e->index) {
            env->of[i].v = v, env->of[i].none = none;
            return;
        }
    }
    if (env->n < KNOWN_MAX) {
        env->of[env->n++] = (struct known){e->op, e->index, v, none};
    }
}

/* --- numbers -------------------------------------------------------------------------------------------------------- */
static struct val param_hull(const struct env *env, int index)
{
    const struct param *p = &env->c->rs->params[index];
    struct val v = {VAL_POS_INF, VAL_NEG_INF};
    for (size_t i = 0; i < p->n_versions; i++) {
        for (size_t k = 0; k < MAX(p->n_keys, (size_t)1); k++) {
            v = val_range(MIN(v.lo, p->versions[i].values[k].lo), MAX(v.hi, p->versions[i].values[k].hi));
        }
    }
    return v;
}

static struct range range_of_two(const struct env *env, const struct expr *e)
{
    struct range a = range(env, e->a), b = e->b ? range(env, e->b) : (struct range){VAL_FALSE, false};
    struct range out = {VAL_UNKNOWN, a.none || b.none};
    switch ((int)e->op) {
    case EX_ADD:
        out.v = val_add(a.v, b.v);
        break;
    case EX_SUB:
        out.v = val_add(a.v, val_neg(b.v));
        break;
    case EX_MUL:
        out.v = val_mul(a.v, b.v, e->scale);
        break;
    case EX_DIV:
        out.v = val_div(a.v, b.v, e->scale);
        break;
    case EX_PREFER: /* either of them */
        out.v = val_range(MIN(a.v.lo, b.v.lo), MAX(a.v.hi, b.v.hi));
        break;
    default: /* dates move with today: nothing is known of them */
        break;
    }
    return out;
}

static struct range range(const struct env *env, const struct expr *e)
{
    if (e->op == EX_CONST) {
        return (struct range){e->value, val_is_none(e->value)};
    }
    if (is_fact(e)) {
        struct known k = known_of(env, e);
        return (struct range){k.v, k.none};
    }
    if (e->op == EX_PARAM) {
        return (struct range){param_hull(env, e->index), false};
    }
    if (e->op == EX_FOLD_COUNT) {
        struct env inside = {.c = env->c, .r = env->r};
        return (struct range){truth(&inside, e->a) == TRUTH_NO ? VAL_FALSE : val_range(0, VAL_POS_INF), false};
    }
    if (e->op >= EX_ADD && e->op <= EX_MONTH_OF) {
        return range_of_two(env, e);
    }
    return (struct range){VAL_UNKNOWN, e->op != EX_TODAY};
}

/* --- lines ---------------------------------------------------------------------------------------------------------- */
static void assume(struct env *env, const struct expr *e, bool holds);

static uint8_t compare(const struct env *env, const struct expr *e)
{
    struct range a = range(env, e->a), b = range(env, e->b);
    bool none_a = val_is_none(a.v), none_b = val_is_none(b.v);
    if (none_a || none_b) {
        return e->op == EX_EQ && (a.none && b.none) ? TRUTH_MAYBE : TRUTH_NO;
    }
    uint8_t t = e->op == EX_LT ? val_lt(a.v, b.v) : e->op == EX_LE ? val_le(a.v, b.v) : val_eq(a.v, b.v);
    return t == TRUTH_YES && (a.none || b.none) ? TRUTH_MAYBE : t;
}

static uint8_t among(const struct env *env, const struct expr *e)
{
    uint64_t left = is_fact(e->a) ? (uint64_t)known_of(env, e->a).v.lo : all_values(env, e->a->enumeration), mask = (uint64_t)e->value.lo;
    return truth_of(!(left & ~mask), left & mask);
}

static uint8_t has(const struct env *env, const struct expr *e)
{
    if (!is_fact(e->a)) {
        return TRUTH_MAYBE;
    }
    struct val v = known_of(env, e->a).v;
    return truth_of(v.lo >> e->value.lo & 1, v.hi >> e->value.lo & 1);
}

static uint8_t joined(const struct env *env, const struct expr *e)
{
    struct env next = *env;
    uint8_t a = truth(env, e->a);
    assume(&next, e->a, e->op == EX_AND);
    uint8_t b = truth(&next, e->b);
    return e->op == EX_AND ? a & b : a | b;
}

static uint8_t folded(const struct env *env, const struct expr *e)
{
    struct env inside = {.c = env->c, .r = env->r};
    uint8_t t = truth(&inside, e->a);
    return (e->op == EX_FOLD_ANY && t == TRUTH_NO) || (e->op == EX_FOLD_ALL && t == TRUTH_YES) ? t : TRUTH_MAYBE;
}

static uint8_t truth(const struct env *env, const struct expr *e)
{
    switch ((int)e->op) {
    case EX_LT:
    case EX_LE:
    case EX_EQ:
        return compare(env, e);
    case EX_IN:
        return among(env, e);
    case EX_HAS:
        return has(env, e);
    case EX_NOT:
        return truth_not(truth(env, e->a));
    case EX_AND:
    case EX_OR:
        return joined(env, e);
    case EX_FOLD_ANY:
    case EX_FOLD_ALL:
        return folded(env, e);
    case EX_ATTR:
    case EX_FACT: {
        struct val v = known_of(env, e).v;
        return truth_of(v.lo == 1, v.hi == 1);
    }
    case EX_CONST:
        return truth_of(e->value.lo == 1, e->value.hi == 1);
    default:
        return TRUTH_MAYBE;
    }
}

/* --- what a line leaves --------------------------------------------------------------------------------------------- */
static bool finite(int64_t v) { return v > -VAL_LIMIT && v < VAL_LIMIT; }

/* a < b (strict) or a <= b holds. */
static void assume_order(struct env *env, const struct expr *a, const struct expr *b, bool strict)
{
    struct range ra = range(env, a), rb = range(env, b);
    if (val_is_none(ra.v) || val_is_none(rb.v)) {
        return;
    }
    if (is_fact(a)) {
        learn(env, a, val_range(ra.v.lo, MIN(ra.v.hi, finite(rb.v.hi) ? rb.v.hi - strict : rb.v.hi)), false);
    }
    if (is_fact(b)) {
        learn(env, b, val_range(MAX(rb.v.lo, finite(ra.v.lo) ? ra.v.lo + strict : ra.v.lo), rb.v.hi), false);
    }
}

static void assume_equal(struct env *env, const struct expr *a, const struct expr *b)
{
    struct range ra = range(env, a), rb = range(env, b);
    if (is_fact(a) && val_is_none(rb.v)) {
        learn(env, a, VAL_NONE, true);
    } else if (is_fact(a) && !val_is_none(ra.v)) {
        learn(env, a, val_range(MAX(ra.v.lo, rb.v.lo), MIN(ra.v.hi, rb.v.hi)), false);
    }
}

static void assume_compare(struct env *env, const struct expr *e, bool holds)
{
    if (e->op == EX_EQ) {
        if (holds) {
            assume_equal(env, e->a, e->b);
            assume_equal(env, e->b, e->a);
        }
    } else if (holds) {
        assume_order(env, e->a, e->b, e->op == EX_LT);
    } else if (!range(env, e->a).none && !range(env, e->b).none) { /* else it may fail because there is none */
        assume_order(env, e->b, e->a, e->op == EX_LE);
    }
}

static void assume_fact(struct env *env, const struct expr *e, bool holds)
{
    const struct expr *x = e->op == EX_IN || e->op == EX_HAS ? e->a : e;
    if (!is_fact(x)) {
        return;
    }
    struct known k = known_of(env, x);
    int64_t bit = e->op == EX_HAS ? (int64_t)1 << e->value.lo : 0;
    if (e->op == EX_IN) {
        learn(env, x, val_range(holds ? k.v.lo & e->value.lo : k.v.lo & ~e->value.lo, k.v.hi), k.none);
    } else if (e->op == EX_HAS) {
        learn(env, x, holds ? val_range(k.v.lo | bit, k.v.hi) : val_range(k.v.lo, k.v.hi & ~bit), k.none);
    } else {
        learn(env, x, holds ? VAL_TRUE : VAL_FALSE, k.none);
    }
}

static void assume(struct env *env, const struct expr *e, bool holds)
{
    switch ((int)e->op) {
    case EX_LT:
    case EX_LE:
    case EX_EQ:
        assume_compare(env, e, holds);
        return;
    case EX_IN:
    case EX_HAS:
    case EX_ATTR:
    case EX_FACT:
        assume_fact(env, e, holds);
        return;
    case EX_NOT:
        assume(env, e->a, !holds);
        return;
    case EX_AND:
    case EX_OR:
        if ((e->op == EX_AND) == holds) {
            assume(env, e->a, holds);
            assume(env, e->b, holds);
        }
        return;
    default:
        return;
    }
}

/* --- a rule --------------------------------------------------------------------------------------------------------- */
static void say_branches(struct compiler *c, const struct env *env, const struct line *l)
{
    for (size_t i = 0; i < l->n_any; i++) {
        if (truth(env, l->any[i].e) == TRUTH_NO) {
            diag_add(c->diags, "W509", l->any[i].at, "%s", TR("上面的条件成立时，any 里的这一条不会成立", "with the lines above, this branch of any never holds"));
            continue;
        }
        struct env with = *env;
        assume(&with, l->any[i].e, true);
        for (size_t k = 0; k < l->n_any; k++) {
            if (k != i && truth(&with, l->any[k].e) == TRUTH_YES && truth(env, l->any[k].e) != TRUTH_YES) {
                diag_add(c->diags, "W509", l->any[i].at, TR("any 里的这一条多余：它成立时“" STR_FMT "”总成立", "this branch of any adds nothing: '" STR_FMT "' holds whenever it does"),
                         STR_ARG(l->any[k].text));
                break;
            }
        }
    }
}

static const char *never_fires(const struct rule_def *r) { return r->pub.status == RULES_ACTIVE ? "E506" : "W506"; }

/* Walks `when` and leaves what holds behind it. false when the rule can never fire. */
static bool walk_when(struct compiler *c, struct env *env, const struct rule_def *r)
{
    for (size_t i = 0; i < r->n_when; i++) {
        const struct line *l = &r->when[i];
        uint8_t t = truth(env, l->e);
        if (t == TRUTH_NO) {
            diag_add(c->diags, never_fires(r), l->at, TR("规则 " STR_FMT " 永远不会报：%s", "rule " STR_FMT " never fires: %s"), STR_ARG(r->pub.id),
                     i ? TR("这一条与上面的条件矛盾", "this line contradicts those above") : TR("这一条不可能成立", "this line cannot hold"));
            return false;
        }
        if (t == TRUTH_YES) {
            diag_add(c->diags, "W507", l->at, "%s",
                     i ? TR("上面的条件成立时，这一条总是成立", "with the lines above, this line always holds") : TR("这一条总是成立", "this line always holds"));
        }
        say_branches(c, env, l);
        assume(env, l->e, true);
    }
    return true;
}

static bool walk_unless(struct compiler *c, struct env *env, const struct rule_def *r)
{
    for (size_t i = 0; i < r->n_unless; i++) {
        const struct line *l = &r->unless[i];
        uint8_t t = truth(env, l->e);
        if (t == TRUTH_YES) {
            diag_add(c->diags, never_fires(r), l->at, TR("规则 " STR_FMT " 永远不会报：when 成立时，这条 unless 总是成立", "rule " STR_FMT " never fires: this unless holds whenever when does"),
                     STR_ARG(r->pub.id));
            return false;
        }
        if (t == TRUTH_NO) {
            diag_add(c->diags, "W507", l->at, "%s", TR("when 成立时，这条 unless 不会成立", "this unless never holds when when does"));
        }
        assume(env, l->e, false);
    }
    return true;
}

static void walk_levels(struct compiler *c, struct env *env, const struct rule_def *r)
{
    for (size_t i = 0; i < r->n_levels && r->levels[i].e; i++) {
        const struct line *l = &r->levels[i];
        uint8_t t = truth(env, l->e);
        if (t == TRUTH_NO) {
            diag_add(c->diags, "W508", l->at, TR("轮不到级别“" STR_FMT "”：条件成立的户都已归入上面的级别，或与 when 矛盾", "level '" STR_FMT "' is never reached: what meets it has a level above, or contradicts when"),
                     STR_ARG(c->rs->meta.levels[l->level].name));
        } else if (t == TRUTH_YES) {
            diag_add(c->diags, "W511", l->at, TR("级别“" STR_FMT "”总是成立，下面的级别轮不到", "level '" STR_FMT "' always holds: those below are never reached"),
                     STR_ARG(c->rs->meta.levels[l->level].name));
            return;
        }
        assume(env, l->e, false);
    }
}

void check_logic(struct compiler *c, const struct rule_def *r)
{
    struct env env = {.c = c, .r = r};
    if (walk_when(c, &env, r) && walk_unless(c, &env, r)) {
        walk_levels(c, &env, r);
    }
}

void check_twins(struct compiler *c)
{
    for (size_t i = 0; i < c->rs->n_rules; i++) {
        for (size_t k = 0; k < i; k++) {
            const struct rule_def *a = &c->rs->rules[k], *b = &c->rs->rules[i];
            if (a->pub.hash[0] && strcmp(a->pub.hash, b->pub.hash) == 0 && a->pub.status != RULES_RETIRED && b->pub.status != RULES_RETIRED) {
                const struct rule_def *first = a->line < b->line ? a : b, *later = first == a ? b : a;
                diag_add(c->diags, "W510", (struct diag_at){c->doc.file, later->line, later->column, 1}, TR("规则 " STR_FMT " 与 " STR_FMT " 的条件和级别完全相同", "rule " STR_FMT " decides exactly as " STR_FMT),
                         STR_ARG(later->pub.id), STR_ARG(first->pub.id));
            }
        }
    }
}

/* --- points --------------------------------------------------------------------------------------------------------- */
enum { SUBSET_LINES = 12 };

static int64_t best_from(struct compiler *c, const struct env *env, const struct dimension *d, size_t i)
{
    if (i == d->n_lines) {
        return 0;
    }
    int64_t without = best_from(c, env, d, i + 1);
    if (truth(env, d->lines[i].e) == TRUTH_NO) {
        return without;
    }
    struct env with = *env;
    assume(&with, d->lines[i].e, true);
    int64_t more = d->lines[i].points + best_from(c, &with, d, i + 1);
    return MAX(without, more);
}

int64_t points_attainable(struct compiler *c, const struct dimension *d)
{
    if (d->n_lines <= SUBSET_LINES) {
        struct rule_def none = {.n_dims = 0};
        struct env env = {.c = c, .r = &none};
        return best_from(c, &env, d, 0);
    }
    int64_t sum = 0;
    for (size_t i = 0; i < d->n_lines; i++) {
        sum += d->lines[i].points;
    }
    return sum;
}
