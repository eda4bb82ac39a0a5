/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of tonight's hits: the life of a warning as a pure function over arrays. Reads no file, no clock and no database:
   the caller folds the ledger's events into `struct life_warning` (life_fold) and evaluates the rules; life_decide decides, numbers and proposes events.

       (no warning)  --hit on too few data dates for `pending`--> pending   off the lists; condition false: cleared
       (no warning)  --hit absent in yesterday's world----------> held      waits for `mopai release`
       held          --a person releases------------------------> released
       (no warning), pending, released, returned, reopened --hit-> new      on tonight's list: sent when the night is published
       new           --a visit that verified nothing------------> visited   still open, quiet for the cooldown of its outcome group, then new
       new           --the street asks for time-----------------> snoozed   off the lists until a day, then new
       new           --the street is the wrong one--------------> returned  with the area it belongs to, if known
       any open one  --an outcome comes back--------------------> closed    quiet for the cooldown of its outcome group
       closed        --a person takes the outcome back----------> reopened
       any open one  --condition decided false on `clear` data dates--> cleared
       any open one  --its person or household becomes another's, who has one already--> merged into that one
       held, pending --a rule it yields to has one for the household-----------------> merged into that one
       closed        --cooldown over, or `again` growth---------> a fresh warning, numbered anew, that names the one before
       cleared       --hit again--------------------------------> likewise
   Quiet warnings come back early when `again` is reached, open ones (visited, snoozed) also when the level rises. Due days, and what is overdue and
   escalated (pipeline/due.h), are derived; `extended` moves a due day and changes no state.

   "Yesterday's world" is tonight's data under the configuration, sources, program and linkage of the last published night; the caller
   says per hit why it could not have been there (enum life_hold). Unknown is not absent: a condition that cannot be decided tonight
   neither fires nor clears. Nothing is dropped: what is not shown is suppressed with a reason, and counted.

   Rank, a total order, most urgent first:
     1 level_rank, smaller first (0 is the first of meta.levels);
     2 rank_value, larger first: how far over its own line, in 1/1000 (score: points of its maximum), so that rules can be compared;
     3 households with minors first;
     4 the household's id, so that rows of one door stay together, then the place of the rule in rules.yaml, then entity, then key. */
#ifndef MOPAI_RULES_LIFECYCLE_H
#define MOPAI_RULES_LIFECYCLE_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/vec.h"

#define LIFE_NO_RULE  UINT32_MAX /* a warning whose rule is gone, or no longer active */
#define LIFE_NO_GROUP UINT32_MAX

/* What the life cycle needs of a rule. Index = place in rules.yaml. */
struct life_rule {
    bool shadow;             /* counted, never proposed */
    uint32_t pending;        /* distinct data dates a condition must hold before it warns; 0 and 1: at once */
    uint32_t clear;          /* distinct data dates before a gone condition clears; at least 1 */
    int64_t budget;          /* new warnings a night; more than that and all of them are held. 0: no limit */
    bool has_again;          /* `again:` re-opens within the cooldown */
    int64_t again_growth;    /* by at least this much over the value at closing */
    const uint32_t *yield_to; /* rules whose open warnings of the same household absorb this one */
    size_t n_yield_to;
    daynum data_date;        /* newest data date of the sources the rule reads, in force tonight */
    const int *cooldown;     /* days of quiet, by outcome group */
};

enum life_hold {
    LIFE_HOLD_NOT,
    LIFE_HOLD_SITE,    /* first night of the site */
    LIFE_HOLD_SOURCE,  /* first night of a source the rule reads */
    LIFE_HOLD_RULE,    /* what decides in the rule changed */
    LIFE_HOLD_PARAM,   /* a parameter step */
    LIFE_HOLD_PROGRAM, /* program or linkage version, or people.yaml, changed */
    LIFE_HOLD_MODEL,   /* the linkage model changed, and with it whose records these are */
    LIFE_HOLD_COUNT
};

/* One fired rule and entity. (rule, entity_kind, entity, key) is unique. */
struct life_hit {
    uint32_t rule;
    char entity_kind;      /* 'P' or 'H' */
    int64_t entity, household; /* stable ids */
    struct str key;        /* the rule's own key, "" when none */
    uint32_t level_rank;
    struct str level;
    int64_t rank_value;
    bool minors;           /* the household has members under 18 */
    bool again_known;
    int64_t again_value;   /* value of the `again` fact tonight */
    enum life_hold hold;   /* why it was absent in yesterday's world; LIFE_HOLD_NOT when it was there */
    bool say_changed;      /* against the last event of its open warning; ignored without one */
};

