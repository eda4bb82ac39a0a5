/* SPDX-License-Identifier: Apache-2.0 */
/* One look at the inbox: names to sources, contents to what is known, the rest in the order source, scope, data date, name, hash; files of one source, scope
   and date are one delivery, committed by itself: raw copy, segment, rejects, timeline with its neighbours, then the ledger rows in one transaction. */
#include <stdlib.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/log.h"
#include "base/store/db.h"
#include "base/store/raw.h"
#include "pipeline/command.h"
#include "pipeline/ingest/arrival.h"
#include "pipeline/ingest/catalogue.h"
#include "pipeline/ingest/delivery_judge.h"
#include "pipeline/ingest/header_change.h"
#include "pipeline/ingest/retype.h"

struct inbox_file {
    const char *name;
    const struct arrival *from; /* the file it is, or the archive it is in */
    size_t part;
    struct source_name says;
    const char *scope;
    daynum date;
    enum date_from date_from;
    struct digest_hex hex;
    int64_t size;
    bool known;
    const char *known_as; /* the name its content came under first, when it was not this one */
    int64_t known_in;     /* and its delivery */
    bool unchanged;       /* a snapshot of another date with this very content is there: taken, and said */
    struct typed_file typed; /* filled while its delivery is made */
};
struct scan {
    struct site *site;
    struct arena arena;
    VEC(struct inbox_file) files;
    VEC(struct arrival *) arrivals; /* opened, of which `files` are parts */
    struct ingest_counts counts;
};

#define FULL_AS_INCREMENT 90 /* percent */

static const char *const date_from_words[] = {"name", "column", "receipt"};
static const char *const state_words[] = {"accepted", "held", "refused"};

/* --- looking ------------------------------------------------------------------------------------------------------- */

static const struct source *source_of(const struct scan *s, const struct inbox_file *f)
{
    return &s->site->sources->v[f->says.source];
}

static void report_unknown(struct scan *s, const char *name, const char *zh, const char *en)
{
    s->counts.unknown++;
    warn_add(ST_W_UNKNOWN_FILE, "%s：%s", name, TR(zh, en));
}

static const char *printable(struct scan *s, const char *name)
{
    char *copy = arena_z(&s->arena, str_of(name));
    for (char *p = copy; *p; p++) {
        *p = (unsigned char)*p < ' ' || *p == 0x7F ? '?' : *p;
    }
    return copy;
}

static void say_lines(const char *name, struct str lines)
{
    struct str line;
    while (str_split(&lines, '\n', &line)) {
        if (line.n > 0) {
            warn_add(ST_W_CHECK, TR("%s：" STR_FMT, "%s: " STR_FMT), name, STR_ARG(line));
        }
    }
}

/* The only file of an archive may be called anything when the archive is called what it should be: 名册_20260301.zip with export.csv. */
static const char *named_like(struct scan *s, const char *archive, const char *member)
{
    const char *dot = strrchr(archive, '.'), *tail = strrchr(member, '.');
    return arena_printf(&s->arena, "%.*s%s", dot ? (int)(dot - archive) : (int)strlen(archive), archive, tail ? tail : "");
}

/* A snapshot is known when its content came with the same data date; the same content under another date is news: nothing has changed since. */
static bool dated_snapshot(const struct scan *s, const struct inbox_file *f)
{
    return source_of(s, f)->kind == KIND_SNAPSHOT && f->says.date != DAY_MISSING;
}

enum known_by { BY_DATE, BY_CONTENT, BY_CONTENT_WITH_ROWS }; /* :any_date of the statement */

static enum status look_up_content(struct scan *s, struct inbox_file *f, bool any_scope, enum known_by by, struct err *err)
{
    const struct source *src = source_of(s, f);
    AUTO_STMT q = stmt_use(s->site->ledger, STMT_SELECT_DELIVERY_FILE_KNOWN);
    stmt_bind_int(q, ":any_date", (int64_t)by);
    stmt_bind_int(q, ":date", by == BY_CONTENT ? 0 : f->says.date);
    stmt_bind_z(q, ":xxh128", f->hex.xxh128);
    stmt_bind_text(q, ":source", src->id);
    stmt_bind_int(q, ":any_scope", any_scope);
    stmt_bind_z(q, ":scope", f->scope);
    stmt_bind_z(q, ":typing", src->typing);
    stmt_bind_z(q, ":name", f->name);
    TRY(stmt_one(q, &f->known, err));
    f->known_as = f->known && !str_eqz(stmt_text(q, 0), f->name) ? arena_z(&s->arena, stmt_text(q, 0)) : NULL;
    f->known_in = f->known ? stmt_int(q, 1) : 0;
    return ST_OK;
}

