/* SPDX-License-Identifier: Apache-2.0 */
/* A backup: one directory outside the site, filled again and again.

       DIR/raw/ab/abcdef....gz           raw copies, by content; shared by all sets
       DIR/reports/2026-03-01-1/...      lists as they were handed out; shared by all sets
       DIR/sets/0003-2026-03-02/site/    configuration, store/ledger.db (one moment of it), an empty inbox: the site but for raw and reports
       DIR/sets/0003-2026-03-02/key      only when asked
       DIR/sets/0003-2026-03-02/SHA256SUMS, SHA256SUMS.sha256    every file of this set, shared ones included; `sha256sum -c` reads them from DIR

   A set is made as sets/.tmp and renamed when all of it is on the disk: what goes wrong before leaves the former sets as they were. Shared files are never
   changed, only added, and removed when no set that is kept names them, so that what was purged from the site leaves the backups as well. */
#ifndef MOPAI_PIPELINE_BACKUP_H
#define MOPAI_PIPELINE_BACKUP_H

#include "base/core/arena.h"
#include "base/core/map.h"
#include "base/core/status.h"
#include "base/core/vec.h"

#define BACKUP_SUMS "SHA256SUMS"

/* SHA-256 by path below DIR. */
struct backup_sums {
    struct strmap names;
    VEC(char *) sums; /* parallel, in `arena` */
    struct arena arena;
};
void backup_sums_release(struct backup_sums *s);
void backup_sums_add(struct backup_sums *s, const char *name, const char *sha256);
/* NULL: not listed. */
const char *backup_sum_of(const struct backup_sums *s, const char *name);
/* SHA256SUMS of a set; ST_CORRUPT when a line is none or it is not what SHA256SUMS.sha256 says. */
enum status backup_sums_read(const char *set_dir, struct backup_sums *out, struct err *err) MUST_CHECK;
/* SHA-256 of a whole file. */
enum status backup_file_sum(const char *path, char out[65], struct err *err) MUST_CHECK;
/* Names of the finished sets, oldest first; none when DIR is no backup. In `a`. */
typedef VEC(const char *) backup_set_list;
enum status backup_sets(struct arena *a, const char *dir, backup_set_list *out, struct err *err) MUST_CHECK;

/* `mopai backup --check`: every file of the newest set against its sum, the ledger in itself, and that nothing the ledger names is missing. Prints what is wrong; ST_CORRUPT then. */
enum status backup_check(const char *dir, struct err *err) MUST_CHECK;

#endif
