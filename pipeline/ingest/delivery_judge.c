/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/delivery_judge.h"

#include "pipeline/row_reader.h"

#define APPEND_LOOKS_BACK 5 /* deliveries whose median is what usually comes */
#define APPEND_LEAST      3
#define OVERLAP_KEYS      ((int64_t)1 << 16)

static int64_t typed_of(const struct delivered *d)
{
    int64_t n = 0;
    for (size_t k = 0; k < d->n_files; k++) {
        n += d->files[k].typed;
    }
    return n;
}

/* Deliveries of the scope with an earlier data date; one of the same date is what this one corrects. The list is by scope and data date. */
static const struct delivered *before(const struct delivery_case *c, size_t back)
{
    for (size_t i = c->accepted->n; i-- > 0;) {
        const struct delivered *d = &c->accepted->v[i];
        if (strcmp(d->scope, c->self->scope) == 0 && d->date < c->self->date && back-- == 0) {
            return d;
        }
    }
    return NULL;
}

static int number_cmp(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* A snapshot or a period is compared with the one before it; increments vary, so their median is. */
static int64_t typed_before(const struct delivery_case *c)
{
    int64_t last[APPEND_LOOKS_BACK];
    size_t n = 0;
    const struct delivered *d;
    if (c->source->kind != KIND_APPEND) {
        d = before(c, 0);
        return d ? typed_of(d) : -1;
    }
    while (n < APPEND_LOOKS_BACK && (d = before(c, n))) {
        last[n++] = typed_of(d);
    }
    if (n < APPEND_LEAST) {
        return -1;
    }
    qsort(last, n, sizeof(*last), number_cmp);
    return last[n / 2];
}

static enum status read_columns(const struct delivery_case *c, const struct delivered *d, struct arena *a, struct column_facts **out, struct err *err)
{
    const struct source *s = c->source;
    int *columns = arena_array(a, int, s->n_column_gates + 1);
    for (size_t i = 0; i < s->n_column_gates; i++) {
        columns[i] = s->column_gates[i].column;
    }
    *out = arena_array(a, struct column_facts, s->n_column_gates + 1);
    return column_facts_read(c->site, s, d->files, d->n_files, columns, s->n_column_gates, *out, err);
}

enum status delivery_judge(const struct delivery_case *c, struct arena *a, gate_results *out, struct err *err)
{
    struct gate_input in = {.source = c->source, .facts = c->facts, .before_typed = typed_before(c), .parts_missing = c->parts_missing,
                            .data_date = c->self->date, .received = c->received};
    struct column_facts *now = NULL, *then = NULL;
    const struct delivered *previous = before(c, 0);
    if (c->source->n_column_gates > 0) {
        TRY(read_columns(c, c->self, a, &now, err));
        if (previous) {
            TRY(read_columns(c, previous, a, &then, err));
        }
    }
    in.columns = now, in.before = then;
    gates_judge(&in, a, out);
    return ST_OK;
}

enum delivery_state delivery_verdict(const gate_results *results, struct strbuf *reason)
{
    enum delivery_state state = STATE_ACCEPTED;
    for (size_t i = 0; i < results->n; i++) {
        const struct gate_result *g = &results->v[i];
        if (g->verdict != GATE_STOP) {
            continue;
        }
        state = MAX(state, gate_refuses(g->gate) ? STATE_REFUSED : STATE_HELD);
        strbuf_addz(reason, reason->n ? TR("；", "; ") : "");
        gate_title(str_of(g->gate), reason);
        strbuf_addf(reason, TR(" %s，允许 %s", " %s, allowed %s"), g->value, g->band);
    }
    return state;
}

static bool stopped(const gate_results *results, const char *gate)
{
    for (size_t i = 0; i < results->n; i++) {
        if (results->v[i].verdict == GATE_STOP && strcmp(results->v[i].gate, gate) == 0) {
            return true;
        }
    }
    return false;
}

void delivery_way_out(const struct source *s, enum delivery_state state, const gate_results *results, int64_t id, struct strbuf *out)
{
    long long n = (long long)id;
    if (state == STATE_REFUSED && (stopped(results, "ids") || stopped(results, "x"))) {
        strbuf_addz(out, TR("。证件号码已被表格软件毁坏，找不回来：请部门从系统直接导出，或在 Excel 里先把该列设成“文本”再粘贴",
                            ". The identifiers were destroyed by a spreadsheet and cannot be restored: have the file exported again, with that column as text"));
        return;
    }
    if (state != STATE_HELD) {
        return;
    }
    if (stopped(results, "rows") && s->kind == KIND_SNAPSHOT) {
        strbuf_addz(out, TR("。可能只送来一部分或只送了新增，也可能确有增减，请问一下部门", ". It may be a part, or the new rows only, or true: ask the department"));
    }
    strbuf_addf(out, TR("。数据没错就接收：mopai deliveries accept %lld --reason \"理由\"；送错了就拒收：mopai deliveries refuse %lld --reason \"理由\"。决定之前用上一次的数据",
                        ". If it is right: mopai deliveries accept %lld --reason \"...\"; if not: mopai deliveries refuse %lld --reason \"...\". Until then the one before it stays in force"),
                n, n);
}

/* --- increments that are none --------------------------------------------------------------------------------------- */

/* Keys whose low bits are zero, so that both sides sample the same records. */
static enum status keys_of(const struct delivery_case *c, const struct delivered *d, uint64_t mask, struct map64 *into, int64_t *found, struct err *err)
{
    for (size_t i = 0; i < d->n_files; i++) {
        AUTO_ARENA a = ARENA_INIT;
        AUTO_SEG seg = NULL;
        const char *path;
        TRY(catalogue_segment(c->site, c->source, d->files[i].xxh128, d->files[i].name, &a, &path, &seg, err));
        AUTO_ROWS r = {.seg = NULL};
        TRY(row_reader_open(&r, path, c->source, err));
        for (bool more;;) {
            TRY(row_reader_next(&r, &more, err));
            if (!more) {
                break;
            }
            for (size_t k = 0; k < r.rows; k++) {
                if (r.key[k] == 0 || (r.key[k] & mask) != 0) {
                    continue;
                }
                if (found) {
                    *found += map64_get(into, r.key[k]) == 1;
                }
                map64_put(into, r.key[k], found ? 2 : 1);
            }
        }
    }
    return ST_OK;
}

enum status delivery_overlap(const struct delivery_case *c, int *out_percent, struct err *err)
{
    const struct delivered *previous = before(c, 0);
    struct map64 keys = {0};
    int64_t found = 0;
    uint64_t mask = 0;
    *out_percent = -1;
    if (c->source->kind != KIND_APPEND || !previous) {
        return ST_OK;
    }
    while (typed_of(previous) / (int64_t)(mask + 1) > OVERLAP_KEYS) {
        mask = mask * 2 + 1;
    }
    enum status st = keys_of(c, previous, mask, &keys, NULL, err);
    int64_t n = (int64_t)keys.n;
    if (st == ST_OK && n > 0) {
        st = keys_of(c, c->self, mask, &keys, &found, err);
        *out_percent = (int)(found * 100 / n);
    }
    map64_release(&keys);
    return st;
}