enum life_state {
    LIFE_PENDING, LIFE_HELD, LIFE_RELEASED, LIFE_REOPENED, LIFE_RETURNED, LIFE_SNOOZED, LIFE_VISITED, LIFE_NEW, /* open, the furthest last */
    LIFE_CLOSED, LIFE_CLEARED, LIFE_MERGED,
    LIFE_STATE_COUNT
};
/* Of an open warning that no hit answers tonight: what the rule said about its entity. */
enum life_tonight { LIFE_FALSE, LIFE_UNKNOWN };
/* Only LIFE_GONE waits for `clear` data dates: the others say that the warning should not have been, or has nobody any more. */
enum life_cause { LIFE_GONE, LIFE_CORRECTED, LIFE_RULE_CHANGED, LIFE_HOUSEHOLD_CHANGED, LIFE_WITHDRAWN, LIFE_REMODELED, LIFE_CAUSE_COUNT };
const char *life_cause_name(enum life_cause c); /* 情况消失 数据更正 规则变更 家庭变化 数据撤回 模型变更: that one clears nothing tonight */

/* A warning as its events left it. Of several with one identity an open one counts, the furthest, then the oldest; without one the highest number. */
struct life_warning {
    int64_t no;
    uint32_t rule;         /* LIFE_NO_RULE when rules.yaml has it no longer as an active rule */
    char entity_kind;
    int64_t entity;
    struct str key;
    enum life_state state;
    struct str level;      /* of its last event that had one */
    struct str quiet_level; /* the level when it was visited or snoozed */
    uint32_t group;        /* of the outcome of its last visit */
    daynum visit_day;      /* of that visit */
    daynum until;          /* snoozed until the day before */
    bool again_known;
    int64_t again_value;   /* when it was last on a list */
    uint32_t times;        /* `absent` events since it last stood; of a pending one `pending` events */
    daynum times_date;     /* data date of the last of them, DAY_MISSING when none */
    struct str why_held;   /* detail of its last `held` event, "" otherwise */
    enum life_tonight tonight;
    enum life_cause cause; /* why its condition is gone; only without a hit and with LIFE_FALSE */
};
bool life_is_open(const struct life_warning *w);

/* One event of the ledger. A warning starts as {.no, .rule, .entity_kind, .entity, .key} and is what its events, in order, make of it. Views are kept. */
struct life_past {
    struct str kind;       /* life_event_name, or what people do: released visited closed snoozed returned extended reopened */
    struct str level;      /* "" : says none */
    struct str detail;     /* absent, pending: data date; held: why */
    bool tells;            /* it told the warning anew: `again` is of this event */
    bool again_known;
    int64_t again_value;
    uint32_t group;        /* visited, closed */
    daynum day;            /* visited, closed: of the visit; snoozed: until */
};
void life_fold(struct life_warning *w, const struct life_past *e);

struct life_input {
    const struct life_rule *rules;
    size_t n_rules;
    const char *const *groups; /* names of outcome groups, for reasons */
    size_t n_groups;
    const struct str *levels;  /* meta.levels, the most urgent first */
    size_t n_levels;
    const struct life_warning *warnings; /* any order */
    size_t n_warnings;
    const struct life_hit *hits; /* any order */
    size_t n_hits;
    daynum as_of;
    int64_t next_warning;  /* first free number */
    bool trial;            /* `try`: nothing is held */
};

enum life_disposition { LIFE_IS_NEW, LIFE_IS_STANDING, LIFE_IS_HELD, LIFE_IS_SUPPRESSED, LIFE_IS_SHADOW, LIFE_DISPOSITION_COUNT };

struct life_verdict {
    uint32_t hit;          /* index into input->hits */
    enum life_disposition disposition;
    const char *why;       /* held or suppressed: for people, in Chinese; "" otherwise */
    int64_t warning_no;    /* 0 for shadow, and for suppressed ones without an open warning; pending ones have one */
    uint32_t warning;      /* index into input->warnings of the open warning it continues, UINT32_MAX for a fresh one */
};

/* In ledger terms: kind of warning_event. */
enum life_event_kind { LIFE_EVENT_PENDING, LIFE_EVENT_HELD, LIFE_EVENT_NEW, LIFE_EVENT_LEVEL, LIFE_EVENT_ABSENT, LIFE_EVENT_CLEARED, LIFE_EVENT_MERGED };
const char *life_event_name(enum life_event_kind kind); /* "held", "new", ... */
struct life_event {
    int64_t warning_no;
    enum life_event_kind kind;
    uint32_t verdict;      /* index into output->verdicts, UINT32_MAX for absent, cleared and merged */
    uint32_t warning;      /* index into input->warnings, UINT32_MAX for a fresh warning */
    bool fresh;            /* the warning itself is proposed with this event */
    const char *detail;    /* held: why; new: why again; level: what changed; absent, pending: data date; cleared: cause; merged: the other's number */
};

struct life_output {
    VEC(struct life_verdict) verdicts; /* one a hit, in rank order */
    VEC(struct life_event) events;     /* in the order to append: hits by rank, then warnings without a hit by number */
    VEC(uint32_t) gone;                /* indices into input->warnings that are cleared tonight, by number; merged ones are not */
    int64_t next_warning;
};

/* Texts of *out live in `a`. The result depends on the set of hits and warnings, never on their order. */
void life_decide(const struct life_input *in, struct arena *a, struct life_output *out);
void life_output_release(struct life_output *out);
/* The rank order above: negative when x comes before y. */
int life_rank_cmp(const struct life_hit *x, const struct life_hit *y);

const char *life_disposition_name(enum life_disposition d); /* "new", as in night.db */

#endif
