/* SPDX-License-Identifier: Apache-2.0 */
/* libyaml drops comments, so they are found again in the source, between the scalars it reported, and each is put before or behind what stood there. */
#include "base/text/yaml_layout.h"

#include "base/text/utf8.h"
#include "base/text/width.h"

enum { LINE_WIDTH = 180, COMMENT_COLUMN = 42, MAX_DEPTH = 64 };

struct comment {
    uint32_t line, column;
    struct str text;       /* from # on */
    bool alone, blank;     /* nothing before it on its line; an empty line above it */
};
struct span {
    uint32_t line, column, end_line, end_column;
};
struct layout {
    const struct yaml_doc *doc;
    yaml_rewrite_fn *rewrite;
    void *ctx;
    struct strbuf *out;
    VEC(struct str) lines;
    VEC(struct span) scalars;
    VEC(struct comment) comments;
    size_t next;           /* comment not written yet */
    struct str path[MAX_DEPTH];
    size_t depth;
    bool same_line;        /* the first thing to come goes on the line begun with "- " */
};

/* --- comments --------------------------------------------------------------------------------------------------------- */
static void collect_scalars(struct layout *l, const struct yaml_node *n)
{
    if (n->kind == YAML_TEXT) {
        vec_push(&l->scalars, (struct span){n->line, n->column, n->end_line, n->end_column});
    }
    for (size_t i = 0; i < n->n; i++) {
        if (n->kind == YAML_LIST) {
            collect_scalars(l, n->items[i]);
        } else {
            collect_scalars(l, n->pairs[i].key);
            collect_scalars(l, n->pairs[i].value);
        }
    }
}

static bool within(const struct span *s, uint32_t line, uint32_t column)
{
    bool after = line > s->line || (line == s->line && column >= s->column);
    return after && (line < s->end_line || (line == s->end_line && column < s->end_column));
}

static bool is_blank(const struct layout *l, uint32_t line) { return line >= 1 && line <= l->lines.n && str_trim(l->lines.v[line - 1]).n == 0; }

/* The spans stand in file order, and so do the lines: `*at` is the first span that may still matter. */
static void find_comment(struct layout *l, uint32_t line, size_t *at)
{
    struct str text = l->lines.v[line - 1];
    uint32_t column = 0;
    for (size_t i = 0; i < text.n; i++) {
        column += ((unsigned char)text.p[i] & 0xC0) != 0x80;
        if (text.p[i] != '#' || (i > 0 && text.p[i - 1] != ' ' && text.p[i - 1] != '\t')) {
            continue;
        }
        while (*at < l->scalars.n && (l->scalars.v[*at].end_line < line || (l->scalars.v[*at].end_line == line && l->scalars.v[*at].end_column <= column))) {
            ++*at;
        }
        if (*at < l->scalars.n && within(&l->scalars.v[*at], line, column)) {
            continue; /* of a text */
        }
        struct comment c = {line, column, str_trim(str_sub(text, i, text.n)), str_trim(str_sub(text, 0, i)).n == 0, is_blank(l, line - 1)};
        vec_push(&l->comments, c);
        return;
    }
}

static void collect_comments(struct layout *l)
{
    struct str rest = l->doc->source, line;
    while (str_split(&rest, '\n', &line)) {
        vec_push(&l->lines, line);
    }
    collect_scalars(l, l->doc->root);
    size_t at = 0;
    for (uint32_t i = 1; i <= l->lines.n; i++) {
        find_comment(l, i, &at);
    }
}

static void blank_line(struct layout *l)
{
    size_t n = l->out->n;
    if (n > 1 && !(l->out->p[n - 1] == '\n' && l->out->p[n - 2] == '\n')) {
        strbuf_addc(l->out, '\n');
    }
}

static void indent(struct layout *l, size_t by)
{
    for (size_t i = 0; i < by && !l->same_line; i++) {
        strbuf_addc(l->out, ' ');
    }
    l->same_line = false;
}

/* Comments above `line` that stand at `column` or further in, each on a line of its own. */
static void put_comments(struct layout *l, uint32_t line, uint32_t column, size_t by, bool blanks)
{
    while (l->next < l->comments.n && l->comments.v[l->next].line < line && l->comments.v[l->next].column >= column) {
        const struct comment *c = &l->comments.v[l->next++];
        if (c->blank && blanks) {
            blank_line(l);
        }
        indent(l, by);
        strbuf_addf(l->out, STR_FMT "\n", STR_ARG(c->text));
    }
}

/* Ends a line; a comment that stood on lines up to `line` goes behind it. */
static void end_line(struct layout *l, size_t started, uint32_t line)
{
    if (l->next < l->comments.n && l->comments.v[l->next].line <= line) {
        size_t width = width_str(str_sub(strbuf_str(l->out), started, l->out->n));
        size_t gap = width + 1 < COMMENT_COLUMN ? COMMENT_COLUMN - width : 3;
        for (size_t i = 0; i < gap; i++) {
            strbuf_addc(l->out, ' ');
        }
        strbuf_adds(l->out, l->comments.v[l->next++].text);
    }
    strbuf_addc(l->out, '\n');
}

