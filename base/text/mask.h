/* SPDX-License-Identifier: Apache-2.0 */
/* The one masker: what is shown of a value that says who somebody is, in messages, reports, exports and SQL, when nobody asked for it to be revealed. What
   stays is the head alone: with a birth date beside it and the district known, any digit of an identifier's tail would cut the candidates to a handful. */
#ifndef MOPAI_TEXT_MASK_H
#define MOPAI_TEXT_MASK_H

#include "base/core/arena.h"

enum mask_kind {
    MASK_NONE,    /* as it is */
    MASK_ID,      /* 1201************** : four characters of fifteen and more, one of eight and more, else none */
    MASK_NAME,    /* 李** : the first character, of a single one none */
    MASK_PHONE,   /* 138******** : three characters of seven and more */
    MASK_ADDRESS, /* every digit: the street stays, the door goes. Numerals written out (三号) stay, they also stand in names of villages */
    MASK_UNKNOWN, /* a cell in which anything may stand: the first character of four and more, at most twelve stars */
    MASK_WHOLE,   /* **** , whatever its length */
    MASK_RUNS     /* free words: of every run of eleven digits and more three stay (identifiers, phones, accounts) */
};
/* Appends; "" stays "". Valid UTF-8 in, valid UTF-8 out. */
void mask_add(enum mask_kind kind, struct str s, struct strbuf *out);
/* The same in an arena; the text itself when nothing had to be hidden. */
struct str mask_text(enum mask_kind kind, struct str s, struct arena *a);
/* How many characters of a text of `length` stay: for what is no text yet (a packed identifier). */
size_t mask_shown(enum mask_kind kind, size_t length);

#endif
