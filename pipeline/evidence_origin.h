/* SPDX-License-Identifier: Apache-2.0 */
/* Which cell gave a value: attributes by the origins link kept, changes by their timeline. */
#ifndef MOPAI_PIPELINE_EVIDENCE_ORIGIN_H
#define MOPAI_PIPELINE_EVIDENCE_ORIGIN_H

#include "pipeline/evidence.h"

#define ATTR_OF_NAME (-1) /* evidence_text: the person's name, whatever its attribute number */

/* out->column is -1 when no cell can be named: absent, unknown, computed, or read off an identifier. */
enum status evidence_attr_ref(struct evidence *e, const struct rules_hit *hit, int attr, struct evidence_ref *out, struct err *err) MUST_CHECK;
enum status evidence_change_ref(struct evidence *e, const struct rules_hit *hit, int change, struct evidence_ref *out, struct err *err) MUST_CHECK;
/* The rows behind the requests, by one more pass over each table that has any. */
enum status evidence_find_rows(struct evidence *e, struct err *err) MUST_CHECK;

#endif
