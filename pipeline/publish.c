/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/publish.h"

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "pipeline/audit.h"
#include "pipeline/link_how.h"

const char *publish_folder(struct arena *a, const struct night *n)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_add_day(&b, n->as_of);
    strbuf_addf(&b, "-%lld", (long long)n->number);
    return arena_z(a, strbuf_str(&b));
}

static enum status sync_tree(struct arena *a, const char *dir, struct err *err)
{
    file_list entries = {0};
    enum status status = file_list_dir(a, dir, &entries, err);
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        const char *path = path_join(a, dir, entries.v[i].name);
        status = entries.v[i].is_dir ? sync_tree(a, path, err) : file_sync(path, err);
    }
    vec_release(&entries);
    return status == ST_OK ? file_sync(dir, err) : status;
}

/* reports/.tmp-N of the published night becomes reports/FOLDER, unless that is done already; then `latest`. */
static enum status finish_renames(struct site *s, struct arena *a, int64_t night, const char *folder, struct err *err)
{
    const char *tmp = arena_printf(a, "%s/.tmp-%lld", s->reports, (long long)night);
    const char *to = path_join(a, s->reports, folder);
    const char *latest = path_join(a, s->reports, "latest");
    bool moved = false;
    if (!file_exists(to) && file_exists(tmp)) {
        TRY(file_rename(tmp, to, err));
        moved = true;
    }
    if (moved || !file_points_to(latest, folder)) {
        TRY(file_symlink_replace(folder, latest, err));
        TRY(file_sync(s->reports, err));
    }
    return ST_OK;
}

/* Names like ".tmp-12" or "12": the number, -1 for anything else. */
static int64_t number_after(const char *name, const char *head)
{
    int64_t v;
    struct str s = str_of(name);
    return str_starts(s, str_of(head)) && str_to_i64(str_sub(s, strlen(head), s.n), &v) ? v : -1;
}

static enum status remove_unpublished(struct arena *a, const char *dir, const char *head, int64_t last, struct err *err)
{
    file_list entries = {0};
    enum status status = file_list_dir(a, dir, &entries, err);
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        if (number_after(entries.v[i].name, head) > last) {
            status = file_remove_tree(path_join(a, dir, entries.v[i].name), err);
        }
    }
    vec_release(&entries);
    return status;
}

static enum status remove_half_written(struct arena *a, const char *dir, struct err *err)
{
    file_list entries = {0};
    enum status status = file_list_dir(a, dir, &entries, err);
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        const char *path = path_join(a, dir, entries.v[i].name);
        if (entries.v[i].is_dir) {
            status = remove_half_written(a, path, err);
        } else if (str_ends(str_of(entries.v[i].name), STR(".tmp")) || str_find(str_of(entries.v[i].name), STR(".tmp.")) < strlen(entries.v[i].name)) {
            status = file_unlink(path, err);
        }
    }
    vec_release(&entries);
    return status;
}

enum status publish_recover(struct site *s, const struct night_record *last, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    if (last->night) {
        TRY(finish_renames(s, &a, last->night, last->folder, err));
    }
    TRY(remove_unpublished(&a, s->reports, ".tmp-", last->night, err));
    TRY(remove_unpublished(&a, s->runs, "", last->night, err));
    TRY(remove_half_written(&a, s->segments, err));
    return remove_half_written(&a, s->raw, err);
}

static enum status keep_configuration(struct db *ledger, const struct site *s, struct err *err)
{
    for (int i = 0; i < SITE_FILE_COUNT; i++) {
        AUTO_STMT q = stmt_use(ledger, STMT_INSERT_CONFIG_TEXT);
        stmt_bind_z(q, ":hash", s->files[i].hash);
        stmt_bind_z(q, ":name", s->files[i].name);
        stmt_bind_text(q, ":body", s->files[i].text.n ? s->files[i].text : STR(""));
        TRY(stmt_run(q, err));
    }
    return ST_OK;
}

