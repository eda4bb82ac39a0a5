/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/life_private.h"

#include "rules/warning_number.h"

static const char *const disposition_names[] = {"new", "standing", "held", "suppressed", "shadow"};
static const char *const hold_reasons[LIFE_HOLD_COUNT] = {
    [LIFE_HOLD_NOT] = "",
    [LIFE_HOLD_SITE] = "本站首夜，先看后放",
    [LIFE_HOLD_SOURCE] = "所用数据源首次到达",
    [LIFE_HOLD_RULE] = "规则有改动，按旧规则不出现",
    [LIFE_HOLD_PARAM] = "参数换档，按旧值不出现",
    [LIFE_HOLD_PROGRAM] = "程序或归并口径有变化，按旧口径不出现",
    [LIFE_HOLD_MODEL] = "归并模型有变化，此人的记录换了归属",
};

const char *life_disposition_name(enum life_disposition d)
{
    BUG_ON(d >= LIFE_DISPOSITION_COUNT);
    return disposition_names[d];
}

static int cmp_case(const void *a, const void *b)
{
    return life_rank_cmp(((const struct life_case *)a)->hit, ((const struct life_case *)b)->hit);
}

const char *life_number(struct arena *a, int64_t no)
{
    char text[WARNING_NUMBER_MAX];
    warning_number_format(no, text);
    return arena_z(a, str_of(text));
}

static void take_cases(struct life_work *w)
{
    const struct life_input *in = w->in;
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
        c->current = life_current_of(w, c->hit);
        c->detail = "";
        c->verdict = (struct life_verdict){.hit = (uint32_t)(c->hit - in->hits), .why = "", .warning = UINT32_MAX};
        if (life_is_open(c->current)) {
            c->verdict.warning_no = c->current->no;
            c->verdict.warning = (uint32_t)(c->current - in->warnings);
            w->answered[c->verdict.warning] = true;
        }
    }
}

/* --- of one household ------------------------------------------------------------------------------------------------- */

