/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/core/bug.h"
#include "base/core/fault.h"

enum { OUT_BUFFER = 1 << 16 };

/* True when the test asked this operation to fail; errno says how. */
static bool faulted(enum fault_op op)
{
    int error = fault_point(op);
    if (error) {
        errno = error;
    }
    return error != 0;
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
}

enum status file_read_all(const char *path, size_t limit, struct strbuf *out, struct err *err)
{
    int fd CLEANUP(close_fd) = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return err_errno(err, errno == ENOENT ? ST_MISSING : ST_IO, TR("打不开“%s”", "cannot open '%s'"), path);
    }
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return err_set(err, ST_INPUT, TR("“%s”不是普通文件", "'%s' is not a regular file"), path);
    }
    if ((uint64_t)st.st_size > limit) {
        return err_set(err, ST_INPUT, TR("“%s”过大：%lld 字节，上限 %zu", "'%s' is too large: %lld bytes, limit %zu"), path,
                       (long long)st.st_size, limit);
    }
    strbuf_clear(out);
    strbuf_reserve(out, (size_t)st.st_size);
    for (;;) {
        strbuf_reserve(out, 4096);
        ssize_t n = read(fd, out->p + out->n, out->cap - out->n - 1);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_errno(err, ST_IO, TR("读“%s”失败", "cannot read '%s'"), path);
        }
        if (n == 0) {
            break;
        }
        out->n += (size_t)n;
        if (out->n > limit) {
            return err_set(err, ST_INPUT, TR("“%s”过大，上限 %zu 字节", "'%s' is too large, limit %zu bytes"), path, limit);
        }
    }
    out->p[out->n] = 0;
    return ST_OK;
}

bool file_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

int64_t file_size(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

char *path_join(struct arena *a, const char *dir, const char *name)
{
    size_t n = strlen(dir);
    return arena_printf(a, n && dir[n - 1] == '/' ? "%s%s" : "%s/%s", dir, name);
}

static int by_name(const void *a, const void *b)
{
    const struct file_entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

enum status file_list_dir(struct arena *a, const char *dir, file_list *out, struct err *err)
{
    DIR *d = opendir(dir);
    if (!d) {
        return err_errno(err, ST_IO, TR("打不开目录“%s”", "cannot open directory '%s'"), dir);
    }
    for (struct dirent *e; (e = readdir(d));) {
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
            continue;
        }
        struct file_entry entry = {.name = arena_z(a, str_of(e->d_name)), .size = (int64_t)st.st_size,
                                   .is_file = S_ISREG(st.st_mode), .is_dir = S_ISDIR(st.st_mode),
                                   .is_link = S_ISLNK(st.st_mode)};
        vec_push(out, entry);
    }
    (void)closedir(d);
    vec_sort(out, by_name);
    return ST_OK;
}

static enum status make_dir(const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return ST_OK;
    }
    if (faulted(FAULT_MKDIR) || (mkdir(path, 0700) != 0 && errno != EEXIST)) {
        return err_errno(err, ST_IO, TR("建不了目录“%s”", "cannot make directory '%s'"), path);
    }
    return ST_OK;
}

enum status file_mkdirs(const char *path, struct err *err)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addz(&b, path);
    for (size_t i = 1; i < b.n; i++) {
        if (b.p[i] == '/' && b.p[i - 1] != '/') {
            b.p[i] = 0;
            TRY(make_dir(b.p, err));
            b.p[i] = '/';
        }
    }
    return make_dir(strbuf_z(&b), err);
}

enum status file_rename(const char *from, const char *to, struct err *err)
{
    if (faulted(FAULT_RENAME) || rename(from, to) != 0) {
        return err_errno(err, ST_IO, TR("改名失败：“%s”", "cannot rename to '%s'"), to);
    }
    return ST_OK;
}

enum status file_unlink(const char *path, struct err *err)
{
    if (!file_exists(path)) {
        return ST_OK;
    }
    if (faulted(FAULT_UNLINK) || (unlink(path) != 0 && errno != ENOENT)) {
        return err_errno(err, ST_IO, TR("删不掉“%s”", "cannot remove '%s'"), path);
    }
    return ST_OK;
}

enum status file_remove_tree(const char *path, struct err *err)
{
    struct stat st;
    if (lstat(path, &st) != 0) {
        return ST_OK;
    }
    if (!S_ISDIR(st.st_mode)) {
        return file_unlink(path, err);
    }
    AUTO_ARENA a = ARENA_INIT;
    file_list entries = {0};
    enum status status = file_list_dir(&a, path, &entries, err);
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        status = file_remove_tree(path_join(&a, path, entries.v[i].name), err);
    }
    vec_release(&entries);
    if (status != ST_OK) {
        return status;
    }
    if (faulted(FAULT_UNLINK) || (rmdir(path) != 0 && errno != ENOENT)) {
        return err_errno(err, ST_IO, TR("删不掉目录“%s”", "cannot remove directory '%s'"), path);
    }
    return ST_OK;
}

enum status file_sync(const char *path, struct err *err)
{
    int fd CLEANUP(close_fd) = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || faulted(FAULT_FSYNC) || fsync(fd) != 0) {
        return err_errno(err, ST_IO, TR("落盘失败：“%s”", "cannot sync '%s'"), path);
    }
    return ST_OK;
}

