/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of persons.seg and households.seg, for their writer and their reader. Fixed columns first (enum person_column, enum household_column), then
   for persons where each field of identity came from, then the attributes of people.yaml. */
#ifndef MOPAI_PIPELINE_POPULATION_COLUMNS_H
#define MOPAI_PIPELINE_POPULATION_COLUMNS_H

#include "base/store/segment.h"
#include "pipeline/population.h"

#define PERSONS_SEG    "persons.seg"
#define HOUSEHOLDS_SEG "households.seg"

#define PERSON_FIELDS 8 /* name sex birth death address hukou_address phone area, in this order: input << 32 | row */

struct population_columns {
    struct seg_column *person, *household;
    size_t n_person, n_household;
    int *lane;   /* by attribute: first column of it in its file, -1 when it is built in */
};
/* Persons: value, origin and for sets the mask of what is possibly in. Households: value and person row of the member who decided. */
void population_columns_make(const struct people *people, struct arena *a, struct population_columns *out);

/* Lane values in 32 bits: the two that are no value move to the ends of int32. */
static inline int64_t population_narrow(int64_t v)
{
    return v == ATTR_UNKNOWN ? INT32_MIN : v == ATTR_NOTHING ? INT32_MIN + 1 : v;
}
bool attr_is_wide(enum attr_type t); /* stored in 64 bits */

#endif
