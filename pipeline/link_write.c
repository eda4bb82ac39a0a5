/* SPDX-License-Identifier: Apache-2.0 */
/* What link leaves behind: persons.seg, households.seg, link-NNNNN.seg and the rows of night.db. */
#include "base/core/file.h"
#include "base/core/share.h"
#include "pipeline/link_write.h"

/* --- persons and households --------------------------------------------------------------------------------------------- */

static enum status write_rows(struct write_rows *w, struct link_texts *t, bool homes, uint32_t rows, struct seg_writer *to, struct err *err)
{
    for (w->first = 0; w->first < rows;) {
        uint32_t n = MIN(rows - w->first, SEG_BLOCK_ROWS);
        TRY(link_texts_load(t, homes, w->first, n, err));
        w->first += (uint32_t)seg_write_block(to, n, share_threads(), homes ? link_fill_home : link_fill_person, w);
    }
    return ST_OK;
}

static enum status write_file(struct write_rows *w, struct link_texts *t, bool homes, const char *path, const struct seg_column *columns, size_t n, struct err *err)
{
    struct seg_writer *to;
    TRY(seg_writer_open(path, columns, n, &to, err));
    enum status status = write_rows(w, t, homes, homes ? w->l->homes.n_households : w->l->n, to, err);
    if (status != ST_OK) {
        seg_writer_abandon(to);
        return status;
    }
    return seg_writer_close(to, STR("{}"), err);
}

static enum status write_population(const struct link *l, struct link_texts *t, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct population_columns cols;
    struct lane_view *lanes = arena_array(&a, struct lane_view, l->n_lanes + 1);
    struct write_rows w = {.l = l, .texts = t, .lanes = lanes};
    for (size_t k = 0; k < l->n_lanes; k++) {
        link_view_lane(l, &l->lanes[k], &lanes[k]);
    }
    population_columns_make(l->people, &a, &cols);
    TRY(write_file(&w, t, false, path_join(&a, l->night->run_dir, PERSONS_SEG), cols.person, cols.n_person, err));
    return write_file(&w, t, true, path_join(&a, l->night->run_dir, HOUSEHOLDS_SEG), cols.household, cols.n_household, err);
}

/* --- links ----------------------------------------------------------------------------------------------------------------- */

/* Person numbers become rows of persons.seg. */
static enum status write_links(const struct link *l, uint32_t input, int32_t *buf, struct err *err)
{
    static const struct seg_column column = {"person", SEG_I32};
    AUTO_ARENA a = ARENA_INIT;
    AUTO_PART part = {.l = NULL};
    struct seg_writer *w;
    TRY(link_part_open(&part, l, input, err));
    TRY(seg_writer_open(link_path(&a, l->night->run_dir, input), &column, 1, &w, err));
    for (uint64_t at = 0, rows = seg_rows(part.seg), n; at < rows; at += n) {
        n = MIN(rows - at, SEG_BLOCK_ROWS);
        enum status status = link_part_rows(&part, at, (size_t)n, buf, err);
        if (status != ST_OK) {
            seg_writer_abandon(w);
            return status;
        }
        for (size_t i = 0; i < n; i++) {
            buf[i] = buf[i] >= 0 ? (int32_t)l->row[buf[i]] : buf[i];
        }
        seg_write_columns(w, (const void *const[]){buf}, (size_t)n);
    }
    TRY(seg_writer_close(w, STR("{}"), err));
    return file_unlink(link_part_path(&a, l, input), err);
}

/* --- all of it --------------------------------------------------------------------------------------------------------------- */

enum status link_write(struct link *l, struct err *err)
{
    struct link_texts *t;
    TRY(link_texts_gather(l, &t, err));
    enum status status = write_population(l, t, err);
    link_texts_free(t);
    int32_t *buf = xmalloc(SEG_BLOCK_ROWS * sizeof(*buf));
    for (uint32_t i = 0; i < l->night->n_inputs && status == ST_OK; i++) {
        status = write_links(l, i, buf, err);
    }
    free(buf);
    return status == ST_OK ? link_write_night(l, err) : status;
}
