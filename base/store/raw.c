/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/core/bug.h"
#include "base/core/file.h"
#include "base/core/gzip.h"
#include "base/store/feed_ahead.h"

enum { BUFFER = 1 << 18 };

/* raw/ab/abcdef... ; the name must be a hash: it may come from a file somebody edited. */
static enum status plain_path(struct arena *a, const char *raw_dir, const char *hash, char **out, struct err *err)
{
    bool good = strlen(hash) == 32;
    for (size_t i = 0; good && i < 32; i++) {
        good = is_digit((unsigned char)hash[i]) || (hash[i] >= 'a' && hash[i] <= 'f');
    }
    if (!good) {
        return err_set(err, ST_CORRUPT, TR("原件名称不合规", "a raw copy is named by 32 hexadecimal digits"));
    }
    *out = arena_printf(a, "%s/%.2s/%s", raw_dir, hash, hash);
    return ST_OK;
}

/* --- copying in --- */

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
}

static enum status open_source(const char *source, int *out_fd, struct stat *out_st, struct err *err)
{
    /* O_NONBLOCK: a fifo in the inbox must not hang the night. */
    int fd = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && (errno == ELOOP || errno == ENXIO)) {
        return err_set(err, ST_REFUSED, TR("“%s”是链接或设备，不收", "'%s' is a link or a device: not accepted"), source);
    }
    if (fd < 0) {
        return err_errno(err, errno == ENOENT ? ST_MISSING : errno == EACCES || errno == EPERM ? ST_REFUSED : ST_IO, TR("打不开“%s”", "cannot open '%s'"), source);
    }
    if (fstat(fd, out_st) != 0 || !S_ISREG(out_st->st_mode)) {
        (void)close(fd);
        return err_set(err, ST_REFUSED, TR("“%s”不是普通文件，不收", "'%s' is not a regular file: not accepted"), source);
    }
    if (file_being_written(fd)) {
        (void)close(fd);
        return err_set(err, ST_INPUT, TR("“%s”还在写入，等它传完再读", "'%s' is still being written: wait until it has arrived"), source);
    }
    *out_fd = fd;
    return ST_OK;
}

enum status raw_source_open(const char *source, int *out_fd, struct err *err)
{
    struct stat st;
    return open_source(source, out_fd, &st, err);
}

