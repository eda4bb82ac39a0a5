/* SPDX-License-Identifier: Apache-2.0 */
/* Who lives as one household tonight, and which household of last night it is. Pure code over arrays: no I/O, no clock. Every result depends on the
   set of persons and units, not on their order; household numbers follow the order of persons.

   A person belongs to the first of its units in order of basis (保障户, 户籍户, 参保家庭). A 保障户 takes in the other persons of its 户籍户. Of several in one book
   the one with most living members of that book does (ties: the smaller natural id); those of one living member live with it, those of more stay apart. Who
   belonged to a 保障户 that no living member is left of goes by the 户籍户. Units with more living members than the limit are collective and form nothing. Who
   has no unit lives with others of the same address, if they are few; else alone. */
#ifndef MOPAI_MATCHERS_HOUSEHOLD_H
#define MOPAI_MATCHERS_HOUSEHOLD_H

#include "base/core/compiler.h"

#define UNIT_RANKS   3
#define NO_UNIT      UINT32_MAX
#define NO_HOUSEHOLD UINT32_MAX

struct household_input {
    uint32_t n;                        /* persons */
    const uint64_t *anchor;            /* [n] */
    const uint8_t *living;             /* [n] 1: living and present; others are placed but count for nothing */
    const uint64_t *place;             /* [n] hash of the folded address, 0: none known; NULL: nobody is placed by address */
    const uint32_t *unit[UNIT_RANKS];  /* [n] number of the person's unit of that rank, NO_UNIT; NULL: the rank is not used */
    const uint64_t *unit_id[UNIT_RANKS]; /* natural id (IDENT_UNIT) of each unit */
    uint32_t n_units[UNIT_RANKS];
    int take_to, take_from;            /* ranks of 保障户 and 户籍户; -1: nobody is taken in */
    uint32_t unit_limit, address_limit;
};

/* HOW_UNIT: by a unit of the household's rank, its own or one that lives with it. */
enum household_how { HOW_UNIT, HOW_TAKEN_IN, HOW_ADDRESS, HOW_ALONE };
struct household_output { /* arrays allocated with malloc; household_output_release */
    uint32_t *household;  /* [n] 0 .. n_households - 1 */
    uint8_t *how;         /* [n] enum household_how */
    uint64_t *natural;    /* [n_households] IDENT_UNIT, IDENT_PLACE or IDENT_ALONE */
    uint8_t *rank;        /* [n_households] rank of the unit; UNIT_RANKS: address, UNIT_RANKS + 1: alone */
    uint32_t n_households;
};
void households_form(const struct household_input *in, struct household_output *out);
void household_output_release(struct household_output *o);

/* --- stable ids --------------------------------------------------------------------------------------------------------- */

struct id_alias {
    uint64_t natural, id;
};
/* Last night's households are known by the natural id each of tonight's persons stood under then (0: was not there) and by the ledger's aliases, which
   say what a natural id is called when not by itself. A household keeps the id of the old one that gave it most members; each old id goes to one household,
   most members first, ties to the household that is still called so, then to the smaller id. A household whose own name is taken gets a new one. */
struct household_names {
    uint32_t n, n_households;
    const uint32_t *household; /* [n] tonight */
    const uint64_t *natural;   /* [n_households] tonight */
    const uint64_t *before;    /* [n] natural id last night, 0; NULL on the first night */
    const struct id_alias *aliases; /* sorted by natural */
    size_t n_aliases;
};
/* out_id[n_households]. *out_new: aliases to be written with the night, sorted by natural, malloc'ed. */
void households_name(const struct household_names *in, uint64_t *out_id, struct id_alias **out_new, size_t *out_n);

/* Persons: the id is the anchor unless an alias says otherwise; older[i] (0: none) is a former anchor of the same person, whose id goes on. Two persons never
   share an id: the one whose anchor it is keeps it, else the smaller anchor. */
void persons_name(uint32_t n, const uint64_t *anchor, const uint64_t *older, const struct id_alias *aliases, size_t n_aliases, uint64_t *out_id,
                  struct id_alias **out_new, size_t *out_n);

#endif
