/* SPDX-License-Identifier: Apache-2.0 */
/* Bands of gates as the history of a source suggests them, for people to paste: lines of YAML with the figures they rest on. */
#ifndef MOPAI_PIPELINE_SOURCES_BANDS_H
#define MOPAI_PIPELINE_SOURCES_BANDS_H

#include "pipeline/site.h"

/* Appends the proposal for one source (index). Bands hold everything that was accepted so far: warn lies just outside it, stop two and a half times as far
   from what is usual. With fewer than BANDS_LEAST figures nothing is proposed, and that is said. */
#define BANDS_LEAST 4
enum status sources_bands(struct site *site, size_t source, struct strbuf *out, struct err *err) MUST_CHECK;

#endif
