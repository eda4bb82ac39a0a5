/* SPDX-License-Identifier: Apache-2.0 */
/* File names against patterns: * ? and the captures {scope} {date} {month} {part}. Backtracking with a budget; the shortest text wins. */
#include "base/text/utf8.h"
#include "pipeline/ingest/sources_private.h"

#define MATCH_BUDGET 20000

enum capture { CAPTURE_SCOPE, CAPTURE_DATE, CAPTURE_MONTH, CAPTURE_PART, CAPTURE_COUNT };
static const char *const capture_words[] = {"{scope}", "{date}", "{month}", "{part}"};

struct match {
    struct source_name *out;
    int months; /* {month} seen so far */
    int budget;
};

void source_check_pattern(struct loader *l, const struct yaml_node *pattern)
{
    struct str p = pattern->text;
    for (size_t i = 0; i < p.n; i++) {
        bool known = p.p[i] != '{' && p.p[i] != '}';
        for (size_t c = 0; c < CAPTURE_COUNT && p.p[i] == '{'; c++) {
            if (str_starts(str_sub(p, i, p.n), str_of(capture_words[c]))) {
                i += strlen(capture_words[c]) - 1;
                known = true;
                break;
            }
        }
        if (!known) {
            yaml_problem(l->doc, pattern, "E167", TR("花括号里只认 {scope} {date} {month} {part}", "only {scope} {date} {month} {part} go in braces"));
            return;
        }
        if (p.p[i] == '/') {
            yaml_problem(l->doc, pattern, "E167", TR("文件名样式里不能有 /", "a file pattern has no /"));
            return;
        }
    }
}

/* Up to `most` digits at the head of *s. */
static int digits(struct str *s, int least, int most)
{
    int v = 0, n = 0;
    while (n < most && (size_t)n < s->n && is_digit((unsigned char)s->p[n])) {
        v = v * 10 + (s->p[n++] - '0');
    }
    if (n < least) {
        return -1;
    }
    *s = str_sub(*s, (size_t)n, s->n);
    return v;
}

static bool skip(struct str *s, const char *word)
{
    if (!str_starts(*s, str_of(word))) {
        return false;
    }
    *s = str_sub(*s, strlen(word), s->n);
    return true;
}

/* 202602, 2026-02, 2026.2, 2026_02, 2026年2月; *out_sep is what stood between ("" for none) */
static bool year_month(struct str *s, int *year, int *month, const char **out_sep)
{
    static const char *const seps[] = {"-", ".", "_", "年"};
    *year = digits(s, 4, 4);
    *out_sep = "";
    for (size_t i = 0; i < ARRAY_LEN(seps); i++) {
        if (skip(s, seps[i])) {
            *out_sep = seps[i];
            break;
        }
    }
    bool tight = **out_sep == 0;
    *month = digits(s, tight ? 2 : 1, 2);
    return *year >= 1900 && *year < 2100 && *month >= 1 && *month <= 12;
}

/* 0830, 083005: the time some systems put right behind the date. */
static size_t time_at(struct str s)
{
    struct str rest = s;
    int h = digits(&rest, 2, 2), m = digits(&rest, 2, 2), sec = digits(&rest, 0, 2);
    size_t n = s.n - rest.n;
    return h >= 0 && h < 24 && m >= 0 && m < 60 && sec < 60 && (n == 4 || n == 6) && (rest.n == 0 || !is_digit((unsigned char)rest.p[0])) ? n : 0;
}

