/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the link stage; nobody else includes this. Persons are arrays by person number (order of first sight in manifest order) until
   link_write sorts them; everything is bounded by persons, rows stream. */
#ifndef MOPAI_PIPELINE_LINK_PRIVATE_H
#define MOPAI_PIPELINE_LINK_PRIVATE_H

#include "base/core/map.h"
#include "base/core/vec.h"
#include "base/text/area.h"
#include "base/text/fold.h"
#include "matchers/household.h"
#include "pipeline/link_how.h"
#include "pipeline/link_model.h"
#include "pipeline/night.h"
#include "pipeline/population.h"
#include "pipeline/row_reader.h"

#define NO_PERSON UINT32_MAX
#define NO_INPUT  UINT32_MAX

struct where { /* a record */
    uint32_t input, row;
};
/* The same in 32 bits, for arrays by person: the records of a night are numbered through, those of an input from a multiple of RECORD_PAGE on. */
typedef uint32_t record_no;
#define NO_RECORD   UINT32_MAX
#define RECORD_PAGE 65536u

enum kept { KEPT_NAME, KEPT_SEX, KEPT_BIRTH, KEPT_DEATH, KEPT_ADDRESS, KEPT_HUKOU_ADDRESS, KEPT_PHONE, KEPT_AREA, KEPT_COUNT };

enum person_flag {
    PF_PRESENT = 1,     /* a register in force has them, not as one who left */
    PF_MADE_APART = 2,  /* held apart from the holder of their id */
    PF_CONTESTED = 4,   /* several name groups claim the id */
    PF_SUSPECT = 8,
    PF_AWAY = 16,
    PF_LEFT = 32,       /* a register says they left */
    PF_DEAD = 64,       /* the death counts */
    PF_DISAGREE = 128   /* sources disagree about them */
};

struct lane { /* one configured attribute of persons */
    int attr;
    int32_t *v32;       /* enum, date, flag: INT32_MIN none */
    int64_t *v64;       /* money, integer: INT64_MIN none */
    uint64_t *mask[4];  /* sets: one a source, in order of `from` */
    int mask_source[4];
    size_t n_masks;
    record_no *from;
    int32_t *when;      /* date that decides which record is newest; NULL: the data date */
    uint8_t *item;      /* index into attr->from of the winner; NULL: there is one */
};

struct unit_row {
    uint32_t unit;      /* number within its rank, NO_UNIT */
    record_no from;
    uint16_t relation;  /* index into link->relations */
    bool head, left;
};

struct death { /* what is said of one person */
    uint32_t person;
    int32_t day, sure;  /* earliest day, of the authoritative sources apart; DAY_MISSING. When it counts `day` is the day */
    record_no from;
    uint64_t in;        /* bit s: source s says dead */
};

struct gone { /* a person no register has any more, and the record they were last seen in */
    uint32_t person;
    size_t source;
    daynum date;        /* of the delivery that does not have them any more */
    int64_t file, row;
};

struct sighting { /* a record that went from a register or came to it */
    daynum date;        /* of the newer delivery */
    int64_t file, row;
    uint64_t anchor;
    uint32_t person;    /* NO_PERSON: nobody of tonight */
    uint64_t trait;     /* of the record, see link_became.c */
};
typedef VEC(struct sighting) sighting_list;

struct became { /* a person of tonight who was known by a record without identifier */
    uint32_t person;
    uint64_t record;    /* anchor */
};

struct conflict {
    struct where from;
    uint32_t holder, apart; /* person numbers; NO_PERSON for an event row */
};

struct joined { /* a record that was a person of its own until it was found to be another's */
    uint64_t anchor;
    uint32_t person;
    uint8_t source;     /* of the record */
    bool known;         /* the record was there last night */
};

enum entity_change { ENTITY_MERGED, ENTITY_SPLIT, ENTITY_MOVED };
struct entity_event {   /* ids; see ledger table entity_event */
    enum entity_change change;
    char kind;          /* P or H */
    uint64_t entity, from, to;
};

struct follow {         /* a warning that is about somebody else from tonight on */
    int64_t warning_no;
    uint64_t from, to;
    enum entity_change cause;
};

struct visited { /* a row that a visit found to be another person's */
    uint64_t question, anchor;
    int64_t warning_no;
    struct str reviewer, file;
    daynum day;
};

struct remodeled { /* a row that the model of the night before would have put elsewhere */
    struct where from;
    uint32_t then, now; /* persons, NO_PERSON */
    uint32_t self;      /* whom a register row is of its own */
};

struct made { /* a row that its number alone does not place */
    struct where from;
    uint32_t person;
    struct link_made by;
};

