/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/arrival.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/file.h"
#include "base/core/gzip.h"
#include "base/store/raw.h"
#include "pipeline/ingest/unzip.h"
#include "pipeline/ingest/xlsx.h"

#define MAGIC_BYTES 512

/* --- told by the first bytes ------------------------------------------------------------------------------------------ */

enum content { CONTENT_TEXT, CONTENT_ZIP, CONTENT_GZIP, CONTENT_OTHER };
struct magic {
    const char *bytes;
    size_t n, at;
    enum content content;
    const char *zh, *en;
};

static const struct magic magics[] = {
    {"PK\3\4", 4, 0, CONTENT_ZIP, NULL, NULL},
    {"PK\5\6", 4, 0, CONTENT_OTHER, "是空的压缩包", "is an empty archive"},
    {"\x1f\x8b", 2, 0, CONTENT_GZIP, NULL, NULL},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, 0, CONTENT_OTHER, "是旧格式的 Excel/WPS 文件（.xls、.et）或加了密码的工作簿；请打开它，另存为 .xlsx 或 CSV（不加密码）再送",
     "is an old spreadsheet (.xls, .et) or a workbook with a password; open it and save it as .xlsx or CSV without one"},
    {"%PDF", 4, 0, CONTENT_OTHER, "是 PDF，只能看不能读；请部门从系统导出 CSV 或 .xlsx", "is a PDF; have it exported as CSV or .xlsx"},
    {"Rar!", 4, 0, CONTENT_OTHER, "是 RAR 压缩包；请解开后直接送，或改用 zip", "is a RAR archive; send the file itself, or a zip"},
    {"7z\xBC\xAF\x27\x1C", 6, 0, CONTENT_OTHER, "是 7z 压缩包；请解开后直接送，或改用 zip", "is a 7z archive; send the file itself, or a zip"},
    {"BZh", 3, 0, CONTENT_OTHER, "是 bzip2 压缩文件；请解开后直接送，或改用 gzip、zip", "is packed by bzip2; send the file itself, or use gzip or zip"},
    {"\xFD" "7zXZ", 5, 0, CONTENT_OTHER, "是 xz 压缩文件；请解开后直接送，或改用 gzip、zip", "is packed by xz; send the file itself, or use gzip or zip"},
    {"{\\rtf", 5, 0, CONTENT_OTHER, "是 Word 文档；请另存为 CSV 或 .xlsx 再送", "is a word processor's document; save the table as CSV or .xlsx"},
    {"ustar", 5, 257, CONTENT_OTHER, "是 tar 包；请解开后直接送，或改用 zip", "is a tar archive; send the files themselves, or a zip"},
    {"\x89PNG", 4, 0, CONTENT_OTHER, "是图片，读不了；请部门从系统导出 CSV 或 .xlsx", "is a picture; have the table exported as CSV or .xlsx"},
    {"\xFF\xD8\xFF", 3, 0, CONTENT_OTHER, "是图片，读不了；请部门从系统导出 CSV 或 .xlsx", "is a picture; have the table exported as CSV or .xlsx"},
    {"SQLite format 3", 15, 0, CONTENT_OTHER, "是数据库文件；请导出 CSV 或 .xlsx", "is a database; export the table as CSV or .xlsx"},
};

static enum content told_by(const char *bytes, size_t n, const struct magic **out_magic)
{
    for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
        const struct magic *m = &magics[i];
        if (n >= m->at + m->n && memcmp(bytes + m->at, m->bytes, m->n) == 0) {
            *out_magic = m;
            return m->content;
        }
    }
    return CONTENT_TEXT;
}

/* Do the bytes begin with one of the heads, behind a BOM and blanks, in either case? */
static bool begins_with(const char *bytes, size_t n, const char *const *heads, size_t n_heads)
{
    size_t at = n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < n && (unsigned char)bytes[at] <= ' ') {
        at++;
    }
    for (size_t i = 0; i < n_heads; i++) {
        size_t k = 0;
        while (heads[i][k] && at + k < n && to_lower(bytes[at + k]) == heads[i][k]) {
            k++;
        }
        if (!heads[i][k]) {
            return true;
        }
    }
    return false;
}