static enum status is_known(struct scan *s, struct inbox_file *f, bool any_scope, struct err *err)
{
    bool dated = f->says.date != DAY_MISSING, append = source_of(s, f)->kind == KIND_APPEND;
    TRY(look_up_content(s, f, any_scope, dated_snapshot(s, f) ? BY_DATE : dated && append ? BY_CONTENT_WITH_ROWS : BY_CONTENT, err));
    if (f->known || !dated_snapshot(s, f)) {
        return ST_OK;
    }
    TRY(look_up_content(s, f, any_scope, BY_CONTENT, err)); /* for what is said about it */
    f->unchanged = f->known;
    f->known = false;
    return ST_OK;
}

/* Scope and data date that only the content knows. The raw copy is made first: what is read is what is kept. */
static enum status learn_from_columns(struct scan *s, struct inbox_file *f, bool *out_usable, struct err *err)
{
    const struct source *src = source_of(s, f);
    struct typed_file t;
    int64_t size;
    TRY(arrival_put(f->from, f->part, s->site->raw, &f->hex, &size, err));
    TRY(type_raw(src, s->site->raw, f->hex.xxh128, NULL, f->name, &t, err));
    *out_usable = !t.several_scopes;
    if (src->scope_column >= 0) {
        f->scope = arena_z(&s->arena, strbuf_str(&t.scope));
    }
    if (src->date_column >= 0 && t.facts.date != DAY_MISSING) {
        f->date = t.facts.date;
        f->date_from = DATE_FROM_COLUMN;
    }
    typed_file_release(&t);
    return ST_OK;
}

static enum status finish_identity(struct scan *s, struct inbox_file *f, bool *out_keep, struct err *err)
{
    const struct source *src = source_of(s, f);
    *out_keep = true;
    if (src->scope_column >= 0 || (src->date_column >= 0 && f->date == DAY_MISSING)) {
        TRY(is_known(s, f, true, err));
        if (!f->known) {
            TRY(learn_from_columns(s, f, out_keep, err));
            if (!*out_keep) {
                s->counts.refused++;
                warn_add(ST_W_FILE_REFUSED, TR("%s：范围列“" STR_FMT "”里有多个值，一个文件只能是一个范围", "%s: the scope column '" STR_FMT "' has several values, a file holds one scope"),
                         f->name, STR_ARG(src->columns[src->scope_column].name));
                return ST_OK;
            }
        }
    }
    if (!f->known) {
        TRY(is_known(s, f, false, err));
    }
    if (!f->known && f->date != DAY_MISSING && f->date > clock_today() + 31) {
        AUTO_STRBUF day = STRBUF_INIT;
        strbuf_add_day(&day, f->date);
        warn_add(ST_W_CHECK, TR("%s：数据日期 %s 在将来，到那一天才作数；请核对文件名和系统日期", "%s: its data date %s lies ahead, it counts from that day; check its name and the system's date"),
                 f->name, strbuf_z(&day));
    }
    if (f->date == DAY_MISSING) {
        f->date = clock_today();
        f->date_from = DATE_FROM_RECEIPT;
        if (!f->known) {
            warn_add(ST_W_CHECK, TR("%s：文件名里没有数据日期，按收到的日期算", "%s: no data date in its name, the day of receipt is taken"), f->name);
            log_event(LOG_INFO, "data-date", "source=" STR_FMT " file=\"%s\" from=receipt", STR_ARG(src->id), f->name);
        }
    }
    return ST_OK;
}

/* A file that holds nothing new under another name is said once; it may lie in the inbox for months. */
static enum status say_repeat(struct scan *s, const struct inbox_file *f, struct err *err)
{
    if (!f->known || !f->known_as) {
        return ST_OK;
    }
    AUTO_STMT q = stmt_use(s->site->ledger, STMT_INSERT_INBOX_REPEAT);
    stmt_bind_z(q, ":name", f->name);
    stmt_bind_z(q, ":xxh128", f->hex.xxh128);
    TRY(stmt_run(q, err));
    if (db_changes(s->site->ledger) == 0) {
        return ST_OK;
    }
    warn_add(ST_W_CHECK, TR("%s：内容与交付 %lld 的 %s 完全相同，不再接收；如果应当是新数据，请部门重新导出",
                            "%s: the content of delivery %lld, file %s, again; not taken; if it should be new, have it exported again"),
             f->name, (long long)f->known_in, f->known_as);
    return ST_OK;
}