struct link {
    struct night *night;
    const struct people *people;
    const struct sources *sources;
    const struct area_set *areas;
    uint32_t n;
    size_t cap;
    struct map64 by_id;       /* identifier or record anchor -> person; of several name groups the first of the chain */
    /* --- identity, by person --- */
    uint64_t *anchor;
    VEC(uint64_t) ids;        /* of the few whose id is not their anchor, by id_at: link_id */
    struct map64 id_at;
    uint64_t *older;          /* NULL: nobody has an older anchor */
    uint64_t *record;         /* least record hash of the source that first showed them */
    uint64_t *seen;           /* bit s: a record of source s */
    int64_t tokens_met, tokens_alone; /* see link_count_tokens */
    uint32_t *name_at;        /* into names; 0: no name */
    uint32_t *sibling;        /* next name group of the same id */
    uint8_t *first_source, *flags;
    struct strbuf names;      /* length byte, then the name */
    /* --- survivors --- */
    uint8_t *sex;
    int32_t *birth;
    VEC(struct death) deaths; /* few have one: found by death_at, after link_form_homes only of those who are flagged */
    struct map64 death_at;
    VEC(uint64_t) disagree;   /* of those flagged, by disagree_at: bit a: sources disagree on configured attribute a; top bits for sex and birth */
    struct map64 disagree_at;
    uint32_t *records;
    int32_t *street, *community;
    uint8_t *area_basis;
    int32_t *hukou_street, *hukou_community;
    uint64_t *place;          /* hash of the folded address; NULL when addresses form no households */
    uint64_t *covers;
    record_no *field[KEPT_COUNT]; /* NULL for what no source of the night tells, and for deaths */
    uint32_t *first_page;     /* by input, in pages of record numbers */
    uint32_t *input_of;       /* by page */
    struct unit_row *unit[UNIT_RANKS]; /* of the ranks in use */
    struct lane *lanes;
    size_t n_lanes;
    /* --- units and relations --- */
    struct map64 unit_number[UNIT_RANKS];
    VEC(uint64_t) unit_id[UNIT_RANKS];
    struct strmap relations;  /* 0: "" */
    /* --- households --- */
    struct household_output homes; /* numbered in the order in which they are written, from the end of link_form_homes on */
    uint64_t *home_id;
    int32_t *home_street, *home_community;
    uint8_t *home_area_basis;
    uint32_t *home_first;     /* [n_households + 1] into `sorted`; the head comes first */
    uint32_t *sorted;         /* persons, household by household: row of persons.seg -> person number */
    uint32_t *unit_then[UNIT_RANKS]; /* units last night; NULL on the first night */
    uint8_t *living_then, *new_tonight;
    uint64_t *before;         /* natural household id last night, 0: was not there */
    /* --- results --- */
    uint32_t *row;            /* person number -> row of persons.seg */
    uint32_t first_gone;      /* persons from here on are in no register */
    VEC(struct gone) gone;
    VEC(struct became) became;
    VEC(struct joined) joined;       /* sorted by anchor */
    VEC(struct entity_event) events; /* sorted */
    VEC(struct follow) follows;      /* by warning number */
    VEC(struct conflict) conflicts;
    VEC(struct made) made;    /* sorted by row */
    VEC(struct made) doubt;   /* rows and persons for people to decide about, sorted by row; each stays what it is */
    struct link_want *want;   /* NULL in a night; see link_want.h */
    VEC(uint32_t) wanted;     /* entries of the wanted rows */
    VEC(struct made) apart;   /* rows that are not the person's whose they might be, as people said, sorted by row */
    VEC(struct remodeled) remodeled; /* sorted by row */
    struct map64 reviews;     /* question -> enum review_decision */
    struct map64 visited;     /* anchors of persons whose rows a visit found to be another person's */
    VEC(struct visited) visits; /* what visits since last night found */
    uint32_t *now;            /* person numbers of the provisional links -> numbers in force; NULL: they are the same */
    uint64_t twice;    /* rows not put to a person whose row the same register has already */
    uint64_t pairs_lost; /* left out because too many unsure rows share a key */
    int64_t *linked, *unlinked; /* by source */
    struct id_alias *new_persons, *new_homes;
    size_t n_new_persons, n_new_homes;
};