/* First place in by_household whose household is not before `household`. */
static size_t household_start(const struct life_work *w, int64_t household)
{
    size_t lo = 0, hi = w->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if ((uint64_t)w->cases[w->by_household[mid]].hit->household < (uint64_t)household) {
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

/* On a list, waiting for one, or between two: somebody goes there, or has just been. */
static bool occupies(const struct life_case *o)
{
    enum life_disposition d = o->verdict.disposition;
    bool told = life_is_open(o->current) && o->current->state != LIFE_PENDING && !o->absorber;
    return o->decided && d != LIFE_IS_SHADOW && (d != LIFE_IS_SUPPRESSED || told);
}

/* The most urgent hit of the same household that occupies it and whose rule this one yields to. */
static const struct life_case *absorbing(const struct life_work *w, const struct life_case *c)
{
    const struct life_rule *r = &w->in->rules[c->hit->rule];
    for (size_t i = r->n_yield_to ? household_start(w, c->hit->household) : w->n; i < w->n; i++) {
        const struct life_case *o = &w->cases[w->by_household[i]];
        if (o->hit->household != c->hit->household) {
            break;
        }
        if (occupies(o) && yields_to(r, o->hit->rule)) {
            return o;
        }
    }
    return NULL;
}

/* --- quiet -------------------------------------------------------------------------------------------------------------- */

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

static uint32_t rank_of(const struct life_input *in, struct str level)
{
    uint32_t i = 0;
    while (i < in->n_levels && !str_eq(in->levels[i], level)) {
        i++;
    }
    return i; /* a level that rules.yaml no longer names is below all */
}

/* Why a quiet warning does not stay quiet, or NULL. A refuted lead comes back by growth alone; one that was never verified also when it grows more urgent. */
static const char *early_reason(const struct life_work *w, const struct life_case *c)
{
    const struct life_warning *old = c->current;
    if (grown(&w->in->rules[c->hit->rule], c->hit, old)) {
        return "又增长到线";
    }
    if (life_is_open(old) && c->hit->level_rank < rank_of(w->in, old->quiet_level)) {
        return arena_printf(w->arena, "级别由" STR_FMT "变为" STR_FMT, STR_ARG(old->quiet_level), STR_ARG(c->hit->level));
    }
    return NULL;
}

/* What a quiet warning waits for: 暂缓, 冷却期（核查结果：未核实）. */
static const char *quiet_name(const struct life_work *w, const struct life_warning *old)
{
    if (old->state == LIFE_SNOOZED) {
        return "暂缓";
    }
    return arena_printf(w->arena, "冷却期内（核查结果：%s）", old->group == LIFE_NO_GROUP ? "已核查" : w->in->groups[old->group]);
}

/* Of a warning that was snoozed, visited or closed: true when it stays off the lists tonight, *out says until when; else *out says why not any more. */
static bool is_quiet(const struct life_work *w, const struct life_case *c, const char **out)
{
    const struct life_warning *old = c->current;
    int64_t until = old->state == LIFE_SNOOZED ? old->until : (int64_t)old->visit_day + quiet_days(w->in, old);
    const char *name = quiet_name(w, old);
    if (w->in->as_of >= until) {
        *out = arena_printf(w->arena, "%s期满", old->state == LIFE_SNOOZED ? "暂缓" : "冷却");
        return false;
    }
    const char *early = early_reason(w, c);
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_day(&b, (daynum)until);
    *out = early ? arena_printf(w->arena, "%s%s", old->state == LIFE_SNOOZED ? "暂缓期内" : "冷却期内", early)
                 : arena_printf(w->arena, "%s，至%s", name, strbuf_z(&b));
    return !early;
}

/* --- verdicts ----------------------------------------------------------------------------------------------------------- */

static void conclude(struct life_case *c, enum life_disposition d, const char *why)
{
    c->verdict.disposition = d;
    c->verdict.why = why;
    c->decided = true;
}

static void list_it(struct life_case *c, const char *detail)
{
    conclude(c, LIFE_IS_NEW, "");
    c->detail = detail;
}

static void absorb(struct life_case *c, const struct life_case *into)
{
    conclude(c, LIFE_IS_SUPPRESSED, "并入同户未结预警");
    c->absorber = into;
}

uint32_t life_times_with(const struct life_warning *old, daynum data_date)
{
    bool counted = old->times > 0 && old->times_date == data_date;
    return old->times + !counted;
}

/* A warning nobody was told of yet: a fresh one, or one that only waited for the condition to last. */
static bool never_told(const struct life_case *c)
{
    return !life_is_open(c->current) || c->current->state == LIFE_PENDING;
}

/* Why there is a fresh warning where one had ended: 再次成立，前次W-000012-3（属实已帮扶）. */
static const char *why_again(struct life_work *w, const struct life_case *c, const char *quiet_over)
{
    const struct life_warning *old = c->current;
    if (!old || life_is_open(old)) {
        return "";
    }
    const char *how = old->state == LIFE_CLEARED ? "已消失" : old->group == LIFE_NO_GROUP ? "已核查" : w->in->groups[old->group];
    return arena_printf(w->arena, "%s再次成立，前次%s（%s）", quiet_over, life_number(w->arena, old->no), how);
}

static void decide_fresh(struct life_work *w, struct life_case *c)
{
    const struct life_rule *r = &w->in->rules[c->hit->rule];
    const char *quiet = "";
    if (c->current && c->current->state == LIFE_CLOSED && is_quiet(w, c, &quiet)) {
        conclude(c, LIFE_IS_SUPPRESSED, quiet);
        return;
    }
    const struct life_case *into = absorbing(w, c);
    uint32_t times = life_is_open(c->current) ? life_times_with(c->current, r->data_date) : 1;
    if (into) {
        absorb(c, into);
    } else if (w->in->trial) {
        list_it(c, "");
    } else if (c->hit->hold != LIFE_HOLD_NOT) {
        conclude(c, LIFE_IS_HELD, hold_reasons[c->hit->hold]);
    } else if (times < r->pending) {
        conclude(c, LIFE_IS_SUPPRESSED, arena_printf(w->arena, "成立%u次，满%u次才预警", times, r->pending));
        c->pends = true;
    } else {
        list_it(c, why_again(w, c, quiet));
    }
}

static void decide_open(struct life_work *w, struct life_case *c)
{
    const struct life_warning *old = c->current;
    const struct life_case *into = old->state == LIFE_HELD ? absorbing(w, c) : NULL;
    const char *quiet;
    if (old->state == LIFE_NEW) {
        conclude(c, LIFE_IS_STANDING, "");
    } else if (old->state == LIFE_SNOOZED || old->state == LIFE_VISITED) {
        if (is_quiet(w, c, &quiet)) {
            conclude(c, LIFE_IS_SUPPRESSED, quiet);
        } else {
            list_it(c, quiet);
        }
    } else if (old->state != LIFE_HELD || w->in->trial) {
        list_it(c, old->state == LIFE_RETURNED ? "退回后改派" : old->state == LIFE_REOPENED ? "核查结果撤回，重新列入" : "");
    } else if (into) {
        absorb(c, into);
    } else {
        conclude(c, LIFE_IS_HELD, arena_z(w->arena, old->why_held));
    }
}

static void decide_case(struct life_work *w, struct life_case *c)
{
    if (w->in->rules[c->hit->rule].shadow) {
        conclude(c, LIFE_IS_SHADOW, "");
    } else if (never_told(c)) {
        decide_fresh(w, c);
    } else {
        decide_open(w, c);
    }
}

/* More new warnings than the rule may send a night: all of them wait for a person; what a person released does not count. */
static void apply_budget(struct life_work *w, uint32_t rule)
{
    int64_t budget = w->in->rules[rule].budget, fresh = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct life_case *c = &w->cases[i];
        fresh += c->hit->rule == rule && c->verdict.disposition == LIFE_IS_NEW && never_told(c);
    }
    if (budget <= 0 || fresh <= budget || w->in->trial) {
        return;
    }
    const char *why = arena_printf(w->arena, "本规则今夜新增%lld条，超过上限%lld条", (long long)fresh, (long long)budget);
    for (size_t i = 0; i < w->n; i++) {
        struct life_case *c = &w->cases[i];
        if (c->hit->rule == rule && c->verdict.disposition == LIFE_IS_NEW && never_told(c)) {
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

/* --- the whole ---------------------------------------------------------------------------------------------------- */

struct household_place {
    int64_t household;
    uint32_t at;
};

static int cmp_place(const void *a, const void *b)
{
    const struct household_place *x = a, *y = b;
    int c = (x->household != y->household ? ((uint64_t)x->household > (uint64_t)y->household ? 1 : -1) : 0);
    return c ? c : life_cmp_i64(x->at, y->at);
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
    life_choose_current(&w);
    take_cases(&w);
    index_households(&w);
    decide_all(&w);
    life_propose(&w, out);
}

void life_output_release(struct life_output *out)
{
    vec_release(&out->verdicts);
    vec_release(&out->events);
    vec_release(&out->gone);
}
