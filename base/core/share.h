/* SPDX-License-Identifier: Apache-2.0 */
/* Work cut into items that do not touch one another, shared among threads. Which thread gets which item is chance: what an item leaves behind may not depend
   on it. */
#ifndef MOPAI_CORE_SHARE_H
#define MOPAI_CORE_SHARE_H

#include "base/core/compiler.h"

typedef void (*share_work)(void *ctx, unsigned item);
/* Does items 0 .. n - 1, each once, lower ones first to be taken, and returns when all are done. threads 0 or 1: none are started. A thread that cannot be
   had is done without. */
void share_out(unsigned n, unsigned threads, share_work work, void *ctx);

/* The same for items whose results are wanted one after the other: threads - 1 threads run ahead, in order, while the caller waits for the next item and uses it.
   A caller that waits does an item itself rather than nothing, so that with one thread each is done when it is asked for. */
struct ahead;
struct ahead *ahead_start(unsigned n, unsigned threads, share_work work, void *ctx);
void ahead_wait(struct ahead *a, unsigned item); /* returns when it is done; items are waited for in order */
void ahead_finish(struct ahead *a);              /* begins no further item, waits for those begun, frees; NULL is fine */

/* Processors this process may use, or what MOPAI_THREADS says; at most 16. */
unsigned share_threads(void);
void share_set_threads(unsigned n); /* as if there were so many; 0: as many as there are. For tests */

/* A thread more for work that turned out long: true when fewer threads of this process are at work than it has processors. Given back when that thread ends. */
bool share_borrow(void);
void share_give(void);

#endif
