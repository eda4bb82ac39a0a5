/* SPDX-License-Identifier: Apache-2.0 */
/* The one policy of what `mopai export` and `mopai sql` show of a source's own columns: how each is masked unless --reveal (audited) asks for all of it. */
#ifndef MOPAI_PIPELINE_COLUMN_MASK_H
#define MOPAI_PIPELINE_COLUMN_MASK_H

#include "base/text/mask.h"
#include "pipeline/ingest/sources.h"

/* By type, by role, and account and card numbers by their name. Identifiers are packed and have ident_mask. */
enum mask_kind column_mask(const struct source *s, size_t c);

#endif