/* What keeps a file from being read: said, and the scan goes on. True when `st` was such a thing. */
static bool set_apart(struct scan *s, enum status st, const struct err *why)
{
    if (st == ST_REFUSED) {
        s->counts.refused++;
        warn_add(ST_W_FILE_REFUSED, "%s", why->text);
    } else if (st == ST_INPUT || st == ST_CORRUPT || st == ST_IO) {
        s->counts.waiting++;
        warn_add(ST_W_UNKNOWN_FILE, "%s", why->text);
    }
    return st == ST_REFUSED || st == ST_INPUT || st == ST_CORRUPT || st == ST_IO || st == ST_MISSING; /* missing: taken away while we looked */
}

static enum status look_at_part(struct scan *s, const struct arrival *from, size_t part, struct err *err)
{
    const struct arrival_part *p = &from->parts.v[part];
    struct inbox_file f = {.name = arena_z(&s->arena, str_of(p->shown)), .from = from, .part = part};
    bool sole = from->parts.n == 1 && from->packing == PACKED_ZIP;
    if (!sources_match(s->site->sources, str_of(p->name), &f.says) && !(sole && sources_match(s->site->sources, str_of(named_like(s, from->name, p->name)), &f.says))) {
        report_unknown(s, f.name, "没有一个数据源的文件名样式与它相符", "matches no source's file pattern");
        return ST_OK;
    }
    s->counts.files++;
    f.scope = arena_z(&s->arena, f.says.scope);
    f.date = f.says.date;
    struct err why;
    enum status st = arrival_digest(from, part, &f.hex, &f.size, &why);
    if (st != ST_OK) {
        return set_apart(s, st, &why) ? ST_OK : err_set(err, st, "%s", why.text);
    }
    bool keep;
    TRY(finish_identity(s, &f, &keep, err));
    s->counts.known += f.known;
    if (f.unchanged && f.known_as) {
        warn_add(ST_W_CHECK, TR("%s：内容与交付 %lld 的 %s 完全相同，按新的数据日期接收；如果是旧文件改了名，请 mopai deliveries withdraw",
                                "%s: the content of delivery %lld, file %s, unchanged; taken with its new data date; if an old file was renamed, withdraw it"),
                 f.name, (long long)f.known_in, f.known_as);
    }
    TRY(say_repeat(s, &f, err));
    if (keep) {
        vec_push(&s->files, f);
    }
    return ST_OK;
}

static enum status look_at(struct scan *s, const struct file_entry *e, struct err *err)
{
    if (e->name[0] == '.' || e->is_dir || str_starts(str_of(e->name), STR("~$"))) { /* ~$: Excel keeps its own mark beside an open workbook */
        return ST_OK;
    }
    if (!arrival_name_is_safe(e->name)) {
        report_unknown(s, printable(s, e->name), "文件名里有控制字符，不读；请改名再送", "its name has control characters, not read; rename it");
        return ST_OK;
    }
    if (!e->is_file) {
        report_unknown(s, e->name, "不是普通文件（链接或设备），不读", "not a plain file (a link or a device), not read");
        return ST_OK;
    }
    struct source_name says;
    if (!arrival_is_zip(e->name) && !sources_match(s->site->sources, str_of(e->name), &says)) {
        report_unknown(s, e->name, "没有一个数据源的文件名样式与它相符", "matches no source's file pattern");
        return ST_OK;
    }
    struct arrival *from = arena_new(&s->arena, struct arrival);
    struct err why;
    enum status st = arrival_open(path_join(&s->arena, s->site->inbox, e->name), arena_z(&s->arena, str_of(e->name)), from, &why);
    if (st != ST_OK) {
        return set_apart(s, st, &why) ? ST_OK : err_set(err, st, "%s", why.text);
    }
    vec_push(&s->arrivals, from);
    say_lines(from->name, strbuf_str(&from->skipped));
    for (size_t i = 0; i < from->parts.n; i++) {
        TRY(look_at_part(s, from, i, err));
    }
    return ST_OK;
}

static int same_delivery(const struct inbox_file *a, const struct inbox_file *b)
{
    if (a->says.source != b->says.source) {
        return a->says.source < b->says.source ? -1 : 1;
    }
    int c = strcmp(a->scope, b->scope);
    return c ? c : (a->date > b->date) - (a->date < b->date);
}

