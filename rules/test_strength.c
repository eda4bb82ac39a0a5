/* SPDX-License-Identifier: Apache-2.0 */
/* How much the tests inside rules would notice: lines they never make true, false or unknown; changes none of them catches. */
#include "base/text/diag.h"
#include "rules/compiler.h"
#include "rules/run.h"
#include "rules/tests.h"

/* --- coverage ------------------------------------------------------------------------------------------------------- */
typedef VEC(struct rules_line_seen) seen_vec;

struct cover_ctx {
    const struct rule_def *r;
    seen_vec lines;
    size_t at;               /* while a hit is looked at */
};

static void add_line(seen_vec *v, const struct line *l, bool level)
{
    bool asks = l->e && (l->e->op == EX_UNKNOWN || (l->e->op == EX_NOT && l->e->a->op == EX_UNKNOWN));
    struct rules_line_seen seen = {.text = l->text, .line = l->at.line, .optional = asks || level};
    vec_push(v, seen);
}

static void add_lines(seen_vec *v, const struct line *lines, size_t n, bool level)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < lines[i].n_any; k++) {
            add_line(v, &lines[i].any[k], level);
        }
        if (lines[i].e && !lines[i].n_any) {
            add_line(v, &lines[i], level);
        }
    }
}

static struct val see_line(struct cover_ctx *c, const struct rules_run *run, const struct line *l)
{
    struct val v = run_value(run, l->e);
    struct rules_line_seen *s = &c->lines.v[c->at++];
    s->yes += v.lo == 1;
    s->no += v.hi == 0;
    s->unknown += v.lo != v.hi;
    return v;
}

static void see_lines(struct cover_ctx *c, const struct rules_run *run, const struct line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < lines[i].n_any; k++) {
            see_line(c, run, &lines[i].any[k]);
        }
        if (lines[i].e && !lines[i].n_any) {
            see_line(c, run, &lines[i]);
        }
    }
}

static void see_hit(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct cover_ctx *c = ctx;
    c->at = 0;
    see_lines(c, run, c->r->when, c->r->n_when);
    see_lines(c, run, c->r->unless, c->r->n_unless);
    for (size_t i = 0; i < c->r->n_dims; i++) {
        see_lines(c, run, c->r->dims[i].lines, c->r->dims[i].n_lines);
    }
    for (size_t i = 0; i < c->r->n_levels && hit->verdict == RULES_FIRED; i++) {
        if (!c->r->levels[i].e || see_line(c, run, &c->r->levels[i]).lo == 1) {
            break; /* those below were not asked */
        }
    }
}

size_t rules_test_coverage(const struct ruleset *rs, size_t rule, struct arena *arena, struct rules_line_seen **out)
{
    const struct rule_def *r = &rs->rules[rule];
    struct cover_ctx c = {.r = r};
    add_lines(&c.lines, r->when, r->n_when, false);
    add_lines(&c.lines, r->unless, r->n_unless, false);
    for (size_t i = 0; i < r->n_dims; i++) {
        add_lines(&c.lines, r->dims[i].lines, r->dims[i].n_lines, false);
    }
    add_lines(&c.lines, r->levels, r->n_levels, true);
    for (size_t i = 0; i < r->n_tests; i++) {
        AUTO_ARENA a = ARENA_INIT;
        test_one(rs, rule, &r->tests[i], &a, see_hit, &c);
    }
    size_t n = c.lines.n;
    *out = arena_array(arena, struct rules_line_seen, n + 1);
    if (n) {
        memcpy(*out, c.lines.v, sizeof **out * n);
    }
    vec_release(&c.lines);
    return n;
}

/* --- changes -------------------------------------------------------------------------------------------------------- */
/* A rule without the others: the file with their lines left empty, so that a change is read in a hundredth of the time and lines keep their numbers. */
struct alone {
    struct strbuf text;
    bool *uses;              /* by fact */
};
struct boundary {
    const struct ruleset *rs;
    const char *file;
    struct str text;
    int flags;
    struct diag_list *diags;
    struct rules_boundary_counts *counts;
    struct alone *rules;
};

static void text_of_rule(const struct boundary *b, size_t rule, struct strbuf *out)
{
    uint32_t from = b->rs->rules[rule].line, to = UINT32_MAX, first = from, at = 0;
    for (size_t i = 0; i < b->rs->n_rules; i++) {
        uint32_t line = b->rs->rules[i].line;
        first = MIN(first, line);
        to = line > from ? MIN(to, line) : to;
    }
    bool below = false; /* a section that stands below the rules */
    struct str rest = b->text, line;
    while (str_split(&rest, '\n', &line)) {
        at++;
        below |= at > first && line.n && strchr(" \t\r-#", line.p[0]) == NULL;
        if (below || at < first || (at >= from && at < to)) {
            strbuf_adds(out, line);
        }
        strbuf_addc(out, '\n');
    }
}

static bool fact_in_use(const struct fact_def *f) { return f->kind == FACT_SCAN ? f->input >= 0 : f->state == 2 && f->body->reg >= 0; }