/* Length of a date at the head of s, with a time right behind it; 0 when there is none. */
size_t source_date_at(struct str s, daynum *out)
{
    struct str rest = s;
    int y, m;
    const char *sep;
    if (!year_month(&rest, &y, &m, &sep)) {
        return 0;
    }
    bool chinese = strcmp(sep, "年") == 0;
    if (*sep && !skip(&rest, chinese ? "月" : sep)) {
        return 0;
    }
    int d = digits(&rest, *sep ? 1 : 2, 2);
    if (chinese) {
        (void)skip(&rest, "日");
    }
    if (*sep == 0) {
        rest = str_sub(rest, time_at(rest), rest.n);
    }
    if (d < 1 || (rest.n > 0 && *sep == 0 && is_digit((unsigned char)rest.p[0]))) {
        return 0;
    }
    *out = day_from_ymd(y, m, d);
    return *out == DAY_MISSING ? 0 : s.n - rest.n;
}

size_t source_month_at(struct str s, monthnum *out)
{
    struct str rest = s;
    int y, m;
    const char *sep;
    if (!year_month(&rest, &y, &m, &sep)) {
        return 0;
    }
    if (strcmp(sep, "年") == 0) {
        (void)skip(&rest, "月");
    }
    if (rest.n > 0 && is_digit((unsigned char)rest.p[0])) {
        return 0;
    }
    *out = y * 12 + m - 1;
    return s.n - rest.n;
}

static bool match_here(struct match *m, struct str p, struct str name);

static bool match_capture(struct match *m, enum capture c, struct str p, struct str name)
{
    struct source_name saved = *m->out;
    if (c == CAPTURE_SCOPE) {
        for (size_t n = 1; n <= name.n; n++) {
            m->out->scope = str_sub(name, 0, n);
            if (match_here(m, p, str_sub(name, n, name.n))) {
                return true;
            }
        }
    } else if (c == CAPTURE_DATE) {
        size_t n = source_date_at(name, &m->out->date);
        if (n > 0 && match_here(m, p, str_sub(name, n, name.n))) {
            return true;
        }
    } else if (c == CAPTURE_MONTH) {
        monthnum month = MONTH_MISSING;
        size_t n = source_month_at(name, &month);
        m->out->month_from = m->months == 0 ? month : m->out->month_from;
        m->out->month_to = month;
        m->months++;
        if (n > 0 && match_here(m, p, str_sub(name, n, name.n))) {
            return true;
        }
        m->months--;
    } else {
        struct str rest = name;
        m->out->part = digits(&rest, 1, 4);
        if (m->out->part > 0 && match_here(m, p, rest)) {
            return true;
        }
    }
    *m->out = saved;
    return false;
}

static bool match_here(struct match *m, struct str p, struct str name)
{
    while (p.n > 0) {
        if (--m->budget < 0) {
            return false;
        }
        for (size_t c = 0; c < CAPTURE_COUNT && p.p[0] == '{'; c++) {
            struct str word = str_of(capture_words[c]);
            if (str_starts(p, word)) {
                return match_capture(m, (enum capture)c, str_sub(p, word.n, p.n), name);
            }
        }
        if (p.p[0] == '*') {
            for (size_t n = 0; n <= name.n; n++) {
                if (match_here(m, str_sub(p, 1, p.n), str_sub(name, n, name.n))) {
                    return true;
                }
            }
            return false;
        }
        if (name.n == 0) {
            return false;
        }
        if (p.p[0] == '?') {
            const char *q = name.p;
            (void)utf8_next(&q, name.p + name.n);
            p = str_sub(p, 1, p.n);
            name = str_sub(name, (size_t)(q - name.p), name.n);
            continue;
        }
        if (to_lower(p.p[0]) != to_lower(name.p[0])) {
            return false;
        }
        p = str_sub(p, 1, p.n);
        name = str_sub(name, 1, name.n);
    }
    return name.n == 0;
}

static bool match_any(const struct sources *s, struct str name, struct source_name *out)
{
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->v[i].n_files; k++) {
            *out = (struct source_name){(int)i, {"", 0}, DAY_MISSING, MONTH_MISSING, MONTH_MISSING, 0};
            struct match m = {out, 0, MATCH_BUDGET};
            if (match_here(&m, s->v[i].files[k], name)) {
                if (out->date == DAY_MISSING && out->month_to != MONTH_MISSING) {
                    out->date = month_last(out->month_to);
                }
                return true;
            }
        }
    }
    return false;
}