static int file_cmp(const void *pa, const void *pb)
{
    const struct inbox_file *a = pa, *b = pb;
    int c = same_delivery(a, b);
    if (c == 0) {
        c = (a->says.part > b->says.part) - (a->says.part < b->says.part);
    }
    if (c == 0) {
        c = strcmp(a->name, b->name);
    }
    return c ? c : strcmp(a->hex.xxh128, b->hex.xxh128);
}

/* --- one delivery --------------------------------------------------------------------------------------------------- */

struct making {
    const struct source *src;
    struct inbox_file **files;
    size_t n;
    struct typing_facts sum;
    struct delivered self; /* as later deliveries will see it */
    gate_results gates;
    const struct delivered *newer; /* accepted and of a later data date; NULL: this is the newest */
    int overlap; /* percent of the delivery before it that comes again; -1 */
    enum delivery_state state;
    struct strbuf reason;
    char content[33];
    const char *parts_missing; /* "第 2、3 份"; NULL: none is */
};

static int hash_cmp(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void content_of(struct making *m)
{
    const char **hashes = xmalloc(sizeof(*hashes) * m->n);
    AUTO_STRBUF all = STRBUF_INIT;
    for (size_t i = 0; i < m->n; i++) {
        hashes[i] = m->files[i]->hex.xxh128;
    }
    qsort(hashes, m->n, sizeof(*hashes), hash_cmp);
    for (size_t i = 0; i < m->n; i++) {
        strbuf_addf(&all, "%s\n", hashes[i]);
    }
    hash128_hex(all.p, all.n, m->content);
    free(hashes);
}

/* Raw copies and segments. *out_stable false: a file changed under us; the next scan will see it whole. */
static enum status type_files(struct scan *s, struct making *m, bool *out_stable, struct err *err)
{
    *out_stable = true;
    for (size_t i = 0; i < m->n; i++) {
        struct inbox_file *f = m->files[i];
        struct digest_hex hex;
        struct err why;
        enum status st = arrival_put(f->from, f->part, s->site->raw, &hex, &f->size, &why);
        if (st == ST_INPUT || st == ST_MISSING || (st == ST_OK && strcmp(hex.xxh128, f->hex.xxh128) != 0)) {
            s->counts.waiting++;
            warn_add(ST_W_UNKNOWN_FILE, TR("%s：读取时内容还在变化，下次再收", "%s: changed while it was read, left for the next scan"), f->name);
            *out_stable = false;
            return ST_OK;
        }
        if (st != ST_OK) {
            return err_set(err, st, "%s", why.text);
        }
        f->hex = hex; /* with the SHA-256 that the look at the inbox left out */
        TRY(type_raw(m->src, s->site->raw, hex.xxh128, s->site->segments, f->name, &f->typed, err));
        progress_done();
        typing_facts_add(&m->sum, &f->typed.facts);
        if (!f->typed.usable) {
            m->state = STATE_REFUSED;
            strbuf_addf(&m->reason, "%s%s：%s", m->reason.n ? "；" : "", f->name, strbuf_z(&f->typed.why));
        }
    }
    return ST_OK;
}

static void describe_self(struct scan *s, struct making *m)
{
    const struct inbox_file *f = m->files[0];
    m->self = (struct delivered){.id = -1, .scope = f->scope, .content = m->content, .date = f->date, .n_files = m->n};
    m->self.files = arena_array(&s->arena, struct delivered_file, m->n);
    for (size_t i = 0; i < m->n; i++) {
        m->self.files[i] = (struct delivered_file){-1, (int)i + 1, m->files[i]->name, m->files[i]->hex.xxh128, m->files[i]->typed.facts.typed};
    }
}

static enum status judge(struct scan *s, struct making *m, const struct delivered_list *list, struct err *err)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct delivered *d = &list->v[i];
        m->newer = strcmp(d->scope, m->self.scope) == 0 && d->date > m->self.date ? d : m->newer; /* by date: the newest */
    }
    const struct delivery_case c = {s->site, m->src, &m->self, list, &m->sum, m->parts_missing, clock_today()};
    m->overlap = -1;
    if (m->state == STATE_REFUSED) {
        return ST_OK;
    }
    TRY(delivery_judge(&c, &s->arena, &m->gates, err));
    m->state = delivery_verdict(&m->gates, &m->reason);
    return delivery_overlap(&c, &m->overlap, err);
}

