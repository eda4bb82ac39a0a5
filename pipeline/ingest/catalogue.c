/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/catalogue.h"

#include "base/core/file.h"
#include "base/core/log.h"
#include "base/store/db.h"

static const char *keep(struct arena *a, struct str s)
{
    return arena_z(a, s);
}

enum status catalogue_accepted(struct db *ledger, struct str source_id, daynum until, struct arena *a, struct delivered_list *out, struct err *err)
{
    VEC(struct delivered) list = {0};
    VEC(struct delivered_file) files = {0};
    VEC(size_t) first = {0};
    AUTO_STMT q = stmt_use(ledger, STMT_LIST_DELIVERY_FILES_ACCEPTED);
    stmt_bind_text(q, ":source", source_id);
    stmt_bind_int(q, ":until", until);
    enum status st;
    bool row = false;
    while ((st = stmt_step(q, &row, err)) == ST_OK && row) {
        int64_t id = stmt_int(q, 0);
        if (list.n == 0 || list.v[list.n - 1].id != id) {
            vec_push(&first, files.n);
            vec_push(&list, (struct delivered){.id = id, .scope = keep(a, stmt_text(q, 1)), .date = stmt_day(q, 2), .month_from = stmt_day(q, 3),
                                               .month_to = stmt_day(q, 4), .content = keep(a, stmt_text(q, 5))});
        }
        list.v[list.n - 1].n_files++;
        vec_push(&files, (struct delivered_file){stmt_int(q, 6), (int)stmt_int(q, 7), keep(a, stmt_text(q, 8)), keep(a, stmt_text(q, 9)), stmt_int(q, 10)});
    }
    out->n = list.n;
    out->v = arena_array(a, struct delivered, list.n + 1);
    struct delivered_file *kept = arena_array(a, struct delivered_file, files.n + 1);
    if (files.n > 0) {
        memcpy(kept, files.v, files.n * sizeof(*kept));
    }
    for (size_t i = 0; i < list.n; i++) {
        out->v[i] = list.v[i];
        out->v[i].files = kept + first.v[i];
    }
    vec_release(&list);
    vec_release(&files);
    vec_release(&first);
    return st;
}

static enum status retype(struct site *site, const struct source *s, const char *xxh128, const char *name, struct err *err)
{
    struct typed_file t;
    log_event(LOG_INFO, "retype", "source=" STR_FMT " segment=%s-%s", STR_ARG(s->id), xxh128, s->typing);
    enum status st = type_raw(s, site->raw, xxh128, site->segments, name, &t, err);
    if (st == ST_OK && !t.usable) {
        st = err_set(err, ST_CONFIG, TR("按现在的 sources.yaml，已接收的文件“%s”（%.*s）读不出来：%s", "sources.yaml as it is now cannot read '%s' (%.*s), accepted earlier: %s"),
                     name, STR_ARG(s->label), strbuf_z(&t.why));
    }
    typed_file_release(&t);
    return st;
}

enum status catalogue_segment(struct site *site, const struct source *s, const char *xxh128, const char *name, struct arena *a, const char **out_path,
                              struct seg_reader **out, struct err *err)
{
    char *path = segment_path(a, site->segments, xxh128, s);
    if (out_path) {
        *out_path = path;
    }
    enum status st = seg_open(path, out, err);
    if (st != ST_MISSING && st != ST_CORRUPT && st != ST_VERSION) {
        return st;
    }
    TRY(retype(site, s, xxh128, name, err));
    return seg_open(path, out, err);
}
