/* SPDX-License-Identifier: Apache-2.0 */
/* store/raw/: the bytes of accepted files as they came, named by XXH3-128: raw/ab/abcdef..., or abcdef....gz once compressed. The truth everything
   is rebuilt from: written once, never changed, same bytes on reading either way. */
#ifndef MOPAI_STORE_RAW_H
#define MOPAI_STORE_RAW_H

#include "base/core/arena.h"
#include "base/core/hash.h"
#include "base/core/status.h"

/* Copies `source` into raw_dir (created when absent), hashing on the way; synced and renamed into place. The same content again changes nothing.
   ST_MISSING: gone; ST_REFUSED: a link, a device, not a plain file; ST_INPUT: it changed while it was read (still being copied: try later);
   ST_IO, ST_NOSPACE. Call it under the site's lock. */
enum status raw_put(const char *raw_dir, const char *source, struct digest_hex *out_hex, int64_t *out_size, struct err *err) MUST_CHECK;
/* XXH3-128 without copying: is it known already? sha256 comes out empty: the inbox is looked at every night. Same refusals. */
enum status raw_digest(const char *source, struct digest_hex *out_hex, int64_t *out_size, struct err *err) MUST_CHECK;
/* Opens a file that others put there, as raw_put does: never through a link, never a device, never waiting, and not while somebody still writes it
   (ST_INPUT). The descriptor is the caller's. */
enum status raw_source_open(const char *source, int *out_fd, struct err *err) MUST_CHECK;
/* The same from a stream, for what comes packed: `name` is for messages. */
struct raw_feed {
    enum status (*read)(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err); /* less than cap only at the end */
    void *ctx;
};
enum status raw_put_feed(const char *raw_dir, const struct raw_feed *feed, struct digest_hex *out_hex, int64_t *out_size, struct err *err) MUST_CHECK;
enum status raw_digest_feed(const struct raw_feed *feed, struct digest_hex *out_hex, int64_t *out_size, struct err *err) MUST_CHECK;
bool raw_has(const char *raw_dir, const char *xxh128);

/* A stream over one stored file, plain or compressed. ST_MISSING when there is none, ST_CORRUPT when its gzip does not read. */
struct raw_reader;
enum status raw_open(const char *raw_dir, const char *xxh128, struct raw_reader **out_r, struct err *err) MUST_CHECK;
/* Fills up to cap bytes; *out_n less than cap only at the end, 0 after it. */
enum status raw_read(struct raw_reader *r, void *buf, size_t cap, size_t *out_n, struct err *err) MUST_CHECK;
void raw_close(struct raw_reader *r); /* NULL is fine */
int raw_fd(const struct raw_reader *r); /* of a plain copy, the reader's own; -1 when it is compressed */

/* Replaces the plain copy by .gz, checked against its name first. Already compressed, or an archive (a workbook) in itself: nothing. Killed anywhere: one whole copy is there. */
enum status raw_compress(const char *raw_dir, const char *xxh128, struct err *err) MUST_CHECK;
/* Reads it all: ST_CORRUPT when it is not what its name, `sha256` (NULL: not compared) and `size` (-1: not compared) say. */
enum status raw_verify(const char *raw_dir, const char *xxh128, const char *sha256, int64_t size, struct err *err) MUST_CHECK;

#endif
