/* SPDX-License-Identifier: Apache-2.0 */
/* Texts compiled in from base/store/schema/ and base/store/sql/. Private to base/store/. */
#ifndef MOPAI_STORE_EMBEDDED_H
#define MOPAI_STORE_EMBEDDED_H

#include "base/store/db.h"

const char *statement_name(enum stmt_id id); /* "INSERT_AUDIT" */
const char *statement_text(enum stmt_id id);
const char *schema_text(const char *name);   /* NULL when there is none */
const char *ledger_migration(int version);   /* NULL past the newest */

#endif
