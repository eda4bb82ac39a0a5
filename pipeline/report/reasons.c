/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/reasons.h"

struct collecting {
    struct report *r;
    const struct delivered_file *file;
    reason_list *out;
};

static bool collect(void *ctx, const struct reject *j, int64_t count)
{
    struct collecting *s = ctx;
    const char *text = reject_reason_text(j->reason);
    struct reason *found = NULL;
    for (size_t i = 0; i < s->out->n && !found; i++) {
        struct reason *x = &s->out->v[i];
        found = x->kind == j->kind && str_eq(x->column, j->column) && strcmp(x->text, text) == 0 ? x : NULL;
    }
    if (!found) {
        vec_push(s->out, (struct reason){.kind = j->kind, .column = arena_str(&s->r->arena, j->column), .text = text});
        found = &s->out->v[s->out->n - 1];
    }
    found->count += count;
    if (found->n_examples < REASON_EXAMPLES) {
        found->examples[found->n_examples++] = (struct reason_example){s->file->name, arena_str(&s->r->arena, j->masked), j->line};
    }
    return true;
}

static int reason_cmp(const void *pa, const void *pb)
{
    const struct reason *a = pa, *b = pb;
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    int c = str_cmp(a->column, b->column);
    return c ? c : strcmp(a->text, b->text);
}

enum status reasons_load(struct report *r, const delivered_files *files, size_t from, size_t to, reason_list *out, struct err *err)
{
    vec_clear(out);
    for (size_t i = from; i < to && r->site; i++) {
        struct collecting c = {r, &files->v[i], out};
        if (c.file->rejected + c.file->defects > 0) {
            TRY(file_rejects(r->site, c.file->file_id, collect, &c, err));
        }
    }
    vec_sort(out, reason_cmp);
    return ST_OK;
}