/* link.c: the numbers of records. */
static inline record_no link_record(const struct link *l, uint32_t input, uint64_t row)
{
    return l->first_page[input] * RECORD_PAGE + (uint32_t)row;
}
static inline uint32_t link_record_input(const struct link *l, record_no r)
{
    return l->input_of[r / RECORD_PAGE];
}
static inline struct where link_where(const struct link *l, record_no r)
{
    uint32_t input = link_record_input(l, r);
    return (struct where){input, r - l->first_page[input] * RECORD_PAGE};
}
static inline record_no link_kept(const struct link *l, enum kept f, uint32_t p)
{
    return l->field[f] ? l->field[f][p] : NO_RECORD;
}
/* The id that lasts; from link_form_homes on. */
static inline uint64_t link_id(const struct link *l, uint32_t p)
{
    uint32_t at = map64_get(&l->id_at, p);
    return at == MAP_NONE ? l->anchor[p] : l->ids.v[at];
}
/* NULL: nobody says they are dead. */
static inline struct death *link_death(const struct link *l, uint32_t p)
{
    uint32_t at = map64_get(&l->death_at, p);
    return at == MAP_NONE ? NULL : &l->deaths.v[at];
}

struct row_ids;
/* link_persons.c: who there is. Pass A over the registers. */
enum status link_find_persons(struct link *l, struct err *err) MUST_CHECK;
uint32_t link_add_person(struct link *l, uint64_t anchor);
void link_keep_name(struct link *l, uint32_t p, struct str name);
uint64_t link_record_hash(uint64_t salt, uint64_t key, uint64_t content);
uint64_t link_record_anchor(const struct row_ids *ids, const struct row_reader *r, size_t i);
struct str link_name(const struct link *l, uint32_t p);
struct row_ids {
    uint32_t input;
    size_t source;
    int id, name;
    bool registers;
    uint64_t salt; /* of the source, for record anchors */
};
void link_row_ids(const struct link *l, size_t source, uint32_t input, struct row_ids *out); /* input NO_INPUT: rows of an earlier delivery */
/* The person of row i of the block, NO_PERSON for 未归人; *out_name (may be NULL): how the name goes with that of the person, NAME_UNKNOWN when the row is not theirs
   by number. */
uint32_t link_person_of_row(const struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t i, enum name_verdict *out_name);
/* The same of rows from .. from + n - 1, at most ROWS_AHEAD: what they need is asked for before the first of them is looked at. */
#define ROWS_AHEAD 32
struct row_person {
    uint32_t person, first; /* first: who holds the number; another one than the person: they are in conflict */
    enum name_verdict name;
};
void link_persons_of_rows(const struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t from, size_t n, struct row_person *out);

/* link_token.c: the tokens of the identifiers of persons from..n are known from here on; 0 begins anew. Nothing without the secret. */
void link_know_tokens(struct link *l, uint32_t from);
bool link_source_tokens(const struct source *s); /* person.id holds tokens */
/* Persons of registers of tokens who have a number, and who have none: counted while it is known who was seen where, written as figures tokens_met and
   tokens_alone where there are such registers. */
void link_count_tokens(struct link *l);
enum status link_write_tokens(const struct link *l, struct err *err) MUST_CHECK;

/* link_rows.c: every row of every input to its person: by number, then by what it says (link_match.c, link_weigh.c, link_merge.c). */
enum status link_rows_find(struct link *l, struct err *err) MUST_CHECK;
struct part { /* the persons of the rows of one input; a block is kept */
    const struct link *l;
    uint32_t input;
    struct seg_reader *seg;
    size_t block;
    int32_t *v;
};
#define AUTO_PART struct part CLEANUP(link_part_close)
enum status link_part_open(struct part *p, const struct link *l, uint32_t input, struct err *err) MUST_CHECK;
void link_part_close(struct part *p); /* {0} is fine */
enum status link_part_rows(struct part *p, uint64_t first, size_t n, int32_t *out, struct err *err) MUST_CHECK;

/* link_review.c: what people said of the questions of earlier nights. */
enum status link_read_reviews(struct link *l, struct err *err) MUST_CHECK;
/* link_visited.c: what visits found since the night before: rows of another person. */
enum status link_read_visits(struct link *l, struct err *err) MUST_CHECK;
enum status link_write_visits(const struct link *l, struct err *err) MUST_CHECK;
/* Whether a visit found that this row is not of person p, whose number and name it bears. */
bool link_said_apart(const struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t i, uint32_t p);

/* link_values.c, link_attrs.c: pass B over all inputs: what survives. */
void link_make_lanes(struct link *l);
enum status link_read_values(struct link *l, struct err *err) MUST_CHECK;
/* For rows of earlier deliveries: who had left as of a day, who was said to be dead, and the number of the unit a row names (NO_UNIT). */
void link_want_units(const struct link *l, size_t source, struct row_reader *r);
void link_rows_left(const struct link *l, size_t source, const struct row_reader *r, daynum as_of, uint8_t *left);
void link_rows_dead(const struct link *l, size_t source, const struct row_reader *r, uint8_t *dead);
int link_unit_rank(const struct link *l, enum unit_kind kind);
uint64_t link_natural_unit(const struct source *src, const struct row_reader *r, size_t i); /* 0 when the number is blank */
uint32_t link_unit_of_row(struct link *l, size_t source, const struct row_reader *r, size_t i);
const char *link_part_path(struct arena *a, const struct link *l, size_t input);
/* True when record `b` is to be preferred over `a` for a field of identity. */
bool link_identity_better(const struct link *l, record_no b, record_no a);
/* Notes that sources disagree about a person. */
void link_disagree(struct link *l, uint32_t p, unsigned bit);

