/* SPDX-License-Identifier: Apache-2.0 */
/* The search for whom unsure rows may be, between link_match.c (keys, the course of it), link_meet.c (which entries a row meets) and link_pairs.c (comparing).
   Rows stream past block by block; each block goes through four steps, each shared among threads:
        names      of the block's dictionary, prepared once            by stretches of the dictionary
        meeting    rows -> pairs (row, entry), sorted into parts       by stretches of rows
        values     what only some rows are asked for                   by fields: each dictionary is filled by one thread
        comparing  pairs -> candidates                                 by parts: entries that lie together, small enough for a processor's own cache
   What becomes of an entry depends on the order in which rows meet it, and on nothing of other entries: a part takes its pairs in the order of rows, so that
   the candidates are the same whatever the number of threads. */
#ifndef MOPAI_PIPELINE_LINK_SEARCH_H
#define MOPAI_PIPELINE_LINK_SEARCH_H

#include "pipeline/link_keys.h"
#include "pipeline/link_stream.h"

#define WANTED UINT8_MAX /* instead of a slip: compared because link_want.h wants it */
#define UNITS  4         /* a person stands in three kinds of units, sometimes in two of a kind */

enum { PARTS = 32, STRETCH = 4096, STRETCHES = (SEG_BLOCK_ROWS + STRETCH - 1) / STRETCH };

struct meeting { /* a row of the block meets an entry */
    uint32_t loose;
    uint16_t row;
    uint8_t way, slip;
};

struct stretch { /* of the rows of a block: what they meet, in order */
    VEC(struct meeting) met[PARTS];
    VEC(uint64_t) housed;
    uint64_t pairs[WAY_COUNT], lost[WAY_COUNT];
    struct strbuf scratch;
};

struct search_part { /* entries that lie together, and whom they may be */
    candidate_list list;
    VEC(uint64_t) units_of; /* UNITS a candidate: units it was met in */
    struct map64 at;        /* entry and person -> candidate */
    uint64_t *known;        /* a bit for each key of `at`, by its hash, of search.known_bits: most pairs that are only counted are not in it */
};

struct memo { /* what a name meets */
    uint32_t first[NAME_KEYS]; /* MAP_NONE */
    struct name_form form;
};

enum mark { MARK_PERSON = 1, MARK_HOLDER = 2 }; /* by number some entry may be them; somebody else's row bears their number */

#define ASKED_NAMESAKE 128 /* the row is of the source that showed its person first, who has a number: one bearer of the name, counted once */

struct search {
    struct link *l;
    struct loose_table *t;
    VEC(struct name_form) forms; /* of the names of entries */
    struct keys names, sounds, units, habits; /* name as folded; as it sounds; natural unit; source and habit */
    struct keys persons;  /* person -> entries that may be them by number */
    struct keys numbers;  /* number one slip away from that of a record person -> the record's entries */
    uint8_t *marks;       /* by person */
    uint8_t *has;         /* by entry: bits of the fields it has a prepared value of */
    uint8_t says;         /* bits of the fields that any entry says something of */
    struct map64 housed;  /* holder and unit */
    unsigned shift;       /* entry >> shift is its part */
    size_t known_bits;    /* of a part; a power of two */
    struct search_part part[PARTS];
    uint64_t pairs[WAY_COUNT], lost[WAY_COUNT];
    /* --- of the block at hand --- */
    size_t source;
    const struct row_reader *r;
    const int32_t *person;
    struct memo *memo;    /* by code of the name column */
    size_t cap_memo;
    struct said *said;    /* by row: of those that meet somebody */
    uint8_t *asked;       /* by row: bits of the fields whose value is wanted, and ASKED_NAMESAKE */
    struct stretch *stretch;
    uint32_t *births;     /* year, month and day -> value */
};

/* Days from SEARCH_YEAR on, by year, month and day of the month. */
#define SEARCH_YEAR 1850
#define SEARCH_DAYS (256u << 9)

static inline uint64_t habit_key(uint8_t source, uint64_t habit)
{
    return habit ? hash_mix(habit + source) : 0;
}

/* link_meet.c */
void search_want(const struct search *s, struct row_reader *r); /* the columns that say something some entry says too */
void search_block(struct search *s, struct stream *rows);       /* all four steps */
void search_take_stretches(struct search *s);                   /* what was counted */

/* link_pairs.c */
void part_compare(struct search *s, unsigned part);
void part_finish(struct search *s, unsigned part); /* no pair comes any more: housemates; sorted by entry and person */

#endif
