/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/unzip.h"

#include <errno.h>
#include <minizip/unzip.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text/encoding.h"
#include "base/text/utf8.h"

struct zip {
    int fd;
    ZPOS64_T at, size;          /* of the archive, as minizip reads it */
    unzFile file;
    char *name;
    struct arena arena;
    VEC(struct zip_member) members;
    VEC(unz64_file_pos) places;
    struct decoder gbk;
    bool is_open;
    int64_t unpacked;           /* so far, over all members */
};

/* --- minizip's file functions over our descriptor: no path is opened twice ----------------------------------------- */

static voidpf open_fd(voidpf opaque, const void *path, int mode)
{
    (void)path, (void)mode;
    return opaque;
}

static uLong read_fd(voidpf opaque, voidpf stream, void *buf, uLong n)
{
    struct zip *z = stream;
    uLong done = 0;
    (void)opaque;
    while (done < n) {
        ssize_t got = pread(z->fd, (char *)buf + done, n - done, (off_t)z->at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        z->at += (ZPOS64_T)got;
        done += (uLong)got;
    }
    return done;
}

static ZPOS64_T tell_fd(voidpf opaque, voidpf stream)
{
    (void)opaque;
    return ((struct zip *)stream)->at;
}

static long seek_fd(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
    struct zip *z = stream;
    ZPOS64_T base = origin == ZLIB_FILEFUNC_SEEK_CUR ? z->at : origin == ZLIB_FILEFUNC_SEEK_END ? z->size : 0;
    (void)opaque;
    if (offset > z->size || base + offset > z->size) {
        return -1;
    }
    z->at = base + offset;
    return 0;
}

static int close_or_error(voidpf opaque, voidpf stream)
{
    (void)opaque, (void)stream;
    return 0;
}

/* --- the list of members ------------------------------------------------------------------------------------------- */

static enum status not_readable(const struct zip *z, struct err *err)
{
    return err_set(err, ST_INPUT, TR("%s：压缩包或工作簿打不开，可能没有传完或已损坏；请重新发送", "%s: the archive cannot be opened, it is cut off or damaged; send it again"), z->name);
}

/* Names are UTF-8 when flagged or valid; else what Chinese Windows writes. */
static const char *member_name(struct zip *z, const char *raw)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    AUTO_STRBUF out = STRBUF_INIT;
    struct decode_note note;
    struct str s = str_of(raw);
    if (utf8_valid_head(s) < s.n) {
        s = decode_line(&z->gbk, s, &scratch, &note);
    }
    for (size_t i = 0; i < s.n; i++) {
        strbuf_addc(&out, s.p[i] == '\\' ? '/' : (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F ? '?' : s.p[i]);
    }
    return arena_z(&z->arena, strbuf_str(&out));
}

static enum status list_members(struct zip *z, struct err *err)
{
    char raw[1024];
    unz_file_info64 info;
    int code = unzGoToFirstFile(z->file);
    for (; code == UNZ_OK; code = unzGoToNextFile(z->file)) {
        unz64_file_pos place;
        if (unzGetCurrentFileInfo64(z->file, &info, raw, sizeof(raw) - 1, NULL, 0, NULL, 0) != UNZ_OK || unzGetFilePos64(z->file, &place) != UNZ_OK) {
            return not_readable(z, err);
        }
        if (z->members.n >= ZIP_MAX_MEMBERS) {
            return err_set(err, ST_INPUT, TR("%s：压缩包里超过 %d 个文件，不收", "%s: more than %d files in the archive, not accepted"), z->name, ZIP_MAX_MEMBERS);
        }
        raw[MIN(info.size_filename, sizeof(raw) - 1)] = 0;
        struct zip_member m = {.name = member_name(z, raw), .size = (int64_t)MIN(info.uncompressed_size, (ZPOS64_T)INT64_MAX)};
        m.folder = str_ends(str_of(m.name), STR("/"));
        m.encrypted = info.flag & 1;
        m.odd_method = info.compression_method != 0 && info.compression_method != Z_DEFLATED;
        vec_push(&z->members, m);
        vec_push(&z->places, place);
    }
    return code == UNZ_END_OF_LIST_OF_FILE || z->members.n > 0 ? ST_OK : not_readable(z, err);
}

enum status zip_open(int fd, const char *name, struct zip **out, struct err *err)
{
    struct zip *z = xcalloc(1, sizeof(*z));
    struct stat st;
    *z = (struct zip){.fd = fd, .name = xstrdup(name)};
    z->size = fstat(fd, &st) == 0 && st.st_size > 0 ? (ZPOS64_T)st.st_size : 0;
    zlib_filefunc64_def io = {open_fd, read_fd, NULL, tell_fd, seek_fd, close_or_error, close_or_error, z};
    enum status status = decoder_open(&z->gbk, ENC_GB18030, err);
    if (status == ST_OK) {
        z->file = unzOpen2_64(name, &io);
        status = z->file ? list_members(z, err) : not_readable(z, err);
    }
    if (status != ST_OK) {
        zip_close(z);
        return status;
    }
    *out = z;
    return ST_OK;
}

void zip_close(struct zip *z)
{
    if (!z) {
        return;
    }
    zip_member_close(z);
    if (z->file) {
        (void)unzClose(z->file);
    }
    decoder_close(&z->gbk);
    vec_release(&z->members);
    vec_release(&z->places);
    arena_release(&z->arena);
    free(z->name);
    free(z);
}

size_t zip_count(const struct zip *z)
{
    return z->members.n;
}

const struct zip_member *zip_member(const struct zip *z, size_t i)
{
    return &z->members.v[i];
}

int zip_find(const struct zip *z, const char *name)
{
    for (size_t i = 0; i < z->members.n; i++) {
        if (strcmp(z->members.v[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* --- one member ---------------------------------------------------------------------------------------------------- */

enum status zip_member_open(struct zip *z, size_t i, struct err *err)
{
    const struct zip_member *m = &z->members.v[i];
    zip_member_close(z);
    if (m->encrypted) {
        return err_set(err, ST_INPUT, TR("%s：%s 有密码，打不开；请去掉密码（或另存一份不加密的）再送", "%s: %s is protected by a password; send it without one"), z->name, m->name);
    }
    if (m->odd_method) {
        return err_set(err, ST_INPUT, TR("%s：%s 的压缩方法不认识；请用系统自带的“压缩到 zip”重新打包", "%s: %s uses an unknown compression method; pack it as an ordinary zip"),
                       z->name, m->name);
    }
    if (unzGoToFilePos64(z->file, &z->places.v[i]) != UNZ_OK || unzOpenCurrentFile(z->file) != UNZ_OK) {
        return not_readable(z, err);
    }
    z->is_open = true;
    return ST_OK;
}

enum status zip_member_read(struct zip *z, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    size_t done = 0;
    while (z->is_open && done < cap) {
        int got = unzReadCurrentFile(z->file, (char *)buf + done, (unsigned)MIN(cap - done, (size_t)1 << 20));
        if (got < 0) {
            return not_readable(z, err);
        }
        if (got == 0) {
            break;
        }
        done += (size_t)got;
    }
    z->unpacked += (int64_t)done;
    if (z->unpacked > UNPACK_MAX_BYTES || (z->unpacked > UNPACK_FREE && z->unpacked / UNPACK_MAX_RATIO > (int64_t)z->size)) {
        return err_set(err, ST_INPUT, TR("%s：展开后超过原来的 %d 倍或 %d GiB，不收；请核对来源，或直接送 CSV", "%s: unpacks to more than %d times its size or %d GiB, not accepted; send CSV"),
                       z->name, UNPACK_MAX_RATIO, (int)(UNPACK_MAX_BYTES >> 30));
    }
    if (z->is_open && done < cap) {
        z->is_open = false;
        if (unzCloseCurrentFile(z->file) != UNZ_OK) { /* the check sum */
            return not_readable(z, err);
        }
    }
    *out_n = done;
    return ST_OK;
}

void zip_member_close(struct zip *z)
{
    if (z->is_open) {
        (void)unzCloseCurrentFile(z->file);
        z->is_open = false;
    }
}
