/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/manifest.h"

#include "base/core/hash.h"
#include "base/core/json_out.h"
#include "base/store/db.h"
#include "base/text/clk.h"
#include "pipeline/ingest/sources.h"

static void copy_hash(char out[33], struct str s)
{
    size_t n = MIN(s.n, (size_t)32);
    if (n) {
        memcpy(out, s.p, n);
    }
    out[n] = 0;
}

/* The value of a key in a manifest of our own writing; no general JSON reader is needed for two keys. */
static struct str find_hash(struct str manifest, struct str key)
{
    size_t at = str_find(manifest, key);
    return at == manifest.n ? (struct str){NULL, 0} : str_sub(manifest, at + key.n, 32);
}

static enum status read_record(struct stmt *q, struct arena *a, struct night_record *out, struct err *err)
{
    *out = (struct night_record){.as_of = DAY_MISSING};
    bool row;
    TRY(stmt_one(q, &row, err));
    if (!row) {
        return ST_OK;
    }
    out->night = stmt_int(q, 0);
    out->as_of = stmt_day(q, 1);
    copy_hash(out->identity, find_hash(stmt_text(q, 2), STR("\"identity\": \"")));
    copy_hash(out->token_mark, find_hash(stmt_text(q, 2), STR("\"token_secret\": \"")));
    copy_hash(out->manifest_hash, stmt_text(q, 3));
    out->folder = arena_z(a, stmt_text(q, 4));
    out->mark_event = stmt_int(q, 5);
    out->mark_visit = stmt_int(q, 6);
    out->mark_decision = stmt_int(q, 7);
    out->mark_release = stmt_int(q, 8);
    return ST_OK;
}

enum status night_record_read(struct site *s, struct arena *a, daynum before, struct night_record *out, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, before == DAY_MISSING ? STMT_SELECT_NIGHT_LAST : STMT_SELECT_NIGHT_BEFORE);
    if (before != DAY_MISSING) {
        stmt_bind_int(q, ":day", before);
    }
    return read_record(q, a, out, err);
}

enum status night_record_at(struct site *s, struct arena *a, int64_t night, struct night_record *out, struct err *err)
{
    AUTO_STMT q = stmt_use(s->ledger, STMT_SELECT_NIGHT_AT);
    stmt_bind_int(q, ":night", night);
    return read_record(q, a, out, err);
}

static void write_day(struct json_out *j, const char *key, daynum day)
{
    AUTO_STRBUF text = STRBUF_INIT;
    strbuf_add_day(&text, day);
    json_ks(j, key, strbuf_str(&text));
}

static void write_configuration(const struct night *n, struct json_out *j)
{
    json_key(j, "configuration");
    json_open(j, '{');
    for (int i = 0; i < SITE_FILE_COUNT; i++) {
        json_kz(j, n->site->files[i].name, n->site->files[i].hash);
    }
    if (n->site->token_key.n) {
        char mark[33];
        token_mark(n->site->token_key, mark);
        json_kz(j, "token_secret", mark);
    }
    json_close(j, '}');
}

/* Files of one delivery stand together in n->inputs; each delivery is one object. */
static void write_deliveries(const struct night *n, struct json_out *j, bool numbers)
{
    json_key(j, "deliveries");
    json_open(j, '[');
    for (size_t i = 0; i < n->n_inputs; i++) {
        const struct night_input *in = &n->inputs[i];
        bool first = i == 0 || n->inputs[i - 1].delivery_id != in->delivery_id;
        bool last = i + 1 == n->n_inputs || n->inputs[i + 1].delivery_id != in->delivery_id;
        if (first) {
            json_open(j, '{');
            json_ks(j, "source", n->site->sources->v[in->source].id);
            json_kz(j, "scope", in->scope);
            write_day(j, "data_date", in->data_date);
            if (numbers) {
                json_ki(j, "delivery", in->delivery_id);
            }
            json_key(j, "files");
            json_open(j, '[');
        }
        json_z(j, in->xxh128);
        if (last) {
            json_close(j, ']');
            json_close(j, '}');
        }
    }
    json_close(j, ']');
}

void manifest_identity(const struct night *n, char out[33])
{
    AUTO_STRBUF text = STRBUF_INIT;
    struct json_out j = json_out_to(&text);
    json_open(&j, '{');
    json_kz(&j, "program", MOPAI_VERSION);
    write_day(&j, "as_of", n->as_of);
    write_configuration(n, &j);
    write_deliveries(n, &j, false);
    json_close(&j, '}');
    hash128_hex(text.p, text.n, out);
}

void manifest_write(const struct night *n, const struct night_record *previous, int64_t supersedes, struct strbuf *out)
{
    char identity[33];
    manifest_identity(n, identity);
    struct json_out j = json_out_to(out);
    json_open(&j, '{');
    json_ki(&j, "format", 1);
    json_kz(&j, "program", MOPAI_VERSION);
    json_ki(&j, "night", n->number);
    write_day(&j, "as_of", n->as_of);
    json_kz(&j, "identity", identity);
    json_key(&j, "previous");
    if (previous->night) {
        json_open(&j, '{');
        json_ki(&j, "night", previous->night);
        json_kz(&j, "manifest", previous->manifest_hash);
        json_close(&j, '}');
    } else {
        json_null(&j);
    }
    if (supersedes) {
        json_ki(&j, "supersedes", supersedes);
    }
    json_key(&j, "ledger");
    json_open(&j, '{');
    json_ki(&j, "events", n->mark_event);
    json_ki(&j, "visits", n->mark_visit);
    json_ki(&j, "decisions", n->mark_decision);
    json_ki(&j, "releases", n->mark_release);
    json_ki(&j, "reviews", n->mark_review);
    json_ki(&j, "orders", n->mark_order);
    json_ki(&j, "referrals", n->mark_referral);
    json_ki(&j, "audit", n->audit.id);
    json_kz(&j, "audit_hash", n->audit.hash);
    json_close(&j, '}');
    write_configuration(n, &j);
    write_deliveries(n, &j, true);
    json_close(&j, '}');
}
