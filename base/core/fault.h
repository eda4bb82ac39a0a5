/* SPDX-License-Identifier: Apache-2.0 */
/* Faults on demand. Every operation that changes the disk passes fault_point(); a test asks for the k-th one to fail or
   to stop the process there (SIGSTOP, so that a parent can SIGKILL it between two operations).
   MOPAI_FAULT=stop:K | enospc:K | eio:K ; MOPAI_FAULT_COUNT=FILE writes the number of points passed at exit. Costs one predictable branch when unset. */
#ifndef MOPAI_CORE_FAULT_H
#define MOPAI_CORE_FAULT_H

#include "base/core/compiler.h"

enum fault_op { FAULT_WRITE, FAULT_FSYNC, FAULT_RENAME, FAULT_UNLINK, FAULT_MKDIR, FAULT_SQL, FAULT_OP_COUNT };

void fault_init(void);
/* Returns 0 to go on, or an errno the operation must report as its own failure. */
int fault_point(enum fault_op op);

#endif
