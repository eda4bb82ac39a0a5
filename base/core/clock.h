/* SPDX-License-Identifier: Apache-2.0 */
/* The one clock. Nothing published depends on it; logs, audit and the default as-of date do. MOPAI_CLOCK=2026-03-01T02:00:00 sets it for tests and the demo. */
#ifndef MOPAI_CORE_CLOCK_H
#define MOPAI_CORE_CLOCK_H

#include "base/core/date.h"
#include "base/core/status.h"

enum status clock_init(struct err *err) MUST_CHECK; /* reads MOPAI_CLOCK once */
daynum clock_today(void);            /* local date */
void clock_stamp(char out[20]);      /* 2026-03-01T02:00:00, local time */
int64_t clock_unix(void);            /* seconds since 1970; a clock set for tests is taken as UTC */
int64_t clock_monotonic_ms(void);    /* for durations only */

#endif
