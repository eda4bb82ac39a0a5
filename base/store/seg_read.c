/* SPDX-License-Identifier: Apache-2.0 */
/* Reading with pread: mapped pages would count as our memory, and an I/O error in one is a signal. Nothing in the file is believed before it is checked. */
#include "base/store/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/core/bug.h"
#include "base/core/hash.h"
#include "base/store/seg_format.h"

/* The fuzzer cannot guess checksums; it must get past them to what lies behind. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
enum { CHECK_SUMS = 0 };
#else
enum { CHECK_SUMS = 1 };
#endif

#define FOOTER_MAX ((uint64_t)256 << 20)
#define CHUNK_MAX  (SEG_BLOCK_TEXT + SEG_MAX_TEXT + (size_t)SEG_BLOCK_ROWS * 8) /* texts, lengths and codes of one block */

struct read_column {
    char *name;
    enum seg_type type;
    /* for seg_fetch: the block last read */
    bool cached;
    size_t cached_block;
    int64_t *values;
    struct seg_text text;
};

struct seg_reader {
    int fd;
    char *path;
    struct strbuf footer, buffer;
    struct read_column *columns;
    size_t n_columns, n_blocks;
    uint64_t *starts;         /* first row of each block, and the number of rows at the end */
    const char *block_table;  /* in footer */
    struct str meta;          /* in footer */
};

static enum status corrupt(const struct seg_reader *r, const char *what, struct err *err)
{
    return err_set(err, ST_CORRUPT, TR("段文件“%s”已损坏：%s", "segment '%s' is damaged: %s"), r->path, what);
}

static enum status corrupt_block(const struct seg_reader *r, size_t block, size_t col, struct err *err)
{
    return err_set(err, ST_CORRUPT, TR("段文件“%s”已损坏：第 %zu 块，第 %zu 列", "segment '%s' is damaged: block %zu, column %zu"),
                   r->path, block, col);
}

static enum status read_at(const struct seg_reader *r, uint64_t offset, size_t n, char *to, struct err *err)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(r->fd, to + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_errno(err, ST_IO, TR("读“%s”失败", "cannot read '%s'"), r->path);
        }
        if (got == 0) {
            return corrupt(r, TR("文件被截断", "cut off"), err);
        }
        done += (size_t)got;
    }
    return ST_OK;
}

/* --- the footer --- */

struct cursor {
    const char *p;
    size_t left;
};

static bool take(struct cursor *c, size_t n, const char **out)
{
    if (c->left < n) {
        return false;
    }
    *out = c->p;
    c->p += n;
    c->left -= n;
    return true;
}

static bool parse_columns(struct seg_reader *r, struct cursor names)
{
    r->columns = xcalloc(r->n_columns, sizeof(*r->columns));
    for (size_t i = 0; i < r->n_columns; i++) {
        const char *head, *name;
        if (!take(&names, 3, &head)) {
            return false;
        }
        uint16_t n;
        memcpy(&n, head + 1, sizeof(n));
        if (*head < SEG_I32 || *head > SEG_TEXT || !take(&names, n, &name) || memchr(name, 0, n)) {
            return false;
        }
        AUTO_STRBUF z = STRBUF_INIT;
        strbuf_add(&z, name, n);
        r->columns[i].name = xstrdup(strbuf_z(&z));
        r->columns[i].type = (enum seg_type)*head;
    }
    return names.left == 0;
}

static struct seg_chunk chunk_of(const struct seg_reader *r, size_t block, size_t col)
{
    BUG_ON(block >= r->n_blocks || col >= r->n_columns);
    struct seg_chunk c;
    memcpy(&c, r->block_table + block * (4 + SEG_CHUNK_SIZE * r->n_columns) + 4 + SEG_CHUNK_SIZE * col, sizeof(c));
    return c;
}

static bool fixed_chunk_sound(const struct seg_chunk *c, enum seg_type type, uint64_t rows)
{
    bool ordered = type == SEG_U64 ? (uint64_t)c->min <= (uint64_t)c->max : c->min <= c->max;
    if (c->count > rows || !ordered || c->len_width || c->size != rows * c->width) {
        return false;
    }
    if (type == SEG_I32 && (c->min < INT32_MIN || c->max > INT32_MAX || c->width > 4)) {
        return false;
    }
    if (c->count == rows) {
        return c->width == 0;
    }
    return c->min != seg_missing(type) && c->width == seg_width(seg_greatest(c, rows));
}

