/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/xlsx_book.h"

#include <stdlib.h>

#include "base/text/utf8.h"

#define SHEETS_NAMED     8 /* in a message */
#define SHARED_MAX_ITEMS ((size_t)1 << 24)

/* --- parts ------------------------------------------------------------------------------------------------------------- */

static bool same_part(const char *a, const char *b)
{
    for (;; a++, b++) {
        char x = *a == '\\' ? '/' : to_lower(*a), y = *b == '\\' ? '/' : to_lower(*b);
        if (x != y || x == 0) {
            return x == y;
        }
    }
}

int book_part(const struct zip *z, const char *name)
{
    int exact = zip_find(z, name);
    for (size_t i = 0; exact < 0 && i < zip_count(z); i++) {
        exact = same_part(zip_member(z, i)->name, name) ? (int)i : -1;
    }
    return exact;
}

/* --- relations: which member is meant by an id ------------------------------------------------------------------------ */

struct relation {
    const char *id;
    int member;
};
struct relations {
    struct book *book;
    const char *folder;  /* of the part they belong to: "xl/" */
    VEC(struct relation) v;
    int shared, styles;
    const char *workbook; /* of the package: the part that is the workbook */
};

/* Targets are relative to the folder of the part, or begin at the root with a slash. */
static void target_path(const char *folder, const char *target, struct strbuf *out)
{
    bool rooted = target[0] == '/' || target[0] == '\\';
    strbuf_addz(out, rooted ? "" : folder);
    while (strncmp(target, "./", 2) == 0) {
        target += 2;
    }
    if (strncmp(target, "../", 3) == 0) { /* the folders of a workbook are one deep */
        strbuf_clear(out);
        target += 3;
    }
    strbuf_addz(out, target + rooted);
    for (size_t i = 0; i < out->n; i++) {
        out->p[i] = out->p[i] == '\\' ? '/' : out->p[i];
    }
}

static int find_target(const struct relations *r, const char *target)
{
    AUTO_STRBUF path = STRBUF_INIT;
    target_path(r->folder, target, &path);
    return book_part(r->book->zip, strbuf_z(&path));
}

static void on_relation(void *ctx, const char *name, const char **attributes)
{
    struct relations *r = ctx;
    const char *id = xml_attribute(attributes, "Id"), *type = xml_attribute(attributes, "Type"), *target = xml_attribute(attributes, "Target");
    if (strcmp(name, "Relationship") != 0 || !id || !type || !target) {
        return;
    }
    if (str_ends(str_of(type), STR("/officeDocument")) && !r->workbook) {
        AUTO_STRBUF path = STRBUF_INIT;
        target_path(r->folder, target, &path);
        r->workbook = arena_z(&r->book->arena, strbuf_str(&path));
    }
    int member = find_target(r, target);
    if (str_ends(str_of(type), STR("/worksheet"))) {
        vec_push(&r->v, (struct relation){arena_z(&r->book->arena, str_of(id)), member});
    }
    r->shared = str_ends(str_of(type), STR("/sharedStrings")) ? member : r->shared;
    r->styles = str_ends(str_of(type), STR("/styles")) ? member : r->styles;
}

/* --- the workbook: its sheets ------------------------------------------------------------------------------------------ */

static bool is_true(const char *v)
{
    return v && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
}

static void on_workbook(void *ctx, const char *name, const char **attributes)
{
    struct book *b = ctx;
    if (strcmp(name, "workbookPr") == 0) {
        b->epoch_1904 = is_true(xml_attribute(attributes, "date1904"));
    } else if (strcmp(name, "sheet") == 0 && b->sheets.n < SHEETS_MAX) {
        const char *title = xml_attribute(attributes, "name"), *id = xml_attribute(attributes, "id"), *state = xml_attribute(attributes, "state");
        vec_push(&b->sheets, (struct book_sheet){arena_z(&b->arena, str_of(title ? title : "")), arena_z(&b->arena, str_of(id ? id : "")), -1,
                                                 state && strcmp(state, "visible") != 0});
    }
}

/* --- styles: the number format of each ---------------------------------------------------------------------------------- */

struct styles {
    struct book *book;
    VEC(int) ids; /* of the formats declared here */
    VEC(struct number_format) formats;
    bool cells;   /* inside cellXfs */
};

