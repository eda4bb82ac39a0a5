/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the population's reader; nobody else includes this. */
#ifndef MOPAI_PIPELINE_POPULATION_PRIVATE_H
#define MOPAI_PIPELINE_POPULATION_PRIVATE_H

#include "pipeline/population_columns.h"

/* A file with one block of each column kept. */
struct table {
    struct seg_reader *seg;
    struct {
        size_t block; /* SIZE_MAX: none */
        union {
            int32_t *narrow; /* of a SEG_I32 column */
            int64_t *wide;
        } v;
    } *cache;
};

struct population {
    struct arena arena;
    const struct people *people;
    daynum as_of;
    struct str key;
    struct population_columns cols;
    struct table person, household;
    int64_t *scratch[3];
    size_t cap;
};

enum status population_load_block(struct table *t, size_t c, size_t block, struct err *err) MUST_CHECK;
enum status population_table_read(struct table *t, size_t c, uint64_t first, uint32_t n, int64_t *out, struct err *err) MUST_CHECK;

#endif
