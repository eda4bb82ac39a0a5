/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a column that says who somebody is, when nobody asked for it to be revealed. Views live in `a`; empty stays empty. */
#ifndef MOPAI_SQL_MASK_H
#define MOPAI_SQL_MASK_H

#include "base/core/arena.h"

#define MASK_WHOLE "****"

struct str hide_name(struct arena *a, struct str s);    /* 李** : the first character, and one star for each other */
struct str hide_address(struct arena *a, struct str s); /* every digit a star: the street stays, the door goes */
struct str hide_phone(struct arena *a, struct str s);   /* the first three characters */
struct str hide_all(struct str s);                      /* MASK_WHOLE */
struct str hide_ident(struct arena *a, uint64_t id, struct str raw); /* as in exports: the first four characters of 18 */
/* Free text: every run of eleven and more digits (identifiers, phones, accounts) keeps three and stars. */
struct str hide_runs(struct arena *a, struct str s);

#endif
