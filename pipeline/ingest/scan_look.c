/* SPDX-License-Identifier: Apache-2.0 */
/* What lies in the inbox: names to sources, contents to what is known. */
#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/core/log.h"
#include "base/store/db.h"
#include "pipeline/command.h"
#include "pipeline/ingest/scan_private.h"


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
        warn_add(ST_W_CHECK, TR("%s：内容与交付 %lld 的 %s 完全相同，按新的数据日期接收；如果是旧文件改了名，用 mopai deliveries list 查到它的交付号，再 mopai deliveries withdraw 交付号 --reason 理由",
                                "%s: the content of delivery %lld, file %s, unchanged; taken with its new data date; if an old file was renamed, withdraw it"),
                 f.name, (long long)f.known_in, f.known_as);
    }
    TRY(say_repeat(s, &f, err));
    if (keep) {
        vec_push(&s->files, f);
    }
    return ST_OK;
}

static enum status look_at(struct scan *s, const char *dir, const struct file_entry *e, struct err *err)
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
    enum status st = arrival_open(path_join(&s->arena, dir, e->name), arena_z(&s->arena, str_of(e->name)), from, &why);
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

static enum status look_into(struct scan *s, const char *dir, struct err *err)
{
    file_list list = {0};
    enum status st = file_list_dir(&s->arena, dir, &list, err);
    for (size_t i = 0; i < list.n && st == ST_OK; i++) {
        st = look_at(s, dir, &list.v[i], err);
    }
    vec_release(&list);
    return st;
}

/* What departments dropped, and what our own visitors found out (pipeline/visits_found.h). */
enum status scan_look(struct scan *s, struct err *err)
{
    TRY(look_into(s, s->site->inbox, err));
    return s->site->found && file_exists(s->site->found) ? look_into(s, s->site->found, err) : ST_OK;
}
