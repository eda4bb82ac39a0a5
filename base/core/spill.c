/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/bug.h"
#include "base/core/file.h"
#include "base/core/vec.h"

enum { PIECE = 16384 }; /* what a number may have in memory */

struct piece {
    int64_t at;
    uint32_t n, next; /* next: older piece of the same number + 1, 0: none */
};

struct spill {
    char *path;
    size_t numbers;
    struct strbuf *rest; /* by number: what is not in the file */
    uint32_t *last;      /* by number: newest piece + 1 */
    VEC(struct piece) pieces;
    struct outfile out;
    struct err failed;   /* of the file; ST_OK: none */
    enum status status;
    bool open;
    int fd;              /* to read from; -1 */
};

struct spill *spill_new(const char *path, size_t numbers)
{
    struct spill *s = xcalloc(1, sizeof(*s));
    s->path = xstrdup(path);
    s->numbers = numbers;
    s->rest = xcalloc(numbers + 1, sizeof(*s->rest));
    s->last = xcalloc(numbers + 1, sizeof(*s->last));
    s->fd = -1;
    return s;
}

void spill_free(struct spill *s)
{
    if (!s) {
        return;
    }
    if (s->open) { /* given up before its end */
        outfile_abandon(&s->out);
        (void)remove(s->path); /* best effort: the folder goes when the night is made again */
    }
    if (s->fd >= 0) {
        (void)close(s->fd);
    }
    for (size_t i = 0; i < s->numbers; i++) {
        strbuf_release(&s->rest[i]);
    }
    free(s->rest);
    free(s->last);
    free(s->path);
    vec_release(&s->pieces);
    free(s);
}

static void put_aside(struct spill *s, size_t number)
{
    struct strbuf *b = &s->rest[number];
    if (!s->open && s->status == ST_OK) {
        s->status = outfile_open(&s->out, s->path, &s->failed);
        s->open = s->status == ST_OK;
    }
    if (s->open) {
        vec_push(&s->pieces, (struct piece){s->out.written, (uint32_t)b->n, s->last[number]});
        s->last[number] = (uint32_t)s->pieces.n;
        outfile_write(&s->out, b->p, b->n);
    }
    strbuf_clear(b);
}

void spill_put(struct spill *s, size_t number, const void *p, size_t n)
{
    BUG_ON(number >= s->numbers || n > UINT32_MAX - PIECE);
    if (s->rest[number].n + n > PIECE && s->rest[number].n) {
        put_aside(s, number);
    }
    strbuf_add(&s->rest[number], p, n);
}

enum status spill_end(struct spill *s, struct err *err)
{
    if (s->status != ST_OK) {
        *err = s->failed;
        return s->status;
    }
    if (!s->open) {
        return ST_OK;
    }
    s->open = false;
    enum status status = outfile_close(&s->out, false, err);
    s->fd = status == ST_OK ? open(s->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (status == ST_OK && s->fd < 0) {
        status = err_errno(err, ST_IO, TR("打不开“%s”", "cannot open '%s'"), s->path);
    }
    if (status != ST_OK) {
        (void)remove(s->path); /* as well as can be: the disk may be full of it */
        return status;
    }
    return file_unlink(s->path, err);
}

static enum status read_piece(const struct spill *s, const struct piece *p, char *to, struct err *err)
{
    for (size_t done = 0; done < p->n;) {
        ssize_t got = pread(s->fd, to + done, p->n - done, (off_t)p->at + (off_t)done);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            errno = got == 0 ? EIO : errno;
            return err_errno(err, ST_IO, TR("读“%s”失败", "cannot read '%s'"), s->path);
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return ST_OK;
}

enum status spill_take(const struct spill *s, size_t number, struct strbuf *out, struct err *err)
{
    size_t all = s->rest[number].n, at;
    for (uint32_t k = s->last[number]; k; k = s->pieces.v[k - 1].next) {
        all += s->pieces.v[k - 1].n;
    }
    strbuf_reserve(out, all + 1);
    at = out->n + all - s->rest[number].n;
    if (s->rest[number].n) {
        memcpy(out->p + at, s->rest[number].p, s->rest[number].n);
    }
    for (uint32_t k = s->last[number]; k; k = s->pieces.v[k - 1].next) { /* the newest first: from the end to the front */
        at -= s->pieces.v[k - 1].n;
        TRY(read_piece(s, &s->pieces.v[k - 1], out->p + at, err));
    }
    out->n += all;
    return ST_OK;
}
