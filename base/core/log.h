/* SPDX-License-Identifier: Apache-2.0 */
/* logfmt on standard error: time, level, event, key=value. Never personal data: callers pass names of sources, file names, lines, counts
   and codes, nothing read from a cell. A function either logs or returns an error, not both. */
#ifndef MOPAI_CORE_LOG_H
#define MOPAI_CORE_LOG_H

#include "base/core/compiler.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
void log_set_level(enum log_level level); /* default LOG_WARN; -v LOG_INFO, -v -v LOG_DEBUG, -q LOG_ERROR */
bool log_enabled(enum log_level level);
/* fmt is a list of key=value; values with blanks are to be quoted by the caller with \"%s\". */
void log_event(enum log_level level, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* One line on a terminal that rewrites itself, for work over a second; nothing on a pipe or with -q. */
void progress_set(const char *stage, uint64_t done, uint64_t total);
void progress_done(void);

#endif
