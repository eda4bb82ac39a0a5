/* SPDX-License-Identifier: Apache-2.0 */
/* Work cut into items that do not touch one another, shared among threads. Which thread gets which item is chance: what an item leaves behind may not depend
   on it. */
#ifndef MOPAI_MATCHERS_SHARE_H
#define MOPAI_MATCHERS_SHARE_H

typedef void (*share_work)(void *ctx, unsigned item);
/* Does items 0 .. n - 1, each once, lower ones first to be taken, and returns when all are done. threads 0 or 1: none are started. A thread that cannot be
   had is done without. */
void share_out(unsigned n, unsigned threads, share_work work, void *ctx);

#endif
