/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/diag.h"

#include "base/text/utf8.h"
#include "base/text/width.h"

enum { SOURCE_COLUMNS_SHOWN = 160, WORD_MAX = 64 };

void diag_release(struct diag_list *d)
{
    if (!d) {
        return;
    }
    arena_release(&d->arena);
    vec_release(&d->items);
    vec_release(&d->files);
}

uint32_t diag_add_file(struct diag_list *d, const char *name, struct str text)
{
    struct diag_file *f = vec_add(&d->files);
    f->name = arena_str(&d->arena, str_of(name));
    f->text = arena_str(&d->arena, text);
    return (uint32_t)(d->files.n - 1);
}

static struct str format_into(struct arena *a, const char *fmt, va_list ap)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_vaddf(&b, fmt, ap);
    return arena_str(a, strbuf_str(&b));
}

void diag_add(struct diag_list *d, const char *code, struct diag_at at, const char *fmt, ...)
{
    BUG_ON(at.file >= d->files.n);
    enum diag_severity severity = code[0] == 'W' ? DIAG_WARNING : DIAG_ERROR;
    size_t *count = severity == DIAG_WARNING ? &d->warnings : &d->errors;
    ++*count;
    if (d->items.n >= DIAG_MAX) {
        return;
    }
    struct diag *item = vec_add(&d->items);
    item->severity = severity;
    item->at = at;
    memcpy(item->code, code, MIN(strlen(code), sizeof(item->code) - 1));
    va_list ap;
    va_start(ap, fmt);
    item->message = format_into(&d->arena, fmt, ap);
    va_end(ap);
}

void diag_note(struct diag_list *d, const char *fmt, ...)
{
    if (!d->items.n || d->errors + d->warnings > d->items.n) {
        return; /* the last one was only counted */
    }
    va_list ap;
    va_start(ap, fmt);
    d->items.v[d->items.n - 1].note = format_into(&d->arena, fmt, ap);
    va_end(ap);
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int diag_cmp(const void *pa, const void *pb)
{
    const struct diag *a = pa, *b = pb;
    int c = compare_numbers(a->at.file, b->at.file);
    c = c ? c : compare_numbers(a->at.line, b->at.line);
    c = c ? c : compare_numbers(a->at.column, b->at.column);
    c = c ? c : strcmp(a->code, b->code);
    c = c ? c : str_cmp(a->message, b->message);
    return c ? c : compare_numbers(a->at.length, b->at.length);
}

void diag_sort(struct diag_list *d)
{
    vec_sort(&d->items, diag_cmp);
    size_t kept = 0;
    for (size_t i = 0; i < d->items.n; i++) {
        struct diag *item = &d->items.v[i];
        if (kept && diag_cmp(&d->items.v[kept - 1], item) == 0) {
            size_t *count = item->severity == DIAG_WARNING ? &d->warnings : &d->errors;
            --*count;
            continue;
        }
        d->items.v[kept++] = *item;
    }
    d->items.n = kept;
}

/* Line `line` (from 1) without its end; empty beyond the last. */
static struct str source_line(struct str text, uint32_t line)
{
    struct str rest = text, part = {NULL, 0};
    for (uint32_t i = 0; i < line; i++) {
        if (!str_split(&rest, '\n', &part)) {
            return (struct str){NULL, 0};
        }
    }
    if (part.n && part.p[part.n - 1] == '\r') {
        part.n--;
    }
    return part;
}

/* Adds the line with tabs as one blank and controls as '?', so that columns and carets agree and a terminal is safe. */
static void add_shown(struct strbuf *out, struct str s)
{
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        const char *here = p;
        uint32_t cp = utf8_next(&p, end);
        if (cp == '\t') {
            strbuf_addc(out, ' ');
        } else if (cp == UTF8_INVALID || cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) {
            strbuf_addc(out, '?');
        } else {
            strbuf_add(out, here, (size_t)(p - here));
        }
    }
}

static void add_source(const struct diag_file *f, const struct diag *item, struct strbuf *out)
{
    struct str line = source_line(f->text, item->at.line);
    if (!line.n && item->at.column > 1) {
        return;
    }
    size_t before = utf8_offset(line, item->at.column ? item->at.column - 1 : 0);
    size_t marked = utf8_offset(str_sub(line, before, line.n), MAX(item->at.length, 1));
    size_t from = 0; /* a very long line is shown from a little before the place */
    if (width_str(str_sub(line, 0, before + marked)) > SOURCE_COLUMNS_SHOWN) {
        size_t chars = utf8_length(str_sub(line, 0, before));
        from = utf8_offset(line, chars > 40 ? chars - 40 : 0);
    }
    struct str shown = str_sub(line, from, line.n);
    shown.n = width_fit(shown, SOURCE_COLUMNS_SHOWN);
    strbuf_addf(out, "%5u | %s", item->at.line, from ? "…" : "");
    add_shown(out, shown);
    strbuf_addz(out, "\n      | ");
    size_t blanks = width_str(str_sub(line, from, before - from)) + (from ? 1 : 0);
    size_t carets = MIN(width_str(str_sub(line, before, marked)), SOURCE_COLUMNS_SHOWN);
    for (size_t i = 0; i < blanks; i++) {
        strbuf_addc(out, ' ');
    }
    for (size_t i = 0; i < MAX(carets, 1); i++) {
        strbuf_addc(out, '^');
    }
    if (item->note.n) {
        strbuf_addz(out, "  ");
        strbuf_adds(out, item->note);
    }
    strbuf_addc(out, '\n');
}