/* Rules that share their lines with others are read with them. */
static void set_alone(const struct boundary *b, size_t rule)
{
    struct alone *one = &b->rules[rule];
    struct mutation none = {.rule = b->rs->rules[rule].pub.id, .k = SIZE_MAX}; /* reads what it names of other rules as if they were there */
    AUTO_DIAG scratch = {0};
    text_of_rule(b, rule, &one->text);
    struct ruleset *rs = compile_changed(&b->rs->schema, b->file, strbuf_str(&one->text), b->flags, &none, &scratch);
    if (!rs || rs->n_evaluated != 1) {
        ruleset_free(rs);
        strbuf_clear(&one->text);
        strbuf_adds(&one->text, b->text);
        rs = compile_changed(&b->rs->schema, b->file, b->text, b->flags, &none, &scratch);
    }
    one->uses = xcalloc(b->rs->n_facts + 1, sizeof *one->uses);
    for (size_t f = 0; rs && f < b->rs->n_facts; f++) {
        one->uses[f] = fact_in_use(&rs->facts[f]);
    }
    ruleset_free(rs);
}

static bool some_test_fails(const struct ruleset *rs)
{
    for (size_t i = 0; i < rs->n_evaluated; i++) {
        for (size_t k = 0; k < rs->rules[i].n_tests; k++) {
            AUTO_ARENA a = ARENA_INIT;
            const struct test_def *t = &rs->rules[i].tests[k];
            if (test_one(rs, i, t, &a, NULL, NULL).got != t->expect) {
                return true;
            }
        }
    }
    return false;
}

/* Makes change m->k where the rule stands alone. *out_noticed: one of its tests fails, or nothing is left to test. false when there is no such change. */
static bool try_change(const struct boundary *b, size_t rule, struct mutation *m, struct strbuf *out_what, bool *out_noticed)
{
    AUTO_DIAG scratch = {0};
    AUTO_ARENA words = ARENA_INIT;
    m->words = &words;
    struct ruleset *changed = compile_changed(&b->rs->schema, b->file, strbuf_str(&b->rules[rule].text), b->flags, m, &scratch);
    *out_noticed = m->made && (!changed || some_test_fails(changed));
    if (m->made) {
        strbuf_clear(out_what);
        strbuf_adds(out_what, m->what);
        m->at.file = b->rs->file;
    }
    ruleset_free(changed);
    return m->made;
}

static void changes_of_rule(const struct boundary *b, size_t rule)
{
    AUTO_STRBUF what = STRBUF_INIT;
    const struct rules_rule *r = &b->rs->rules[rule].pub;
    struct mutation m = {.rule = r->id};
    bool noticed;
    while (try_change(b, rule, &m, &what, &noticed)) {
        b->counts->made++;
        if (!noticed) {
            b->counts->unnoticed++;
            diag_add(b->diags, "W711", m.at, TR("规则 " STR_FMT "：" STR_FMT "，没有测试会发现", "rule " STR_FMT ": no test notices " STR_FMT), STR_ARG(r->id),
                     STR_ARG(strbuf_str(&what)));
        }
        m = (struct mutation){.rule = r->id, .k = m.k + 1};
    }
}

/* A fact is as well tested as the rules that use it: one of them has to notice. */
static void changes_of_fact(const struct boundary *b, size_t fact)
{
    AUTO_STRBUF what = STRBUF_INIT;
    for (struct mutation m = {.fact = (int)fact};; m = (struct mutation){.fact = (int)fact, .k = m.k + 1}) {
        bool made = false, noticed = false;
        for (size_t i = 0; i < b->rs->n_evaluated && !noticed; i++) {
            m.made = false;
            made |= b->rules[i].uses[fact] && try_change(b, i, &m, &what, &noticed);
        }
        if (!made) {
            return;
        }
        b->counts->made++;
        if (!noticed) {
            b->counts->unnoticed++;
            diag_add(b->diags, "W711", m.at, TR("指标 " STR_FMT "：" STR_FMT "，没有测试会发现", "fact " STR_FMT ": no test notices " STR_FMT),
                     STR_ARG(b->rs->facts[fact].name), STR_ARG(strbuf_str(&what)));
        }
    }
}

void rules_boundary(const struct ruleset *rs, const char *file, struct str text, int flags, struct str only, struct diag_list *diags,
                    struct rules_boundary_counts *out)
{
    *out = (struct rules_boundary_counts){0, 0};
    struct boundary b = {rs, file, text, flags, diags, out, xcalloc(rs->n_evaluated + 1, sizeof *b.rules)};
    for (size_t i = 0; i < rs->n_evaluated; i++) {
        const struct rule_def *r = &rs->rules[i];
        if (only.n && !str_eq(only, r->pub.id)) {
            continue;
        }
        set_alone(&b, i);
        if (r->n_tests == 0) {
            diag_add(diags, "W712", (struct diag_at){rs->file, r->line, r->column, 1}, TR("规则 " STR_FMT " 没有测试", "rule " STR_FMT " has no tests"), STR_ARG(r->pub.id));
        } else {
            changes_of_rule(&b, i);
        }
    }
    for (size_t f = 0; f < rs->n_facts && only.n == 0; f++) {
        changes_of_fact(&b, f);
    }
    for (size_t i = 0; i < rs->n_evaluated; i++) {
        strbuf_release(&b.rules[i].text);
        free(b.rules[i].uses);
    }
    free(b.rules);
}