/* --- scalars ---------------------------------------------------------------------------------------------------------- */
static bool plain_first(struct str s)
{
    if (s.p[0] == '-' || s.p[0] == '?' || s.p[0] == ':') {
        return s.n > 1 && is_digit((unsigned char)s.p[1]);
    }
    return !strchr(",[]{}#&*!|>'\"%@`", s.p[0]);
}

static bool plain_fits(struct str s, bool flow)
{
    if (s.n == 0 || s.p[0] == ' ' || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == ':' || !plain_first(s)) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool ends_key = c == ':' && i + 1 < s.n && s.p[i + 1] == ' ', comments = c == '#' && i > 0 && s.p[i - 1] == ' ';
        if (c < 0x20 || c == 0x7F || ends_key || comments || (flow && strchr(",[]{}", (int)c))) {
            return false;
        }
    }
    return !(flow && str_find(s, STR(":")) < s.n);
}

static void add_quoted(struct strbuf *b, struct str s)
{
    bool hard = false, odd = false;
    for (size_t i = 0; i < s.n; i++) {
        hard |= (unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] == 0x7F;
        odd |= s.p[i] == '"' || s.p[i] == '\\';
    }
    bool single = odd && !hard && str_find(s, STR("'")) == s.n;
    strbuf_addc(b, single ? '\'' : '"');
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!single && (c == '"' || c == '\\')) {
            strbuf_addc(b, '\\');
        }
        if (c == '\n') {
            strbuf_addz(b, "\\n");
        } else if ((unsigned char)c < 0x20 || (unsigned char)c == 0x7F) {
            strbuf_addf(b, "\\x%02x", (unsigned)(unsigned char)c);
        } else {
            strbuf_addc(b, c);
        }
    }
    strbuf_addc(b, single ? '\'' : '"');
}

static void add_scalar(struct layout *l, const struct yaml_node *n, bool flow, struct strbuf *b)
{
    AUTO_STRBUF own = STRBUF_INIT;
    struct yaml_path path = {l->path, l->depth};
    struct str text = l->rewrite && l->rewrite(l->ctx, &path, n->text, &own) ? strbuf_str(&own) : n->text;
    if (n->text.n == 0 && !n->quoted) {
        return; /* nothing was written */
    }
    if (!n->quoted && plain_fits(text, flow)) {
        strbuf_adds(b, text);
    } else {
        add_quoted(b, text);
    }
}

static bool literal_fits(const struct yaml_node *n)
{
    bool fits = n->kind == YAML_TEXT && n->block && n->text.n > 0 && n->text.p[0] != ' ' && n->text.p[0] != '\n';
    for (size_t i = 0; fits && i < n->text.n; i++) {
        fits = (unsigned char)n->text.p[i] >= 0x20 || n->text.p[i] == '\n';
    }
    return fits && (n->text.n < 2 || memcmp(n->text.p + n->text.n - 2, "\n\n", 2) != 0);
}

static void put_literal(struct layout *l, const struct yaml_node *n, size_t by)
{
    bool ends = n->text.p[n->text.n - 1] == '\n';
    struct str rest = n->text, line;
    strbuf_addz(l->out, ends ? "|\n" : "|-\n");
    rest.n -= ends;
    for (bool more = true; more;) {
        more = str_find(rest, STR("\n")) < rest.n;
        if (!str_split(&rest, '\n', &line)) {
            break;
        }
        for (size_t i = 0; i < by && line.n; i++) {
            strbuf_addc(l->out, ' ');
        }
        strbuf_addf(l->out, STR_FMT "\n", STR_ARG(line));
    }
}

/* --- flow style ------------------------------------------------------------------------------------------------------- */
static void push(struct layout *l, struct str key)
{
    BUG_ON(l->depth >= MAX_DEPTH); /* yaml_parse refuses deeper files */
    l->path[l->depth++] = key;
}

static void add_flow(struct layout *l, const struct yaml_node *n, bool inside, struct strbuf *b)
{
    if (n->kind == YAML_TEXT) {
        add_scalar(l, n, inside, b);
        return;
    }
    strbuf_addc(b, n->kind == YAML_LIST ? '[' : '{');
    for (size_t i = 0; i < n->n; i++) {
        strbuf_addz(b, i ? ", " : "");
        if (n->kind == YAML_MAP) {
            const struct yaml_node *key = n->pairs[i].key;
            if (!key->quoted && plain_fits(key->text, true)) {
                strbuf_adds(b, key->text);
            } else {
                add_quoted(b, key->text);
            }
            strbuf_addz(b, ": ");
        }
        push(l, n->kind == YAML_MAP ? n->pairs[i].key->text : STR(""));
        add_flow(l, n->kind == YAML_MAP ? n->pairs[i].value : n->items[i], true, b);
        l->depth--;
    }
    strbuf_addc(b, n->kind == YAML_LIST ? ']' : '}');
}