static int number_of(const char *v)
{
    int64_t n = 0;
    return v && str_to_i64(str_of(v), &n) && n >= 0 && n <= INT32_MAX ? (int)n : 0;
}

static void on_style(void *ctx, const char *name, const char **attributes)
{
    struct styles *s = ctx;
    int id = number_of(xml_attribute(attributes, "numFmtId"));
    const char *code = xml_attribute(attributes, "formatCode");
    if (strcmp(name, "numFmt") == 0 && code) {
        vec_push(&s->ids, id);
        vec_push(&s->formats, number_format_parse(str_of(code)));
    } else if (strcmp(name, "cellXfs") == 0) {
        s->cells = true;
    } else if (strcmp(name, "xf") == 0 && s->cells) {
        struct number_format f = number_format_builtin(id);
        for (size_t i = 0; i < s->ids.n; i++) {
            f = s->ids.v[i] == id ? s->formats.v[i] : f;
        }
        vec_push(&s->book->styles, f);
    }
}

static void on_style_end(void *ctx, const char *name)
{
    struct styles *s = ctx;
    s->cells = s->cells && strcmp(name, "cellXfs") != 0;
}

/* --- shared strings ------------------------------------------------------------------------------------------------------ */

struct shared {
    struct book *book;
    struct strbuf item;
    int phonetic; /* inside rPh: how to read it, not what stands there */
    bool text, full;
};

static void on_shared(void *ctx, const char *name, const char **attributes)
{
    struct shared *s = ctx;
    (void)attributes;
    s->phonetic += strcmp(name, "rPh") == 0;
    s->text = strcmp(name, "t") == 0 && s->phonetic == 0;
}

static void on_shared_text(void *ctx, struct str text)
{
    struct shared *s = ctx;
    s->full |= s->item.n + text.n > SHARED_MAX_BYTES;
    if (s->text && !s->full) {
        strbuf_adds(&s->item, text);
    }
}

static void on_shared_end(void *ctx, const char *name)
{
    struct shared *s = ctx;
    s->text = false;
    s->phonetic -= strcmp(name, "rPh") == 0;
    if (strcmp(name, "si") == 0) {
        s->full |= s->book->shared.n + s->item.n > SHARED_MAX_BYTES || s->book->shared_end.n >= SHARED_MAX_ITEMS;
        if (!s->full) {
            book_add_text(strbuf_str(&s->item), &s->book->shared);
            vec_push(&s->book->shared_end, (uint32_t)s->book->shared.n);
        }
        strbuf_clear(&s->item);
    }
}

static int hex_of(char c)
{
    return is_digit((unsigned char)c) ? c - '0' : is_alpha((unsigned char)c) && to_lower(c) <= 'f' ? to_lower(c) - 'a' + 10 : -1;
}

/* _x000D_ at the head of s: its code, else -1. */
static int escaped(struct str s)
{
    int v = 0;
    if (s.n < 7 || s.p[0] != '_' || to_lower(s.p[1]) != 'x' || s.p[6] != '_') {
        return -1;
    }
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_of(s.p[i]);
        if (digit < 0) {
            return -1;
        }
        v = v * 16 + digit;
    }
    return v;
}

void book_add_text(struct str text, struct strbuf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        int code = text.p[i] == '_' ? escaped(str_sub(text, i, text.n)) : -1;
        unsigned char c = (unsigned char)text.p[i];
        if (code >= 0) {
            i += 6;
            if (code >= ' ' && (code < 0xD800 || code > 0xDFFF)) {
                strbuf_add_cp(out, (uint32_t)code);
                continue;
            }
            c = ' ';
        }
        strbuf_addc(out, c < ' ' ? ' ' : (char)c);
    }
}

/* --- all ------------------------------------------------------------------------------------------------------------------- */

static enum status read_shared(struct book *b, int member, struct err *err)
{
    struct shared s = {.book = b};
    enum status status = xml_read_member(b->zip, (size_t)member, b->file, &(struct xml_events){on_shared, on_shared_end, on_shared_text, &s}, err);
    if (status == ST_OK && s.full) {
        status = err_set(err, ST_INPUT, TR("%s：工作簿里的文字超过 %zu MiB；请另存为 CSV 再送", "%s: the workbook holds more than %zu MiB of text; save it as CSV"), b->file,
                         SHARED_MAX_BYTES >> 20);
    }
    strbuf_release(&s.item);
    return status;
}