static enum status refuse_content(const char *shown, const char *bytes, size_t n, bool packed, enum content *out, struct err *err)
{
    const struct magic *m = NULL;
    *out = told_by(bytes, n, &m);
    if (*out == CONTENT_OTHER) {
        return err_set(err, ST_REFUSED, "%s %s", shown, TR(m->zh, m->en));
    }
    if (*out == CONTENT_GZIP && packed) {
        return err_set(err, ST_REFUSED, TR("%s 是压缩包里的压缩包，不收；请只压一层", "%s is an archive inside an archive; pack it once only"), shown);
    }
    static const char *const markup[] = {"<html", "<!doctype", "<table", "<?xml", "<meta", "<head"}; /* many systems call a web page .xls */
    static const char *const json[] = {"{\"", "[{\"", "[[\"", "{\n", "{\r\n", "[\n", "[\r\n"};
    if (*out == CONTENT_TEXT && begins_with(bytes, n, json, ARRAY_LEN(json))) {
        return err_set(err, ST_REFUSED, TR("%s 其实是 JSON，不是表；请部门导出 CSV 或 .xlsx 再送", "%s is really JSON, no table; have it exported as CSV or .xlsx"), shown);
    }
    if (*out == CONTENT_TEXT && begins_with(bytes, n, markup, ARRAY_LEN(markup))) {
        return err_set(err, ST_REFUSED, TR("%s 其实是网页（有的系统把它叫作 .xls）；请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV 再送",
                                           "%s is really a web page (some systems call it .xls); open it and save it as .xlsx or CSV"), shown);
    }
    return ST_OK;
}

bool arrival_is_zip(const char *name)
{
    struct str s = str_of(name);
    return str_ends(s, STR(".zip")) || str_ends(s, STR(".ZIP")) || str_ends(s, STR(".Zip"));
}