/* The name without what a browser or a file manager put before the extension; false when there is no such mark. `buf` holds the result. */
static bool without_copy_mark(struct str name, struct strbuf *buf)
{
    static const char *const marks[] = {" - 副本", "-副本", "_副本", " 副本", "副本", " - Copy"};
    size_t dot = name.n;
    while (dot > 0 && name.p[dot - 1] != '.') {
        dot--;
    }
    struct str stem = dot > 0 ? str_sub(name, 0, dot - 1) : name, before = stem;
    struct str ext = dot > 0 ? str_sub(name, dot - 1, name.n) : str_n(NULL, 0);
    bool wide = str_ends(stem, STR("）"));
    if (wide || str_ends(stem, STR(")"))) {
        size_t end = stem.n - (wide ? strlen("）") : 1), at = end;
        while (at > 0 && is_digit((unsigned char)stem.p[at - 1])) {
            at--;
        }
        struct str head = str_sub(stem, 0, at);
        const char *open = wide ? "（" : "(";
        if (at < end && str_ends(head, str_of(open))) {
            stem = str_trim(str_sub(head, 0, head.n - strlen(open)));
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (str_ends(stem, str_of(marks[i]))) {
            stem.n -= strlen(marks[i]);
            break;
        }
    }
    strbuf_clear(buf);
    strbuf_adds(buf, stem);
    strbuf_adds(buf, ext);
    return stem.n != before.n;
}

static bool match_through_mark(const struct sources *s, struct str name, struct source_name *out)
{
    if (match_any(s, name, out)) {
        return true;
    }
    AUTO_STRBUF buf = STRBUF_INIT;
    if (!without_copy_mark(name, &buf) || !match_any(s, strbuf_str(&buf), out)) {
        return false;
    }
    /* the mark sits behind every capture, so the scope lies at the same place of the caller's name */
    if (out->scope.n > 0) {
        out->scope.p = name.p + (out->scope.p - buf.p);
    }
    return true;
}

/* Forms in which the same table arrives; whether it can be read is told from its bytes. */
static const char *const extensions[] = {".csv", ".txt", ".xlsx", ".tsv", ".xlsm", ".xls", ".et", ".xlsb", ".ods", ".pdf", ".doc", ".docx", ".htm", ".html"};
#define WRITTEN_IN_PATTERNS 4 /* the first of them */

static size_t extension_of(struct str name)
{
    size_t dot = name.n;
    while (dot > 0 && name.p[dot - 1] != '.') {
        dot--;
    }
    struct str ext = dot > 0 ? str_sub(name, dot - 1, name.n) : str_n("", 0);
    for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
        size_t k = 0;
        while (k < ext.n && to_lower(ext.p[k]) == extensions[i][k]) {
            k++;
        }
        if (ext.n > 0 && k == ext.n && extensions[i][k] == 0) {
            return ext.n;
        }
    }
    return 0;
}

bool sources_match(const struct sources *s, struct str name, struct source_name *out)
{
    if (match_through_mark(s, name, out)) {
        return true;
    }
    if (str_ends(name, STR(".gz")) || str_ends(name, STR(".GZ"))) {
        return sources_match(s, str_sub(name, 0, name.n - 3), out);
    }
    size_t tail = extension_of(name);
    for (size_t i = 0; i < WRITTEN_IN_PATTERNS && tail > 0; i++) {
        AUTO_STRBUF other = STRBUF_INIT;
        strbuf_adds(&other, str_sub(name, 0, name.n - tail));
        strbuf_addz(&other, extensions[i]);
        if (match_through_mark(s, strbuf_str(&other), out)) {
            out->scope.p = out->scope.n > 0 ? name.p + (out->scope.p - other.p) : out->scope.p;
            return true;
        }
    }
    return false;
}
