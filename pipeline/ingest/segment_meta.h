/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata of a segment: lines of key TAB value; one `column TAB name TAB field TAB header` for each column the file has. */
#ifndef MOPAI_INGEST_SEGMENT_META_H
#define MOPAI_INGEST_SEGMENT_META_H

#include "pipeline/ingest/typing.h"

void segment_meta_write(const struct source *s, const struct typing_facts *f, const struct layout *l, struct strbuf *out);

#endif