/* The neighbours' timelines while the delivery is still ours alone: once it is in the ledger they are there. */
static enum status make_timelines(struct scan *s, const struct making *m, const struct delivered_list *list, struct err *err)
{
    if (m->src->kind != KIND_SNAPSHOT || m->state != STATE_ACCEPTED) {
        return ST_OK;
    }
    const struct inbox_file *f = m->files[0];
    const struct delivered *before = NULL, *after = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const struct delivered *d = &list->v[i];
        if (strcmp(d->scope, f->scope) == 0) {
            before = d->date < f->date ? d : before;
            after = d->date > f->date && (!after || d->date == after->date) ? d : after;
        }
    }
    if (before && strcmp(before->content, m->content) != 0) {
        TRY(timeline_make(s->site, m->src, before, &m->self, err));
    }
    return after && strcmp(after->content, m->content) != 0 ? timeline_make(s->site, m->src, &m->self, after, err) : ST_OK;
}

static enum status insert_file(struct db *db, const struct making *m, size_t i, int64_t delivery, struct err *err)
{
    const struct inbox_file *f = m->files[i];
    const struct typing_facts *t = &f->typed.facts;
    char delimiter[2] = {t->delimiter, 0};
    AUTO_STMT q = stmt_use(db, STMT_INSERT_DELIVERY_FILE);
    stmt_bind_int(q, ":delivery", delivery);
    stmt_bind_int(q, ":part", (int64_t)i + 1);
    stmt_bind_z(q, ":name", f->name);
    stmt_bind_int(q, ":size", f->size);
    stmt_bind_z(q, ":xxh128", f->hex.xxh128);
    BUG_ON(!f->hex.sha256[0]);
    stmt_bind_z(q, ":sha256", f->hex.sha256);
    stmt_bind_z(q, ":encoding", t->sheet ? "xlsx" : encoding_name(t->encoding));
    stmt_bind_z(q, ":delimiter", delimiter);
    stmt_bind_z(q, ":typing", m->src->typing);
    stmt_bind_int(q, ":header_line", t->header_line);
    stmt_bind_int(q, ":records", t->records);
    stmt_bind_int(q, ":typed", t->typed);
    stmt_bind_int(q, ":rejected", t->rejected);
    stmt_bind_int(q, ":aside_title", t->aside[ROW_TITLE]);
    stmt_bind_int(q, ":aside_header", t->aside[ROW_HEADER]);
    stmt_bind_int(q, ":aside_total", t->aside[ROW_TOTAL]);
    stmt_bind_int(q, ":aside_signature", t->aside[ROW_SIGNATURE]);
    stmt_bind_int(q, ":aside_blank", t->aside[ROW_BLANK]);
    stmt_bind_int(q, ":aside_skipped", t->aside[ROW_SKIPPED]);
    stmt_bind_int(q, ":defects", t->defects);
    return stmt_run(q, err);
}

/* Months a period delivery covers: its name, else so many before its date, else what it holds. */
static void months_covered(const struct making *m, monthnum *from, monthnum *to)
{
    const struct inbox_file *f = m->files[0];
    *from = *to = MONTH_MISSING;
    if (m->src->kind != KIND_PERIOD) {
        return;
    }
    if (f->says.month_from != MONTH_MISSING) {
        *from = f->says.month_from, *to = f->says.month_to;
    } else if (m->src->months_covered > 0) {
        *to = day_month(f->date);
        *from = *to - m->src->months_covered + 1;
    } else {
        *from = m->sum.month_from, *to = m->sum.month_to;
    }
}

static enum status insert_delivery(struct db *db, const struct making *m, int64_t *out_id, struct err *err)
{
    const struct inbox_file *f = m->files[0];
    monthnum from, to;
    char stamp[20];
    clock_stamp(stamp);
    months_covered(m, &from, &to);
    AUTO_STMT q = stmt_use(db, STMT_INSERT_DELIVERY);
    stmt_bind_text(q, ":source", m->src->id);
    stmt_bind_z(q, ":scope", f->scope);
    stmt_bind_int(q, ":data_date", f->date);
    stmt_bind_z(q, ":date_from", date_from_words[f->date_from]);
    stmt_bind_z(q, ":kind", source_kind_name(m->src->kind));
    stmt_bind_day(q, ":month_from", from);
    stmt_bind_day(q, ":month_to", to);
    stmt_bind_z(q, ":state", state_words[m->state]);
    stmt_bind_z(q, ":reason", strbuf_z(&m->reason));
    stmt_bind_z(q, ":content", m->content);
    stmt_bind_int(q, ":received", clock_today());
    stmt_bind_z(q, ":at", stamp);
    TRY(stmt_run(q, err));
    *out_id = db_last_id(db);
    return ST_OK;
}

