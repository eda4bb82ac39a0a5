/* SPDX-License-Identifier: Apache-2.0 */
/* Which pairs are looked at: rows that agree on a recipe, one to three transformed fields. A pair is emitted by the first recipe that brings it together and
   by no other, without a table of pairs or of blocks: recipe k emits unless the two rows agree on a recipe before k too (Splink's rule). Whether they do is
   read from the keys of their values, one array for each transform of a dictionary.

   A block larger than the cap is split by the recipe's spare key; what is still too large is left out and counted as lost. Blocks are found by sorting
   32-bit hashes of keys: two keys that collide share a block, which costs comparisons, seldom one of them twice, and never a link. */
#ifndef MOPAI_MATCHERS_BLOCK_H
#define MOPAI_MATCHERS_BLOCK_H

#include "matchers/table.h"

enum transform {
    BY_VALUE,      /* the whole value */
    BY_SOUND,      /* how a name sounds: pinyin without tones, phonetic key of Latin */
    BY_INITIALS,   /* first letters of the syllables; first letter of Latin */
    BY_CHARACTERS, /* of a Chinese name, whatever their order */
    BY_SURNAME,    /* of a Chinese name */
    BY_GIVEN,      /* what follows it */
    BY_HEAD,       /* the first four characters; six of an id */
    BY_TAIL,       /* the last four characters of a code or phone */
    BY_MIDDLE,     /* characters 7 to 14 of an id: its birth date */
    BY_YEAR,
    BY_YEAR_MONTH,
    BY_MONTH_DAY,
    BY_NUMBERS,    /* all digits of an address */
    BY_COUNT
};
const char *transform_word(enum transform t); /* "sound" */
bool transform_from_word(struct str word, enum transform *out_transform);
/* The key of a value, 0 when it has none. Equal for equal canonical texts in any run. */
uint32_t transform_key(const struct dict *d, uint32_t value, enum transform t);
/* Further keys of a value: the other ways to read a Chinese name (BY_SOUND; 单 is shan and dan, 解 xie and jie). A row stands in a block of each. */
#define TRANSFORM_MORE (NAME_SOUND_KEYS - 1)
unsigned transform_more_keys(const struct dict *d, uint32_t value, enum transform t, uint32_t out[TRANSFORM_MORE]);

struct recipe_part {
    uint8_t field, transform;
};
#define RECIPE_PARTS 3
#define RECIPES_MAX  32
struct recipe {
    unsigned n;                        /* 0: all rows in one block (small tables), never capped */
    struct recipe_part part[RECIPE_PARTS];
    struct recipe_part spare;             /* splits what is over the cap */
    bool has_spare;
};
void recipe_print(const struct link_table *t, const struct recipe *r, struct strbuf *out); /* "surname.sound+dob.year/city" */

struct block_options {
    uint32_t cap;       /* rows of a block, 0: no cap */
    unsigned threads;   /* 0 or 1: none */
    uint64_t total_pairs; /* most pairs of all recipes together, the loosest are left out whole: recipes planned for a smaller table; 0: no limit */
};
struct block_report {   /* per recipe */
    uint64_t pairs;     /* that it brings together, whether or not an earlier one did */
    uint64_t lost;      /* pairs of blocks left out */
    uint32_t blocks, largest, split, dropped;
    bool left_out;      /* the whole recipe, for total_pairs; its pairs are in `lost` */
};
struct block_list {     /* blocks of one recipe: rows[start[i] .. start[i + 1]), two or more rows each, rows ascending */
    uint32_t *rows, *start;
    uint32_t *key;      /* of each block, where a row may stand in several; else NULL */
    uint32_t n;
    uint8_t *split, *dropped; /* a bit a row: its block was split by the spare key; it stands in none for the cap. NULL: no row's was */
};
struct part_keys {      /* of a transform of a dictionary */
    uint8_t dict, transform;
    uint32_t *keys;     /* [values]; BY_VALUE: let go of once blocks are made, equal values say the same */
    struct more_key {
        uint32_t value, key;
    } *more;            /* further keys, by value */
    size_t n_more;
};
struct blocks {
    const struct link_table *table;
    struct recipe recipe[RECIPES_MAX];
    struct block_report report[RECIPES_MAX];
    struct block_list list[RECIPES_MAX];
    struct part_keys parts[RECIPES_MAX * (RECIPE_PARTS + 1)];
    unsigned n_parts;
    uint8_t part_of[RECIPES_MAX][RECIPE_PARTS + 1]; /* of each part of a recipe, the last of its spare key */
    unsigned n_recipes;
};
/* Sorts every row into blocks. *out is overwritten. */
void blocks_make(const struct link_table *t, const struct recipe *recipes, unsigned n, const struct block_options *o, struct blocks *out);
void blocks_let_go(struct blocks *b); /* of everything but recipes and reports: no pairs are wanted any more */
void blocks_release(struct blocks *b);
/* Pairs a recipe would bring together, without keeping blocks: what --plan prints and the choice of recipes rests on. */
struct block_report block_forecast(const struct link_table *t, const struct recipe *r, uint32_t cap);

struct pair {
    uint32_t a, b; /* a < b */
};
#define PAIR_BATCH 1024
/* Gets up to PAIR_BATCH pairs at a time. */
typedef void (*pair_sink)(void *ctx, const struct pair *pairs, size_t n);
enum pair_choice { PAIRS_FIRST, PAIRS_EVERY }; /* those no earlier recipe emits; all of the recipe */
/* Pairs of the blocks first .. last - 1 of a recipe, only those link_allowed. */
void blocks_pairs(const struct blocks *b, unsigned recipe, uint32_t first, uint32_t last, enum pair_choice choice, pair_sink sink, void *ctx);

#endif
