/* SPDX-License-Identifier: Apache-2.0 */
/* Is a delivery what it says it is? Each gate compares one share with the bands of its source. Pure. */
#ifndef MOPAI_INGEST_GATES_H
#define MOPAI_INGEST_GATES_H

#include "pipeline/ingest/typing.h"

enum gate_verdict { GATE_OK, GATE_WARN, GATE_STOP };
struct gate_result {
    const char *gate;
    char value[96], band[96]; /* for people, in the language in force */
    enum gate_verdict verdict;
};
#define GATE_RESULTS_MAX (GATE_COUNT + 2) /* with "empty" and "parts" */

/* `facts` summed over the delivery's files; previous_typed -1: nothing to compare with; parts_missing > 0 stops. Returns the number of results. */
size_t gates_judge(const struct source *s, const struct typing_facts *facts, int64_t previous_typed, int parts_missing,
                   struct gate_result out[GATE_RESULTS_MAX]);
void typing_facts_add(struct typing_facts *sum, const struct typing_facts *one);
const char *gate_verdict_name(enum gate_verdict v); /* "ok" */

#endif
