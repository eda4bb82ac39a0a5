/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules explain`: what every rule says of one person or household tonight, and how far those that do not fire are from it. */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/text/width.h"
#include "matchers/identifier.h"
#include "pipeline/command.h"
#include "pipeline/facts.h"
#include "pipeline/run.h"

enum { OPT_RULE, OPT_AS_OF };
static const struct option options[] = {
    [OPT_RULE] = {"rule", 0, "ID", "只说这条规则，连同全部条件和取值", "this rule only, with all its conditions and values"},
    [OPT_AS_OF] = {"as-of", 0, "DATE", "在哪一天的数据上说，缺省为今天", "the day to explain, today by default"},
    {NULL, 0, NULL, NULL, NULL},
};

/* What one rule says; printed by how much is lacking. */
struct answer {
    size_t rule, failing, unknown;
    struct strbuf lines;
};
struct asked {
    struct site *site;
    struct schema schema;
    struct ruleset *rules;
    struct str ref;
    int only;             /* rule, -1: all */
    bool person;
    uint32_t row, household;
    struct arena arena;
    struct strbuf *out;
    VEC(struct answer) answers;
};

/* --- lines ---------------------------------------------------------------------------------------------------------- */
static bool is_unless(const struct rules_node *n) { return n->kind == RULES_NODE_UNLESS; }
static bool is_line(const struct rules_node *n) { return n->kind == RULES_NODE_CONDITION || n->kind == RULES_NODE_ANY || is_unless(n); }
static bool is_met(const struct rules_node *n) { return is_unless(n) ? n->value.hi == 0 : n->value.lo == 1; }
static bool is_failed(const struct rules_node *n) { return is_unless(n) ? n->value.lo == 1 : n->value.hi == 0; }

static void add_leaf(const struct asked *x, const struct rules_node *leaf, int depth, struct strbuf *b)
{
    strbuf_addf(b, "%*s" STR_FMT " = ", depth * 2 + 4, "", STR_ARG(leaf->text));
    rules_format(x->rules, leaf->type, leaf->enumeration, leaf->value, b);
    if (leaf->kind == RULES_NODE_PARAM && leaf->from != DAY_MISSING) {
        strbuf_addz(b, TR("（", " ("));
        strbuf_add_day(b, leaf->from);
        strbuf_addf(b, TR(" 起%s" STR_FMT "）", " on%s" STR_FMT ")"), leaf->key.n ? TR("，", ", ") : "", STR_ARG(leaf->key));
    }
    strbuf_addc(b, '\n');
}

static void add_line(const struct asked *x, const struct rules_node *n, int depth, struct strbuf *b)
{
    const char *mark = is_met(n) ? "√" : is_failed(n) ? "×" : "？";
    strbuf_addf(b, "%*s%s %s", depth * 2 + 2, "", mark, is_unless(n) ? TR("除非 ", "unless ") : "");
    strbuf_adds(b, n->kind == RULES_NODE_ANY ? str_of(TR("其中一条成立：", "one of:")) : n->text);
    if (n->gap) {
        strbuf_addz(b, TR("   差 ", "   short by "));
        rules_format(x->rules, n->gap_type, -1, val_of(n->gap), b);
    }
    strbuf_addc(b, '\n');
    for (size_t i = 0; i < n->n_children; i++) {
        const struct rules_node *kid = &n->children[i];
        bool leaf = kid->kind == RULES_NODE_FACT || kid->kind == RULES_NODE_PARAM;
        if (leaf && !str_eq(kid->text, n->text)) {
            add_leaf(x, kid, depth, b);
        } else if (!leaf) {
            add_line(x, kid, depth + 1, b);
        }
    }
}

static void add_lines(const struct asked *x, const struct rules_node *root, bool all, struct strbuf *b)
{
    for (size_t i = 0; i < root->n_children; i++) {
        const struct rules_node *n = &root->children[i];
        if (is_line(n) && (all || !is_met(n))) {
            add_line(x, n, 0, b);
        } else if (all && n->kind == RULES_NODE_SCORE) {
            strbuf_addf(b, "  " STR_FMT "  ", STR_ARG(n->text));
            rules_format(x->rules, RT_POINT, -1, n->value, b);
            strbuf_addc(b, '\n');
        } else if (all && n->kind == RULES_NODE_LEVEL) {
            strbuf_addf(b, "  %s " STR_FMT "\n", n->value.lo == 1 ? "√" : n->value.hi == 0 ? "×" : "？", STR_ARG(n->text));
        }
    }
}

/* --- rules ---------------------------------------------------------------------------------------------------------- */
static void add_title(const struct asked *x, const struct rules_hit *hit, struct strbuf *b)
{
    const struct rules_rule *r = ruleset_rule(x->rules, hit->rule);
    strbuf_addf(b, STR_FMT " " STR_FMT "  ", STR_ARG(r->id), STR_ARG(r->name));
    if (hit->verdict == RULES_FIRED) {
        strbuf_addf(b, TR("报 " STR_FMT, "fires, " STR_FMT), STR_ARG(ruleset_meta(x->rules)->levels[hit->level].name));
    } else {
        strbuf_addz(b, hit->verdict == RULES_UNKNOWN ? TR("定不了：缺数据", "undecided: data are missing") : TR("不报", "does not fire"));
    }
    strbuf_addc(b, '\n');
}

static void on_hit(void *ctx, struct rules_run *run, const struct rules_hit *hit)
{
    struct asked *x = ctx;
    bool mine = hit->person == RULES_NO_ROW ? hit->household == x->household : x->person ? hit->person == x->row : false;
    if (!mine || (x->only >= 0 && hit->rule != (size_t)x->only)) {
        return;
    }
    AUTO_ARENA arena = ARENA_INIT;
    const struct rules_node *root = rules_explain(run, &arena);
    struct answer answer = {.rule = hit->rule};
    for (size_t i = 0; i < root->n_children; i++) {
        answer.failing += is_line(&root->children[i]) && is_failed(&root->children[i]);
        answer.unknown += is_line(&root->children[i]) && !is_failed(&root->children[i]) && !is_met(&root->children[i]);
    }
    add_title(x, hit, &answer.lines);
    add_lines(x, root, x->only >= 0 || hit->verdict == RULES_FIRED, &answer.lines);
    vec_push(&x->answers, answer);
}

static int nearest_first(const void *a, const void *b)
{
    const struct answer *x = a, *y = b;
    if (x->failing != y->failing) {
        return (x->failing > y->failing) - (x->failing < y->failing);
    }
    return x->unknown != y->unknown ? (x->unknown > y->unknown) - (x->unknown < y->unknown) : (x->rule > y->rule) - (x->rule < y->rule);
}

static enum status find(struct asked *x, struct population *pop, struct err *err)
{
    struct str ref = x->ref;
    if (ident_key(ident_parse(ref))) { /* not repeated in the message: it would be in somebody's scrollback */
        return err_set(err, ST_USAGE, TR("这里写 P-… 或 H-…，不写证件号；编号用 mopai explain person 证件号 查", "give P-... or H-..., no identifier; mopai explain person IDENTIFIER says which"));
    }
    x->person = ref.n > 0 && (ref.p[0] == 'P' || ref.p[0] == 'p');
    if (!x->person) {
        TRY(population_find_household(pop, ref, &x->row, err));
        x->household = x->row;
        return ST_OK;
    }
    int64_t household;
    TRY(population_find_person(pop, ref, &x->row, err));
    TRY(population_person_one(pop, P_HOUSEHOLD, x->row, &household, err));
    x->household = (uint32_t)household;
    return ST_OK;
}

static enum status explain_in(struct asked *x, struct night *n, struct facts *f, struct facts_run *run, struct err *err)
{
    struct facts_view view = {.params_on = DAY_MISSING};
    TRY(facts_open(n, &x->schema, f, err));
    TRY(find(x, f->pop, err));
    TRY(facts_run_init(f, x->rules, &view, run, err));
    return facts_evaluate(f, run, RULES_WANT_ALL, on_hit, x, err);
}

static enum status look(void *ctx, struct night *n, struct err *err)
{
    struct facts f = {.night = NULL};
    struct facts_run run = {.rules = NULL};
    enum status status = explain_in(ctx, n, &f, &run, err);
    facts_run_release(&run);
    facts_close(&f);
    return status;
}

/* --- the command ---------------------------------------------------------------------------------------------------- */
static enum status explain(struct asked *x, const struct args *a, struct err *err)
{
    struct run_plan plan = {.last = RUN_LINK, .as_of = clock_today(), .taken_in = true, .look = look, .ctx = x};
    struct run_result ignored;
    if (a->opt[OPT_AS_OF] && !day_parse_iso(str_of(a->opt[OPT_AS_OF]), &plan.as_of)) {
        return err_set(err, ST_USAGE, TR("日期应写成 2026-03-01，现为“%s”", "a date looks like 2026-03-01, not '%s'"), a->opt[OPT_AS_OF]);
    }
    TRY(site_need_key(x->site, err));
    schema_build(&x->arena, x->site->sources, x->site->people, &x->site->areas, &x->schema);
    AUTO_DIAG diags = {0};
    x->rules = rules_compile(&x->schema.rules, x->site->files[SITE_RULES].path, x->site->files[SITE_RULES].text, RULES_WITH_DRAFTS, &diags);
    if (!x->rules) {
        return diag_status(&diags, ST_RULES, err);
    }
    const char *id = a->opt[OPT_RULE];
    x->only = id ? ruleset_find(x->rules, str_of(id)) : -1;
    if (id && x->only < 0) {
        return err_set(err, ST_NOT_FOUND, TR("没有规则 %s", "no rule %s"), id);
    }
    TRY(run_night(x->site, &plan, &ignored, err));
    vec_sort(&x->answers, nearest_first);
    for (size_t i = 0; i < x->answers.n; i++) {
        strbuf_adds(x->out, strbuf_str(&x->answers.v[i].lines));
    }
    fputs(strbuf_z(x->out), stdout);
    return ST_OK;
}

static enum status run(const struct args *a, struct err *err)
{
    if (a->n != 1) {
        return err_set(err, ST_USAGE, TR("写出一个人或一户：mopai rules explain H-...", "name a person or a household: mopai rules explain H-..."));
    }
    AUTO_SITE site = {.lock_fd = -1};
    AUTO_STRBUF out = STRBUF_INIT;
    TRY(site_open(&site, a->site_dir, SITE_LOCK, err));
    struct asked x = {.site = &site, .ref = str_of(a->v[0]), .arena = ARENA_INIT, .out = &out};
    enum status status = explain(&x, a, err);
    for (size_t i = 0; i < x.answers.n; i++) {
        strbuf_release(&x.answers.v[i].lines);
    }
    vec_release(&x.answers);
    ruleset_free(x.rules);
    arena_release(&x.arena);
    return status;
}

const struct command cmd_rules_explain = {
    .name = "rules explain",
    .operands = "P-... | H-...",
    .zh = "每条规则今晚怎么看这个人、这一户；没有报的，差在哪一条、差多少",
    .en = "what every rule says of a person or household tonight; of those that do not fire, which condition fails and by how much",
    .more_zh = "按今晚（或 --as-of 那天）在用的数据重新归并并判断，不发布。报的列出全部条件，不报的只列没有成立的，差得少的在前。\n"
               "√ 成立  × 不成立  ？未知\n\n"
               "  mopai rules explain H-7K2M9QX4TD\n"
               "  mopai rules explain P-7K2M9QX4TD --rule R02",
    .more_en = "Links and judges the data in force tonight (or on --as-of), unpublished. Rules that fire show all conditions, the others those that fail, nearest first.\n\n"
               "  mopai rules explain H-7K2M9QX4TD\n"
               "  mopai rules explain P-7K2M9QX4TD --rule R02",
    .options = options,
    .run = run,
};