static bool text_chunk_sound(const struct seg_chunk *c, uint64_t rows)
{
    uint64_t dict = c->count, bytes = (uint64_t)c->max;
    if (dict == 0 || dict > rows || c->min != 0 || c->max < 0 || bytes > SEG_BLOCK_TEXT + SEG_MAX_TEXT || c->len_width > 4 || c->len_width == 3) {
        return false;
    }
    return c->width == seg_width(dict - 1) && c->size == dict * c->len_width + bytes + rows * c->width;
}

/* Rows of every block, and chunks that follow one another without gap from the header to the footer. */
static bool parse_blocks(struct seg_reader *r, uint64_t rows, uint64_t footer_offset)
{
    static const uint8_t zero[6];
    uint64_t at = SEG_HEADER_SIZE, row = 0;
    r->starts = xcalloc(r->n_blocks + 1, sizeof(*r->starts));
    for (size_t b = 0; b < r->n_blocks; b++) {
        uint32_t n = seg_load32(r->block_table + b * (4 + SEG_CHUNK_SIZE * r->n_columns));
        if (n == 0 || n > SEG_BLOCK_ROWS) {
            return false;
        }
        r->starts[b] = row;
        row += n;
        for (size_t col = 0; col < r->n_columns; col++) {
            struct seg_chunk c = chunk_of(r, b, col);
            enum seg_type type = r->columns[col].type;
            if (c.offset != at || memcmp(c.zero, zero, sizeof(zero)) != 0 ||
                !(type == SEG_TEXT ? text_chunk_sound(&c, n) : fixed_chunk_sound(&c, type, n))) {
                return false;
            }
            at += c.size;
        }
    }
    r->starts[r->n_blocks] = row;
    return row == rows && at == footer_offset;
}

static bool parse_footer(struct seg_reader *r, uint64_t footer_offset)
{
    struct cursor c = {r->footer.p, r->footer.n};
    const char *head, *names, *meta;
    if (!take(&c, SEG_FOOTER_FIXED, &head)) {
        return false;
    }
    uint32_t meta_n = seg_load32(head + 16), names_n = seg_load32(head + 20);
    r->n_columns = seg_load32(head);
    r->n_blocks = seg_load32(head + 4);
    if (r->n_columns == 0 || r->n_columns > SEG_MAX_COLUMNS || meta_n > SEG_MAX_META || !take(&c, names_n, &names) ||
        !take(&c, meta_n, &meta) || c.left != r->n_blocks * (4 + SEG_CHUNK_SIZE * r->n_columns)) {
        return false;
    }
    r->meta = str_n(meta, meta_n);
    r->block_table = c.p;
    return parse_columns(r, (struct cursor){names, names_n}) && parse_blocks(r, seg_load64(head + 8), footer_offset);
}

static enum status read_footer(struct seg_reader *r, uint64_t size, struct err *err)
{
    char header[SEG_HEADER_SIZE], tail[SEG_TAIL_SIZE];
    if (size < SEG_HEADER_SIZE + SEG_TAIL_SIZE) {
        return corrupt(r, TR("文件太短", "too short"), err);
    }
    TRY(read_at(r, 0, sizeof(header), header, err));
    if (memcmp(header, SEG_MAGIC, 8) != 0) {
        return corrupt(r, TR("开头不是段文件", "it does not begin like one"), err);
    }
    if (seg_load32(header + 8) != SEG_VERSION) {
        return err_set(err, ST_VERSION, TR("段文件“%s”的格式版本是 %u，本程序用 %d", "segment '%s' has format version %u, this program uses %d"),
                       r->path, seg_load32(header + 8), SEG_VERSION);
    }
    TRY(read_at(r, size - SEG_TAIL_SIZE, sizeof(tail), tail, err));
    uint64_t offset = seg_load64(tail), footer = seg_load64(tail + 8), room = size - SEG_TAIL_SIZE;
    if (memcmp(tail + 24, SEG_MAGIC, 8) != 0 || seg_load32(header + 12) != 0) {
        return corrupt(r, TR("结尾不完整", "its end is missing"), err);
    }
    if (footer > FOOTER_MAX || offset < SEG_HEADER_SIZE || offset > room || footer != room - offset) {
        return corrupt(r, TR("目录位置不对", "its directory is misplaced"), err);
    }
    strbuf_reserve(&r->footer, (size_t)footer + 1);
    TRY(read_at(r, offset, (size_t)footer, r->footer.p, err));
    r->footer.n = (size_t)footer;
    if (CHECK_SUMS && hash64(r->footer.p, r->footer.n) != seg_load64(tail + 16)) {
        return corrupt(r, TR("目录校验不符", "the checksum of its directory differs"), err);
    }
    return parse_footer(r, offset) ? ST_OK : corrupt(r, TR("目录内容不合规", "its directory contradicts itself"), err);
}

