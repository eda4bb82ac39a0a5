/* SPDX-License-Identifier: Apache-2.0 */
/* Files: read whole or in blocks, write buffered, replace atomically, list sorted, lock. Every write, fsync, rename, mkdir and
   unlink of the program goes through here and so through fault_point(). */
#ifndef MOPAI_CORE_FILE_H
#define MOPAI_CORE_FILE_H

#include "base/core/arena.h"
#include "base/core/status.h"
#include "base/core/vec.h"

/* Reads a whole regular file of at most `limit` bytes into *out (cleared first). */
enum status file_read_all(const char *path, size_t limit, struct strbuf *out, struct err *err) MUST_CHECK;
bool file_exists(const char *path);
int64_t file_size(const char *path); /* -1 when absent */
#define FILE_SETTLE_SECONDS 10
/* Does somebody have the open file open for writing? Where the kernel cannot say: was it changed within FILE_SETTLE_SECONDS? */
bool file_being_written(int fd);

/* Names in a directory without "." and "..", sorted by bytes; only plain files with `files_only`. Links are never followed. */
struct file_entry {
    char *name;
    int64_t size;
    bool is_file, is_dir, is_link;
};
typedef VEC(struct file_entry) file_list;
enum status file_list_dir(struct arena *a, const char *dir, file_list *out, struct err *err) MUST_CHECK;

enum status file_mkdirs(const char *path, struct err *err) MUST_CHECK; /* mkdir -p, mode 0700 */
enum status file_rename(const char *from, const char *to, struct err *err) MUST_CHECK; /* replaces; does not sync */
enum status file_unlink(const char *path, struct err *err) MUST_CHECK;   /* absent is fine */
enum status file_remove_tree(const char *path, struct err *err) MUST_CHECK; /* absent is fine; links removed, not followed */
/* Copies a plain file, or a tree of plain files and directories; links and the like are left out. Not synced. */
enum status file_copy(const char *from, const char *to, struct err *err) MUST_CHECK;
enum status file_copy_tree(const char *from, const char *to, struct err *err) MUST_CHECK;
enum status file_sync(const char *path, struct err *err) MUST_CHECK;      /* fsync of a file or a directory */
enum status file_sync_parent(const char *path, struct err *err) MUST_CHECK; /* fsync of the directory that holds path: makes a rename last */
enum status file_symlink_replace(const char *target, const char *link, struct err *err) MUST_CHECK; /* by rename */
/* Is `link` a symbolic link with exactly this target? */
bool file_points_to(const char *link, const char *target);
char *path_join(struct arena *a, const char *dir, const char *name);

/* A buffered writer. Errors stick: check the status of outfile_close, which must always be called. */
struct outfile {
    int fd;
    char *buf;
    size_t n, cap;
    int64_t written;   /* bytes given to it so far, buffered ones included */
    int saved_errno;
    char *path;
};
enum status outfile_open(struct outfile *f, const char *path, struct err *err) MUST_CHECK; /* creates or truncates, mode 0600 */
void outfile_write(struct outfile *f, const void *p, size_t n);
void outfile_str(struct outfile *f, struct str s);
enum status outfile_close(struct outfile *f, bool sync, struct err *err) MUST_CHECK;
void outfile_abandon(struct outfile *f); /* close without a word; idempotent */

/* Writes path.tmp, syncs, renames over path, syncs the directory. */
enum status file_write_atomic(const char *path, struct str content, struct err *err) MUST_CHECK;

/* An advisory lock held by descriptor: it dies with the process. ST_LOCKED when another holds it. */
enum status lock_take(const char *path, int *out_fd, struct err *err) MUST_CHECK;
void lock_drop(int fd);

#endif
