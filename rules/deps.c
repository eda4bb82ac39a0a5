/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule rests on: tables, attributes, parameters and facts, through facts made of facts. */
#include "rules/deps.h"

static void add(struct compiler *c, const int **list, size_t *n, int x)
{
    for (size_t i = 0; i < *n; i++) {
        if ((*list)[i] == x) {
            return;
        }
    }
    int *grown = arena_array(c->arena, int, *n + 1);
    if (*n) {
        memcpy(grown, *list, sizeof(int) * *n);
    }
    grown[*n] = x;
    *list = grown;
    ++*n;
}

static void walk(struct compiler *c, struct deps *d, const struct expr *e);

static void walk_fact(struct compiler *c, struct deps *d, int fact)
{
    const struct fact_def *f = &c->rs->facts[fact];
    bool *seen = d->in_spare ? d->seen_spare : d->seen;
    if (seen[fact] || d->seen[fact]) {
        return;
    }
    seen[fact] = true;
    add(c, &d->facts, &d->n_facts, fact);
    if (f->kind == FACT_SCAN) {
        add(c, d->in_spare ? &d->spare : &d->tables, d->in_spare ? &d->n_spare : &d->n_tables, f->table);
        walk(c, d, f->where);
    } else {
        walk(c, d, f->body);
    }
}

static void walk(struct compiler *c, struct deps *d, const struct expr *e)
{
    if (!e) {
        return;
    }
    if (e->op == EX_ATTR || e->op == EX_PREVIOUS) {
        add(c, &d->attrs, &d->n_attrs, e->index);
    } else if (e->op == EX_FACT) {
        walk_fact(c, d, e->index);
    } else if (e->op == EX_PARAM) {
        add(c, &d->params, &d->n_params, e->index);
        if (c->rs->params[e->index].by >= 0) {
            add(c, &d->attrs, &d->n_attrs, c->rs->params[e->index].by);
        }
    }
    d->in_spare += e->op == EX_PREFER; /* without it the next answer holds */
    walk(c, d, e->a);
    d->in_spare -= e->op == EX_PREFER;
    walk(c, d, e->b);
}

static void walk_lines(struct compiler *c, struct deps *d, const struct line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        walk(c, d, lines[i].e);
    }
}

static bool has_fact(const struct expr *e)
{
    return e && (e->op == EX_FACT || e->op == EX_ATTR || e->op == EX_FOLD_COUNT || has_fact(e->a) || has_fact(e->b));
}

/* The first line of `when` that measures money against a line drawn by parameters or numbers. */
static const struct expr *main_comparison(const struct rule_def *r)
{
    for (size_t i = 0; i < r->n_when; i++) {
        const struct expr *e = r->when[i].e;
        bool money = e && (e->op == EX_LE || e->op == EX_LT) && (e->a->type == RT_MONEY || e->a->type == RT_MONTHLY);
        if (money && has_fact(e->a) != has_fact(e->b)) {
            return e;
        }
    }
    return NULL;
}

/* 各笔 待遇发放 shows the rows of the rule's own fact over that source. */
static void bind_items(struct compiler *c, struct rule_def *r, const struct deps *d)
{
    for (size_t i = 0; i < r->pub.n_items; i++) {
        struct rules_item *it = &r->items[i];
        if (it->kind != RULES_ITEM_ROWS) {
            continue;
        }
        for (size_t k = 0; k < d->n_facts && it->fact < 0; k++) {
            const struct fact_def *f = &c->rs->facts[d->facts[k]];
            it->fact = f->kind == FACT_SCAN && f->table == it->value ? d->facts[k] : -1;
        }
        if (it->fact < 0) {
            diag_add(c->diags, "E207", (struct diag_at){c->doc.file, r->line, r->column, 1},
                     TR("规则 " STR_FMT " 的 evidence 要列出“" STR_FMT "”各笔，但规则没有用到它的指标", "rule " STR_FMT " lists rows of '" STR_FMT "' but uses no fact over it"),
                     STR_ARG(r->pub.id), STR_ARG(c->rs->schema.tables[it->value].name));
        }
        it->value = -1;
    }
}

/* A sensitive attribute may hide inside a fact. */
static void check_sensitive(struct compiler *c, const struct rule_def *r, const struct deps *d)
{
    for (size_t i = 0; i < d->n_attrs && !r->justified; i++) {
        const struct rules_attr *a = &c->rs->schema.attrs[d->attrs[i]];
        if (a->sensitive) {
            diag_add(c->diags, "E706", (struct diag_at){c->doc.file, r->line, r->column, 1},
                     TR("规则 " STR_FMT " 经由指标用到敏感的“" STR_FMT "”，须写明 justify:", "rule " STR_FMT " rests on the sensitive '" STR_FMT "' and must say justify:"),
                     STR_ARG(r->pub.id), STR_ARG(a->name));
        }
    }
}

struct deps rule_deps(struct compiler *c, struct rule_def *r)
{
    struct deps d = {.seen = arena_array(c->arena, bool, c->rs->n_facts + 1), .seen_spare = arena_array(c->arena, bool, c->rs->n_facts + 1)};
    walk_lines(c, &d, r->when, r->n_when);
    walk_lines(c, &d, r->unless, r->n_unless);
    walk_lines(c, &d, r->levels, r->n_levels);
    for (size_t i = 0; i < r->n_dims; i++) {
        walk_lines(c, &d, r->dims[i].lines, r->dims[i].n_lines);
    }
    r->pub.n_needed = d.n_tables;
    for (size_t i = 0; i < d.n_spare; i++) {
        add(c, &d.tables, &d.n_tables, d.spare[i]);
    }
    r->pub.tables = d.tables, r->pub.n_tables = d.n_tables;
    r->pub.attrs = d.attrs, r->pub.n_attrs = d.n_attrs;
    r->params = d.params, r->n_params = d.n_params;
    r->main = main_comparison(r);
    check_sensitive(c, r, &d);
    for (size_t i = 0; i < r->n_keys; i++) {
        walk(c, &d, r->keys[i]);
    }
    for (size_t i = 0; i < r->pub.n_again; i++) {
        walk(c, &d, r->again[i]);
    }
    for (size_t i = 0; i < r->n_values; i++) {
        walk(c, &d, r->values[i]);
    }
    bind_items(c, r, &d);
    return d;
}
