/* SPDX-License-Identifier: Apache-2.0 */
/* Reading zip archives (.zip, .xlsx) from an open descriptor, with limits: nothing is ever written where a name in the archive says. The only user of
   minizip; built without it (XLSX=0) zip_open refuses in plain words. */
#ifndef MOPAI_INGEST_UNZIP_H
#define MOPAI_INGEST_UNZIP_H

#include "base/core/arena.h"
#include "base/core/status.h"
#include "base/core/vec.h"

#define ZIP_MAX_MEMBERS  4096
#define UNPACK_FREE      ((int64_t)64 << 20) /* up to here any ratio goes */
#define UNPACK_MAX_RATIO 200                 /* beyond it, unpacked bytes per packed byte; exports have 5 to 50 */
#define UNPACK_MAX_BYTES ((int64_t)16 << 30)

struct zip_member {
    const char *name;   /* UTF-8, as written in the archive: for messages and comparison only */
    int64_t size;       /* unpacked, as the archive claims */
    bool folder, encrypted, odd_method; /* a method other than stored or deflated cannot be read */
};

struct zip;
/* `fd` stays the caller's and must outlive the archive; `name` is for messages. ST_INPUT: no archive, cut off, too many members. */
enum status zip_open(int fd, const char *name, struct zip **out, struct err *err) MUST_CHECK;
size_t zip_count(const struct zip *z);
const struct zip_member *zip_member(const struct zip *z, size_t i);
int zip_find(const struct zip *z, const char *name); /* -1 */
void zip_close(struct zip *z); /* NULL is fine; closes the open member */

/* One member at a time. ST_INPUT: encrypted, another method, damaged, or more than the limits above (counted over the archive). */
enum status zip_member_open(struct zip *z, size_t i, struct err *err) MUST_CHECK;
/* Fills up to cap bytes; less only at the end, where the check sum is compared. */
enum status zip_member_read(struct zip *z, void *buf, size_t cap, size_t *out_n, struct err *err) MUST_CHECK;
void zip_member_close(struct zip *z);

#endif
