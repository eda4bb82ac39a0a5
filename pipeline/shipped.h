/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration that ships with the program, embedded at build time. */
#ifndef MOPAI_PIPELINE_SHIPPED_H
#define MOPAI_PIPELINE_SHIPPED_H

#include "base/core/str.h"

/* "sources.yaml", "people.yaml", "rules.yaml", "model.yaml"; empty for other names. */
struct str shipped_text(const char *name);

#endif
