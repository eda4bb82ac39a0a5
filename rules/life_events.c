/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into the ledger of a night: one event for each warning that changed, none for what merely stands. */
#include "rules/life_private.h"

static const char *const event_names[] = {"pending", "held", "new", "level", "absent", "cleared", "merged"};
static const char *const cause_names[LIFE_CAUSE_COUNT] = {"情况消失", "数据更正", "规则变更", "家庭变化", "数据撤回", "模型变更"};

const char *life_cause_name(enum life_cause c)
{
    BUG_ON(c >= LIFE_CAUSE_COUNT);
    return cause_names[c];
}

const char *life_event_name(enum life_event_kind kind)
{
    return event_names[kind];
}

static const char *day_text(struct arena *a, daynum day)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_day(&b, day);
    return arena_z(a, strbuf_str(&b));
}

/* What changed about a warning that stays where it is; NULL when nothing did. */
static const char *change_of(const struct life_work *w, const struct life_case *c)
{
    const struct life_warning *old = c->current;
    if (!str_eq(old->level, c->hit->level)) {
        return arena_printf(w->arena, "级别由" STR_FMT "变为" STR_FMT, STR_ARG(old->level), STR_ARG(c->hit->level));
    }
    bool was_absent = old->times > 0 && old->state != LIFE_PENDING;
    return was_absent ? "重新成立" : c->hit->say_changed ? "内容变化" : NULL;
}

/* Numbers in rank order, before any event: a merged warning names the one that takes it in, wherever that stands. */
static void number_cases(struct life_work *w, struct life_output *out)
{
    for (size_t i = 0; i < w->n; i++) {
        struct life_verdict *v = &w->cases[i].verdict;
        bool told = v->disposition == LIFE_IS_NEW || v->disposition == LIFE_IS_HELD || w->cases[i].pends;
        if (told && !life_is_open(w->cases[i].current)) {
            v->warning_no = out->next_warning++;
        }
        vec_push(&out->verdicts, *v);
    }
}

/* The event of a decided hit; false when it brings none. */
static bool event_of(struct life_work *w, const struct life_case *c, struct life_event *e)
{
    enum life_disposition d = c->verdict.disposition;
    bool open = life_is_open(c->current), waiting = open && c->current->state == LIFE_PENDING;
    daynum data_date = w->in->rules[c->hit->rule].data_date;
    if (d == LIFE_IS_NEW) {
        e->kind = LIFE_EVENT_NEW, e->detail = c->detail;
    } else if (d == LIFE_IS_HELD && (!open || waiting)) {
        e->kind = LIFE_EVENT_HELD, e->detail = c->verdict.why;
    } else if (c->pends) {
        e->kind = LIFE_EVENT_PENDING, e->detail = day_text(w->arena, data_date);
        return !waiting || life_times_with(c->current, data_date) != c->current->times; /* nobody is told of anything else */
    } else if (c->absorber && open) {
        e->kind = LIFE_EVENT_MERGED, e->detail = life_number(w->arena, c->absorber->verdict.warning_no), e->verdict = UINT32_MAX;
    } else if (open && d != LIFE_IS_SHADOW) {
        e->kind = LIFE_EVENT_LEVEL, e->detail = change_of(w, c);
        return e->detail != NULL;
    } else {
        return false;
    }
    return true;
}

static void propose_for_hits(struct life_work *w, struct life_output *out)
{
    for (size_t i = 0; i < w->n; i++) {
        const struct life_case *c = &w->cases[i];
        struct life_event e = {.warning_no = c->verdict.warning_no, .verdict = (uint32_t)i, .warning = c->verdict.warning, .fresh = !life_is_open(c->current)};
        if (event_of(w, c, &e)) {
            vec_push(&out->events, e);
        }
    }
}

/* --- without a hit ------------------------------------------------------------------------------------------------------ */

static int cmp_warning_no(const void *a, const void *b)
{
    return life_cmp_i64((*(const struct life_warning *const *)a)->no, (*(const struct life_warning *const *)b)->no);
}

/* One more data date without the condition, or the end of the warning. One that nobody was told of ends at once. */
static void propose_absence(struct life_work *w, const struct life_warning *old, struct life_output *out)
{
    uint32_t index = (uint32_t)(old - w->in->warnings);
    struct life_event e = {.warning_no = old->no, .verdict = UINT32_MAX, .warning = index, .kind = LIFE_EVENT_CLEARED};
    enum life_cause cause = old->rule == LIFE_NO_RULE ? LIFE_RULE_CHANGED : old->cause;
    if (cause == LIFE_REMODELED) {
        return; /* people look first: it goes when it is gone without a change of ours as well */
    }
    e.detail = life_cause_name(cause);
    if (cause == LIFE_GONE && old->state != LIFE_PENDING) {
        const struct life_rule *r = &w->in->rules[old->rule];
        uint32_t times = life_times_with(old, r->data_date);
        if (times == old->times) {
            return; /* this data date has been counted */
        }
        if (times < r->clear) {
            e.kind = LIFE_EVENT_ABSENT;
            e.detail = day_text(w->arena, r->data_date);
        }
    }
    if (e.kind == LIFE_EVENT_CLEARED) {
        vec_push(&out->gone, index);
    }
    vec_push(&out->events, e);
}

static void propose_merge(struct life_work *w, const struct life_warning *old, const struct life_warning *into, struct life_output *out)
{
    vec_push(&out->events, (struct life_event){.warning_no = old->no, .verdict = UINT32_MAX, .warning = (uint32_t)(old - w->in->warnings),
                                               .kind = LIFE_EVENT_MERGED, .detail = life_number(w->arena, into->no)});
}

static void propose_for_others(struct life_work *w, struct life_output *out)
{
    const struct life_input *in = w->in;
    const struct life_warning **open = arena_array(w->arena, const struct life_warning *, in->n_warnings + 1);
    size_t n = 0;
    for (size_t i = 0; i < in->n_warnings; i++) {
        const struct life_warning *old = &in->warnings[i];
        bool undecided = old->rule != LIFE_NO_RULE && old->tonight == LIFE_UNKNOWN;
        if (life_is_open(old) && !w->answered[i] && (w->into[i] || !undecided)) {
            open[n++] = old;
        }
    }
    if (n > 1) {
        qsort(open, n, sizeof(*open), cmp_warning_no);
    }
    for (size_t i = 0; i < n; i++) {
        const struct life_warning *into = w->into[open[i] - in->warnings];
        if (into) {
            propose_merge(w, open[i], into, out);
        } else {
            propose_absence(w, open[i], out);
        }
    }
}

void life_propose(struct life_work *w, struct life_output *out)
{
    number_cases(w, out);
    propose_for_hits(w, out);
    propose_for_others(w, out);
}