static bool is_flow(const struct layout *l, const struct yaml_node *n)
{
    struct str line = n->line >= 1 && n->line <= l->lines.n ? l->lines.v[n->line - 1] : STR("");
    uint32_t column = 0;
    for (size_t i = 0; i < line.n; i++) {
        column += ((unsigned char)line.p[i] & 0xC0) != 0x80;
        if (column == n->column) {
            return line.p[i] == '[' || line.p[i] == '{';
        }
    }
    return false;
}

/* On the line that is begun, or false when it needs lines of its own. */
static bool add_in_line(struct layout *l, const struct yaml_node *n, size_t started, struct strbuf *b)
{
    if (n->kind != YAML_TEXT && n->n > 0 && !is_flow(l, n)) {
        return false;
    }
    add_flow(l, n, false, b);
    return n->kind == YAML_TEXT || n->n == 0 || width_str(str_sub(strbuf_str(l->out), started, l->out->n)) + width_str(strbuf_str(b)) <= LINE_WIDTH;
}

/* --- block style ------------------------------------------------------------------------------------------------------ */
static void put_block(struct layout *l, const struct yaml_node *n, size_t by, uint32_t before);

static uint32_t last_line(const struct yaml_node *n) { return n->end_line - (n->end_column == 1 && n->end_line > n->line); }

/* The value of a key or an item: behind what is written of the line, or below it. */
static void put_value(struct layout *l, const struct yaml_node *n, size_t started, size_t by, uint32_t before, bool item)
{
    AUTO_STRBUF text = STRBUF_INIT;
    if (literal_fits(n)) {
        strbuf_addz(l->out, item ? "" : " ");
        put_literal(l, n, by);
        return;
    }
    if (add_in_line(l, n, started, &text)) {
        strbuf_addz(l->out, item || text.n == 0 ? "" : " ");
        strbuf_adds(l->out, strbuf_str(&text));
        end_line(l, started, last_line(n));
        return;
    }
    if (item) {
        l->same_line = true;
    } else {
        bool flow = is_flow(l, n);
        end_line(l, started, flow ? last_line(n) : n->line - 1);
    }
    put_block(l, n, by, before);
}

/* More than one comment within the lines of a value that goes on one: they stand above it. */
static void hoist_comments(struct layout *l, const struct yaml_node *n, size_t by)
{
    size_t within_it = 0;
    bool one_line = n->kind == YAML_TEXT || is_flow(l, n);
    for (size_t i = l->next; one_line && i < l->comments.n && l->comments.v[i].line <= last_line(n); i++) {
        within_it++;
    }
    if (within_it > 1 || (within_it == 1 && literal_fits(n))) {
        put_comments(l, last_line(n) + 1, 0, by, false);
    }
}

static void put_entry(struct layout *l, const struct yaml_node *map, size_t i, size_t by, uint32_t before)
{
    const struct yaml_node *key = map->kind == YAML_MAP ? map->pairs[i].key : NULL, *value = key ? map->pairs[i].value : map->items[i];
    uint32_t line = key ? key->line : value->line;
    bool apart = l->depth == 0 || (l->depth == 1 && !key), block = !is_flow(l, map);
    if (i > 0 && apart) {
        blank_line(l);
    }
    put_comments(l, line, 0, by, true);
    if (i > 0 && block && is_blank(l, line - 1)) {
        blank_line(l);
    }
    hoist_comments(l, value, by);
    uint32_t next = i + 1 < map->n ? (key ? map->pairs[i + 1].key->line : map->items[i + 1]->line) : before;
    size_t started = l->out->n;
    while (started > 0 && l->out->p[started - 1] != '\n') {
        started--;
    }
    indent(l, by);
    if (key) {
        if (!key->quoted && plain_fits(key->text, false)) {
            strbuf_adds(l->out, key->text);
        } else {
            add_quoted(l->out, key->text);
        }
        strbuf_addc(l->out, ':');
    } else {
        strbuf_addz(l->out, "- ");
    }
    push(l, key ? key->text : STR(""));
    put_value(l, value, started, by + 2, next, !key);
    l->depth--;
}

/* `before`: the line of what comes after it. */
static void put_block(struct layout *l, const struct yaml_node *n, size_t by, uint32_t before)
{
    for (size_t i = 0; i < n->n; i++) {
        put_entry(l, n, i, by, before);
    }
    put_comments(l, before, n->column, by, true);
}

void yaml_layout(const struct yaml_doc *doc, yaml_rewrite_fn *rewrite, void *ctx, struct strbuf *out)
{
    struct layout l = {.doc = doc, .rewrite = rewrite, .ctx = ctx, .out = out};
    collect_comments(&l);
    AUTO_STRBUF text = STRBUF_INIT;
    if (doc->root->kind == YAML_TEXT || is_flow(&l, doc->root)) {
        put_comments(&l, UINT32_MAX, 0, 0, true);
        add_flow(&l, doc->root, false, &text);
        strbuf_addf(out, STR_FMT "\n", STR_ARG(strbuf_str(&text)));
    } else {
        put_block(&l, doc->root, 0, UINT32_MAX);
        put_comments(&l, UINT32_MAX, 0, 0, true);
    }
    vec_release(&l.lines);
    vec_release(&l.scalars);
    vec_release(&l.comments);
}