static bool same_moment(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* An open file that must not change while it is read. */
struct file_feed {
    int fd;
    const char *path;
    struct stat before;
    int64_t size;
};

static enum status read_file_feed(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct file_feed *f = ctx;
    struct stat after;
    size_t done = 0;
    while (done < cap) {
        ssize_t n = read(f->fd, (char *)buf + done, cap - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_errno(err, ST_IO, TR("读“%s”失败", "cannot read '%s'"), f->path);
        }
        if (n == 0) {
            break;
        }
        done += (size_t)n;
    }
    f->size += (int64_t)done;
    if (done < cap && (fstat(f->fd, &after) != 0 || !same_moment(&f->before, &after) || f->size != (int64_t)after.st_size)) {
        return err_set(err, ST_INPUT, TR("“%s”正在变化，等它传完再读", "'%s' changed while it was read: wait until it has arrived"), f->path);
    }
    *out_n = done;
    return ST_OK;
}

/* Reads a feed to its end into the hash and, unless NULL, into `copy`. */
static enum status read_through(const struct raw_feed *feed, struct outfile *copy, struct digest *digest, int64_t *out_size, struct err *err)
{
    struct feed_ahead *ahead = feed_ahead_new(feed);
    enum status status = ST_OK;
    int64_t size = 0;
    for (size_t n = FEED_BUFFER; status == ST_OK && n == FEED_BUFFER;) {
        const char *p;
        status = feed_ahead_next(ahead, &p, &n, err);
        if (status == ST_OK) {
            digest_update(digest, p, n);
            if (copy) {
                outfile_write(copy, p, n);
            }
            size += (int64_t)n;
        }
    }
    feed_ahead_free(ahead);
    *out_size = size;
    return status;
}

enum status raw_digest_feed(const struct raw_feed *feed, struct digest_hex *out_hex, int64_t *out_size, struct err *err)
{
    struct digest *digest = digest_new_identity();
    struct digest_hex hex;
    enum status status = read_through(feed, NULL, digest, out_size, err);
    digest_finish(digest, &hex);
    if (status == ST_OK) {
        *out_hex = hex;
    }
    return status;
}

enum status raw_digest(const char *source, struct digest_hex *out_hex, int64_t *out_size, struct err *err)
{
    int fd CLEANUP(close_fd) = -1;
    struct file_feed f = {.path = source};
    TRY(open_source(source, &fd, &f.before, err));
    f.fd = fd;
    return raw_digest_feed(&(struct raw_feed){read_file_feed, &f}, out_hex, out_size, err);
}

/* Few fixed names, the lowest that is free: the site's lock allows one process, whose threads copy several files at once, and what a killed one left is overwritten
   by the next. */
static atomic_uint slots_taken; /* a bit each */

static unsigned slot_take(void)
{
    for (unsigned taken = atomic_load(&slots_taken);;) {
        BUG_ON(taken == UINT32_MAX);
        unsigned slot = (unsigned)__builtin_ctz(~taken);
        if (atomic_compare_exchange_weak(&slots_taken, &taken, taken | 1u << slot)) {
            return slot;
        }
    }
}

static void slot_give(unsigned slot)
{
    atomic_fetch_and(&slots_taken, ~(1u << slot));
}

static enum status copy_in(const char *tmp, const struct raw_feed *feed, struct digest_hex *out_hex, int64_t *out_size, struct err *err)
{
    struct outfile copy;
    TRY(outfile_open(&copy, tmp, err));
    struct digest *digest = digest_new();
    enum status status = read_through(feed, &copy, digest, out_size, err);
    digest_finish(digest, out_hex);
    if (status != ST_OK) {
        outfile_abandon(&copy);
        return status;
    }
    return outfile_close(&copy, true, err);
}

/* Puts tmp under its name unless a whole copy is there. A plain copy of another size is a damaged one: replaced. */
static enum status settle(struct arena *a, const char *tmp, const char *raw_dir, const struct digest_hex *hex, int64_t size, struct err *err)
{
    char *path;
    TRY(plain_path(a, raw_dir, hex->xxh128, &path, err));
    if (file_size(path) == size || file_exists(arena_printf(a, "%s.gz", path))) {
        return file_unlink(tmp, err);
    }
    const char *shelf = arena_printf(a, "%s/%.2s", raw_dir, hex->xxh128);
    TRY(file_mkdirs(shelf, err));
    TRY(file_rename(tmp, path, err));
    TRY(file_sync(shelf, err));
    return file_sync(raw_dir, err);
}

enum status raw_put(const char *raw_dir, const char *source, struct digest_hex *out_hex, int64_t *out_size, struct err *err)
{
    int fd CLEANUP(close_fd) = -1;
    struct file_feed f = {.path = source};
    TRY(open_source(source, &fd, &f.before, err));
    f.fd = fd;
    return raw_put_feed(raw_dir, &(struct raw_feed){read_file_feed, &f}, out_hex, out_size, err);
}

enum status raw_put_feed(const char *raw_dir, const struct raw_feed *feed, struct digest_hex *out_hex, int64_t *out_size, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct digest_hex hex;
    int64_t size = 0;
    TRY(file_mkdirs(raw_dir, err));
    unsigned slot = slot_take();
    char *tmp = slot == 0 ? path_join(&a, raw_dir, ".put.tmp") : arena_printf(&a, "%s/.put-%u.tmp", raw_dir, slot);
    enum status status = copy_in(tmp, feed, &hex, &size, err);
    if (status == ST_OK) {
        status = settle(&a, tmp, raw_dir, &hex, size, err);
    }
    if (status != ST_OK) {
        (void)unlink(tmp); /* best effort: the error at hand is the one to report */
    }
    slot_give(slot);
    if (status != ST_OK) {
        return status;
    }
    *out_hex = hex;
    *out_size = size;
    return ST_OK;
}

bool raw_has(const char *raw_dir, const char *xxh128)
{
    AUTO_ARENA a = ARENA_INIT;
    char *path;
    return plain_path(&a, raw_dir, xxh128, &path, NULL) == ST_OK &&
           (file_exists(path) || file_exists(arena_printf(&a, "%s.gz", path)));
}

/* --- reading --- */

struct raw_reader {
    int fd;             /* plain, or -1 */
    struct gzip_in *gz; /* compressed, or NULL */
    char *path;
};

enum status raw_open(const char *raw_dir, const char *xxh128, struct raw_reader **out_r, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    char *path;
    TRY(plain_path(&a, raw_dir, xxh128, &path, err));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno != ENOENT) {
        return err_errno(err, ST_IO, TR("打不开“%s”", "cannot open '%s'"), path);
    }
    struct gzip_in *gz = NULL;
    if (fd < 0) {
        path = arena_printf(&a, "%s.gz", path);
        TRY(gzip_in_open(path, &gz, err));
    }
    struct raw_reader *r = xcalloc(1, sizeof(*r));
    *r = (struct raw_reader){.fd = fd, .gz = gz, .path = xstrdup(path)};
    *out_r = r;
    return ST_OK;
}

