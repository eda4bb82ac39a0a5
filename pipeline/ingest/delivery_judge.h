/* SPDX-License-Identifier: Apache-2.0 */
/* A delivery against its source's gates and against what came before it: gathers the figures, gates.c compares them. Writes nothing. */
#ifndef MOPAI_INGEST_DELIVERY_JUDGE_H
#define MOPAI_INGEST_DELIVERY_JUDGE_H

#include "pipeline/ingest/gates.h"

enum delivery_state { STATE_ACCEPTED, STATE_HELD, STATE_REFUSED };

struct delivery_case {
    struct site *site;
    const struct source *source;
    const struct delivered *self;          /* scope, data date, files as typed */
    const struct delivered_list *accepted; /* deliveries of the source, self not among them or at self->id */
    const struct typing_facts *facts;      /* summed */
    const char *parts_missing;             /* as in gate_input */
    daynum received;
};
/* Results in `out`, names in `a`. */
enum status delivery_judge(const struct delivery_case *c, struct arena *a, gate_results *out, struct err *err) MUST_CHECK;
/* What the results lead to; the reasons are appended: "行数 30 行，是上一次（100 行）的 30.00%，允许 65.00%–200.00%". */
enum delivery_state delivery_verdict(const gate_results *results, struct strbuf *reason);
/* How people go on from a held or refused delivery: the commands, with its number. Appended. */
void delivery_way_out(const struct source *s, enum delivery_state state, const gate_results *results, int64_t id, struct strbuf *out);

/* Append sources: what share of the delivery before it comes again, in percent; -1 when there is none before. A full export sent as an increment. */
enum status delivery_overlap(const struct delivery_case *c, int *out_percent, struct err *err) MUST_CHECK;

#endif
