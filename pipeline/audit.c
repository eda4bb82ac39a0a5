/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/core/clock.h"
#include "base/core/hash.h"
#include "base/store/db.h"

const char *who_acts(void)
{
    static char uid[32];
    static const char *const names[] = {"MOPAI_WHO", "SUDO_USER", "USER", "LOGNAME"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value) {
            return value;
        }
    }
    (void)snprintf(uid, sizeof(uid), "uid %lu", (unsigned long)getuid());
    return uid;
}

static void read_end(const struct stmt *q, struct audit_end *out)
{
    out->id = stmt_int(q, 0);
    struct str hash = stmt_text(q, 1);
    (void)snprintf(out->hash, sizeof(out->hash), STR_FMT, STR_ARG(hash));
}

enum status audit_end_now(struct db *ledger, struct audit_end *out, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_SELECT_AUDIT_LAST);
    bool row;
    *out = (struct audit_end){0, ""};
    TRY(stmt_one(q, &row, err));
    if (row) {
        read_end(q, out);
    }
    return ST_OK;
}

enum status audit_end_of_night(struct db *ledger, int64_t night, struct audit_end *out, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_SELECT_AUDIT_OF_NIGHT);
    bool row;
    *out = (struct audit_end){0, ""};
    stmt_bind_int(q, ":night", night);
    TRY(stmt_one(q, &row, err));
    if (row) {
        read_end(q, out);
    }
    return ST_OK;
}

/* Every field with its length before it: no two rows give the same bytes. */
static void row_hash(const char *before, int64_t id, const struct str fields[4], char out[AUDIT_HASH_MAX])
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct digest_hex hex;
    strbuf_addf(&b, "mopai audit 1\n%s\n%lld\n", before, (long long)id);
    for (size_t i = 0; i < 4; i++) {
        strbuf_addf(&b, "%zu:", fields[i].n);
        strbuf_adds(&b, fields[i]);
        strbuf_addc(&b, '\n');
    }
    digest_of(b.p, b.n, &hex);
    memcpy(out, hex.sha256, AUDIT_HASH_MAX);
}

enum status audit_add(struct db *ledger, const char *action, const char *detail, struct err *err)
{
    char at[20], hash[AUDIT_HASH_MAX];
    struct audit_end end;
    clock_stamp(at);
    TRY(audit_end_now(ledger, &end, err));
    const struct str fields[4] = {str_of(who_acts()), str_of(action), str_of(detail), str_of(at)};
    row_hash(end.hash, end.id + 1, fields, hash);
    AUTO_STMT s = stmt_use(ledger, STMT_INSERT_AUDIT);
    stmt_bind_int(s, ":audit_id", end.id + 1);
    stmt_bind_text(s, ":who", fields[0]);
    stmt_bind_text(s, ":action", fields[1]);
    stmt_bind_text(s, ":detail", fields[2]);
    stmt_bind_text(s, ":at", fields[3]);
    stmt_bind_z(s, ":hash", hash);
    return stmt_run(s, err);
}

enum status audit_note(struct db *ledger, const char *action, const char *detail, struct err *err)
{
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, ledger, err));
    TRY(audit_add(ledger, action, detail, err));
    return tx_commit(&tx, err);
}

/* --- checking ---------------------------------------------------------------------------------------------------------------- */

struct checking {
    void (*problem)(void *ctx, const char *line);
    void *ctx;
};

static void found(const struct checking *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void found(const struct checking *c, const char *fmt, ...)
{
    AUTO_STRBUF b = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&b, fmt, ap);
    va_end(ap);
    c->problem(c->ctx, strbuf_z(&b));
}

/* After a fault the chain goes on from the hash that stands in the row: one fault is told once, or at the row behind it as well. */
static void check_row(const struct checking *c, const struct stmt *q, struct audit_end *end)
{
    char hash[AUDIT_HASH_MAX];
    int64_t id = stmt_int(q, 0);
    const struct str fields[4] = {stmt_text(q, 2), stmt_text(q, 3), stmt_text(q, 4), stmt_text(q, 1)};
    if (id != end->id + 1) {
        found(c, TR("审计：第 %lld 条之后应是第 %lld 条，却是第 %lld 条：有记录被删掉或改了序号", "audit: row %lld should be followed by row %lld and is by row %lld: rows were deleted or renumbered"), (long long)end->id,
              (long long)end->id + 1, (long long)id);
    }
    row_hash(end->hash, id, fields, hash);
    if (!str_eqz(stmt_text(q, 5), hash)) {
        found(c, TR("审计：第 %lld 条与校验值不符：它被改过，或与前一条接不上", "audit: row %lld does not match its hash: it was changed, or does not follow the row before it"),
              (long long)id);
    }
    end->id = id;
    struct str stored = stmt_text(q, 5);
    (void)snprintf(end->hash, sizeof(end->hash), STR_FMT, STR_ARG(stored));
}

static enum status check_anchors(const struct checking *c, struct db *ledger, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_LIST_AUDIT_ANCHORS);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        long long night = (long long)stmt_int(q, 0), id = (long long)stmt_int(q, 1);
        if (id > 0 && !str_eq(stmt_text(q, 2), stmt_text(q, 3))) {
            found(c, TR("审计：第 %lld 夜的清单记下的第 %lld 条，现在不在或不同了", "audit: night %lld recorded row %lld, which is gone or another now"), night, id);
        }
        if (stmt_int(q, 4) != 1) {
            found(c, TR("审计：第 %lld 夜没有与其清单相符的发布记录", "audit: night %lld has no row of its publication that matches its manifest"), night);
        }
    }
}

enum status audit_check(struct db *ledger, void (*problem)(void *ctx, const char *line), void *ctx, int64_t *out_rows, struct err *err)
{
    const struct checking c = {problem, ctx};
    struct audit_end end = {0, ""};
    *out_rows = 0;
    AUTO_STMT q = stmt_use(ledger, STMT_LIST_AUDIT);
    stmt_bind_z(q, ":since", "");
    for (bool row;; ++*out_rows) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return check_anchors(&c, ledger, err);
        }
        check_row(&c, q, &end);
    }
}
