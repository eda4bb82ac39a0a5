/* SPDX-License-Identifier: Apache-2.0 */
/* Is a delivery what it says it is? Each gate compares one figure with the bands of its source. Pure. */
#ifndef MOPAI_INGEST_GATES_H
#define MOPAI_INGEST_GATES_H

#include "base/core/vec.h"
#include "pipeline/ingest/column_facts.h"
#include "pipeline/ingest/typing.h"

enum gate_verdict { GATE_OK, GATE_WARN, GATE_STOP };
struct gate_result {
    const char *gate;           /* "rows", "missing:金额": gate_title says it in words */
    char value[160], band[96];  /* for people, in the language in force */
    enum gate_verdict verdict;
};
typedef VEC(struct gate_result) gate_results;

struct gate_input {
    const struct source *source;
    const struct typing_facts *facts;    /* summed over the delivery's files */
    int64_t before_typed;                /* rows of the delivery it follows (append: the median of the last ones); -1: nothing to compare with */
    const char *parts_missing;           /* "第 2、3 份": stops; NULL: none is */
    daynum data_date, received;
    const struct column_facts *columns;  /* parallel to source->column_gates; NULL when there are none */
    const struct column_facts *before;   /* of the delivery it follows, NULL: none */
};
/* Names of column gates live in `a`; out is cleared first, the caller's. */
void gates_judge(const struct gate_input *in, struct arena *a, gate_results *out);
void typing_facts_add(struct typing_facts *sum, const struct typing_facts *one);
const char *gate_verdict_name(enum gate_verdict v); /* "ok" */
/* A gate beyond whose stop band a file is refused, not held: the numbers in it are gone. */
bool gate_refuses(const char *gate);

#endif