enum status file_symlink_replace(const char *target, const char *link, struct err *err)
{
    AUTO_STRBUF tmp = STRBUF_INIT;
    strbuf_addf(&tmp, "%s.tmp", link);
    TRY(file_unlink(tmp.p, err));
    if (faulted(FAULT_WRITE) || symlink(target, tmp.p) != 0) {
        return err_errno(err, ST_IO, TR("建不了链接“%s”", "cannot make link '%s'"), link);
    }
    return file_rename(tmp.p, link, err);
}

bool file_points_to(const char *link, const char *target)
{
    char buf[4096];
    ssize_t n = readlink(link, buf, sizeof(buf));
    return n >= 0 && (size_t)n == strlen(target) && memcmp(buf, target, (size_t)n) == 0;
}

enum status outfile_open(struct outfile *f, const char *path, struct err *err)
{
    *f = (struct outfile){.fd = -1};
    int fd = faulted(FAULT_WRITE) ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return err_errno(err, ST_IO, TR("写不了“%s”", "cannot write '%s'"), path);
    }
    *f = (struct outfile){.fd = fd, .buf = xmalloc(OUT_BUFFER), .cap = OUT_BUFFER, .path = xstrdup(path)};
    return ST_OK;
}

static void flush(struct outfile *f)
{
    size_t done = 0;
    while (done < f->n && !f->saved_errno) {
        ssize_t n = faulted(FAULT_WRITE) ? -1 : write(f->fd, f->buf + done, f->n - done);
        if (n < 0 && errno != EINTR) {
            f->saved_errno = errno;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    f->n = 0;
}

void outfile_write(struct outfile *f, const void *p, size_t n)
{
    const char *from = p;
    f->written += (int64_t)n;
    while (n) {
        size_t part = MIN(n, f->cap - f->n);
        memcpy(f->buf + f->n, from, part);
        f->n += part;
        from += part;
        n -= part;
        if (f->n == f->cap) {
            flush(f);
        }
    }
}

void outfile_str(struct outfile *f, struct str s)
{
    outfile_write(f, s.p, s.n);
}

void outfile_abandon(struct outfile *f)
{
    close_fd(&f->fd);
    f->fd = -1;
    free(f->buf);
    free(f->path);
    f->buf = f->path = NULL;
}

enum status outfile_close(struct outfile *f, bool sync, struct err *err)
{
    enum status status = ST_OK;
    BUG_ON(f->fd < 0);
    flush(f);
    if (!f->saved_errno && sync && (faulted(FAULT_FSYNC) || fsync(f->fd) != 0)) {
        f->saved_errno = errno;
    }
    if (close(f->fd) != 0 && !f->saved_errno) {
        f->saved_errno = errno;
    }
    f->fd = -1;
    if (f->saved_errno) {
        errno = f->saved_errno;
        status = err_errno(err, ST_IO, TR("写“%s”失败", "cannot write '%s'"), f->path);
    }
    outfile_abandon(f);
    return status;
}

enum status file_sync_parent(const char *path, struct err *err)
{
    AUTO_STRBUF dir = STRBUF_INIT;
    const char *slash = strrchr(path, '/');
    strbuf_add(&dir, slash ? path : ".", slash ? (size_t)(slash - path) : 1);
    return file_sync(dir.n ? dir.p : "/", err);
}

enum status file_write_atomic(const char *path, struct str content, struct err *err)
{
    AUTO_STRBUF tmp = STRBUF_INIT;
    strbuf_addf(&tmp, "%s.tmp", path);
    struct outfile f;
    TRY(outfile_open(&f, tmp.p, err));
    outfile_str(&f, content);
    TRY(outfile_close(&f, true, err));
    TRY(file_rename(tmp.p, path, err));
    return file_sync_parent(path, err);
}

enum status lock_take(const char *path, int *out_fd, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return err_errno(err, ST_IO, TR("打不开锁文件“%s”", "cannot open lock file '%s'"), path);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        enum status status = errno == EWOULDBLOCK
                                 ? err_set(err, ST_LOCKED, TR("锁“%s”被占用", "lock '%s' is held"), path)
                                 : err_errno(err, ST_IO, TR("锁不住“%s”", "cannot lock '%s'"), path);
        (void)close(fd);
        return status;
    }
    *out_fd = fd;
    return ST_OK;
}

void lock_drop(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

enum status file_copy(const char *from, const char *to, struct err *err)
{
    int fd CLEANUP(close_fd) = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0) {
        return err_errno(err, errno == ENOENT ? ST_MISSING : ST_IO, TR("打不开“%s”", "cannot open '%s'"), from);
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return err_set(err, ST_INPUT, TR("“%s”不是普通文件", "'%s' is not a regular file"), from);
    }
    struct outfile out;
    TRY(outfile_open(&out, to, err));
    char buf[OUT_BUFFER / 4];
    for (;;) {
        ssize_t n = read(fd, buf, sizeof(buf));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            enum status status = err_errno(err, ST_IO, TR("读“%s”失败", "cannot read '%s'"), from);
            outfile_abandon(&out);
            return status;
        }
        if (n == 0) {
            return outfile_close(&out, false, err);
        }
        outfile_write(&out, buf, (size_t)n);
    }
}

enum status file_copy_tree(const char *from, const char *to, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    file_list entries = {0};
    TRY(file_mkdirs(to, err));
    enum status status = file_list_dir(&a, from, &entries, err);
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        const char *source = path_join(&a, from, entries.v[i].name), *target = path_join(&a, to, entries.v[i].name);
        if (entries.v[i].is_dir) {
            status = file_copy_tree(source, target, err);
        } else if (entries.v[i].is_file) {
            status = file_copy(source, target, err);
        }
    }
    vec_release(&entries);
    return status;
}
