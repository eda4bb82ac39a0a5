/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that write what link found. Persons and households are written a block at a time, each column by one thread; texts are brought to the rows they
   belong to beforehand. */
#ifndef MOPAI_PIPELINE_LINK_WRITE_H
#define MOPAI_PIPELINE_LINK_WRITE_H

#include "pipeline/link_private.h"
#include "pipeline/population_columns.h"

/* --- link_write_texts.c --- */
enum written_text { TEXT_NAME, TEXT_ADDRESS, TEXT_HUKOU_ADDRESS, TEXT_PHONE, PERSON_TEXTS, HOME_NUMBER = PERSON_TEXTS, HOME_ADDRESS, TEXT_COUNT };
struct link_texts;
/* One pass over the sources that say who somebody is: every text that survived goes to its person's row, number and address of a household to its own. */
enum status link_texts_gather(const struct link *l, struct link_texts **out, struct err *err) MUST_CHECK;
void link_texts_free(struct link_texts *t); /* NULL is fine */
/* Brings the texts of n rows from `first` into memory, of persons or of households: those before are dropped. */
enum status link_texts_load(struct link_texts *t, bool homes, uint32_t first, uint32_t n, struct err *err) MUST_CHECK;
struct str link_text(const struct link_texts *t, enum written_text k, uint32_t row); /* empty: none */

/* --- link_write_lanes.c: what persons have of each attribute of people.yaml, where no row says anything too --- */
struct lane_view {
    const struct lane *lane;
    const struct people_attr *attr;
    uint64_t sources;      /* bits: who speaks of it */
    bool never_all;        /* one of them has no bit */
    uint64_t can[4];       /* sets: values each source can give */
    uint64_t all;          /* sets: all values */
};
void link_view_lane(const struct link *l, const struct lane *lane, struct lane_view *out);
int64_t link_lane_scalar(const struct link *l, const struct lane_view *v, uint32_t p);
void link_lane_set(const struct link *l, const struct lane_view *v, uint32_t p, int64_t *lo, int64_t *hi); /* surely and possibly in */

/* --- the blocks of a file; `first` is the row the next block begins with --- */
struct write_rows {
    const struct link *l;
    const struct link_texts *texts;
    const struct lane_view *lanes; /* one a lane of l */
    uint32_t first;
};
void link_fill_person(void *write_rows, size_t col, size_t n, void *out); /* link_write_persons.c */
void link_fill_home(void *write_rows, size_t col, size_t n, void *out);   /* link_write_homes.c */

/* --- link_write_night.c: the rows of night.db --- */
enum status link_write_night(const struct link *l, struct err *err) MUST_CHECK;

#endif
