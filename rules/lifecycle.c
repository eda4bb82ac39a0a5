/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/lifecycle.h"

/* A hit on its way to a verdict. `current` is the newest warning of its identity, whatever its state. */
struct life_case {
    const struct life_hit *hit;
    const struct life_warning *current;
    bool decided;
    struct life_verdict verdict;
};

struct life_work {
    const struct life_input *in;
    struct arena *arena;
    struct life_case *cases; /* in rank order */
    size_t n;
    uint32_t *by_household;  /* the same cases, by household and then rank */
    bool *answered;          /* by warning: a hit of its identity exists tonight */
    bool *rule_done;
};

static const char *const event_names[] = {"held", "new", "level", "absent", "cleared"};
static const char *const disposition_names[] = {"new", "standing", "held", "suppressed", "shadow"};
static const char *const hold_reasons[LIFE_HOLD_COUNT] = {
    [LIFE_HOLD_NOT] = "",
    [LIFE_HOLD_SITE] = "本站首夜，先看后放",
    [LIFE_HOLD_SOURCE] = "所用数据源首次到达",
    [LIFE_HOLD_RULE] = "规则有改动，按旧规则不出现",
    [LIFE_HOLD_PARAM] = "参数换档，按旧值不出现",
    [LIFE_HOLD_PROGRAM] = "程序或归并口径有变化，按旧口径不出现",
};

static const char *const cause_names[LIFE_CAUSE_COUNT] = {"情况消失", "数据更正", "规则变更", "家庭变化", "数据撤回"};

const char *life_cause_name(enum life_cause c)
{
    BUG_ON(c >= LIFE_CAUSE_COUNT);
    return cause_names[c];
}

const char *life_event_name(enum life_event_kind kind)
{
    return event_names[kind];
}

const char *life_disposition_name(enum life_disposition d)
{
    BUG_ON(d >= LIFE_DISPOSITION_COUNT);
    return disposition_names[d];
}

static int cmp_i64(int64_t x, int64_t y)
{
    return (x > y) - (x < y);
}

/* Stable ids are packed words whose top bit means nothing: unsigned order is the order of the numbers people see. */
static int cmp_id(int64_t x, int64_t y)
{
    uint64_t ux = (uint64_t)x, uy = (uint64_t)y;
    return (ux > uy) - (ux < uy);
}

int life_rank_cmp(const struct life_hit *x, const struct life_hit *y)
{
    int c = cmp_i64(x->level_rank, y->level_rank);
    c = c ? c : cmp_i64(y->rank_value, x->rank_value);
    c = c ? c : (int)y->minors - (int)x->minors;
    c = c ? c : cmp_id(x->household, y->household);
    c = c ? c : cmp_i64(x->rule, y->rule);
    c = c ? c : (int)x->entity_kind - (int)y->entity_kind;
    c = c ? c : cmp_id(x->entity, y->entity);
    return c ? c : str_cmp(x->key, y->key);
}

static int cmp_case(const void *a, const void *b)
{
    return life_rank_cmp(((const struct life_case *)a)->hit, ((const struct life_case *)b)->hit);
}

/* --- which warning a hit continues -------------------------------------------------------------------------------- */

static int cmp_identity(const struct life_warning *w, const struct life_hit *h)
{
    int c = cmp_i64(w->rule, h->rule);
    c = c ? c : (int)w->entity_kind - (int)h->entity_kind;
    c = c ? c : cmp_id(w->entity, h->entity);
    return c ? c : str_cmp(w->key, h->key);
}

static int cmp_warning(const void *a, const void *b)
{
    const struct life_warning *x = *(const struct life_warning *const *)a, *y = *(const struct life_warning *const *)b;
    struct life_hit identity = {.rule = y->rule, .entity_kind = y->entity_kind, .entity = y->entity, .key = y->key};
    int c = cmp_identity(x, &identity);
    return c ? c : cmp_i64(x->no, y->no);
}