enum status raw_read(struct raw_reader *r, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    if (r->gz) {
        return gzip_in_read(r->gz, buf, cap, out_n, err);
    }
    size_t done = 0;
    while (done < cap) {
        ssize_t n = read(r->fd, (char *)buf + done, cap - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_errno(err, ST_IO, TR("读“%s”失败", "cannot read '%s'"), r->path);
        }
        if (n == 0) {
            break;
        }
        done += (size_t)n;
    }
    *out_n = done;
    return ST_OK;
}

void raw_close(struct raw_reader *r)
{
    if (!r) {
        return;
    }
    close_fd(&r->fd);
    gzip_in_close(r->gz);
    free(r->path);
    free(r);
}

int raw_fd(const struct raw_reader *r)
{
    return r->fd;
}

/* Hashes a stored file and, unless NULL, compresses it on the way. */
static enum status hash_stored(struct raw_reader *r, struct gzip_out *to, struct digest *digest, int64_t *out_size, struct err *err)
{
    AUTO_STRBUF buf = STRBUF_INIT;
    strbuf_reserve(&buf, BUFFER);
    int64_t size = 0;
    for (;;) {
        size_t n = 0;
        TRY(raw_read(r, buf.p, BUFFER, &n, err));
        digest_update(digest, buf.p, n);
        if (to) {
            gzip_out_write(to, buf.p, n);
        }
        size += (int64_t)n;
        if (n < BUFFER) {
            *out_size = size;
            return ST_OK;
        }
    }
}

static enum status not_itself(const char *path, struct err *err)
{
    return err_set(err, ST_CORRUPT, TR("原件“%s”与其校验值不符", "raw copy '%s' does not match its hash"), path);
}

enum status raw_verify(const char *raw_dir, const char *xxh128, const char *sha256, int64_t size, struct err *err)
{
    struct raw_reader *r = NULL;
    TRY(raw_open(raw_dir, xxh128, &r, err));
    struct digest *digest = digest_new();
    struct digest_hex hex;
    int64_t found = 0;
    enum status status = hash_stored(r, NULL, digest, &found, err);
    digest_finish(digest, &hex);
    if (status == ST_OK && (strcmp(hex.xxh128, xxh128) != 0 || (sha256 && strcmp(hex.sha256, sha256) != 0) || (size >= 0 && size != found))) {
        status = not_itself(r->path, err);
    }
    raw_close(r);
    return status;
}

/* Writes tmp from the plain copy; *out_same says whether what was read is what the name promises. */
static enum status write_compressed(struct raw_reader *r, const char *tmp, const char *xxh128, bool *out_same, struct err *err)
{
    struct gzip_out *to = NULL;
    struct digest_hex hex;
    int64_t size = 0;
    TRY(gzip_out_open(tmp, &to, err));
    struct digest *digest = digest_new_identity();
    enum status status = hash_stored(r, to, digest, &size, err);
    digest_finish(digest, &hex);
    if (status != ST_OK) {
        gzip_out_abandon(to);
        return status;
    }
    *out_same = strcmp(hex.xxh128, xxh128) == 0;
    return gzip_out_close(to, true, err);
}

enum status raw_compress(const char *raw_dir, const char *xxh128, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    char *path;
    TRY(plain_path(&a, raw_dir, xxh128, &path, err));
    const char *packed = arena_printf(&a, "%s.gz", path), *tmp = arena_printf(&a, "%s.gz.tmp", path);
    if (!file_exists(path)) {
        return raw_has(raw_dir, xxh128) ? ST_OK : err_set(err, ST_MISSING, TR("没有原件“%s”", "there is no raw copy '%s'"), path);
    }
    struct raw_reader *r = NULL;
    bool same = false;
    char magic[4];
    TRY(raw_open(raw_dir, xxh128, &r, err));
    if (pread(r->fd, magic, sizeof(magic), 0) == sizeof(magic) && memcmp(magic, "PK\3\4", sizeof(magic)) == 0) {
        raw_close(r); /* compressed in itself, and read from any place */
        return ST_OK;
    }
    enum status status = write_compressed(r, tmp, xxh128, &same, err);
    raw_close(r);
    if (status == ST_OK && !same) {
        status = not_itself(path, err);
    }
    if (status != ST_OK) {
        (void)unlink(tmp); /* best effort */
        return status;
    }
    TRY(file_rename(tmp, packed, err));
    TRY(file_sync_parent(packed, err)); /* the new one is safe before the old one goes */
    TRY(file_unlink(path, err));
    return file_sync_parent(packed, err);
}
