/* SPDX-License-Identifier: Apache-2.0 */
/* A column that the delivery before had and this one lacks: renamed most likely, and then unknown for everybody. Said with the new header that is meant. */
#ifndef MOPAI_INGEST_HEADER_CHANGE_H
#define MOPAI_INGEST_HEADER_CHANGE_H

#include "pipeline/ingest/catalogue.h"

/* `file` of source `s` came after `before`; `strange` are the headers of `file` that no column claims, a line each. Warns (ST_W_CHECK). */
enum status header_change_report(struct site *site, const struct source *s, const struct delivered_file *file, const struct delivered_file *before,
                                 struct str strange, struct err *err) MUST_CHECK;
/* Of the headers in `strange` the one that `header` was most likely renamed to; empty when none is near. */
struct str header_meant(struct str header, struct str strange);

#endif