static const char *severity_word(enum diag_severity s)
{
    return s == DIAG_WARNING ? TR("提醒", "warning") : TR("错误", "error");
}

void diag_render_one(const struct diag_list *d, const struct diag *item, struct strbuf *out)
{
    const struct diag_file *f = &d->files.v[item->at.file];
    strbuf_adds(out, f->name);
    if (item->at.line) {
        strbuf_addf(out, ":%u:%u", item->at.line, MAX(item->at.column, 1u));
    }
    strbuf_addf(out, TR(": %s %s：", ": %s %s: "), severity_word(item->severity), item->code);
    strbuf_adds(out, item->message);
    strbuf_addc(out, '\n');
    if (item->at.line && f->text.n) {
        add_source(f, item, out);
    } else if (item->note.n) {
        strbuf_addz(out, "      | ");
        strbuf_adds(out, item->note);
        strbuf_addc(out, '\n');
    }
}

static void add_beyond(const struct diag_list *d, size_t shown, struct strbuf *out)
{
    size_t beyond = d->errors + d->warnings - shown;
    if (beyond) {
        strbuf_addf(out, TR("（另有 %zu 条问题未列出）\n", "(%zu more problems not listed)\n"), beyond);
    }
}

void diag_render(const struct diag_list *d, struct strbuf *out)
{
    for (size_t i = 0; i < d->items.n; i++) {
        diag_render_one(d, &d->items.v[i], out);
    }
    add_beyond(d, d->items.n, out);
}

void diag_json(const struct diag_list *d, struct json_out *j)
{
    json_open(j, '[');
    for (size_t i = 0; i < d->items.n; i++) {
        const struct diag *item = &d->items.v[i];
        json_open(j, '{');
        json_kz(j, "severity", item->severity == DIAG_WARNING ? "warning" : "error");
        json_kz(j, "code", item->code);
        json_ks(j, "file", d->files.v[item->at.file].name);
        json_ki(j, "line", item->at.line);
        json_ki(j, "column", item->at.column);
        json_ki(j, "length", item->at.length);
        json_ks(j, "message", item->message);
        if (item->note.n) {
            json_ks(j, "note", item->note);
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

enum status diag_status(const struct diag_list *d, enum status status, struct err *err)
{
    if (!d->errors) {
        return ST_OK;
    }
    enum { KEPT_FOR_THE_COUNT = 100 };
    AUTO_STRBUF text = STRBUF_INIT;
    size_t shown = 0;
    for (; shown < d->items.n; shown++) { /* whole problems only, as many as an error holds */
        size_t before = text.n;
        diag_render_one(d, &d->items.v[shown], &text);
        if (shown > 0 && text.n + KEPT_FOR_THE_COUNT > sizeof(err->text)) {
            text.p[text.n = before] = 0;
            break;
        }
    }
    add_beyond(d, shown, &text);
    if (text.n && text.p[text.n - 1] == '\n') {
        text.p[--text.n] = 0;
    }
    return err_set(err, status, "%s", strbuf_z(&text));
}

/* --- did you mean ------------------------------------------------------------------------------------------------- */

static size_t code_points(struct str s, uint32_t out[WORD_MAX])
{
    size_t n = 0;
    const char *p = s.p, *end = str_end(s);
    while (p < end && n < WORD_MAX) {
        out[n++] = utf8_next(&p, end);
    }
    return n;
}

/* Optimal string alignment: insert, delete, replace, swap of neighbours, over three rolling rows. */
size_t edit_distance(struct str a, struct str b, size_t limit)
{
    uint32_t x[WORD_MAX], y[WORD_MAX];
    size_t nx = code_points(a, x), ny = code_points(b, y);
    if ((nx > ny ? nx - ny : ny - nx) > limit) {
        return limit + 1;
    }
    size_t rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= ny; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= nx; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= ny; j++) {
            size_t best = last[j - 1] + (x[i - 1] != y[j - 1]);
            best = MIN(best, MIN(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) {
                best = MIN(best, before[j - 2] + 1);
            }
            now[j] = best;
        }
    }
    return MIN(rows[nx % 3][ny], limit + 1);
}

struct str nearest_word(struct str word, const struct str *known, size_t n)
{
    size_t limit = MIN(MAX(utf8_length(word) / 3, 1), 3);
    struct str best = {NULL, 0};
    for (size_t i = 0; i < n; i++) {
        size_t distance = edit_distance(word, known[i], limit);
        /* a distance as long as the word itself would suggest anything */
        if (distance <= limit && distance < utf8_length(word)) {
            best = known[i];
            if (distance == 0) {
                break;
            }
            limit = distance - 1;
        }
    }
    return best;
}

const char *diag_did_you_mean(struct diag_list *d, struct str word, const struct str *known, size_t n)
{
    struct str near = nearest_word(word, known, n);
    if (!near.n) {
        return "";
    }
    return arena_printf(&d->arena, TR("，是否想写“" STR_FMT "”？", "; did you mean '" STR_FMT "'?"), STR_ARG(near));
}
