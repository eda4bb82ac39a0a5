/* SPDX-License-Identifier: Apache-2.0 */
/* Who did what: rows of the ledger's audit table. Never personal data in `detail`: codes, counts, numbers of deliveries and warnings. */
#ifndef MOPAI_PIPELINE_AUDIT_H
#define MOPAI_PIPELINE_AUDIT_H

#include "base/core/status.h"

struct db;

/* The account that runs the program: MOPAI_WHO, else SUDO_USER, else USER, else "uid N". Static storage. */
const char *who_acts(void);
/* Appends one row within the caller's transaction. */
enum status audit_add(struct db *ledger, const char *action, const char *detail, struct err *err) MUST_CHECK;

#endif
