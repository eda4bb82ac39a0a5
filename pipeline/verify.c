/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai verify`: is everything that was kept still what it was? Control sums of files, raw copies against their hashes, every segment's checksums, and each
   segment against its raw copy typed again; published manifests and pages, what the last night left, the ledger itself. Every problem is one line and names
   its file; nothing is changed. Segments that are missing are no problem: they are made again from raw. What nobody refers to is a note: a scan that was
   interrupted leaves such copies. */
#include <stdio.h>
#include <unistd.h>

#include "base/core/file.h"
#include "base/core/hash.h"
#include "base/core/json_out.h"
#include "base/core/log.h"
#include "base/store/db.h"
#include "base/store/raw.h"
#include "base/store/segment.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/ingest/typing.h"
#include "pipeline/site.h"

struct verify {
    struct site site;
    VEC(const char *) problems, notes; /* in the site's arena */
    const char *scratch;        /* folder for segments typed again; NULL: none could be made, a note says why */
    int64_t files, segments, nights;
};

static void problem(struct verify *v, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void problem(struct verify *v, const char *fmt, ...)
{
    AUTO_STRBUF b = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&b, fmt, ap);
    va_end(ap);
    vec_push(&v->problems, arena_z(&v->site.arena, strbuf_str(&b)));
}

static void note(struct verify *v, const char *text)
{
    vec_push(&v->notes, arena_z(&v->site.arena, str_of(text)));
}

static enum status check_ledger(struct verify *v, struct err *err)
{
    AUTO_STMT q = stmt_use(v->site.ledger, STMT_CHECK_LEDGER_INTEGRITY);
    AUTO_STMT keys = stmt_use(v->site.ledger, STMT_CHECK_LEDGER_FOREIGN_KEYS);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        if (!str_eqz(stmt_text(q, 0), "ok")) {
            problem(v, TR("台账：" STR_FMT, "ledger: " STR_FMT), STR_ARG(stmt_text(q, 0)));
        }
    }
    for (bool row;;) {
        TRY(stmt_step(keys, &row, err));
        if (!row) {
            return ST_OK;
        }
        problem(v, TR("台账：表 " STR_FMT " 第 %lld 行指向 " STR_FMT " 里不存在的行", "ledger: table " STR_FMT " row %lld points to a row that " STR_FMT " does not have"),
                STR_ARG(stmt_text(keys, 0)), (long long)stmt_int(keys, 1), STR_ARG(stmt_text(keys, 2)));
    }
}

/* The segment of a file as it was typed when it came; a later typing has counts of its own. */
static void check_segment_rows(struct verify *v, const char *name, const char *xxh128, const char *typing, int64_t typed)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_SEG r = NULL;
    struct err err = {0};
    const char *path = arena_printf(&a, "%s/%s-%s.seg", v->site.segments, xxh128, typing);
    if (file_exists(path) && seg_open(path, &r, &err) == ST_OK && seg_rows(r) != (uint64_t)typed) {
        problem(v, TR("段文件“%s”有 %llu 行，台账记的是 %lld 行（%s）", "segment '%s' has %llu rows, the ledger says %lld (%s)"), path,
                (unsigned long long)seg_rows(r), (long long)typed, name);
    }
}

static bool same_bytes(const char *a, const char *b, struct err *err)
{
    struct digest_hex x, y;
    int64_t n, m;
    return raw_digest(a, &x, &n, err) == ST_OK && raw_digest(b, &y, &m, err) == ST_OK && n == m && strcmp(x.xxh128, y.xxh128) == 0;
}

/* A segment is a function of raw copy and declaration: made once more, it must come out the same. Only where the declaration is still the one it was made by. */
static void check_segment_against_raw(struct verify *v, const char *name, const char *xxh128, const char *typing, const char *source)
{
    AUTO_ARENA a = ARENA_INIT;
    struct err err = {0};
    struct typed_file t;
    int at = source_find(v->site.sources, str_of(source));
    const struct source *src = at >= 0 ? &v->site.sources->v[at] : NULL;
    const char *kept = src ? segment_path(&a, v->site.segments, xxh128, src) : "";
    if (!v->scratch || !src || strcmp(src->typing, typing) != 0 || !file_exists(kept)) {
        return;
    }
    const char *again[] = {segment_path(&a, v->scratch, xxh128, src), rejects_path(&a, v->scratch, xxh128, src)};
    const char *stands[] = {kept, rejects_path(&a, v->site.segments, xxh128, src)};
    if (type_raw(src, v->site.raw, xxh128, v->scratch, name, &t, &err) != ST_OK) {
        return; /* the raw copy cannot be read: said above */
    }
    typed_file_release(&t);
    for (size_t i = 0; i < ARRAY_LEN(again); i++) {
        if (file_exists(stands[i]) && !same_bytes(again[i], stands[i], &err)) {
            problem(v, TR("段文件“%s”与原件重新录入的结果不同（%s）；删掉它，下次会重做", "segment '%s' is not what its raw copy gives when typed again (%s); delete it and it is made anew"), stands[i], name);
        }
        (void)unlink(again[i]);
    }
}

static enum status check_files(struct verify *v, struct err *err)
{
    AUTO_STMT q = stmt_use(v->site.ledger, STMT_LIST_DELIVERY_FILES_VERIFY);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        AUTO_ARENA a = ARENA_INIT;
        const char *name = arena_z(&a, stmt_text(q, 1)), *xxh128 = arena_z(&a, stmt_text(q, 3)), *sha256 = arena_z(&a, stmt_text(q, 4));
        int64_t records = stmt_int(q, 6), typed = stmt_int(q, 7), rejected = stmt_int(q, 8), aside = stmt_int(q, 9);
        progress_set(TR("核对文件", "verifying files"), (uint64_t)v->files, 0);
        v->files++;
        if (records != typed + rejected + aside) {
            problem(v, TR("文件 %lld“%s”：共 %lld 行，不等于 入库 %lld + 退回 %lld + 搁置 %lld", "file %lld '%s': %lld records are not %lld typed + %lld rejected + %lld set aside"),
                    (long long)stmt_int(q, 0), name, (long long)records, (long long)typed, (long long)rejected, (long long)aside);
        }
        struct err found = {0};
        bool kept = !str_eqz(stmt_text(q, 10), "purged");
        if (kept && raw_verify(v->site.raw, xxh128, sha256, stmt_int(q, 2), &found) != ST_OK) {
            problem(v, TR("文件 %lld“%s”的原件：%s", "raw copy of file %lld '%s': %s"), (long long)stmt_int(q, 0), name, found.text);
        }
        if (str_eqz(stmt_text(q, 10), "accepted")) {
            const char *typing = arena_z(&a, stmt_text(q, 5));
            check_segment_rows(v, name, xxh128, typing, typed);
            check_segment_against_raw(v, name, xxh128, typing, arena_z(&a, stmt_text(q, 11)));
        }
    }
}

static void check_segment(struct verify *v, const char *path)
{
    AUTO_SEG r = NULL;
    struct err found = {0};
    v->segments++;
    progress_set(TR("核对段文件", "verifying segments"), (uint64_t)v->segments, 0);
    if (seg_open(path, &r, &found) != ST_OK || seg_check(r, &found) != ST_OK) {
        problem(v, "%s", found.text);
    }
}

static void check_night_db(struct verify *v, const char *path)
{
    struct err found = {0};
    struct db *db = NULL;
    bool row = false, sound = false;
    enum status status = db_open(path, DB_READ, &db, &found);
    if (status == ST_OK) {
        AUTO_STMT q = stmt_use(db, STMT_CHECK_LEDGER_INTEGRITY);
        status = stmt_one(q, &row, &found);
        sound = status == ST_OK && row && str_eqz(stmt_text(q, 0), "ok");
    }
    db_abandon(db);
    if (!sound) {
        problem(v, TR("夜库“%s”已损坏：%s", "database of a night '%s' is damaged: %s"), path, status == ST_OK ? "integrity_check" : found.text);
    }
}

/* Every segment and night.db below a directory. */
static enum status check_tree(struct verify *v, const char *dir, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    file_list entries = {0};
    enum status status = file_exists(dir) ? file_list_dir(&a, dir, &entries, err) : ST_OK;
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        const char *path = path_join(&a, dir, entries.v[i].name);
        if (entries.v[i].is_dir) {
            status = v->scratch && strcmp(path, v->scratch) == 0 ? ST_OK : check_tree(v, path, err);
        } else if (str_ends(str_of(entries.v[i].name), STR(".seg"))) {
            check_segment(v, path);
        } else if (strcmp(entries.v[i].name, "night.db") == 0) {
            check_night_db(v, path);
        }
    }
    vec_release(&entries);
    return status;
}

static enum status is_referred_to(struct verify *v, const char *xxh128, bool *out, struct err *err)
{
    AUTO_STMT q = stmt_use(v->site.ledger, STMT_SELECT_DELIVERY_FILE_KEPT);
    stmt_bind_z(q, ":xxh128", xxh128);
    return stmt_one(q, out, err);
}

/* Raw copies no delivery refers to: left by a scan that was interrupted, or put there by somebody. */
static enum status check_extra_raw(struct verify *v, const char *dir, int depth, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    file_list entries = {0};
    enum status status = file_exists(dir) ? file_list_dir(&a, dir, &entries, err) : ST_OK;
    for (size_t i = 0; status == ST_OK && i < entries.n; i++) {
        struct str name = str_of(entries.v[i].name);
        const char *path = path_join(&a, dir, entries.v[i].name);
        bool known = true;
        if (entries.v[i].is_dir && depth == 0) {
            status = check_extra_raw(v, path, depth + 1, err);
        } else {
            name = str_ends(name, STR(".gz")) ? str_sub(name, 0, name.n - 3) : name;
            status = is_referred_to(v, arena_z(&a, name), &known, err);
        }
        if (status == ST_OK && !known) {
            note(v, arena_printf(&a, TR("“%s”没有一次交付用到：接收中断留下的，或是别人放的", "'%s' belongs to no delivery: left by an interrupted scan, or put there by somebody"), path));
        }
    }
    vec_release(&entries);
    return status;
}

static void must_be_there(struct verify *v, int64_t night, const char *dir, const char *const *names)
{
    AUTO_ARENA a = ARENA_INIT;
    for (; file_exists(dir) && *names; names++) {
        const char *path = path_join(&a, dir, *names);
        if (!file_exists(path)) {
            problem(v, TR("第 %lld 夜：缺少“%s”", "night %lld: '%s' is missing"), (long long)night, path);
        }
    }
}

/* A published night: the manifest in the ledger is what its hash says, and what lies beside the lists. */
static enum status check_nights(struct verify *v, struct err *err)
{
    enum { MANIFEST_LIMIT = 64 << 20 };
    static const char *const pages[] = {"index.html", "quality.html", "quality.csv", NULL}, *const kept[] = {"persons.seg", "households.seg", "night.db", NULL};
    AUTO_STMT q = stmt_use(v->site.ledger, STMT_LIST_NIGHTS_VERIFY);
    int64_t last = 0;
    for (bool row;;) {
        AUTO_ARENA run = ARENA_INIT;
        TRY(stmt_step(q, &row, err));
        if (!row) {
            must_be_there(v, last, arena_printf(&run, "%s/%lld", v->site.runs, (long long)last), kept); /* a restored site has no runs: they are made again */
            return ST_OK;
        }
        last = stmt_int(q, 0);
        must_be_there(v, last, arena_printf(&run, "%s/" STR_FMT, v->site.reports, STR_ARG(stmt_text(q, 1))), pages);
        AUTO_ARENA a = ARENA_INIT;
        AUTO_STRBUF file = STRBUF_INIT;
        char hash[33];
        struct err found = {0};
        struct str manifest = stmt_text(q, 2);
        const char *path = arena_printf(&a, "%s/" STR_FMT "/manifest.json", v->site.reports, STR_ARG(stmt_text(q, 1)));
        v->nights++;
        hash128_hex(manifest.p, manifest.n, hash);
        if (!str_eqz(stmt_text(q, 3), hash)) {
            problem(v, TR("第 %lld 夜：台账里的清单与其校验值不符", "night %lld: its manifest in the ledger does not match its hash"), (long long)stmt_int(q, 0));
        }
        if (file_read_all(path, MANIFEST_LIMIT, &file, &found) != ST_OK) {
            problem(v, TR("第 %lld 夜：%s", "night %lld: %s"), (long long)stmt_int(q, 0), found.text);
        } else if (!str_eq(strbuf_str(&file), manifest)) {
            problem(v, TR("第 %lld 夜：“%s”与台账里的不同", "night %lld: '%s' differs from the ledger"), (long long)stmt_int(q, 0), path);
        }
    }
}

static void audit_problem(void *ctx, const char *line)
{
    problem(ctx, "%s", line);
}

static enum status check_all(struct verify *v, struct err *err)
{
    int64_t rows;
    TRY(check_ledger(v, err));
    TRY(audit_check(v->site.ledger, audit_problem, v, &rows, err));
    TRY(check_files(v, err));
    TRY(check_extra_raw(v, v->site.raw, 0, err));
    TRY(check_tree(v, v->site.segments, err));
    TRY(check_tree(v, v->site.runs, err));
    return check_nights(v, err);
}

static void print_text(const struct verify *v)
{
    for (size_t i = 0; i < v->problems.n; i++) {
        printf(TR("问题：%s\n", "problem: %s\n"), v->problems.v[i]);
    }
    for (size_t i = 0; i < v->notes.n; i++) {
        printf(TR("注意：%s\n", "note: %s\n"), v->notes.v[i]);
    }
    printf(TR("核对了 %lld 个文件及其原件、%lld 个段文件、%lld 夜和台账：%zu 个问题\n", "verified %lld files and their raw copies, %lld segments, %lld nights and the ledger: %zu problems\n"),
           (long long)v->files, (long long)v->segments, (long long)v->nights, v->problems.n);
}

static void print_json(const struct verify *v)
{
    AUTO_STRBUF b = STRBUF_INIT;
    struct json_out j = json_out_to(&b);
    json_open(&j, '{');
    json_ki(&j, "files", v->files);
    json_ki(&j, "segments", v->segments);
    json_ki(&j, "nights", v->nights);
    json_key(&j, "problems");
    json_open(&j, '[');
    for (size_t i = 0; i < v->problems.n; i++) {
        json_z(&j, v->problems.v[i]);
    }
    json_close(&j, ']');
    json_key(&j, "notes");
    json_open(&j, '[');
    for (size_t i = 0; i < v->notes.n; i++) {
        json_z(&j, v->notes.v[i]);
    }
    json_close(&j, ']');
    json_close(&j, '}');
    printf("%s\n", strbuf_z(&b));
}

static enum status run(const struct args *a, struct err *err)
{
    struct verify v = {.files = 0};
    TRY(site_open(&v.site, a->site_dir, SITE_READ, err));
    v.scratch = arena_printf(&v.site.arena, "%s/.verify-%d", v.site.segments, (int)getpid());
    struct err found;
    if (file_mkdirs(v.scratch, &found) != ST_OK) {
        note(&v, found.text);
        v.scratch = NULL;
    }
    enum status status = check_all(&v, err);
    if (v.scratch && file_remove_tree(v.scratch, &found) != ST_OK) {
        note(&v, found.text);
    }
    progress_done();
    if (status == ST_OK) {
        (a->json ? print_json : print_text)(&v);
        if (v.problems.n) {
            status = err_set(err, ST_CORRUPT, TR("%zu 个问题，见上", "%zu problems, see above"), v.problems.n);
        }
    }
    vec_release(&v.problems);
    vec_release(&v.notes);
    site_close(&v.site);
    return status;
}

const struct command cmd_verify = {
    .name = "verify",
    .operands = "",
    .zh = "核对保存的一切：原件、段文件、清单、台账",
    .en = "check everything kept: raw files, segments, manifests, the ledger",
    .more_zh = "逐一核对：每个文件的行数合得上（入库 + 退回 + 搁置）；原件与校验值相符；段文件每一块的校验与行数；\n"
               "段文件与原件重新录入的结果相同；已发布各夜的清单和页面；台账的完整与引用；审计记录。每个问题一行，写明文件，什么都不改。\n"
               "段文件缺了不算问题，会从原件重做；没有交付用到的原件只作提示。\n",
    .more_en = "Control sums of every file (typed + rejected + set aside), raw copies against their hashes, every block of every\n"
               "segment, each segment against its raw copy typed again, manifests and pages of published nights, integrity and references of the ledger, the audit. One line a problem; nothing is\n"
               "changed. A missing segment is no problem: it is made again from the raw file.\n",
    .run = run,
};
