/* SPDX-License-Identifier: Apache-2.0 */
/* Who did what: rows of the ledger's audit table. Never personal data in `detail`: codes, counts, numbers of deliveries and warnings.

   The rows are a chain: each carries the SHA-256 of the hash before it and of its own content, so that an edit, a deletion or another order shows. Cutting
   rows off the end does not: therefore every night's manifest and page carry the newest hash of their day, and the row of a publication its manifest's
   hash. Who can write the ledger, all manifests and every printed page can forge all of it; that is what printing is for. */
#ifndef MOPAI_PIPELINE_AUDIT_H
#define MOPAI_PIPELINE_AUDIT_H

#include "base/core/status.h"

struct db;

#define AUDIT_HASH_MAX 65

/* The account that runs the program: MOPAI_WHO, else SUDO_USER, else USER, else "uid N". Static storage. */
const char *who_acts(void);
/* Appends one row within the caller's transaction. */
enum status audit_add(struct db *ledger, const char *action, const char *detail, struct err *err) MUST_CHECK;
/* The same in a transaction of its own. */
enum status audit_note(struct db *ledger, const char *action, const char *detail, struct err *err) MUST_CHECK;

/* The end of the chain: number and hash of the newest row (0 and "" when there is none), or as a published night recorded it. */
struct audit_end {
    int64_t id;
    char hash[AUDIT_HASH_MAX];
};
enum status audit_end_now(struct db *ledger, struct audit_end *out, struct err *err) MUST_CHECK;
enum status audit_end_of_night(struct db *ledger, int64_t night, struct audit_end *out, struct err *err) MUST_CHECK;

/* Checks the chain and what the nights recorded of it; calls `problem` for each fault with a line for people. *out_rows: rows looked at. */
enum status audit_check(struct db *ledger, void (*problem)(void *ctx, const char *line), void *ctx, int64_t *out_rows, struct err *err) MUST_CHECK;

#endif
