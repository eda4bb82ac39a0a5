/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that are not sure of their person, between link_rows.c, link_loose.c, link_match.c and link_weigh.c. All rows of a source that say the same of
   somebody are one loose entry, compared once. */
#ifndef MOPAI_PIPELINE_LINK_LOOSE_H
#define MOPAI_PIPELINE_LINK_LOOSE_H

#include "base/text/name_compare.h"
#include "matchers/repair.h"
#include "pipeline/link_model.h"
#include "pipeline/link_private.h"

enum loose_kind {
    LOOSE_NOBODY,  /* a row no register knows the number of, or without a usable one */
    LOOSE_RECORD,  /* a register row that is a person of its own so far: no usable number, or one that another keeps */
    LOOSE_DOUBTFUL, /* a row whose number is somebody's of partly another name */
    LOOSE_SECOND,  /* a register row with a sound number that may be a second one of somebody (link_second.c) */
    LOOSE_APART    /* a row with number and name of somebody it is not, as a visit found (link_visited.c) */
};

struct said { /* what a row says of its person */
    uint64_t id;    /* the word of the cell, aliases followed */
    uint64_t unit;  /* natural id, 0 */
    uint64_t phone, place, habit; /* hashes, 0 */
    int32_t birth;  /* year * 10000 + month * 100 + day, day 0 when only the month is known; 0 */
    uint8_t sex;
    uint32_t value[LF_COUNT]; /* prepared, of loose_table.values: name (Latin ones only), birth, phone, address */
};

struct loose {
    struct said said;
    uint32_t name, raw;  /* numbers of l->loose.texts */
    uint32_t person;     /* RECORD, SECOND: who they are so far; DOUBTFUL: whose number it is; NOBODY: whose number it is though the name says no, or NO_PERSON */
    struct where first;
    uint32_t rows;
    uint32_t by_name, namesakes; /* link_match.c: candidates met by name; persons of that name beyond them */
    uint32_t number_birth; /* as a value: what the number says */
    uint8_t kind, source;
};
struct loose_row {
    struct where from;
    uint32_t loose;
};

struct link_training;
struct loose_table {
    VEC(struct loose) v;
    VEC(struct loose_row) rows;
    struct map64 by_content;
    struct strmap texts;
    struct link_table values;  /* of entries and of the rows they met */
    int64_t *known, *strangers; /* by source: rows with a usable number that a register has, and has not */
};

struct candidate { /* a loose entry and a person it may be; each field at the best agreement of all rows of the person that were compared */
    uint32_t loose, person;
    uint8_t name;        /* enum name_likeness; NAME_LEVEL_COUNT: no name was compared */
    uint8_t id;          /* enum id_evidence */
    uint8_t slip;        /* enum repair_kind */
    uint8_t ways;        /* bits of enum link_way: how they met */
    uint8_t birth, sex, phone, place; /* levels of matchers/compare.h; 1 is the same */
    uint8_t unit, habit; /* enum agreement */
    bool home;           /* the household voted for it */
    bool met;            /* they share a key; else they are compared because link_want.h wants it */
    int32_t part[PART_COUNT]; /* of the weight */
    int32_t weight;      /* 1/256 bit: log2 of the odds against somebody no register has */
    int32_t probability; /* per million, all candidates of the entry considered */
};
enum id_evidence {
    ID_SAYS_NOTHING,
    ID_REPAIRS,      /* one slip away from the person's */
    ID_FAR,          /* damaged, and not one slip away */
    ID_OTHER,        /* valid, of nobody, and not the person's */
    ID_OF_ANOTHER,   /* valid and somebody else's */
    ID_OF_HOUSEMATE, /* valid and of somebody in a unit of the person */
    ID_ITS_OWN       /* the person's, whose name differs */
};
enum agreement { SAYS_NOTHING, SAYS_SAME, SAYS_NEAR, SAYS_OTHER };
typedef VEC(struct candidate) candidate_list;

/* The name is the person's, as clerks write it: equal, or one slip of ear or eye away. Half a name is shared with relatives. */
static inline bool loose_named(const struct candidate *c)
{
    return c->name >= NAME_LEVEL_SAME && c->name <= NAME_LEVEL_PART;
}

/* link_loose.c */
void loose_init(struct loose_table *t, size_t n_sources);
/* said: as said_cells read the row. */
enum status loose_add(struct link *l, struct loose_table *t, const struct row_ids *ids, const struct row_reader *r, size_t i, enum loose_kind kind,
                      uint32_t person, const struct said *said, struct err *err) MUST_CHECK;
