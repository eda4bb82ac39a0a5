/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers one slip away from a damaged resident id: the residue solver.

   GB 11643 takes the 18 characters as digits a0..a17 (X is 10) and asks that sum(a[i] * 2^(17-i)) be 1 modulo 11 (ISO 7064, MOD 11-2). A wrong sum proves a
   slip and measures it: a single wrong character at place i must have been a[i] + (1 - sum) / 2^(17-i), so every place has at most one repair, and no
   neighbourhood of the known numbers need be indexed: some twenty numbers are computed and looked up. The same holds for a lost character (solved for at each
   place) and an extra one (left out at each place). What the sum cannot see is tried too: two characters ten places apart change places without a trace
   (2^10 is 1 modulo 11), a spreadsheet rounds the last digits away, and the fifteen digits of 1989 have no check at all.

   Proposals are numbers with a right check character and a birth date that exists, never the number itself, each once, in order of kind and place. Which of them is meant, if any, is for other fields to say. Pure code: no state, no allocation. */
#ifndef MOPAI_MATCHERS_REPAIR_H
#define MOPAI_MATCHERS_REPAIR_H

#include "base/core/str.h"

enum repair_kind {
    REPAIR_NONE,
    REPAIR_DIGIT,    /* one character is wrong, or is none a number has */
    REPAIR_SWAP,     /* two neighbours changed places */
    REPAIR_LOST,     /* one character is missing */
    REPAIR_EXTRA,    /* one character too many */
    REPAIR_TAIL,     /* a spreadsheet kept fifteen digits, or rounded to a double */
    REPAIR_OLD,      /* one slip in the fifteen digits of 1989 */
    REPAIR_SWAP_TEN, /* two characters ten places apart changed places */
    REPAIR_KIND_COUNT
};
const char *repair_kind_text(enum repair_kind k); /* for people: 一位写错 ... */

struct repair {
    uint64_t id;  /* usable, as ident_parse gives it (IDENT_RESIDENT) */
    uint8_t kind; /* enum repair_kind */
    uint8_t at;   /* place in the number as written, from 1; of a swap the first; of a lost character where it belongs */
};
#define REPAIR_MAX 176

/* Proposals for a cell: `word` as ident_parse (or certificate_parse) gave it, `raw` the cell where the word does not hold the characters (IDENT_UNUSABLE);
   blank otherwise. Words that are blank, valid, tokens or permits have none, nor have placeholders, phones, dates, masked numbers. Returns how many. */
size_t repair_propose(uint64_t word, struct str raw, struct repair out[REPAIR_MAX]);
/* A valid number nobody has: what it was if two characters ten places apart changed places, or before a spreadsheet made the end 000; of upgraded fifteen
   digits, what one slip would explain. */
size_t repair_propose_valid(uint64_t id, struct repair out[REPAIR_MAX]);

#endif
