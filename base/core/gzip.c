/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/core/bug.h"
#include "base/core/file.h"

/* Level 4: on exports half the time of zlib's own choice (13 s/GB, not 25) for files a ninth larger; level 1 would be 10 s/GB, a quarter larger. */
enum { BUFFER = 1 << 16, LEVEL = 4, GZIP_WINDOW = 15 + 16 /* zlib: gzip framing */ };

struct gzip_out {
    z_stream z;
    gz_header header;
    struct outfile out;
    unsigned char buf[BUFFER];
};

enum status gzip_out_open(const char *path, struct gzip_out **out_g, struct err *err)
{
    struct gzip_out *g = xcalloc(1, sizeof(*g));
    enum status status = outfile_open(&g->out, path, err);
    if (status != ST_OK) {
        free(g);
        return status;
    }
    BUG_ON(deflateInit2(&g->z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK);
    g->header.os = 255; /* unknown: the same on every system; time stays 0 */
    BUG_ON(deflateSetHeader(&g->z, &g->header) != Z_OK);
    *out_g = g;
    return ST_OK;
}

static void squeeze(struct gzip_out *g, const void *p, size_t n, int flush)
{
    g->z.next_in = (z_const Bytef *)(uintptr_t)p; /* zlib does not write to it */
    g->z.avail_in = (uInt)n;
    int code;
    do {
        g->z.next_out = g->buf;
        g->z.avail_out = BUFFER;
        code = deflate(&g->z, flush);
        BUG_ON(code == Z_STREAM_ERROR);
        outfile_write(&g->out, g->buf, BUFFER - g->z.avail_out);
    } while (g->z.avail_out == 0);
    BUG_ON(flush == Z_FINISH && code != Z_STREAM_END);
}

void gzip_out_write(struct gzip_out *g, const void *p, size_t n)
{
    const char *from = p;
    while (n) {
        size_t part = MIN(n, (size_t)1 << 30);
        squeeze(g, from, part, Z_NO_FLUSH);
        from += part;
        n -= part;
    }
}

enum status gzip_out_close(struct gzip_out *g, bool sync, struct err *err)
{
    squeeze(g, "", 0, Z_FINISH);
    enum status status = outfile_close(&g->out, sync, err);
    (void)deflateEnd(&g->z);
    free(g);
    return status;
}

void gzip_out_abandon(struct gzip_out *g)
{
    if (!g) {
        return;
    }
    outfile_abandon(&g->out);
    (void)deflateEnd(&g->z);
    free(g);
}

struct gzip_in {
    z_stream z;
    int fd;
    char *name;
    bool in_member, ended; /* between members no state is open */
    unsigned char buf[BUFFER];
};

enum status gzip_in_open(const char *path, struct gzip_in **out_g, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return err_errno(err, errno == ENOENT ? ST_MISSING : ST_IO, TR("打不开“%s”", "cannot open '%s'"), path);
    }
    return gzip_in_fd(fd, path, out_g, err);
}

enum status gzip_in_fd(int fd, const char *name, struct gzip_in **out_g, struct err *err)
{
    (void)err;
    struct gzip_in *g = xcalloc(1, sizeof(*g));
    BUG_ON(inflateInit2(&g->z, GZIP_WINDOW) != Z_OK);
    g->fd = fd;
    g->name = xstrdup(name);
    g->in_member = true;
    *out_g = g;
    return ST_OK;
}

static enum status refill(struct gzip_in *g, struct err *err)
{
    ssize_t n;
    do {
        n = read(g->fd, g->buf, BUFFER);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return err_errno(err, ST_IO, TR("读“%s”失败", "cannot read '%s'"), g->name);
    }
    g->z.next_in = g->buf;
    g->z.avail_in = (uInt)n;
    return ST_OK;
}

static enum status damaged(const struct gzip_in *g, const char *what, struct err *err)
{
    return err_set(err, ST_CORRUPT, TR("压缩文件“%s”读不出来：%s", "cannot decompress '%s': %s"), g->name, what);
}

enum status gzip_in_read(struct gzip_in *g, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    g->z.next_out = buf;
    BUG_ON(cap > UINT32_MAX);
    g->z.avail_out = (uInt)cap;
    while (g->z.avail_out && !g->ended) {
        if (g->z.avail_in == 0) {
            TRY(refill(g, err));
            if (g->z.avail_in == 0 && g->in_member) {
                return damaged(g, TR("文件被截断", "cut off"), err);
            }
            if (g->z.avail_in == 0) {
                g->ended = true;
                break;
            }
        }
        if (!g->in_member) { /* another member follows */
            BUG_ON(inflateReset(&g->z) != Z_OK);
            g->in_member = true;
        }
        int code = inflate(&g->z, Z_NO_FLUSH);
        if (code == Z_STREAM_END) {
            g->in_member = false;
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            return damaged(g, g->z.msg ? g->z.msg : TR("格式不对", "not gzip"), err);
        }
    }
    *out_n = cap - g->z.avail_out;
    return ST_OK;
}

void gzip_in_close(struct gzip_in *g)
{
    if (!g) {
        return;
    }
    (void)close(g->fd);
    (void)inflateEnd(&g->z);
    free(g->name);
    free(g);
}
