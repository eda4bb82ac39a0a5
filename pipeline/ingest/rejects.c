/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/rejects.h"

#include <stdlib.h>

#include "base/store/segment.h"

static const struct seg_column reject_columns[] = {{"kind", SEG_I32},    {"line", SEG_I32},  {"row", SEG_I32},  {"column", SEG_TEXT},
                                                   {"reason", SEG_TEXT}, {"value", SEG_TEXT}, {"count", SEG_I64}};
enum { R_KIND, R_LINE, R_ROW, R_COLUMN, R_REASON, R_VALUE, R_COUNT };

bool rejects_count(struct reject_list *l, enum reject_kind kind, int column, enum value_reason reason)
{
    uint64_t key = ((uint64_t)kind << 48) | ((uint64_t)(uint32_t)(column + 1) << 16) | (uint64_t)reason;
    uint32_t g = map64_get_or_put(&l->group_of, key, (uint32_t)l->groups.n);
    if (g == l->groups.n) {
        vec_push(&l->groups, (struct reject_group){kind, column, reason, 0, 0});
    }
    struct reject_group *group = &l->groups.v[g];
    group->count++;
    l->rows += kind == REJECT_ROW;
    l->defects += kind == REJECT_DEFECT;
    if (group->kept >= (kind == REJECT_ROW ? REJECT_EXAMPLES_ROWS : REJECT_EXAMPLES_DEFECTS)) {
        return false;
    }
    group->kept++;
    vec_push(&l->examples, (struct reject_example){(int32_t)g, 0, -1, ""});
    return true;
}

void rejects_example(struct reject_list *l, int64_t line, int64_t row, struct str masked)
{
    struct reject_example *e = &l->examples.v[l->examples.n - 1];
    e->line = line, e->row = row;
    e->masked = arena_z(&l->arena, masked);
}

enum status rejects_write(struct reject_list *l, const struct source *s, const char *path, struct err *err)
{
    struct seg_writer *w;
    TRY(seg_writer_open(path, reject_columns, ARRAY_LEN(reject_columns), &w, err));
    for (size_t i = 0; i < l->examples.n; i++) { /* rows come in file order, so the list is by line already */
        const struct reject_example *e = &l->examples.v[i];
        struct reject_group *g = &l->groups.v[e->group];
        seg_put_i64(w, R_KIND, g->kind);
        seg_put_i64(w, R_LINE, e->line);
        seg_put_i64(w, R_ROW, e->row);
        seg_put_text(w, R_COLUMN, g->column < 0 ? str_n("", 0) : s->columns[g->column].name);
        seg_put_text(w, R_REASON, str_of(value_reason_code(g->reason)));
        seg_put_text(w, R_VALUE, str_of(e->masked));
        seg_put_i64(w, R_COUNT, g->count);
        g->count = 0; /* told once */
        seg_end_row(w);
    }
    return seg_writer_close(w, STR("rejects\n"), err);
}

void rejects_release(struct reject_list *l)
{
    arena_release(&l->arena);
    vec_release(&l->groups);
    vec_release(&l->examples);
    map64_release(&l->group_of);
}
