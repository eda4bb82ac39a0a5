/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai check --sources FILE`: what another sources.yaml would change. Touches nothing. */
#ifndef MOPAI_PIPELINE_CHECK_SOURCES_H
#define MOPAI_PIPELINE_CHECK_SOURCES_H

#include "pipeline/site.h"

/* ST_CONFIG when FILE, or people.yaml with it, is wrong; W_CHECK when a delivery in force would no longer pass. */
enum status check_sources(struct site *site, const char *path, struct err *err) MUST_CHECK;

#endif
