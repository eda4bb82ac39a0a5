/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest of a night: what it is a function of, as canonical JSON. Two nights with one identity are the same night. */
#ifndef MOPAI_PIPELINE_MANIFEST_H
#define MOPAI_PIPELINE_MANIFEST_H

#include "pipeline/night.h"

/* The last published night, read from the ledger. */
struct night_record {
    int64_t night;      /* 0: none yet */
    daynum as_of;
    char manifest_hash[33];
    char identity[33];  /* from its manifest */
    char token_mark[33]; /* of the secret of tokens, from its manifest; "": it had none */
    const char *folder; /* "2026-03-01-1" */
    int64_t mark_event, mark_visit, mark_decision, mark_release;
};
/* before == DAY_MISSING: the newest of all; else the newest whose as-of lies before that day. */
enum status night_record_read(struct site *s, struct arena *a, daynum before, struct night_record *out, struct err *err) MUST_CHECK;
enum status night_record_at(struct site *s, struct arena *a, int64_t night, struct night_record *out, struct err *err) MUST_CHECK;

/* XXH3-128 of deliveries, configuration, as-of and program: equal for "nothing new". */
void manifest_identity(const struct night *n, char out[33]);
/* The whole manifest, ending in a line feed. `previous` may have night 0; supersedes is 0 or a night. */
void manifest_write(const struct night *n, const struct night_record *previous, int64_t supersedes, struct strbuf *out);

#endif