/* link_places.c: where persons live, by their addresses, and which sources speak about them. */
enum status link_find_places(struct link *l, struct err *err) MUST_CHECK;
void link_find_covers(struct link *l);

/* link_gone.c: who disappeared within the time people.yaml keeps them or has an open warning, and link_then.c: where everybody lived last night. */
enum status link_find_gone(struct link *l, struct err *err) MUST_CHECK;
enum status link_place_gone(struct link *l, struct err *err) MUST_CHECK; /* the units they were last seen in */
enum status link_find_then(struct link *l, struct err *err) MUST_CHECK;

/* Path of the segment of a file of an earlier delivery; NULL when the ledger knows no such file. */
enum status link_file_segment(struct link *l, size_t source, int64_t file, struct arena *a, const char **out_path, struct err *err) MUST_CHECK;

/* link_became.c: of `went` (no identifier) those who are in `came` under one get `person`, and are noted; then whose id they take over. Lists are sorted anew. */
enum status link_find_became(struct link *l, size_t source, sighting_list *went, sighting_list *came, struct err *err) MUST_CHECK;
void link_take_over_records(struct link *l);

/* link_homes.c: deaths that count, households, heads, areas handed on inside a household. */
void link_household_policy(const struct link *l, struct household_input *in); /* who is taken in, and the limits */
enum status link_form_homes(struct link *l, struct err *err) MUST_CHECK;
static inline int link_home_rank(const struct link *l, uint32_t home) /* rank of the unit, -1 */
{
    return l->homes.rank[home] < UNIT_RANKS ? l->homes.rank[home] : -1;
}
static inline enum person_state link_state(const struct link *l, uint32_t p)
{
    return l->flags[p] & PF_DEAD ? PERSON_DEAD : l->flags[p] & PF_PRESENT ? PERSON_PRESENT : PERSON_GONE;
}
static inline enum member_kind link_member(const struct link *l, uint32_t p)
{
    return l->flags[p] & PF_DEAD ? MEMBER_DEAD : l->flags[p] & PF_PRESENT ? MEMBER_LIVING : MEMBER_FORMER;
}
/* The ledger's exceptions to "a person's id is its anchor", sorted by anchor. */
enum status link_person_aliases(const struct link *l, struct arena *a, struct id_alias **out, size_t *out_n, struct err *err) MUST_CHECK;

/* link_moves.c: what became of persons and of households since last night; new aliases for records that stand under another's id. Aliases as the nights
   before left them. */
void link_person_moves(struct link *l, const struct id_alias *aliases, size_t n);
void link_home_moves(struct link *l, const struct id_alias *aliases, size_t n);
struct joined *link_joined(struct link *l, uint64_t anchor); /* NULL: not joined with anybody */
const char *link_change_word(enum entity_change c);          /* as in the ledger */
/* link_follow.c: which warnings follow whom (pipeline/link_moves.h). Before the search tables are dropped. */
/* The row of any file the ledger knows, with what is said of the person in memory. */
struct told_row {
    bool found;
    struct row_ids ids;
    size_t i;           /* of the reader's block */
};
enum status link_told_row(struct link *l, int64_t file, uint64_t row, struct row_reader *r, struct told_row *out, struct err *err) MUST_CHECK;
enum status link_find_follows(struct link *l, struct err *err) MUST_CHECK;

/* link_merge.c: does the source hold every person once? A register known by its numbers alone. */
bool link_once(const struct source *s);

/* link_expect.c: figures link_twice, link_pairs_lost, link_made, link_asked, link_false, link_missed (rows), the last two with _low and _high. */
enum status link_write_expected(const struct link *l, struct err *err) MUST_CHECK;

/* link_remodel.c: night.db link_remodeled, figure link_remodeled (rows). Persons have their rows. */
enum status link_write_remodeled(const struct link *l, struct err *err) MUST_CHECK;

/* link_bases.c: figures basis_differs_*: households that another basis sees otherwise. */
enum status link_write_bases(const struct link *l, struct err *err) MUST_CHECK;

/* link_write.c */
enum status link_write(struct link *l, struct err *err) MUST_CHECK;

#endif
