/* SPDX-License-Identifier: Apache-2.0 */
/* A feed read some buffers ahead by a thread of its own, once it turns out long and a processor is idle: what is inflated is hashed and copied meanwhile.
   The bytes, their order and the error are those of the feed. */
#ifndef MOPAI_STORE_FEED_AHEAD_H
#define MOPAI_STORE_FEED_AHEAD_H

#include "base/store/raw.h"

#define FEED_BUFFER ((size_t)1 << 18)

struct feed_ahead;
struct feed_ahead *feed_ahead_new(const struct raw_feed *feed);
/* The next FEED_BUFFER bytes, fewer only at the end, after which nobody asks; a view until the next call. */
enum status feed_ahead_next(struct feed_ahead *a, const char **out_p, size_t *out_n, struct err *err) MUST_CHECK;
void feed_ahead_free(struct feed_ahead *a); /* stops the thread: the feed may be closed then */

#endif