void loose_release(struct loose_table *t);
/* values NULL: nothing is prepared. */
void said_read(const struct link *l, size_t source, const struct row_reader *r, size_t i, struct link_table *values, struct said *out, struct strbuf *scratch);
/* The same in two steps: the cells, and the prepared value of a field (not of the birth) of a row whose cells were read. */
void said_cells(const struct link *l, size_t source, const struct row_reader *r, size_t i, struct said *out, struct strbuf *scratch);
uint32_t said_value(const struct link *l, size_t source, const struct row_reader *r, size_t i, const struct said *cells, struct link_table *values, enum link_field f);
uint32_t birth_value(struct link_table *values, int32_t ymd); /* NO_VALUE for 0 */
void said_want(const struct link *l, size_t source, struct row_reader *r); /* columns said_read looks at */
int32_t ymd_of_day(int64_t day);
uint64_t habit_of_row(const struct source *s, const struct row_reader *r, size_t i); /* 0 when a column is blank */
enum status loose_raw(const struct row_ids *ids, const struct link *l, const struct row_reader *r, size_t i, struct str *out, struct err *err) MUST_CHECK;
struct str loose_name(const struct loose_table *t, const struct loose *e);

/* link_numbers.c: every row by its number; those that need more go into the table. */
enum status link_rows_by_number(struct link *l, struct loose_table *t, struct err *err) MUST_CHECK;

/* link_second.c: persons (map64_put p, 1) whose number may be a second one of somebody. */
void link_find_second(const struct link *l, struct map64 *out);

/* link_review.c: the question whether a candidate is the entry's person: a hash of what both say, the same every night until the data change. Person
   numbers and anchors as before link_merge joins records. */
uint64_t link_question(const struct link *l, const struct loose_table *t, const struct candidate *c);
uint64_t link_question_of(const struct link *l, size_t source, struct str name, struct str raw, const struct said *s, uint32_t p);
enum review_decision link_reviewed(const struct link *l, uint64_t question);

/* link_match.c: who each entry may be, compared with every register row that may be theirs. Sorted by entry and person. */
enum status link_find_candidates(struct link *l, struct loose_table *t, candidate_list *out, struct err *err) MUST_CHECK;
/* link_want.c, with l->want: is the row wanted; the entry added last is of one; the person wanted, NO_PERSON; what the weighed list says of them. */
bool link_wants_row(const struct link *l, uint32_t input, uint64_t row);
void link_want_entry(struct link *l, const struct loose_table *t);
uint32_t link_want_other(const struct link *l);
void link_want_take(struct link *l, const struct loose_table *t, const candidate_list *list);
/* link_merge.c: whether what agrees may decide without people; bits of enum made_because. */
bool link_may_decide(const struct candidate *c);
uint16_t link_because(const struct candidate *c);
/* link_rounds.c: before they are weighed, what the households of sure persons say. */
enum status link_households_vote(struct link *l, const struct loose_table *t, candidate_list *list, struct err *err) MUST_CHECK;
/* link_weigh.c: weight and probability of each, by a model. */
void link_weigh(const struct link *l, const struct loose_table *t, const struct model *m, candidate_list *list);
unsigned link_name_level(uint8_t likeness); /* enum name_likeness -> enum name_level of matchers/compare.h */
/* link_train.c, link_estimate.c: a model from tonight's rows; see link_train.h. The list is weighed with it afterwards. */
enum status link_train(struct link *l, const struct loose_table *t, candidate_list *list, struct link_training *out, struct err *err) MUST_CHECK;
enum status link_estimate(const struct link *l, const struct loose_table *t, candidate_list *list, const struct link_table *table, struct link_training *out,
                          struct err *err) MUST_CHECK;
unsigned candidate_level(const struct candidate *c, enum link_field f); /* as in the model */
/* link_watch.c: how the candidates of each way to meet look, weighed; and whether that is as it was when the model was trained: figure link_drift. */
void link_watch_fill(const candidate_list *list, int32_t threshold, struct model *m);
enum status link_watch(const struct link *l, const candidate_list *list, struct err *err) MUST_CHECK;
/* link_remodel.c: rows that the model of the night before would have put elsewhere. link_then: who each entry would have been put to by it, NULL when the model
   is the same or there was none; the caller frees it. link_note_remodeled after link_merge. */
enum status link_then(struct link *l, const struct loose_table *t, candidate_list *list, uint32_t **out_person, struct err *err) MUST_CHECK;
void link_note_remodeled(struct link *l, const struct loose_table *t, const uint32_t *then, const uint32_t *now);
/* link_merge.c: the person each entry is put to as weighed, NO_PERSON for none. */
void link_choose(struct link *l, const struct loose_table *t, const candidate_list *list, uint32_t *out_person);
/* link_merge.c: decides, fills l->made, l->doubt and l->now, and lets persons go that turned out to be others. */
void link_merge(struct link *l, const struct loose_table *t, const candidate_list *list);

#endif