enum status seg_open(const char *path, struct seg_reader **out_r, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return err_errno(err, errno == ENOENT ? ST_MISSING : ST_IO, TR("打不开“%s”", "cannot open '%s'"), path);
    }
    struct seg_reader *r = xcalloc(1, sizeof(*r));
    r->fd = fd;
    r->path = xstrdup(path);
    struct stat st;
    enum status status = fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
                             ? read_footer(r, (uint64_t)st.st_size, err)
                             : corrupt(r, TR("不是普通文件", "not a regular file"), err);
    if (status != ST_OK) {
        seg_close(r);
        return status;
    }
    *out_r = r;
    return ST_OK;
}

void seg_close(struct seg_reader *r)
{
    if (!r) {
        return;
    }
    for (size_t i = 0; r->columns && i < r->n_columns; i++) {
        free(r->columns[i].name);
        free(r->columns[i].values);
        seg_text_release(&r->columns[i].text);
    }
    (void)close(r->fd);
    free(r->columns);
    free(r->path);
    free(r->starts);
    strbuf_release(&r->footer);
    strbuf_release(&r->buffer);
    free(r);
}

uint64_t seg_rows(const struct seg_reader *r)
{
    return r->starts[r->n_blocks];
}

size_t seg_blocks(const struct seg_reader *r)
{
    return r->n_blocks;
}

size_t seg_block_rows(const struct seg_reader *r, size_t block)
{
    BUG_ON(block >= r->n_blocks);
    return (size_t)(r->starts[block + 1] - r->starts[block]);
}

uint64_t seg_block_start(const struct seg_reader *r, size_t block)
{
    BUG_ON(block >= r->n_blocks);
    return r->starts[block];
}

size_t seg_block_of(const struct seg_reader *r, uint64_t row)
{
    BUG_ON(row >= seg_rows(r));
    size_t lo = 0, hi = r->n_blocks - 1; /* starts[lo] <= row < starts[hi + 1] */
    while (lo < hi) {
        size_t mid = lo + (hi - lo + 1) / 2;
        if (r->starts[mid] <= row) {
            lo = mid;
        } else {
            hi = mid - 1;
        }
    }
    return lo;
}

size_t seg_columns(const struct seg_reader *r)
{
    return r->n_columns;
}

const char *seg_column_name(const struct seg_reader *r, size_t col)
{
    BUG_ON(col >= r->n_columns);
    return r->columns[col].name;
}

enum seg_type seg_column_type(const struct seg_reader *r, size_t col)
{
    BUG_ON(col >= r->n_columns);
    return r->columns[col].type;
}