static enum status enter_ledger(struct scan *s, const struct making *m, int64_t *out_id, struct err *err)
{
    struct db *db = s->site->ledger;
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, db, err));
    TRY(insert_delivery(db, m, out_id, err));
    for (size_t i = 0; i < m->n; i++) {
        TRY(insert_file(db, m, i, *out_id, err));
    }
    for (size_t i = 0; i < m->gates.n; i++) {
        AUTO_STMT q = stmt_use(db, STMT_INSERT_GATE_RESULT);
        stmt_bind_int(q, ":delivery", *out_id);
        stmt_bind_z(q, ":gate", m->gates.v[i].gate);
        stmt_bind_z(q, ":value", m->gates.v[i].value);
        stmt_bind_z(q, ":band", m->gates.v[i].band);
        stmt_bind_z(q, ":verdict", gate_verdict_name(m->gates.v[i].verdict));
        TRY(stmt_run(q, err));
    }
    return tx_commit(&tx, err);
}

/* A period file whose name says one month and whose rows all say others: most likely a wrong name. */
static void report_months(const struct making *m, int64_t id)
{
    monthnum from, to;
    months_covered(m, &from, &to);
    if (from == MONTH_MISSING || m->sum.month_from == MONTH_MISSING || (m->sum.month_from <= to && m->sum.month_to >= from)) {
        return;
    }
    AUTO_STRBUF name = STRBUF_INIT, rows = STRBUF_INIT;
    strbuf_add_month(&name, to);
    strbuf_add_month(&rows, m->sum.month_to);
    warn_add(ST_W_CHECK, TR("交付 %lld（" STR_FMT " %s）：文件名说的是 %s，行里却是 %s；请核对，送错了就用 mopai deliveries withdraw %lld 撤回",
                            "delivery %lld (" STR_FMT " %s): its name says %s, its rows say %s; check it, and withdraw it if it is wrong: mopai deliveries withdraw %lld"), (long long)id,
             STR_ARG(m->src->label), m->files[0]->name, strbuf_z(&name), strbuf_z(&rows), (long long)id);
}

/* Repeated records count once, so nothing goes wrong; but the department should know. */
static void report_overlap(const struct making *m, int64_t id)
{
    if (m->overlap >= FULL_AS_INCREMENT) {
        warn_add(ST_W_CHECK, TR("交付 %lld（" STR_FMT " %s）：上一次的记录有 %d%% 又来了，像是把全量当增量送；重复的只算一次，结果不受影响，请部门以后只送新增",
                                "delivery %lld (" STR_FMT " %s): %d%% of the records before it came again, a full export sent as an increment? repeats count once, nothing is wrong"),
                 (long long)id, STR_ARG(m->src->label), m->files[0]->name, m->overlap);
    }
}

/* A late one of an older date does not replace what is in force. */
static void report_late(const struct making *m, int64_t id)
{
    if (m->src->kind == KIND_APPEND || m->state != STATE_ACCEPTED || !m->newer) {
        return;
    }
    AUTO_STRBUF day = STRBUF_INIT;
    strbuf_add_day(&day, m->newer->date);
    warn_add(ST_W_CHECK, TR("交付 %lld（" STR_FMT " %s）：比在用的交付 %lld（%s）旧，%s；如果它才是对的，先撤回新的：mopai deliveries withdraw %lld --reason \"理由\"",
                            "delivery %lld (" STR_FMT " %s): older than delivery %lld (%s) in force, %s; if it is the right one, withdraw the newer: mopai deliveries withdraw %lld --reason \"...\""),
             (long long)id, STR_ARG(m->src->label), m->files[0]->name, (long long)m->newer->id, strbuf_z(&day),
             m->src->kind == KIND_SNAPSHOT ? TR("只用来看变化", "only changes are read from it") : TR("只补它独有的月份", "it adds only the months it alone covers"), (long long)m->newer->id);
}

static void report_verdict(const struct making *m, int64_t id)
{
    const struct inbox_file *f = m->files[0];
    AUTO_STRBUF way = STRBUF_INIT;
    delivery_way_out(m->src, m->state, &m->gates, id, &way);
    if (m->state == STATE_HELD) {
        warn_add(ST_W_DELIVERY_HELD, TR("交付 %lld（" STR_FMT " %s）暂扣：%s%s", "delivery %lld (" STR_FMT " %s) held: %s%s"), (long long)id, STR_ARG(m->src->label),
                 f->name, strbuf_z(&m->reason), strbuf_z(&way));
    } else if (m->state == STATE_REFUSED) {
        warn_add(ST_W_FILE_REFUSED, TR("交付 %lld（" STR_FMT " %s）拒收：%s%s", "delivery %lld (" STR_FMT " %s) refused: %s%s"), (long long)id,
                 STR_ARG(m->src->label), f->name, strbuf_z(&m->reason), strbuf_z(&way));
    } else if (m->sum.rejected > 0) {
        warn_add(ST_W_REJECTS, TR(STR_FMT " %s：退回 %lld 行", STR_FMT " %s: %lld rows rejected"), STR_ARG(m->src->label), f->name, (long long)m->sum.rejected);
    }
}

