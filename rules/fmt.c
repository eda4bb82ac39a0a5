/* SPDX-License-Identifier: Apache-2.0 */
/* rules.yaml in one layout: base/text/yaml_layout.h lays out the file, this file the lines of the language within it. */
#include "base/text/yaml_layout.h"
#include "rules/compiler.h"
#include "rules/lex.h"

/* --- one line --------------------------------------------------------------------------------------------------------- */
/* Digits, letters and signs in their ASCII form; everything else as it stands. */
static void add_narrow(struct str s, struct strbuf *out)
{
    for (size_t i = 0; i < s.n; i++) {
        const unsigned char *p = (const unsigned char *)s.p + i;
        unsigned cp = i + 2 < s.n && p[0] == 0xEF ? 0xF000u | (unsigned)(p[1] & 0x3F) << 6 | (unsigned)(p[2] & 0x3F) : 0;
        if (cp >= 0xFF01 && cp <= 0xFF5E) {
            strbuf_addc(out, (char)(cp - 0xFEE0));
            i += 2;
        } else {
            strbuf_addc(out, s.p[i]);
        }
    }
}

static void add_token(const struct token *t, struct strbuf *out)
{
    char quote = str_find(t->text, STR("'")) < t->text.n ? '"' : '\'';
    switch ((int)t->kind) {
    case TOK_STRING:
        strbuf_addf(out, "%c" STR_FMT "%c", quote, STR_ARG(t->text), quote);
        return;
    case TOK_NUMBER:
    case TOK_DATE:
    case TOK_MONTH:
        add_narrow(t->text, out);
        return;
    case TOK_WORD:
        strbuf_adds(out, t->text);
        return;
    default:
        strbuf_addz(out, tok_text(t->kind));
        return;
    }
}

static bool is_sign(enum tok t) { return t >= TOK_PLUS && t <= TOK_SLASH; }
static bool opens(enum tok t) { return t == TOK_LPAREN || t == TOK_DOTDOT || t == TOK_END; }

/* A minus that belongs to its number: nothing stands before it that it could be taken from. */
static bool is_negative(enum tok before) { return opens(before) || is_sign(before) || before == TOK_COMMA || (before >= TOK_LT && before <= TOK_NOT_IN); }

static bool joined(enum tok before, bool negative, enum tok t)
{
    return opens(before) || negative || t == TOK_RPAREN || t == TOK_COMMA || t == TOK_DOTDOT;
}

bool line_canonical(struct str text, struct strbuf *out)
{
    struct lexer lx = {text, 0};
    size_t from = out->n;
    enum tok before = TOK_END;
    bool negative = false;
    for (struct token t = lex_next(&lx); t.kind != TOK_END; t = lex_next(&lx)) {
        if (t.kind == TOK_BAD) {
            out->n = from;
            return false;
        }
        strbuf_addz(out, joined(before, negative, t.kind) ? "" : " ");
        negative = t.kind == TOK_MINUS && is_negative(before);
        add_token(&t, out);
        before = t.kind;
    }
    return true;
}

/* --- which texts are lines --------------------------------------------------------------------------------------------- */
static bool key_is(const struct yaml_path *p, size_t from_end, const char *word) { return p->n > from_end && str_eqz(p->keys[p->n - 1 - from_end], word); }

static bool is_line(const struct yaml_path *p)
{
    static const char *const lists[] = {"when", "unless", "any", "where", "add"};
    bool fact = p->n == 2 && str_eqz(p->keys[0], "facts"), level = p->n == 4 && key_is(p, 1, "level") && str_eqz(p->keys[0], "rules");
    bool item = p->n > 2 && p->keys[p->n - 1].n == 0;
    bool listed = false;
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        listed |= item && key_is(p, 1, lists[i]);
    }
    return fact || level || (listed && (str_eqz(p->keys[0], "rules") || str_eqz(p->keys[0], "facts")));
}

static bool rewrite(void *ctx, const struct yaml_path *path, struct str text, struct strbuf *out)
{
    (void)ctx;
    return is_line(path) && line_canonical(text, out);
}

bool rules_layout(const char *file, struct str text, struct diag_list *diags, struct strbuf *out)
{
    struct yaml_doc doc = {.diags = diags};
    bool ok = yaml_parse(&doc, file, text, &YAML_LIMITS_DEFAULT, diags) && doc.root;
    if (ok) {
        yaml_layout(&doc, rewrite, NULL, out);
    }
    yaml_release(&doc);
    return ok;
}

/* --- is it still the same? --------------------------------------------------------------------------------------------- */
static bool same_text(const struct yaml_path *path, struct str a, struct str b)
{
    AUTO_STRBUF x = STRBUF_INIT, y = STRBUF_INIT;
    if (!is_line(path)) {
        return str_eq(a, b);
    }
    bool lexes = line_canonical(a, &x);
    return lexes == line_canonical(b, &y) && (lexes ? str_eq(strbuf_str(&x), strbuf_str(&y)) : str_eq(a, b));
}

static bool same_tree(struct str *keys, size_t depth, const struct yaml_node *a, const struct yaml_node *b)
{
    struct yaml_path path = {keys, depth};
    if (a->kind != b->kind || a->n != b->n || (a->kind == YAML_TEXT && !same_text(&path, a->text, b->text))) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        bool map = a->kind == YAML_MAP;
        keys[depth] = map ? a->pairs[i].key->text : STR("");
        if ((map && !str_eq(keys[depth], b->pairs[i].key->text)) ||
            !same_tree(keys, depth + 1, map ? a->pairs[i].value : a->items[i], map ? b->pairs[i].value : b->items[i])) {
            return false;
        }
    }
    return true;
}

bool rules_layout_same(struct str before, struct str after)
{
    AUTO_DIAG diags = {0};
    struct yaml_doc a = {.diags = &diags}, b = {.diags = &diags};
    struct str keys[32]; /* the depth of YAML_LIMITS_DEFAULT and one */
    bool same = yaml_parse(&a, "a", before, &YAML_LIMITS_DEFAULT, &diags) && a.root && yaml_parse(&b, "b", after, &YAML_LIMITS_DEFAULT, &diags) && b.root &&
                same_tree(keys, 0, a.root, b.root);
    yaml_release(&a);
    yaml_release(&b);
    return same;
}
