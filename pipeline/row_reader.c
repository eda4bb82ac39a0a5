/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/row_reader.h"

#include "base/core/bug.h"
#include "matchers/identifier.h"
#include "pipeline/ingest/ingest.h"

bool row_is_id(enum column_type t)
{
    return t == COL_ID_NUMBER || t == COL_CERTIFICATE;
}

bool row_is_text(enum column_type t)
{
    return !row_is_id(t) && t != COL_DATE && t != COL_MONTH && t != COL_MONEY && t != COL_FLAG && t != COL_INTEGER;
}

enum status row_reader_open(struct row_reader *r, const char *segment, const struct source *source, struct err *err)
{
    *r = (struct row_reader){.source = source};
    TRY(seg_open(segment, &r->seg, err));
    size_t width = source_width(source);
    r->columns = xcalloc(width + 1, sizeof(*r->columns));
    r->key = xmalloc(SEG_BLOCK_ROWS * sizeof(*r->key));
    r->content = xmalloc(SEG_BLOCK_ROWS * sizeof(*r->content));
    for (size_t c = 0; c < width; c++) {
        AUTO_STRBUF name = STRBUF_INIT;
        strbuf_adds(&name, source->columns[c].name);
        r->columns[c].at = seg_column(r->seg, strbuf_z(&name));
        r->columns[c].there = r->columns[c].at >= 0;
    }
    r->block = SIZE_MAX;
    return ST_OK;
}

void row_reader_close(struct row_reader *r)
{
    for (size_t c = 0; r->columns && c < source_width(r->source); c++) {
        free(r->columns[c].num);
        free(r->columns[c].id);
        seg_text_release(&r->columns[c].text);
    }
    free(r->columns);
    free(r->key);
    free(r->content);
    seg_close(r->seg);
    *r = (struct row_reader){.seg = NULL};
}

void row_reader_without_hashes(struct row_reader *r)
{
    free(r->key);
    free(r->content);
    r->key = r->content = NULL;
}

static enum status read_column(struct row_reader *r, size_t c, struct err *err)
{
    struct row_column *col = &r->columns[c];
    enum column_type type = r->source->columns[c].type;
    bool token = type == COL_TOKEN && ((int)c == r->source->person[ROLE_ID].column || (int)c == r->source->unit.head_id.column);
    if (row_is_id(type) || token) {
        col->id = col->id ? col->id : xmalloc(SEG_BLOCK_ROWS * sizeof(*col->id));
    }
    if (row_is_text(type)) {
        TRY(seg_read_text(r->seg, r->block, (size_t)col->at, &col->text, err));
        for (size_t i = 0; i < r->rows && token; i++) {
            col->id[i] = ident_parse_token(seg_text_at(&col->text, i));
        }
        return ST_OK;
    }
    if (row_is_id(type)) {
        return seg_read_u64(r->seg, r->block, (size_t)col->at, col->id, err);
    }
    col->num = col->num ? col->num : xmalloc(SEG_BLOCK_ROWS * sizeof(*col->num));
    return seg_read_i64(r->seg, r->block, (size_t)col->at, col->num, err);
}

static enum status read_hash(struct row_reader *r, const char *name, uint64_t *out, struct err *err)
{
    int at = seg_column(r->seg, name);
    return at < 0 ? err_set(err, ST_CORRUPT, TR("段文件缺少 %s 列", "the segment lacks column %s"), name)
                  : seg_read_u64(r->seg, r->block, (size_t)at, out, err);
}

enum status row_reader_block(struct row_reader *r, size_t b, struct err *err)
{
    r->block = b;
    r->rows = seg_block_rows(r->seg, b);
    r->start = seg_block_start(r->seg, b);
    if (r->key) {
        TRY(read_hash(r, SEG_KEY, r->key, err));
        TRY(read_hash(r, SEG_CONTENT, r->content, err));
    }
    for (size_t c = 0; c < source_width(r->source); c++) {
        if (r->columns[c].wanted && r->columns[c].there) {
            TRY(read_column(r, c, err));
        }
    }
    return ST_OK;
}

enum status row_reader_next(struct row_reader *r, bool *out_more, struct err *err)
{
    size_t b = r->block == SIZE_MAX ? 0 : r->block + 1;
    *out_more = b < seg_blocks(r->seg);
    return *out_more ? row_reader_block(r, b, err) : ST_OK;
}
