/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming gzip. Written files carry no time, no name and no system (same bytes from same content and zlib build); read files may have several members. */
#ifndef MOPAI_CORE_GZIP_H
#define MOPAI_CORE_GZIP_H

#include "base/core/status.h"

struct gzip_out;
enum status gzip_out_open(const char *path, struct gzip_out **out_g, struct err *err) MUST_CHECK; /* creates or truncates, mode 0600 */
void gzip_out_write(struct gzip_out *g, const void *p, size_t n);                                  /* errors stick */
enum status gzip_out_close(struct gzip_out *g, bool sync, struct err *err) MUST_CHECK;             /* frees g */
void gzip_out_abandon(struct gzip_out *g);                                                         /* NULL is fine */

struct gzip_in;
/* ST_MISSING when absent. Links and devices: the caller's business. */
enum status gzip_in_open(const char *path, struct gzip_in **out_g, struct err *err) MUST_CHECK;
/* Takes over an open descriptor positioned at its start; `name` is for messages. */
enum status gzip_in_fd(int fd, const char *name, struct gzip_in **out_g, struct err *err) MUST_CHECK;
/* Fills up to cap bytes; *out_n less than cap only at the end, 0 after it. ST_CORRUPT for a damaged or cut stream. The caller bounds the total. */
enum status gzip_in_read(struct gzip_in *g, void *buf, size_t cap, size_t *out_n, struct err *err) MUST_CHECK;
void gzip_in_close(struct gzip_in *g); /* NULL is fine */

#endif