bool arrival_name_is_safe(const char *name)
{
    struct str s = str_of(name);
    bool climbs = s.n == 0 || s.p[0] == '/' || str_eqz(s, "..") || str_starts(s, STR("../")) || str_ends(s, STR("/..")) || str_find(s, STR("/../")) < s.n;
    for (size_t i = 0; i < s.n; i++) {
        climbs = climbs || (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F;
    }
    return !climbs;
}

/* --- what is in it ------------------------------------------------------------------------------------------------------ */

static void add_part(struct arrival *a, const char *name, const char *shown, int member)
{
    vec_push(&a->parts, (struct arrival_part){arena_z(&a->arena, str_of(name)), arena_z(&a->arena, str_of(shown)), member});
}

static const char *without_tail(struct arrival *a, const char *name, const char *tail)
{
    struct str s = str_of(name);
    size_t n = strlen(tail);
    bool has = s.n > n;
    for (size_t i = 0; has && i < n; i++) {
        has = to_lower(s.p[s.n - n + i]) == tail[i];
    }
    return has ? arena_z(&a->arena, str_sub(s, 0, s.n - n)) : name;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Folders, and what Finder and Explorer leave in every archive. */
static bool is_rubbish(const struct zip_member *m)
{
    const char *base = base_name(m->name);
    return m->folder || str_starts(str_of(m->name), STR("__MACOSX/")) || base[0] == '.' || strcmp(base, "Thumbs.db") == 0 || strcmp(base, "desktop.ini") == 0;
}

static enum status list_zip(struct arrival *a, const struct zip *z, struct err *err)
{
    for (size_t i = 0; i < zip_count(z); i++) {
        const struct zip_member *m = zip_member(z, i);
        if (is_rubbish(m)) {
            continue;
        }
        if (m->encrypted) {
            return err_set(err, ST_REFUSED, TR("%s 有密码，打不开；请去掉密码再送，要保密就用加密的 U 盘或专线", "%s is protected by a password; send it without one, over a safe way"), a->name);
        }
        if (!arrival_name_is_safe(m->name) || strchr(m->name, ':')) {
            strbuf_addf(&a->skipped, TR("压缩包里的“%s”文件名不合规（指向包外），没有读\n", "'%s' in the archive has a name that leads out of it, not read\n"), m->name);
            continue;
        }
        add_part(a, base_name(m->name), arena_printf(&a->arena, "%s/%s", a->name, m->name), (int)i);
    }
    if (a->parts.n == 0) {
        return err_set(err, ST_REFUSED, TR("%s 是压缩包，里面没有可读的文件", "%s is an archive without a file to read"), a->name);
    }
    return ST_OK;
}

/* A workbook is one file; other office documents are archives too, and no tables. */
static enum status look_into_zip(struct arrival *a, int fd, struct err *err)
{
    struct zip *z;
    TRY(zip_open(fd, a->name, &z, err));
    enum status status = ST_OK;
    if (xlsx_is(z)) {
        a->packing = PACKED_NOT;
        add_part(a, a->name, a->name, -1);
    } else if (zip_find(z, "[Content_Types].xml") >= 0 || zip_find(z, "mimetype") >= 0) {
        status = err_set(err, ST_REFUSED, TR("%s 是 Word、.ods、.xlsb 之类的文档，不是 .xlsx；请打开它，另存为 .xlsx 或 CSV 再送", "%s is an office document but no .xlsx; save it as .xlsx or CSV"), a->name);
    } else {
        a->packing = PACKED_ZIP;
        status = list_zip(a, z, err);
    }
    zip_close(z);
    return status;
}

static enum status look(struct arrival *a, int fd, struct err *err)
{
    char head[MAGIC_BYTES];
    ssize_t n = pread(fd, head, sizeof(head), 0);
    enum content content;
    if (n < 0) {
        return err_errno(err, ST_IO, TR("读“%s”失败", "cannot read '%s'"), a->name);
    }
    TRY(refuse_content(a->name, head, (size_t)n, false, &content, err));
    if (content == CONTENT_ZIP) {
        return look_into_zip(a, fd, err);
    }
    a->packing = content == CONTENT_GZIP ? PACKED_GZIP : PACKED_NOT;
    add_part(a, content == CONTENT_GZIP ? without_tail(a, a->name, ".gz") : a->name, a->name, -1);
    return ST_OK;
}

enum status arrival_open(const char *path, const char *name, struct arrival *out, struct err *err)
{
    int fd;
    *out = (struct arrival){.path = path, .name = name};
    TRY(raw_source_open(path, &fd, err));
    enum status status = look(out, fd, err);
    (void)close(fd);
    if (status != ST_OK) {
        arrival_release(out);
    }
    return status;
}

void arrival_release(struct arrival *a)
{
    vec_release(&a->parts);
    strbuf_release(&a->skipped);
    arena_release(&a->arena);
}

/* --- reading a part -------------------------------------------------------------------------------------------------------- */

struct unpacking {
    const struct arrival_part *part;
    struct gzip_in *gz;
    struct zip *zip;
    int fd;
    int64_t packed, unpacked;
    bool looked;
};

static enum status read_packed(struct unpacking *u, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    if (u->zip) {
        return zip_member_read(u->zip, buf, cap, out_n, err);
    }
    TRY(gzip_in_read(u->gz, buf, cap, out_n, err));
    u->unpacked += (int64_t)*out_n;
    if (u->unpacked > UNPACK_MAX_BYTES || (u->unpacked > UNPACK_FREE && u->unpacked / UNPACK_MAX_RATIO > u->packed)) {
        return err_set(err, ST_INPUT, TR("%s：展开后超过原来的 %d 倍或 %d GiB，不收；请核对来源，或直接送 CSV", "%s: unpacks to more than %d times its size or %d GiB, not accepted; send CSV"),
                       u->part->shown, UNPACK_MAX_RATIO, (int)(UNPACK_MAX_BYTES >> 30));
    }
    return ST_OK;
}

static enum status read_part(void *ctx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct unpacking *u = ctx;
    enum content content;
    enum status status = read_packed(u, buf, cap, out_n, err);
    if (status == ST_OK && !u->looked) {
        u->looked = true;
        status = refuse_content(u->part->shown, buf, *out_n, true, &content, err);
    }
    return status == ST_CORRUPT ? err_set(err, ST_INPUT, TR("%s：压缩文件已损坏或没有传完；请重新发送", "%s: damaged or cut off; send it again"), u->part->shown) : status;
}

static void stop_unpacking(struct unpacking *u)
{
    gzip_in_close(u->gz); /* and its descriptor */
    zip_close(u->zip);
    if (u->zip || (!u->gz && u->fd >= 0)) {
        (void)close(u->fd);
    }
}

static enum status start_unpacking(const struct arrival *a, size_t part, struct unpacking *u, struct err *err)
{
    *u = (struct unpacking){.part = &a->parts.v[part], .fd = -1, .packed = file_size(a->path)};
    TRY(raw_source_open(a->path, &u->fd, err));
    if (a->packing == PACKED_GZIP) {
        return gzip_in_fd(u->fd, a->name, &u->gz, err);
    }
    TRY(zip_open(u->fd, a->name, &u->zip, err));
    return u->part->member < (int)zip_count(u->zip) ? zip_member_open(u->zip, (size_t)u->part->member, err)
                                                    : err_set(err, ST_INPUT, TR("%s 正在变化，等它传完再读", "%s changed while it was read"), a->name);
}

enum status arrival_digest(const struct arrival *a, size_t part, struct digest_hex *out_hex, int64_t *out_size, struct err *err)
{
    if (a->packing == PACKED_NOT) {
        return raw_digest(a->path, out_hex, out_size, err);
    }
    struct unpacking u;
    enum status status = start_unpacking(a, part, &u, err);
    status = status == ST_OK ? raw_digest_feed(&(struct raw_feed){read_part, &u}, out_hex, out_size, err) : status;
    stop_unpacking(&u);
    return status;
}

enum status arrival_put(const struct arrival *a, size_t part, const char *raw_dir, struct digest_hex *out_hex, int64_t *out_size, struct err *err)
{
    if (a->packing == PACKED_NOT) {
        return raw_put(raw_dir, a->path, out_hex, out_size, err);
    }
    struct unpacking u;
    enum status status = start_unpacking(a, part, &u, err);
    status = status == ST_OK ? raw_put_feed(raw_dir, &(struct raw_feed){read_part, &u}, out_hex, out_size, err) : status;
    stop_unpacking(&u);
    return status;
}

static enum status collect(struct unpacking *u, size_t limit, struct strbuf *out, struct err *err)
{
    enum { STEP = 1 << 18 };
    for (size_t n = STEP; n == STEP;) {
        strbuf_reserve(out, STEP);
        TRY(read_part(u, out->p + out->n, STEP, &n, err));
        out->n += n;
        if (out->n > limit) {
            return err_set(err, ST_INPUT, TR("“%s”过大，上限 %zu 字节", "'%s' is too large, limit %zu bytes"), u->part->shown, limit);
        }
    }
    return ST_OK;
}

enum status arrival_read_all(const struct arrival *a, size_t part, size_t limit, struct strbuf *out, struct err *err)
{
    if (a->packing == PACKED_NOT) {
        return file_read_all(a->path, limit, out, err);
    }
    struct unpacking u;
    strbuf_clear(out);
    enum status status = start_unpacking(a, part, &u, err);
    status = status == ST_OK ? collect(&u, limit, out, err) : status;
    stop_unpacking(&u);
    return status;
}