static void report_gates(const struct making *m, int64_t id)
{
    for (size_t i = 0; i < m->gates.n; i++) {
        const struct gate_result *g = &m->gates.v[i];
        AUTO_STRBUF title = STRBUF_INIT;
        if (g->verdict != GATE_WARN) {
            continue;
        }
        gate_title(str_of(g->gate), &title);
        warn_add(ST_W_CHECK, TR("交付 %lld（" STR_FMT " %s）：%s %s，通常 %s", "delivery %lld (" STR_FMT " %s): %s %s, usually %s"), (long long)id,
                 STR_ARG(m->src->label), m->files[0]->name, strbuf_z(&title), g->value, g->band);
        log_event(LOG_INFO, "gate", "source=" STR_FMT " delivery=%lld gate=%s value=\"%s\" band=\"%s\"", STR_ARG(m->src->id), (long long)id, g->gate,
                  g->value, g->band);
    }
}

static void report(struct scan *s, const struct making *m, int64_t id)
{
    struct ingest_counts *c = &s->counts;
    for (size_t i = 0; i < m->n; i++) {
        const struct typing_facts *t = &m->files[i]->typed.facts;
        log_event(LOG_INFO, "file", "source=" STR_FMT " delivery=%lld name=\"%s\" encoding=%s records=%lld typed=%lld rejected=%lld aside=%lld defects=%lld",
                  STR_ARG(m->src->id), (long long)id, m->files[i]->name, encoding_name(t->encoding), (long long)t->records, (long long)t->typed,
                  (long long)t->rejected, (long long)(t->records - t->typed - t->rejected), (long long)t->defects);
        c->records += t->records, c->typed += t->typed, c->rejected += t->rejected, c->defects += t->defects;
        c->aside += t->records - t->typed - t->rejected;
        c->bytes += m->files[i]->size;
    }
    c->accepted += m->state == STATE_ACCEPTED;
    c->held += m->state == STATE_HELD;
    c->refused += m->state == STATE_REFUSED ? (int64_t)m->n : 0;
    report_months(m, id);
    report_overlap(m, id);
    report_late(m, id);
    report_verdict(m, id);
    report_gates(m, id);
}

/* What typing noticed, and columns the delivery before still had. */
static enum status say_notes(struct scan *s, const struct making *m, const struct delivered_list *list, struct err *err)
{
    const struct inbox_file *f = m->files[0];
    const struct delivered *before = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const struct delivered *d = &list->v[i];
        before = strcmp(d->scope, f->scope) == 0 && d->date < f->date && d->n_files > 0 ? d : before;
    }
    for (size_t i = 0; i < m->n; i++) {
        say_lines(m->files[i]->name, strbuf_str(&m->files[i]->typed.notes));
    }
    const struct delivered_file self = {-1, 1, f->name, f->hex.xxh128, 0};
    return before && f->typed.usable ? header_change_report(s->site, m->src, &self, &before->files[0], strbuf_str(&f->typed.strange), err) : ST_OK;
}

static enum status make_delivery(struct scan *s, struct making *m, struct err *err)
{
    struct delivered_list list;
    bool stable;
    int64_t id;
    content_of(m);
    TRY(type_files(s, m, &stable, err));
    if (!stable) {
        return ST_OK;
    }
    TRY(catalogue_accepted(s->site->ledger, m->src->id, DAY_FOREVER, &s->arena, &list, err));
    describe_self(s, m);
    TRY(judge(s, m, &list, err));
    TRY(make_timelines(s, m, &list, err));
    TRY(enter_ledger(s, m, &id, err));
    report(s, m, id);
    return say_notes(s, m, &list, err);
}

/* --- grouping ------------------------------------------------------------------------------------------------------ */

