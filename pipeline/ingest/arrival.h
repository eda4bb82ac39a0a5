/* SPDX-License-Identifier: Apache-2.0 */
/* A file as somebody put it there: opened safely, told by its first bytes, and taken apart when it is packed (.gz, .zip). Nothing is unpacked to disk: what
   comes out is hashed and kept like any other file. Words are for the people who send files. */
#ifndef MOPAI_INGEST_ARRIVAL_H
#define MOPAI_INGEST_ARRIVAL_H

#include "base/core/arena.h"
#include "base/core/hash.h"
#include "base/core/status.h"
#include "base/core/vec.h"

/* One readable file: the arrival itself, or a member of it. */
struct arrival_part {
    const char *name; /* to match with patterns: 包.zip's 成员.csv is 成员.csv, 名册.csv.gz is 名册.csv */
    const char *shown; /* for people: 包.zip/成员.csv */
    int member;       /* of the archive, -1: the whole file */
};
enum arrival_packing { PACKED_NOT, PACKED_GZIP, PACKED_ZIP };
struct arrival {
    struct arena arena;
    const char *path, *name;
    enum arrival_packing packing;
    VEC(struct arrival_part) parts;
    struct strbuf skipped; /* members that were left out, and why: a line each */
};

/* ST_MISSING: gone. ST_REFUSED: a link or device, or contents that are no table (.xls, .pdf, an archive with a password ...). ST_INPUT: still being
   written, cut off. ST_IO: cannot be read. */
enum status arrival_open(const char *path, const char *name, struct arrival *out, struct err *err) MUST_CHECK;
void arrival_release(struct arrival *a);

/* As raw_digest and raw_put, for a part; also refuse what arrival_open could not see yet (an archive inside an archive). */
enum status arrival_digest(const struct arrival *a, size_t part, struct digest_hex *out_hex, int64_t *out_size, struct err *err) MUST_CHECK;
enum status arrival_put(const struct arrival *a, size_t part, const char *raw_dir, struct digest_hex *out_hex, int64_t *out_size, struct err *err) MUST_CHECK;
/* Reads a part, at most `limit` bytes, into *out. */
enum status arrival_read_all(const struct arrival *a, size_t part, size_t limit, struct strbuf *out, struct err *err) MUST_CHECK;

/* .zip: its members have names of their own, so that no pattern need match it. */
bool arrival_is_zip(const char *name);
/* A name that may be shown and looked up: no control characters, no path. False when it is not one. */
bool arrival_name_is_safe(const char *name);

#endif