/* The newest warning with the identity of `h` among `sorted`, or NULL. */
static const struct life_warning *newest_warning(const struct life_warning *const *sorted, size_t n,
                                                 const struct life_hit *h)
{
    size_t lo = 0, hi = n;
    while (lo < hi) { /* first place behind the identity */
        size_t mid = lo + (hi - lo) / 2;
        if (cmp_identity(sorted[mid], h) <= 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo > 0 && cmp_identity(sorted[lo - 1], h) == 0 ? sorted[lo - 1] : NULL;
}

static bool is_open(const struct life_warning *w)
{
    return w && (w->state == LIFE_HELD || w->state == LIFE_NEW || w->state == LIFE_RELEASED);
}

static void take_cases(struct life_work *w)
{
    const struct life_input *in = w->in;
    const struct life_warning **sorted = arena_array(w->arena, const struct life_warning *, in->n_warnings + 1);
    for (size_t i = 0; i < in->n_warnings; i++) {
        sorted[i] = &in->warnings[i];
    }
    if (in->n_warnings > 1) {
        qsort(sorted, in->n_warnings, sizeof(*sorted), cmp_warning);
    }
    for (size_t i = 0; i < in->n_hits; i++) {
        BUG_ON(in->hits[i].rule >= in->n_rules);
        w->cases[i].hit = &in->hits[i];
    }
    if (in->n_hits > 1) {
        qsort(w->cases, in->n_hits, sizeof(*w->cases), cmp_case);
    }
    for (size_t i = 0; i < w->n; i++) {
        struct life_case *c = &w->cases[i];
        BUG_ON(i > 0 && life_rank_cmp(w->cases[i - 1].hit, c->hit) == 0); /* the same identity twice */
        c->current = newest_warning(sorted, in->n_warnings, c->hit);
        c->verdict = (struct life_verdict){.hit = (uint32_t)(c->hit - in->hits), .why = "", .warning = UINT32_MAX};
        if (is_open(c->current)) {
            c->verdict.warning_no = c->current->no;
            c->verdict.warning = (uint32_t)(c->current - in->warnings);
            w->answered[c->verdict.warning] = true;
        }
    }
}

/* --- verdicts ----------------------------------------------------------------------------------------------------- */

static void conclude(struct life_case *c, enum life_disposition d, const char *why)
{
    c->verdict.disposition = d;
    c->verdict.why = why;
    c->decided = true;
}

/* First place in by_household whose household is not before `household`. */
static size_t household_start(const struct life_work *w, int64_t household)
{
    size_t lo = 0, hi = w->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (cmp_id(w->cases[w->by_household[mid]].hit->household, household) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static bool yields_to(const struct life_rule *r, uint32_t other)
{
    for (size_t i = 0; i < r->n_yield_to; i++) {
        if (r->yield_to[i] == other) {
            return true;
        }
    }
    return false;
}

/* The most urgent hit of the same household, on a list or waiting for one, whose rule this one yields to. */
static const struct life_case *absorbing(const struct life_work *w, const struct life_case *c)
{
    const struct life_rule *r = &w->in->rules[c->hit->rule];
    if (r->n_yield_to == 0) {
        return NULL;
    }
    for (size_t i = household_start(w, c->hit->household); i < w->n; i++) {
        const struct life_case *o = &w->cases[w->by_household[i]];
        if (o->hit->household != c->hit->household) {
            break;
        }
        bool shows = o->decided && o->verdict.disposition != LIFE_IS_SUPPRESSED && o->verdict.disposition != LIFE_IS_SHADOW;
        if (shows && yields_to(r, o->hit->rule)) {
            return o;
        }
    }
    return NULL;
}

/* Days of quiet after the outcome of `w`; an outcome group that rules.yaml no longer names keeps the longest. */
static int quiet_days(const struct life_input *in, const struct life_warning *w)
{
    const int *cooldown = in->rules[w->rule].cooldown;
    if (w->group != LIFE_NO_GROUP) {
        BUG_ON(w->group >= in->n_groups);
        return cooldown[w->group];
    }
    int longest = 0;
    for (size_t i = 0; i < in->n_groups; i++) {
        longest = MAX(longest, cooldown[i]);
    }
    return longest;
}

static bool grown(const struct life_rule *r, const struct life_hit *h, const struct life_warning *w)
{
    int64_t line;
    return r->has_again && h->again_known && w->again_known &&
           !__builtin_add_overflow(w->again_value, r->again_growth, &line) && h->again_value >= line;
}

/* Why a closed warning keeps its hit quiet tonight, or NULL. */
static const char *cooldown_reason(const struct life_work *w, const struct life_case *c)
{
    const struct life_warning *old = c->current;
    if (!old || old->state != LIFE_CLOSED) {
        return NULL;
    }
    int64_t until = (int64_t)old->closed_day + quiet_days(w->in, old);
    if (w->in->as_of >= until || grown(&w->in->rules[c->hit->rule], c->hit, old)) {
        return NULL;
    }
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addz(&b, "冷却期内（核查结果：");
    strbuf_addz(&b, old->group == LIFE_NO_GROUP ? "已核查" : w->in->groups[old->group]);
    strbuf_addz(&b, "），至");
    strbuf_add_day(&b, (daynum)until);
    return arena_z(w->arena, strbuf_str(&b));
}

static void decide_open(struct life_work *w, struct life_case *c)
{
    const struct life_warning *old = c->current;
    if (old->state == LIFE_NEW) {
        conclude(c, LIFE_IS_STANDING, "");
    } else if (old->state == LIFE_RELEASED || w->in->trial) {
        conclude(c, LIFE_IS_NEW, "");
    } else if (absorbing(w, c)) {
        conclude(c, LIFE_IS_SUPPRESSED, "并入同户未结预警");
    } else {
        conclude(c, LIFE_IS_HELD, old->why_held);
    }
}

static void decide_case(struct life_work *w, struct life_case *c)
{
    if (w->in->rules[c->hit->rule].shadow) {
        conclude(c, LIFE_IS_SHADOW, "");
        return;
    }
    if (is_open(c->current)) {
        decide_open(w, c);
        return;
    }
    const char *quiet = cooldown_reason(w, c);
    if (quiet) {
        conclude(c, LIFE_IS_SUPPRESSED, quiet);
    } else if (absorbing(w, c)) {
        conclude(c, LIFE_IS_SUPPRESSED, "并入同户未结预警");
    } else if (c->hit->hold != LIFE_HOLD_NOT && !w->in->trial) {
        conclude(c, LIFE_IS_HELD, hold_reasons[c->hit->hold]);
    } else {
        conclude(c, LIFE_IS_NEW, "");
    }
}

/* More new warnings than the rule may send a night: all of them wait for a person; what a person released does not count. */
static void apply_budget(struct life_work *w, uint32_t rule)
{
    int64_t budget = w->in->rules[rule].budget, fresh = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct life_case *c = &w->cases[i];
        fresh += c->hit->rule == rule && c->verdict.disposition == LIFE_IS_NEW && !is_open(c->current);
    }
    if (budget <= 0 || fresh <= budget || w->in->trial) {
        return;
    }
    const char *why = arena_printf(w->arena, "本规则今夜新增%lld条，超过上限%lld条", (long long)fresh, (long long)budget);
    for (size_t i = 0; i < w->n; i++) {
        struct life_case *c = &w->cases[i];
        if (c->hit->rule == rule && c->verdict.disposition == LIFE_IS_NEW && !is_open(c->current)) {
            conclude(c, LIFE_IS_HELD, why);
        }
    }
}

/* A rule is ready when all it yields to is decided. The rule checker refuses cycles; should one come here, the first rule of it goes first. */
static uint32_t next_rule(const struct life_work *w)
{
    uint32_t first = UINT32_MAX;
    for (uint32_t r = 0; r < w->in->n_rules; r++) {
        if (w->rule_done[r]) {
            continue;
        }
        bool ready = true;
        for (size_t i = 0; i < w->in->rules[r].n_yield_to; i++) {
            uint32_t other = w->in->rules[r].yield_to[i];
            ready = ready && (other == r || w->rule_done[other]);
        }
        if (ready) {
            return r;
        }
        first = MIN(first, r);
    }
    return first;
}

static void decide_all(struct life_work *w)
{
    for (size_t done = 0; done < w->in->n_rules; done++) {
        uint32_t rule = next_rule(w);
        for (size_t i = 0; i < w->n; i++) {
            if (w->cases[i].hit->rule == rule) {
                decide_case(w, &w->cases[i]);
            }
        }
        apply_budget(w, rule);
        w->rule_done[rule] = true;
    }
}

/* --- events ------------------------------------------------------------------------------------------------------- */

/* What changed about a warning that stays where it is; NULL when nothing did. */
static const char *change_of(const struct life_work *w, const struct life_case *c)
{
    const struct life_warning *old = c->current;
    if (!str_eq(old->level, c->hit->level)) {
        return arena_printf(w->arena, "级别由" STR_FMT "变为" STR_FMT, STR_ARG(old->level), STR_ARG(c->hit->level));
    }
    return old->absences > 0 ? "重新成立" : c->hit->say_changed ? "内容变化" : NULL;
}

static void propose_for_hits(struct life_work *w, struct life_output *out)
{
    for (size_t i = 0; i < w->n; i++) {
        struct life_case *c = &w->cases[i];
        struct life_verdict *v = &c->verdict;
        bool open = is_open(c->current);
        struct life_event e = {.verdict = (uint32_t)i, .warning = v->warning, .fresh = !open, .detail = v->why};
        if (v->disposition == LIFE_IS_NEW || (v->disposition == LIFE_IS_HELD && !open)) {
            if (!open) {
                v->warning_no = out->next_warning++;
            }
            e.kind = v->disposition == LIFE_IS_NEW ? LIFE_EVENT_NEW : LIFE_EVENT_HELD;
            e.warning_no = v->warning_no;
            vec_push(&out->events, e);
        } else if (open && v->disposition != LIFE_IS_SHADOW && (e.detail = change_of(w, c))) {
            e.kind = LIFE_EVENT_LEVEL;
            e.warning_no = v->warning_no;
            vec_push(&out->events, e);
        }
        vec_push(&out->verdicts, *v);
    }
}

static int cmp_warning_no(const void *a, const void *b)
{
    return cmp_i64((*(const struct life_warning *const *)a)->no, (*(const struct life_warning *const *)b)->no);
}

/* One more data date without the condition, or the end of the warning. */
static void propose_absence(struct life_work *w, const struct life_warning *old, struct life_output *out)
{
    uint32_t index = (uint32_t)(old - w->in->warnings);
    struct life_event e = {.warning_no = old->no, .verdict = UINT32_MAX, .warning = index};
    enum life_cause cause = old->rule == LIFE_NO_RULE ? LIFE_RULE_CHANGED : old->cause;
    daynum data_date = DAY_MISSING;
    if (cause == LIFE_GONE) {
        data_date = w->in->rules[old->rule].data_date;
        bool counted = old->absences > 0 && old->absent_date == data_date;
        if (counted) {
            return;
        }
    }
    if (cause == LIFE_GONE && old->absences + 1 < w->in->rules[old->rule].clear) {
        AUTO_STRBUF b = STRBUF_INIT;
        strbuf_add_day(&b, data_date);
        e.kind = LIFE_EVENT_ABSENT;
        e.detail = arena_z(w->arena, strbuf_str(&b));
    } else {
        e.kind = LIFE_EVENT_CLEARED;
        e.detail = life_cause_name(cause);
        vec_push(&out->gone, index);
    }
    vec_push(&out->events, e);
}

static void propose_for_absent(struct life_work *w, struct life_output *out)
{
    const struct life_input *in = w->in;
    const struct life_warning **open = arena_array(w->arena, const struct life_warning *, in->n_warnings + 1);
    size_t n = 0;
    for (size_t i = 0; i < in->n_warnings; i++) {
        const struct life_warning *old = &in->warnings[i];
        bool undecided = old->rule != LIFE_NO_RULE && old->tonight == LIFE_UNKNOWN;
        if (is_open(old) && !w->answered[i] && !undecided) {
            open[n++] = old;
        }
    }
    if (n > 1) {
        qsort(open, n, sizeof(*open), cmp_warning_no);
    }
    for (size_t i = 0; i < n; i++) {
        propose_absence(w, open[i], out);
    }
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

struct household_place {
    int64_t household;
    uint32_t at;
};

static int cmp_place(const void *a, const void *b)
{
    const struct household_place *x = a, *y = b;
    int c = cmp_id(x->household, y->household);
    return c ? c : cmp_i64(x->at, y->at);
}

static void index_households(struct life_work *w)
{
    struct household_place *p = arena_array(w->arena, struct household_place, w->n + 1);
    for (size_t i = 0; i < w->n; i++) {
        p[i] = (struct household_place){w->cases[i].hit->household, (uint32_t)i};
    }
    if (w->n > 1) {
        qsort(p, w->n, sizeof(*p), cmp_place);
    }
    for (size_t i = 0; i < w->n; i++) {
        w->by_household[i] = p[i].at;
    }
}

void life_decide(const struct life_input *in, struct arena *a, struct life_output *out)
{
    memset(out, 0, sizeof(*out));
    out->next_warning = in->next_warning;
    struct life_work w = {.in = in, .arena = a, .n = in->n_hits};
    w.cases = arena_array(a, struct life_case, in->n_hits + 1);
    w.by_household = arena_array(a, uint32_t, in->n_hits + 1);
    w.answered = arena_array(a, bool, in->n_warnings + 1);
    w.rule_done = arena_array(a, bool, in->n_rules + 1);
    take_cases(&w);
    index_households(&w);
    decide_all(&w);
    propose_for_hits(&w, out);
    propose_for_absent(&w, out);
}

void life_output_release(struct life_output *out)
{
    vec_release(&out->verdicts);
    vec_release(&out->events);
    vec_release(&out->gone);
}
