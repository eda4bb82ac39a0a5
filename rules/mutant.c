/* SPDX-License-Identifier: Apache-2.0 */
/* Small wrong turns a rule could take: a bound moved by one unit, 且 for 或, a value more or less in a list, a condition dropped, a window longer.
   Mutation testing after DeMillo, Lipton and Sayward (1978); a change no test notices is a sentence nobody has checked. Departures: changes are made
   in the typed tree, so that none is nonsense; bounds move by one unit of their type, and points by the greatest common step of the rule, since smaller
   steps cannot be told apart by any household. */
#include "rules/logic.h"
#include "rules/show.h"

struct walk {
    struct compiler *c;
    struct mutation *m;
    size_t seen;
    int64_t point;        /* step of points in this rule */
    struct diag_at at;    /* line in hand */
};

static bool pick(struct walk *w)
{
    bool mine = !w->m->made && w->seen == w->m->k;
    w->seen++;
    if (mine) {
        w->m->made = true;
        w->m->at = w->at;
    }
    return mine;
}

static void tell(struct walk *w, const struct strbuf *b) { w->m->what = arena_str(w->m->words, strbuf_str(b)); }

static void tell_dropped(struct walk *w, const struct expr *e)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addz(&b, TR("去掉“", "dropping '"));
    expr_show(w->c->rs, e, &b);
    strbuf_addz(&b, TR("”", "'"));
    tell(w, &b);
}

/* Puts `to` in place of *slot and says so. */
static void put(struct walk *w, struct expr **slot, struct expr *to)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addz(&b, TR("把“", "'"));
    expr_show(w->c->rs, *slot, &b);
    strbuf_addz(&b, TR("”改成“", "' turned into '"));
    expr_show(w->c->rs, to, &b);
    strbuf_addz(&b, TR("”", "'"));
    tell(w, &b);
    *slot = to;
}

static struct expr *copy(struct walk *w, const struct expr *e)
{
    struct expr *n = expr_new(w->c, e->op, e->type);
    *n = *e;
    return n;
}

static struct expr *constant(struct walk *w, enum rules_type type, int64_t v)
{
    struct expr *e = expr_new(w->c, EX_CONST, type);
    e->value = val_of(v);
    return e;
}

/* --- bounds --------------------------------------------------------------------------------------------------------- */
static bool is_plain(const struct expr *e) { return e->op == EX_CONST && val_known(e->value) && !val_is_none(e->value) && e->value.lo < VAL_LIMIT && e->value.lo != DAY_FOREVER; }
static bool is_special(const struct expr *e) { return e->op == EX_CONST && !is_plain(e); }

/* `e` moved by so many units of its type: 5000元 to 5000.01元, 大额自付线 to 大额自付线 + 0.01元. */
static struct expr *moved(struct walk *w, const struct expr *e, int by)
{
    int64_t step = e->type == RT_POINT ? w->point : 1;
    if (e->op == EX_CONST) {
        struct expr *n = copy(w, e);
        n->value = val_of(e->value.lo + by * step);
        return n;
    }
    enum rules_type unit = e->type == RT_DATE ? RT_DAYS : e->type == RT_MONTH ? RT_MONTHS : e->type;
    struct expr *n = expr_new(w->c, by > 0 ? EX_ADD : EX_SUB, e->type);
    n->a = copy(w, e);
    n->b = constant(w, unit, step);
    n->dom = e->dom;
    return n;
}

/* a < b or a <= b with its bound one unit further in (by -1) or out (+1). */
static struct expr *with_bound(struct walk *w, const struct expr *e, int by)
{
    struct expr *n = copy(w, e);
    bool left = expr_is_bound(e->a) && !expr_is_bound(e->b);
    struct expr **side = left ? &n->a : &n->b;
    *side = moved(w, *side, left ? -by : by);
    return n;
}

static void mutate_order(struct walk *w, struct expr **slot)
{
    const struct expr *e = *slot;
    if (is_special(e->a) || is_special(e->b)) {
        return;
    }
    if (pick(w)) { /* strict or not: the household exactly on the line */
        struct expr *n = copy(w, e);
        n->op = e->op == EX_LT ? EX_LE : EX_LT;
        put(w, slot, n);
        return;
    }
    if (e->a->type != RT_RATIO && pick(w)) { /* the one just beyond it */
        put(w, slot, with_bound(w, e, e->op == EX_LT ? -1 : 1));
    }
}