static enum status read_parts(struct book *b, struct relations *r, struct err *err)
{
    AUTO_STRBUF beside = STRBUF_INIT;
    int package = book_part(b->zip, "_rels/.rels");
    if (package >= 0) { /* nearly always xl/workbook.xml */
        r->folder = "";
        TRY(xml_read_member(b->zip, (size_t)package, b->file, &(struct xml_events){on_relation, NULL, NULL, r}, err));
    }
    const char *path = r->workbook ? r->workbook : "xl/workbook.xml", *slash = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    r->folder = arena_z(&b->arena, str_n(path, folder));
    strbuf_addf(&beside, "%s_rels/%s.rels", r->folder, path + folder);
    int workbook = book_part(b->zip, path), relations = book_part(b->zip, strbuf_z(&beside));
    if (workbook < 0 || relations < 0) {
        return xml_damaged(b->file, "xl/workbook.xml", err);
    }
    TRY(xml_read_member(b->zip, (size_t)workbook, b->file, &(struct xml_events){on_workbook, NULL, NULL, b}, err));
    TRY(xml_read_member(b->zip, (size_t)relations, b->file, &(struct xml_events){on_relation, NULL, NULL, r}, err));
    for (size_t i = 0; i < b->sheets.n; i++) {
        for (size_t k = 0; k < r->v.n; k++) {
            b->sheets.v[i].member = strcmp(r->v.v[k].id, b->sheets.v[i].relation) == 0 ? r->v.v[k].member : b->sheets.v[i].member;
        }
    }
    if (r->styles >= 0) {
        struct styles s = {.book = b};
        enum status status = xml_read_member(b->zip, (size_t)r->styles, b->file, &(struct xml_events){on_style, on_style_end, NULL, &s}, err);
        vec_release(&s.ids);
        vec_release(&s.formats);
        TRY(status);
    }
    return r->shared >= 0 ? read_shared(b, r->shared, err) : ST_OK;
}

enum status book_open(struct book *b, struct zip *zip, const char *file, struct err *err)
{
    *b = (struct book){.zip = zip, .file = file};
    struct relations r = {.book = b, .shared = -1, .styles = -1};
    enum status status = read_parts(b, &r, err);
    vec_release(&r.v);
    if (status != ST_OK) {
        book_release(b);
    }
    return status;
}

void book_release(struct book *b)
{
    vec_release(&b->sheets);
    vec_release(&b->styles);
    vec_release(&b->shared_end);
    strbuf_release(&b->shared);
    arena_release(&b->arena);
}

struct str book_shared(const struct book *b, uint32_t i)
{
    if (i >= b->shared_end.n || !b->shared.p) {
        return str_n("", 0);
    }
    uint32_t from = i > 0 ? b->shared_end.v[i - 1] : 0;
    return str_n(b->shared.p + from, b->shared_end.v[i] - from);
}

struct number_format book_style(const struct book *b, uint32_t i)
{
    return i < b->styles.n ? b->styles.v[i] : (struct number_format){NUMBER_GENERAL, 0};
}

enum status book_choose(const struct book *b, struct str wanted, const struct book_sheet **out, struct err *err)
{
    AUTO_STRBUF names = STRBUF_INIT;
    for (size_t i = 0; i < b->sheets.n; i++) {
        const struct book_sheet *s = &b->sheets.v[i];
        if (s->member >= 0 && (wanted.n > 0 ? str_eqz(wanted, s->name) : !s->hidden)) {
            *out = s;
            return ST_OK;
        }
        if (i < SHEETS_NAMED) {
            strbuf_addf(&names, "%s“%s”", i ? TR("、", ", ") : "", s->name);
        }
    }
    return wanted.n > 0 ? err_set(err, ST_INPUT, TR("%s：工作簿里没有名叫“" STR_FMT "”的表，有的是 %s；请核对 sources.yaml 的 sheet", "%s: the workbook has no sheet '" STR_FMT "', it has %s; check sheet in sources.yaml"),
                                  b->file, STR_ARG(wanted), strbuf_z(&names))
                        : err_set(err, ST_INPUT, TR("%s：工作簿里没有看得见的工作表", "%s: the workbook has no visible worksheet"), b->file);
}