static enum status append_warnings(struct night *n, struct db *ledger, struct err *err)
{
    AUTO_STMT from = stmt_use(n->db, STMT_LIST_PROPOSED_WARNINGS);
    AUTO_STMT to = stmt_use(ledger, STMT_INSERT_WARNING);
    for (bool row;;) {
        TRY(stmt_step(from, &row, err));
        if (!row) {
            return ST_OK;
        }
        stmt_bind_int(to, ":warning_no", stmt_int(from, 0));
        stmt_bind_text(to, ":rule", stmt_text(from, 1));
        stmt_bind_text(to, ":entity_kind", stmt_text(from, 2));
        stmt_bind_int(to, ":entity", stmt_int(from, 3));
        stmt_bind_text(to, ":key", stmt_text(from, 4));
        stmt_bind_int(to, ":night", n->number);
        TRY(stmt_run(to, err));
    }
}

static enum status append_events(struct night *n, struct db *ledger, const char *at, struct err *err)
{
    AUTO_STMT from = stmt_use(n->db, STMT_LIST_PROPOSED_EVENTS);
    AUTO_STMT to = stmt_use(ledger, STMT_INSERT_WARNING_EVENT);
    for (bool row;;) {
        TRY(stmt_step(from, &row, err));
        if (!row) {
            return ST_OK;
        }
        stmt_bind_int(to, ":warning_no", stmt_int(from, 0));
        stmt_bind_int(to, ":night", n->number);
        stmt_bind_text(to, ":kind", stmt_text(from, 1));
        stmt_bind_text(to, ":level", stmt_text(from, 2));
        stmt_bind_text(to, ":detail", stmt_text(from, 3));
        stmt_bind_text(to, ":body", stmt_text(from, 4));
        stmt_bind_z(to, ":who", "");
        stmt_bind_z(to, ":at", at);
        TRY(stmt_run(to, err));
    }
}

static enum status append_aliases(struct night *n, struct db *ledger, struct err *err)
{
    AUTO_STMT from = stmt_use(n->db, STMT_LIST_PROPOSED_ALIASES);
    for (bool row;;) {
        TRY(stmt_step(from, &row, err));
        if (!row) {
            return ST_OK;
        }
        bool person = str_eqz(stmt_text(from, 0), "P");
        AUTO_STMT to = stmt_use(ledger, person ? STMT_INSERT_PERSON_ALIAS : STMT_INSERT_HOUSEHOLD_ALIAS);
        stmt_bind_int(to, ":natural_id", stmt_int(from, 1));
        stmt_bind_int(to, ":id", stmt_int(from, 2));
        stmt_bind_int(to, ":night", n->number);
        TRY(stmt_run(to, err));
    }
}

static enum status append_entity_events(struct night *n, struct db *ledger, struct err *err)
{
    AUTO_STMT from = stmt_use(n->db, STMT_LIST_PROPOSED_ENTITY_EVENTS);
    AUTO_STMT to = stmt_use(ledger, STMT_INSERT_ENTITY_EVENT);
    for (bool row;;) {
        TRY(stmt_step(from, &row, err));
        if (!row) {
            return ST_OK;
        }
        stmt_bind_int(to, ":night", n->number);
        stmt_bind_text(to, ":kind", stmt_text(from, 0));
        stmt_bind_text(to, ":entity_kind", stmt_text(from, 1));
        stmt_bind_int(to, ":entity", stmt_int(from, 2));
        stmt_bind_int(to, ":from_id", stmt_int(from, 3));
        stmt_bind_int(to, ":to_id", stmt_int(from, 4));
        TRY(stmt_run(to, err));
    }
}