int seg_column(const struct seg_reader *r, const char *name)
{
    for (size_t i = 0; i < r->n_columns; i++) {
        if (strcmp(r->columns[i].name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

struct str seg_meta(const struct seg_reader *r)
{
    return r->meta;
}

struct seg_range seg_block_range(const struct seg_reader *r, size_t block, size_t col)
{
    struct seg_chunk c = chunk_of(r, block, col);
    BUG_ON(r->columns[col].type == SEG_TEXT);
    return (struct seg_range){c.min, c.max, c.count};
}

/* --- chunks --- */

/* The bytes of a chunk, in r->buffer until the next call. */
static enum status read_chunk(struct seg_reader *r, size_t block, size_t col, struct seg_chunk *out, struct err *err)
{
    *out = chunk_of(r, block, col);
    BUG_ON(out->size > CHUNK_MAX); /* refused at open */
    strbuf_clear(&r->buffer);
    strbuf_reserve(&r->buffer, (size_t)out->size + 1);
    TRY(read_at(r, out->offset, out->size, r->buffer.p, err));
    r->buffer.n = out->size;
    return !CHECK_SUMS || hash64(r->buffer.p, r->buffer.n) == out->hash ? ST_OK : corrupt_block(r, block, col, err);
}

/* Decoding of one width into one type. A code past the greatest means a lying range: reported, so that callers may believe min and max. Codes are
   added in the width of the output: that is what lets the compiler use vectors. */
#define DECODE(from_, to_, unsigned_, missing_)                                                                       \
    do {                                                                                                               \
        const from_ *from = (const from_ *)(const void *)r->buffer.p;                                                  \
        unsigned_ base = (unsigned_)((uint64_t)c.min - some_missing);                                                  \
        from_ top = 0, absent = 0;                                                                                     \
        uint32_t zeros = 0;                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                               \
            top = MAX(top, from[i]);                                                                                   \
            zeros += from[i] == absent;                                                                                \
            out[i] = some_missing && from[i] == absent ? (missing_) : (to_)(unsigned_)(base + (unsigned_)from[i]);     \
        }                                                                                                              \
        sound = (uint64_t)top <= seg_greatest(&c, n) && (!some_missing || zeros == c.count);                           \
    } while (0)

/* One reader a type, so that the inner loops know their output. Values stored as they are (width 8) are checked against the range instead. */
#define READ_FIXED(name_, to_, unsigned_, type_, missing_)                                                             \
    static enum status name_(struct seg_reader *r, size_t block, size_t col, to_ *out, struct err *err)                \
    {                                                                                                                  \
        BUG_ON(seg_column_type(r, col) != (type_));                                                                    \
        struct seg_chunk c;                                                                                            \
        TRY(read_chunk(r, block, col, &c, err));                                                                       \
        size_t n = seg_block_rows(r, block);                                                                           \
        bool some_missing = c.count > 0, sound = true;                                                                 \
        switch (c.width) {                                                                                             \
        case 0:                                                                                                        \
            for (size_t i = 0; i < n; i++) {                                                                           \
                out[i] = some_missing ? (missing_) : (to_)c.min;                                                       \
            }                                                                                                          \
            break;                                                                                                     \
        case 1:                                                                                                        \
            DECODE(uint8_t, to_, unsigned_, missing_);                                                                 \
            break;                                                                                                     \
        case 2:                                                                                                        \
            DECODE(uint16_t, to_, unsigned_, missing_);                                                                \
            break;                                                                                                     \
        case 4:                                                                                                        \
            DECODE(uint32_t, to_, unsigned_, missing_);                                                                \
            break;                                                                                                     \
        default: {                                                                                                     \
            uint32_t absent = 0;                                                                                       \
            memcpy(out, r->buffer.p, n * sizeof(*out));                                                                \
            for (size_t i = 0; i < n; i++) {                                                                           \
                absent += out[i] == (missing_);                                                                        \
                sound &= out[i] == (missing_) || (out[i] >= (to_)c.min && out[i] <= (to_)c.max);                       \
            }                                                                                                          \
            sound &= absent == c.count;                                                                                \
            break;                                                                                                     \
        }                                                                                                              \
        }                                                                                                              \
        return sound ? ST_OK : corrupt_block(r, block, col, err);                                                      \
    }

READ_FIXED(read_i32, int32_t, uint32_t, SEG_I32, INT32_MIN)
READ_FIXED(read_i64, int64_t, uint64_t, SEG_I64, INT64_MIN)
READ_FIXED(read_u64, uint64_t, uint64_t, SEG_U64, 0)

enum status seg_read_i32(struct seg_reader *r, size_t block, size_t col, int32_t *out, struct err *err)
{
    return read_i32(r, block, col, out, err);
}

enum status seg_read_u64(struct seg_reader *r, size_t block, size_t col, uint64_t *out, struct err *err)
{
    return read_u64(r, block, col, out, err);
}

enum status seg_read_i64(struct seg_reader *r, size_t block, size_t col, int64_t *out, struct err *err)
{
    if (seg_column_type(r, col) != SEG_I32) {
        return read_i64(r, block, col, out, err);
    }
    /* The narrow values go into the upper half of the output and are widened from its start: writing never overtakes reading. */
    size_t n = seg_block_rows(r, block);
    int32_t *narrow = (int32_t *)(void *)out + n;
    TRY(read_i32(r, block, col, narrow, err));
    for (size_t i = 0; i < n; i++) {
        int32_t v;
        memcpy(&v, (const char *)narrow + i * sizeof(v), sizeof(v));
        int64_t wide = v == INT32_MIN ? INT64_MIN : v;
        memcpy((char *)out + i * sizeof(wide), &wide, sizeof(wide));
    }
    return ST_OK;
}

/* --- text --- */

static bool decode_dictionary(const struct seg_reader *r, const struct seg_chunk *c, struct seg_text *t)
{
    const char *lengths = r->buffer.p;
    size_t at = 0, bytes = (size_t)c->max;
    for (size_t i = 0; i < t->n_dict; i++) {
        uint32_t n = 0;
        memcpy(&n, lengths + i * c->len_width, c->len_width);
        if (n > bytes - at) {
            return false;
        }
        t->dict[i] = str_n(t->bytes + at, n);
        at += n;
    }
    return at == bytes;
}

static bool decode_codes(const char *from, const struct seg_chunk *c, struct seg_text *t)
{
    uint16_t top = 0;
    for (size_t i = 0; i < t->rows; i++) {
        uint16_t code = 0;
        if (c->width == 2) {
            memcpy(&code, from + 2 * i, sizeof(code));
        } else if (c->width == 1) {
            code = (unsigned char)from[i];
        }
        t->codes[i] = code;
        top = MAX(top, code);
    }
    return top < t->n_dict;
}

enum status seg_read_text(struct seg_reader *r, size_t block, size_t col, struct seg_text *t, struct err *err)
{
    BUG_ON(seg_column_type(r, col) != SEG_TEXT);
    struct seg_chunk c;
    TRY(read_chunk(r, block, col, &c, err));
    t->rows = seg_block_rows(r, block);
    t->n_dict = c.count;
    size_t bytes = (size_t)c.max;
    if (!t->codes) {
        t->codes = xmalloc(SEG_BLOCK_ROWS * sizeof(*t->codes));
    }
    if (t->n_dict > t->cap_dict) {
        t->dict = xgrow(t->dict, &t->cap_dict, t->n_dict, sizeof(*t->dict));
    }
    if (bytes + 1 > t->cap_bytes) {
        t->bytes = xgrow(t->bytes, &t->cap_bytes, bytes + 1, 1);
    }
    const char *texts = r->buffer.p + t->n_dict * c.len_width;
    memcpy(t->bytes, texts, bytes);
    if (!decode_dictionary(r, &c, t) || !decode_codes(texts + bytes, &c, t)) {
        return corrupt_block(r, block, col, err);
    }
    return ST_OK;
}

void seg_text_release(struct seg_text *t)
{
    free(t->codes);
    free(t->dict);
    free(t->bytes);
    *t = (struct seg_text){.rows = 0};
}

/* --- single cells --- */

static enum status fill_cache(struct seg_reader *r, size_t block, size_t col, struct err *err)
{
    struct read_column *c = &r->columns[col];
    if (c->cached && c->cached_block == block) {
        return ST_OK;
    }
    c->cached = false;
    if (c->type == SEG_TEXT) {
        TRY(seg_read_text(r, block, col, &c->text, err));
    } else {
        if (!c->values) {
            c->values = xmalloc(SEG_BLOCK_ROWS * sizeof(*c->values));
        }
        TRY(c->type == SEG_U64 ? read_u64(r, block, col, (uint64_t *)(void *)c->values, err)
                               : seg_read_i64(r, block, col, c->values, err));
    }
    c->cached = true;
    c->cached_block = block;
    return ST_OK;
}

enum status seg_fetch_i64(struct seg_reader *r, uint64_t row, size_t col, int64_t *out_v, struct err *err)
{
    size_t block = seg_block_of(r, row);
    BUG_ON(seg_column_type(r, col) == SEG_TEXT);
    TRY(fill_cache(r, block, col, err));
    *out_v = r->columns[col].values[row - r->starts[block]];
    return ST_OK;
}

enum status seg_fetch_text(struct seg_reader *r, uint64_t row, size_t col, struct str *out_v, struct err *err)
{
    size_t block = seg_block_of(r, row);
    BUG_ON(seg_column_type(r, col) != SEG_TEXT);
    TRY(fill_cache(r, block, col, err));
    *out_v = seg_text_at(&r->columns[col].text, (size_t)(row - r->starts[block]));
    return ST_OK;
}

void seg_forget(struct seg_reader *r)
{
    for (size_t i = 0; i < r->n_columns; i++) {
        struct read_column *c = &r->columns[i];
        free(c->values);
        c->values = NULL;
        c->cached = false;
        seg_text_release(&c->text);
    }
    strbuf_release(&r->buffer);
}

enum status seg_check(struct seg_reader *r, struct err *err)
{
    for (size_t col = 0; col < r->n_columns; col++) {
        for (size_t block = 0; block < r->n_blocks; block++) {
            TRY(fill_cache(r, block, col, err));
        }
    }
    return ST_OK;
}