static void negate(struct walk *w, struct expr **slot)
{
    struct expr *n = expr_new(w->c, EX_NOT, RT_BOOL);
    n->a = copy(w, *slot);
    n->dom = (*slot)->dom;
    put(w, slot, n);
}

static void mutate_equal(struct walk *w, struct expr **slot)
{
    const struct expr *e = *slot;
    if (is_special(e->a) || is_special(e->b) || e->a->type == RT_RATIO) {
        if (pick(w)) {
            negate(w, slot);
        }
        return;
    }
    for (int by = -1; by <= 1; by += 2) {
        if (pick(w)) {
            put(w, slot, with_bound(w, e, by));
            return;
        }
    }
}

/* --- lists of values ------------------------------------------------------------------------------------------------ */
static void put_mask(struct walk *w, struct expr **slot, uint64_t mask)
{
    struct expr *n = copy(w, *slot);
    n->value = val_of((int64_t)mask);
    put(w, slot, n);
}

/* One value less, for each; one more, next to those there are. */
static void mutate_values(struct walk *w, struct expr **slot)
{
    const struct expr *e = *slot;
    uint64_t mask = (uint64_t)e->value.lo;
    size_t n = MIN(w->c->rs->schema.enums[e->a->enumeration].n, (size_t)LIMIT_SET);
    for (size_t i = 0; i < n; i++) {
        uint64_t bit = (uint64_t)1 << i;
        bool in = mask & bit, near = (i > 0 && (mask & bit >> 1)) || (i + 1 < n && (mask & bit << 1));
        bool several = (mask & (mask - 1)) != 0;
        if (((in && several) || (!in && near)) && pick(w)) {
            put_mask(w, slot, mask ^ bit);
            return;
        }
    }
}

/* --- trees ---------------------------------------------------------------------------------------------------------- */
static void walk(struct walk *w, struct expr **slot);

static void mutate_joint(struct walk *w, struct expr **slot)
{
    struct expr *e = *slot;
    if (e->made == MADE_BY_AUTHOR && pick(w)) {
        struct expr *n = copy(w, e);
        n->op = e->op == EX_AND ? EX_OR : EX_AND;
        put(w, slot, n);
        return;
    }
    bool chain = e->a->op == e->op && e->a->made == e->made; /* its own parts are dropped further down */
    if (!chain && pick(w)) {
        tell_dropped(w, e->a);
        *slot = e->b;
        return;
    }
    if (pick(w)) {
        tell_dropped(w, e->b);
        *slot = e->a;
        return;
    }
    walk(w, &e->a);
    walk(w, &e->b);
}

static bool one_word(const struct expr *e)
{
    return e->op == EX_IN || e->op == EX_HAS || e->op == EX_LT || e->op == EX_LE || e->op == EX_EQ || e->op == EX_UNKNOWN;
}

static void walk(struct walk *w, struct expr **slot)
{
    struct expr *e = *slot;
    if (w->m->made || !e) {
        return;
    }
    switch ((int)e->op) {
    case EX_LT:
    case EX_LE:
        mutate_order(w, slot);
        return;
    case EX_EQ:
        mutate_equal(w, slot);
        return;
    case EX_IN:
        mutate_values(w, slot);
        return;
    case EX_HAS:
    case EX_UNKNOWN:
    case EX_CHANGED:
        if (pick(w)) {
            negate(w, slot);
        }
        return;
    case EX_PREFER: /* one of the two alone */
        if (pick(w)) {
            put(w, slot, e->b);
        } else if (pick(w)) {
            put(w, slot, e->a);
        }
        return;
    case EX_NOT:
        if (!one_word(e->a) && pick(w)) {
            put(w, slot, e->a);
            return;
        }
        walk(w, &e->a);
        return;
    case EX_AND:
    case EX_OR:
        if (e->made == MADE_BY_WORD) {
            walk(w, &e->a);
        } else {
            mutate_joint(w, slot);
        }
        return;
    case EX_FOLD_ANY:
    case EX_FOLD_ALL:
        if (pick(w)) {
            struct expr *n = copy(w, e);
            n->op = e->op == EX_FOLD_ANY ? EX_FOLD_ALL : EX_FOLD_ANY;
            put(w, slot, n);
            return;
        }
        walk(w, &e->a);
        return;
    default:
        if (e->a) {
            walk(w, &e->a);
        }
        if (e->b) {
            walk(w, &e->b);
        }
        return;
    }
}