static enum status append_warning_moves(struct night *n, struct db *ledger, struct err *err)
{
    AUTO_STMT from = stmt_use(n->db, STMT_LIST_PROPOSED_WARNING_MOVES);
    AUTO_STMT to = stmt_use(ledger, STMT_INSERT_WARNING_MOVE);
    AUTO_STMT now = stmt_use(ledger, STMT_UPDATE_WARNING_ENTITY);
    for (bool row;;) {
        TRY(stmt_step(from, &row, err));
        if (!row) {
            return ST_OK;
        }
        stmt_bind_int(to, ":warning_no", stmt_int(from, 0));
        stmt_bind_int(to, ":night", n->number);
        stmt_bind_int(to, ":from_entity", stmt_int(from, 1));
        stmt_bind_int(to, ":to_entity", stmt_int(from, 2));
        stmt_bind_text(to, ":cause", stmt_text(from, 3));
        TRY(stmt_run(to, err));
        stmt_bind_int(now, ":warning_no", stmt_int(from, 0));
        stmt_bind_int(now, ":entity", stmt_int(from, 2));
        TRY(stmt_run(now, err));
    }
}

static enum status append_reviews(struct night *n, struct db *ledger, const char *at, struct err *err)
{
    AUTO_STMT from = stmt_use(n->db, STMT_LIST_PROPOSED_REVIEWS);
    AUTO_STMT to = stmt_use(ledger, STMT_INSERT_LINK_REVIEW);
    for (bool row;;) {
        TRY(stmt_step(from, &row, err));
        if (!row) {
            return ST_OK;
        }
        stmt_bind_int(to, ":night", n->number);
        stmt_bind_int(to, ":question", stmt_int(from, 0));
        stmt_bind_int(to, ":anchor", stmt_int(from, 1));
        stmt_bind_int(to, ":decision", REVIEW_DIFFERENT);
        stmt_bind_text(to, ":reviewer", stmt_text(from, 2));
        stmt_bind_int(to, ":day", stmt_int(from, 3));
        stmt_bind_text(to, ":note", stmt_text(from, 4));
        stmt_bind_text(to, ":file", stmt_text(from, 5));
        stmt_bind_z(to, ":who", "");
        stmt_bind_z(to, ":at", at);
        TRY(stmt_run(to, err));
    }
}

static enum status append_referrals(struct night *n, struct db *ledger, struct err *err)
{
    AUTO_STMT from = stmt_use(n->db, STMT_LIST_PROPOSED_REFERRALS);
    AUTO_STMT to = stmt_use(ledger, STMT_INSERT_REFERRAL);
    for (bool row;;) {
        TRY(stmt_step(from, &row, err));
        if (!row) {
            return ST_OK;
        }
        stmt_bind_int(to, ":referral_no", stmt_int(from, 0));
        stmt_bind_text(to, ":kind", stmt_text(from, 1));
        stmt_bind_int(to, ":household", stmt_int(from, 2));
        stmt_bind_text(to, ":street", stmt_text(from, 3));
        stmt_bind_int(to, ":night", n->number);
        stmt_bind_day(to, ":day", n->as_of);
        TRY(stmt_run(to, err));
    }
}

static enum status append_referral_warnings(struct night *n, struct db *ledger, struct err *err)
{
    AUTO_STMT from = stmt_use(n->db, STMT_LIST_PROPOSED_REFERRAL_WARNINGS);
    AUTO_STMT to = stmt_use(ledger, STMT_INSERT_REFERRAL_WARNING);
    for (bool row;;) {
        TRY(stmt_step(from, &row, err));
        if (!row) {
            return ST_OK;
        }
        stmt_bind_int(to, ":referral_no", stmt_int(from, 0));
        stmt_bind_int(to, ":warning_no", stmt_int(from, 1));
        stmt_bind_int(to, ":night", n->number);
        TRY(stmt_run(to, err));
    }
}

static enum status counts_json(struct night *n, struct strbuf *out, struct err *err)
{
    struct json_out j = json_out_to(out);
    json_open(&j, '{');
    AUTO_STMT q = stmt_use(n->db, STMT_LIST_FIGURES);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        AUTO_STRBUF name = STRBUF_INIT;
        strbuf_adds(&name, stmt_text(q, 0));
        json_ki(&j, strbuf_z(&name), stmt_int(q, 1));
    }
    json_close(&j, '}');
    return ST_OK;
}