/* The files of [from, to) that make the delivery: new ones, and known parts that no new file replaces. Repeated content once. */
static void choose_files(struct scan *s, size_t from, size_t to, struct making *m)
{
    for (size_t i = from; i < to; i++) {
        struct inbox_file *f = &s->files.v[i];
        bool take = !f->known || f->says.part > 0;
        for (size_t k = from; k < to && take; k++) {
            const struct inbox_file *g = &s->files.v[k];
            bool replaced = f->known && !g->known && g->says.part == f->says.part;
            bool repeated = k < i && strcmp(g->hex.xxh128, f->hex.xxh128) == 0;
            take = !replaced && !repeated;
        }
        if (take) {
            m->files[m->n++] = f;
        }
    }
}

/* Which parts are not here: by number when the names say it, else how many. NULL: all are. */
static const char *missing_parts(struct scan *s, const struct making *m)
{
    AUTO_STRBUF b = STRBUF_INIT;
    int n = 0;
    for (int part = 1; part <= m->src->parts; part++) {
        bool here = false;
        for (size_t i = 0; i < m->n; i++) {
            here |= m->files[i]->says.part == part;
        }
        if (!here) {
            strbuf_addf(&b, "%s%d", n++ ? TR("、", ", ") : "", part);
        }
    }
    if (m->src->parts <= (int)m->n) {
        return NULL;
    }
    return n == m->src->parts ? arena_printf(&s->arena, TR("%d 份", "%d parts"), n - (int)m->n) : arena_printf(&s->arena, TR("第 %s 份", "part %s"), strbuf_z(&b));
}

static void report_waiting(struct scan *s, const struct making *m)
{
    const struct inbox_file *f = m->files[0];
    AUTO_STRBUF until = STRBUF_INIT;
    strbuf_add_day(&until, f->date + m->src->part_wait);
    s->counts.waiting += (int64_t)m->n;
    log_event(LOG_INFO, "parts", "source=" STR_FMT " have=%zu want=%d", STR_ARG(m->src->id), m->n, m->src->parts);
    warn_add(ST_W_CHECK, TR(STR_FMT " %s：共 %d 份，还缺%s，等到 %s；过了这天仍不齐就暂扣", STR_FMT " %s: of %d parts, %s is missing; it waits until %s and is held then"),
             STR_ARG(m->src->label), f->name, m->src->parts, m->parts_missing, strbuf_z(&until));
}

static enum status take_group(struct scan *s, size_t from, size_t to, struct err *err)
{
    struct making m = {.src = source_of(s, &s->files.v[from])};
    m.sum.month_from = m.sum.month_to = MONTH_MISSING;
    m.sum.date = DAY_MISSING;
    m.files = arena_array(&s->arena, struct inbox_file *, to - from);
    choose_files(s, from, to, &m);
    m.parts_missing = missing_parts(s, &m);
    if (m.parts_missing && clock_today() <= m.files[0]->date + m.src->part_wait) {
        report_waiting(s, &m);
        return ST_OK;
    }
    enum status st = make_delivery(s, &m, err);
    strbuf_release(&m.reason);
    vec_release(&m.gates);
    for (size_t i = 0; i < m.n; i++) {
        typed_file_release(&m.files[i]->typed);
    }
    return st;
}

static enum status take_groups(struct scan *s, struct err *err)
{
    vec_sort(&s->files, file_cmp);
    for (size_t from = 0, to; from < s->files.n; from = to) {
        bool any_new = false;
        for (to = from; to < s->files.n && same_delivery(&s->files.v[from], &s->files.v[to]) == 0; to++) {
            any_new |= !s->files.v[to].known;
        }
        if (any_new) {
            TRY(take_group(s, from, to, err));
        }
    }
    return ST_OK;
}

static enum status look_at_all(struct scan *s, struct err *err)
{
    file_list list = {0};
    enum status st = file_list_dir(&s->arena, s->site->inbox, &list, err);
    for (size_t i = 0; i < list.n && st == ST_OK; i++) {
        st = look_at(s, &list.v[i], err);
    }
    vec_release(&list);
    return st;
}

enum status ingest_scan(struct site *site, struct ingest_counts *out, struct err *err)
{
    struct scan s = {.site = site};
    enum status st = retype_changed(site, clock_today(), err); /* a changed sources.yaml first: nothing is taken in under one that does not hold */
    if (st == ST_OK) {
        st = look_at_all(&s, err);
    }
    if (st == ST_OK) {
        st = take_groups(&s, err);
    }
    progress_done();
    *out = s.counts;
    for (size_t i = 0; i < s.arrivals.n; i++) {
        arrival_release(s.arrivals.v[i]);
    }
    vec_release(&s.arrivals);
    vec_release(&s.files);
    arena_release(&s.arena);
    return st;
}