/* --- rules and facts ------------------------------------------------------------------------------------------------ */
static void walk_lines(struct walk *w, struct line *lines, size_t n, bool when_dropped)
{
    for (size_t i = 0; i < n; i++) {
        if (!lines[i].e) {
            continue;
        }
        w->at = lines[i].at;
        if (pick(w)) {
            AUTO_STRBUF b = STRBUF_INIT;
            bool any = lines[i].n_any > 0;
            strbuf_addf(&b, any ? TR("去掉整个 any", "dropping the whole any") : TR("去掉“" STR_FMT "”", "dropping '" STR_FMT "'"), STR_ARG(lines[i].text));
            tell(w, &b);
            lines[i].e = constant(w, RT_BOOL, when_dropped);
        }
        walk(w, &lines[i].e);
        lines[i].n_any = w->m->made ? 0 : lines[i].n_any; /* the branches as written are no longer parts of what is made code of */
    }
}

static int64_t gcd(int64_t a, int64_t b) { return b ? gcd(b, a % b) : a; }

static int64_t point_step(const struct rule_def *r)
{
    int64_t step = 0;
    for (size_t i = 0; i < r->n_dims; i++) {
        step = gcd(step, r->dims[i].max);
        for (size_t k = 0; k < r->dims[i].n_lines; k++) {
            step = gcd(step, r->dims[i].lines[k].points);
        }
    }
    return MAX(step, (int64_t)1);
}

static void walk_score(struct walk *w, struct rule_def *r)
{
    for (size_t i = 0; i < r->n_dims; i++) {
        struct dimension *d = &r->dims[i];
        int64_t most = points_attainable(w->c, d);
        walk_lines(w, d->lines, d->n_lines, false);
        w->at = d->lines[0].at;
        if (most > d->max && pick(w)) {
            AUTO_STRBUF b = STRBUF_INIT;
            strbuf_addf(&b, TR("去掉“" STR_FMT "”的 max", "dropping the max of '" STR_FMT "'"), STR_ARG(d->name));
            tell(w, &b);
            d->max = most;
        }
    }
}

static void walk_rule(struct walk *w, struct rule_def *r)
{
    w->point = point_step(r);
    walk_lines(w, r->when, r->n_when, true);
    walk_lines(w, r->unless, r->n_unless, false);
    walk_score(w, r);
    walk_lines(w, r->levels, r->n_levels, false);
}

static void walk_window(struct walk *w, struct fact_def *f)
{
    for (int by = -1; by <= 1 && f->window.set && f->window.span == SPAN_ROLLING; by += 2) {
        int64_t *n = f->window.months ? &f->window.months : &f->window.days;
        if ((*n > 1 || by > 0) && pick(w)) {
            AUTO_STRBUF b = STRBUF_INIT;
            const char *unit = n == &f->window.months ? "个月" : "天";
            strbuf_addf(&b, TR("把期限 %lld%s 改成 %lld%s", "the window %lld%s turned into %lld%s"), (long long)*n, unit, (long long)(*n + by), unit);
            tell(w, &b);
            *n += by;
            return;
        }
    }
}

static void walk_fact(struct walk *w, struct fact_def *f)
{
    w->point = 1;
    w->at = f->at;
    if (f->kind == FACT_SCAN) {
        walk_window(w, f);
        walk(w, &f->where);
    } else {
        walk(w, &f->body);
    }
}

void mutate(struct compiler *c)
{
    struct walk w = {.c = c, .m = c->mutation};
    if (c->mutation->rule.n == 0) {
        walk_fact(&w, &c->rs->facts[c->mutation->fact]);
    } else if (c->rs->n_evaluated == 1) {
        walk_rule(&w, &c->rs->rules[0]);
    }
}