static enum status insert_night_row(struct night *n, const struct night_record *previous, struct str manifest, const char *hash, const char *folder,
                                    const char *at, struct err *err)
{
    AUTO_STRBUF counts = STRBUF_INIT;
    TRY(counts_json(n, &counts, err));
    AUTO_STMT q = stmt_use(n->site->ledger, STMT_INSERT_NIGHT);
    stmt_bind_int(q, ":night", n->number);
    stmt_bind_int(q, ":as_of", n->as_of);
    stmt_bind_text(q, ":manifest", manifest);
    stmt_bind_z(q, ":manifest_hash", hash);
    stmt_bind_z(q, ":folder", folder);
    if (previous->night && previous->as_of == n->as_of) {
        stmt_bind_int(q, ":supersedes", previous->night);
    } else {
        stmt_bind_null(q, ":supersedes");
    }
    stmt_bind_int(q, ":mark_event", n->mark_event);
    stmt_bind_int(q, ":mark_visit", n->mark_visit);
    stmt_bind_int(q, ":mark_decision", n->mark_decision);
    stmt_bind_int(q, ":mark_release", n->mark_release);
    stmt_bind_text(q, ":counts", strbuf_str(&counts));
    stmt_bind_z(q, ":at", at);
    return stmt_run(q, err);
}

static enum status commit(struct night *n, const struct night_record *previous, struct str manifest, const char *folder,
                          const struct publish_step *steps, size_t n_steps, struct err *err)
{
    struct db *ledger = n->site->ledger;
    char at[20], hash[33];
    clock_stamp(at);
    hash128_hex(manifest.p, manifest.n, hash);
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, ledger, err));
    TRY(keep_configuration(ledger, n->site, err));
    TRY(insert_night_row(n, previous, manifest, hash, folder, at, err));
    for (size_t i = 0; i < n_steps; i++) {
        AUTO_STMT q = stmt_use(ledger, STMT_INSERT_NIGHT_STEP);
        stmt_bind_int(q, ":night", n->number);
        stmt_bind_z(q, ":step", steps[i].name);
        stmt_bind_int(q, ":rows_in", steps[i].rows_in);
        stmt_bind_int(q, ":rows_out", steps[i].rows_out);
        stmt_bind_int(q, ":ms", steps[i].ms);
        TRY(stmt_run(q, err));
    }
    TRY(append_warnings(n, ledger, err));
    TRY(append_events(n, ledger, at, err));
    TRY(append_aliases(n, ledger, err));
    TRY(append_entity_events(n, ledger, err));
    TRY(append_warning_moves(n, ledger, err));
    TRY(append_reviews(n, ledger, at, err));
    TRY(append_referrals(n, ledger, err));
    TRY(append_referral_warnings(n, ledger, err));
    AUTO_STRBUF published = STRBUF_INIT;
    strbuf_addf(&published, "%s %s", folder, hash); /* the chain holds every manifest, every manifest the chain before it */
    TRY(audit_add(ledger, "publish", strbuf_z(&published), err));
    return tx_commit(&tx, err);
}

enum status publish_night(struct night *n, const struct night_record *previous, struct str manifest, const char *tmp_dir,
                          const struct publish_step *steps, size_t n_steps, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const char *folder = publish_folder(&a, n);
    TRY(sync_tree(&a, n->run_dir, err));
    TRY(sync_tree(&a, tmp_dir, err));
    TRY(file_sync(n->site->runs, err));
    TRY(file_sync(n->site->reports, err));
    TRY(commit(n, previous, manifest, folder, steps, n_steps, err));
    return finish_renames(n->site, &a, n->number, folder, err);
}

enum status publish_prune(struct site *s, int64_t newest, int64_t keep, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    file_list entries = {0};
    enum status status = file_list_dir(&a, s->runs, &entries, err);
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        int64_t night = number_after(entries.v[i].name, "");
        if (night > 0 && night <= newest - keep) {
            status = file_remove_tree(path_join(&a, s->runs, entries.v[i].name), err);
        }
    }
    vec_release(&entries);
    return status;
}
