/* SPDX-License-Identifier: Apache-2.0 */
/* Why: read from the registers the verdict was made of, never worked out again. */
#include "rules/run.h"

typedef VEC(struct rules_node) node_list;

static void add_leaves(struct rules_run *run, struct arena *arena, const struct expr *e, node_list *out, int depth);

static void finish(struct arena *arena, node_list *list, struct rules_node *into)
{
    into->children = arena_array(arena, struct rules_node, list->n + 1);
    if (list->n) {
        memcpy(into->children, list->v, sizeof *list->v * list->n);
    }
    into->n_children = list->n;
    vec_release(list);
}

static uint32_t hit_household(const struct rules_run *run)
{
    return run->hit->person == RULES_NO_ROW ? run->hit->at : run->hh_at[run->hit->at];
}

/* Members for whom the counted condition holds, or may hold. */
static void add_members(struct rules_run *run, struct arena *arena, const struct expr *fold, struct rules_node *node)
{
    uint32_t h = hit_household(run), n = run->block->first[h + 1] - run->block->first[h];
    node->origin = RULES_FROM_MEMBERS;
    node->members = arena_array(arena, uint32_t, n + 1);
    node->member_sure = arena_array(arena, uint8_t, n + 1);
    const uint8_t *t = run->t[fold->a->reg];
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t m = run->block->first[h]; m < run->block->first[h + 1]; m++) {
            size_t at = fold->a->dom == DOM_PERSON ? m : fold->a->dom == DOM_HOUSEHOLD ? h : 0;
            if (!(run->w.member[run->block->person[m]] & fold->index) || t[at] != (pass ? TRUTH_MAYBE : TRUTH_YES)) {
                continue;
            }
            node->members[node->n_members] = run->block->person[m];
            node->member_sure[node->n_members++] = pass == 0;
        }
    }
}

static void add_param(struct rules_run *run, const struct expr *e, struct rules_node *node)
{
    const struct param *p = &run->rs->params[e->index];
    const struct rules_schema *s = &run->rs->schema;
    uint32_t h = hit_household(run);
    int64_t key = -1;
    if (p->by >= 0) {
        bool household = s->attrs[p->by].entity == RULES_HOUSEHOLD;
        struct val v = household ? rules_lane_get(&run->block->household_attrs[run->rs->household_slot[p->by]], h)
                                 : rules_lane_get(&run->block->person_attrs[run->rs->person_slot[p->by]], run->hit->at);
        key = val_known(v) && v.lo >= 0 && v.lo < (int64_t)p->n_keys ? v.lo : -1;
    }
    const struct param_version *version;
    param_value(run->rs, p, run->params_on, p->by_area ? run->block->area[h] : -1, key, &version);
    node->kind = RULES_NODE_PARAM;
    node->from = version ? version->from : DAY_MISSING;
    node->area = version && version->area >= 0 ? s->areas[version->area].code : STR("");
    node->key = key >= 0 ? s->enums[s->attrs[p->by].enumeration].values[key] : STR("");
}

/* 优先(甲, 乙) is the one it takes its value from, so that evidence points to that one's rows; any other fact is itself. */
static const struct expr *taken_from(const struct rules_run *run, const struct expr *e)
{
    const struct fact_def *f = e->op == EX_FACT ? &run->rs->facts[e->index] : NULL;
    if (!f || f->kind != FACT_BODY || f->body->op != EX_PREFER) {
        return e;
    }
    const struct expr *part = f->body;
    while (part->op == EX_PREFER) {
        struct val first = run_value(run, part->a);
        part = first.lo == VAL_NEG_INF && first.hi == VAL_POS_INF ? part->b : part->a;
    }
    return part->op == EX_FACT ? taken_from(run, part) : e;
}

static void add_fact(struct rules_run *run, struct arena *arena, const struct expr *e, struct rules_node *node, int depth)
{
    const struct fact_def *f = &run->rs->facts[e->index];
    if (f->kind == FACT_SCAN) {
        node->origin = RULES_FROM_TABLE;
        node->index = f->input;
    } else if (f->body->op == EX_FOLD_COUNT) {
        add_members(run, arena, f->body, node);
    } else if (depth < 4) {
        node_list kids = {0};
        add_leaves(run, arena, f->body, &kids, depth + 1);
        finish(arena, &kids, node);
        const struct fact_def *from = &run->rs->facts[taken_from(run, e)->index];
        if (from->kind == FACT_SCAN) {
            node->origin = RULES_FROM_TABLE;
            node->index = from->input;
        }
    }
}

static bool known_already(const node_list *list, const struct rules_node *n)
{
    for (size_t i = 0; i < list->n; i++) {
        if (str_eq(list->v[i].text, n->text) && list->v[i].kind == n->kind) {
            return true;
        }
    }
    return false;
}

static void add_leaf(struct rules_run *run, struct arena *arena, const struct expr *e, node_list *out, int depth)
{
    struct rules_node node = {.kind = RULES_NODE_FACT, .text = e->text, .type = e->type, .enumeration = e->enumeration, .value = run_value(run, e),
                              .origin = RULES_FROM_NOWHERE, .index = e->index, .from = DAY_MISSING, .area = STR(""), .key = STR("")};
    if (e->op == EX_ATTR) {
        node.origin = RULES_FROM_ATTR;
    } else if (e->op == EX_FACT) {
        add_fact(run, arena, e, &node, depth);
    } else if (e->op == EX_PARAM) {
        add_param(run, e, &node);
    } else if (e->op == EX_FOLD_ANY || e->op == EX_FOLD_ALL || e->op == EX_FOLD_COUNT) {
        add_members(run, arena, e, &node);
    } else if (e->op == EX_CHANGED) {
        const struct change_test *t = &run->rs->ctests[e->index];
        node.origin = RULES_FROM_CHANGE;
        node.index = t->change;
        node.text = str_of(arena_printf(arena, STR_FMT ".上期", STR_ARG(run->rs->schema.attrs[t->attr].name)));
        node.type = RT_ENUM;
        node.enumeration = run->rs->schema.attrs[t->attr].enumeration;
        node.value = change_previous(run, (size_t)e->index, run->hit->person, run_value(run, e->a));
    }
    if (!known_already(out, &node)) {
        vec_push(out, node);
    }
}

static void add_leaves(struct rules_run *run, struct arena *arena, const struct expr *e, node_list *out, int depth)
{
    if (!e || e->op == EX_CONST || e->op == EX_TODAY) {
        return;
    }
    if (e->op <= EX_PREVIOUS || e->op == EX_CHANGED || (e->op >= EX_FOLD_ANY && e->op <= EX_FOLD_COUNT)) {
        add_leaf(run, arena, e, out, depth);
        return;
    }
    add_leaves(run, arena, e->a, out, depth);
    add_leaves(run, arena, e->b, out, depth);
}

/* By how much a comparison fails: of two in a row (18..60), by the one that does. */
static void find_gap(const struct rules_run *run, const struct expr *e, struct rules_node *node)
{
    if (run_value(run, e).hi != 0) {
        return;
    }
    if (e->op == EX_AND) {
        find_gap(run, e->a, node);
        if (!node->gap) {
            find_gap(run, e->b, node);
        }
        return;
    }
    if (e->op != EX_LT && e->op != EX_LE && e->op != EX_EQ) {
        return;
    }
    struct val a = run_value(run, e->a), b = run_value(run, e->b);
    bool numbers = val_known(a) && val_known(b) && !val_is_none(a) && !val_is_none(b) && a.lo > -VAL_LIMIT && a.lo < VAL_LIMIT && b.lo > -VAL_LIMIT && b.lo < VAL_LIMIT;
    if (!numbers || a.lo == DAY_FOREVER || b.lo == DAY_FOREVER) {
        return;
    }
    node->gap = e->op == EX_EQ ? (a.lo > b.lo ? a.lo - b.lo : b.lo - a.lo) : a.lo - b.lo + (e->op == EX_LT);
    node->gap_type = e->a->type == RT_DATE ? RT_DAYS : e->a->type == RT_MONTH ? RT_MONTHS : e->a->type;
}

static struct rules_node line_node(struct rules_run *run, struct arena *arena, const struct line *l, enum rules_node_kind kind)
{
    struct rules_node node = {.kind = kind, .text = l->text, .type = RT_BOOL, .enumeration = -1, .index = -1, .from = DAY_MISSING, .area = STR(""), .key = STR("")};
    node_list kids = {0};
    node.value = l->e ? run_value(run, l->e) : VAL_TRUE;
    for (size_t i = 0; i < l->n_any; i++) {
        struct rules_node kid = line_node(run, arena, &l->any[i], RULES_NODE_CONDITION);
        vec_push(&kids, kid);
    }
    if (l->n_any) {
        node.kind = kind == RULES_NODE_UNLESS ? kind : RULES_NODE_ANY;
    } else {
        add_leaves(run, arena, l->e, &kids, 0);
        if (l->e) {
            find_gap(run, l->e, &node);
        }
    }
    finish(arena, &kids, &node);
    return node;
}

static struct rules_node dimension_node(struct rules_run *run, struct arena *arena, const struct dimension *d)
{
    struct rules_node node = {.kind = RULES_NODE_SCORE, .text = d->name, .type = RT_POINT, .enumeration = -1, .index = -1, .from = DAY_MISSING, .area = STR(""), .key = STR("")};
    uint32_t at = run->hit->at;
    node_list kids = {0};
    node.value = val_range(run->v[d->reg].lo[at], run->v[d->reg].hi[at]);
    for (size_t i = 0; i < d->n_lines; i++) {
        struct rules_node kid = line_node(run, arena, &d->lines[i], RULES_NODE_CONDITION);
        vec_push(&kids, kid);
    }
    finish(arena, &kids, &node);
    return node;
}

struct rules_node *rules_explain(struct rules_run *run, struct arena *arena)
{
    BUG_ON(!run->hit || !run->rule);
    const struct rule_def *r = run->rule;
    struct rules_node *root = arena_new(arena, struct rules_node);
    *root = (struct rules_node){.kind = RULES_NODE_CONDITION, .text = r->pub.name, .type = RT_BOOL, .enumeration = -1, .index = -1, .from = DAY_MISSING,
                                .area = STR(""), .key = STR("")};
    root->value = run->hit->verdict == RULES_FIRED ? VAL_TRUE : run->hit->verdict == RULES_UNKNOWN ? VAL_MAYBE : VAL_FALSE;
    node_list kids = {0};
    for (size_t i = 0; i < r->n_when; i++) {
        struct rules_node n = line_node(run, arena, &r->when[i], RULES_NODE_CONDITION);
        vec_push(&kids, n);
    }
    for (size_t i = 0; i < r->n_unless; i++) {
        struct rules_node n = line_node(run, arena, &r->unless[i], RULES_NODE_UNLESS);
        vec_push(&kids, n);
    }
    for (size_t i = 0; i < r->n_dims; i++) {
        struct rules_node n = dimension_node(run, arena, &r->dims[i]);
        vec_push(&kids, n);
    }
    for (size_t i = 0; i < r->n_levels && run->hit->verdict == RULES_FIRED; i++) {
        struct rules_node n = line_node(run, arena, &r->levels[i], RULES_NODE_LEVEL);
        struct str level = run->rs->meta.levels[r->levels[i].level].name;
        n.text = str_of(arena_printf(arena, STR_FMT "：" STR_FMT, STR_ARG(level), STR_ARG(n.text)));
        vec_push(&kids, n);
        if (r->levels[i].level == run->hit->level && n.value.lo == 1) {
            break;
        }
    }
    finish(arena, &kids, root);
    return root;
}

/* --- what is shown -------------------------------------------------------------------------------------------------- */
static void need_shown(struct rules_run *run)
{
    BUG_ON(!run->hit || !run->rule);
    if (!run->shown) {
        uint32_t sizes[4] = {(uint32_t)run->cap, run->block->n_households, run->block->n_persons, 0};
        run_exec(run, run->rule->shown_from, run->rule->shown_to, sizes);
        run->shown = true;
    }
}

struct rules_typed rules_item_value(struct rules_run *run, const struct rules_item *item)
{
    struct rules_typed out = {.type = RT_NONE, .enumeration = -1, .value = VAL_UNKNOWN, .origin = RULES_FROM_NOWHERE, .index = -1};
    if (item->kind != RULES_ITEM_VALUE || item->value < 0) {
        return out;
    }
    need_shown(run);
    const struct expr *e = taken_from(run, run->rule->values[item->value]);
    out.type = e->type;
    out.enumeration = e->enumeration;
    out.value = run_value(run, e);
    if (e->op == EX_ATTR) {
        out.origin = RULES_FROM_ATTR;
        out.index = e->index;
    } else if (e->op == EX_PREVIOUS) {
        out.origin = RULES_FROM_CHANGE;
        out.index = run->rs->ctests[e->scale].change;
    } else if (e->op == EX_FACT && run->rs->facts[e->index].kind == FACT_SCAN) {
        out.origin = RULES_FROM_TABLE;
        out.index = run->rs->facts[e->index].input;
    } else if (e->op == EX_FACT && run->rs->facts[e->index].body->op == EX_FOLD_COUNT) {
        out.origin = RULES_FROM_MEMBERS;
    }
    return out;
}

static size_t parts_of(struct rules_run *run)
{
    const struct rule_def *r = run->rule;
    for (size_t i = 0; i < r->n_dims; i++) {
        run->part_names[i] = r->dims[i].name;
        run->part_points[i] = val_range(run->v[r->dims[i].reg].lo[run->hit->at], run->v[r->dims[i].reg].hi[run->hit->at]);
    }
    return r->n_dims;
}

size_t rules_item_parts(struct rules_run *run, const struct rules_item *item, const struct str **out_names, const struct val **out_points)
{
    *out_names = run->part_names;
    *out_points = run->part_points;
    return item->kind == RULES_ITEM_VALUE && item->value == -2 ? parts_of(run) : 0;
}

static void say_parts(struct rules_run *run, size_t most, struct strbuf *out)
{
    size_t n = parts_of(run);
    bool first = true;
    for (size_t k = 0; k < most && k < n; k++) {
        size_t best = n;
        for (size_t i = 0; i < n; i++) { /* largest first, file order among equals; taken ones are blanked */
            bool some = run->part_points[i].hi > 0;
            if (some && (best == n || run->part_points[i].lo > run->part_points[best].lo)) {
                best = i;
            }
        }
        if (best == n) {
            break;
        }
        strbuf_addf(out, "%s" STR_FMT, first ? "" : "、", STR_ARG(run->part_names[best]));
        rules_format(run->rs, RT_POINT, -1, run->part_points[best], out);
        run->part_points[best] = VAL_FALSE;
        first = false;
    }
}

void rules_say(struct rules_run *run, rules_text_fn *text, void *ctx, struct strbuf *out)
{
    need_shown(run);
    for (size_t i = 0; i < run->rule->n_say; i++) {
        const struct say_part *p = &run->rule->say[i];
        if (p->kind == SAY_TEXT) {
            strbuf_adds(out, p->text);
        } else if (p->kind == SAY_NAME) {
            bool household = run->rs->schema.attrs[p->attr].entity == RULES_HOUSEHOLD;
            strbuf_adds(out, text(ctx, household ? RULES_NO_ROW : run->hit->person, run->hit->household, p->attr));
        } else if (p->kind == SAY_VALUE) {
            const struct expr *e = run->rule->values[p->value];
            rules_format(run->rs, e->type, e->enumeration, run_value(run, e), out);
        } else {
            say_parts(run, p->kind == SAY_PARTS ? SIZE_MAX : 3, out);
        }
    }
}

void rules_key(struct rules_run *run, struct strbuf *out)
{
    need_shown(run);
    for (size_t i = 0; i < run->rule->n_keys; i++) {
        const struct expr *e = run->rule->keys[i];
        if (i > 0) {
            strbuf_addc(out, '|');
        }
        rules_format(run->rs, e->type, e->enumeration, run_value(run, e), out);
    }
}

struct val rules_again(struct rules_run *run, size_t i)
{
    need_shown(run);
    BUG_ON(i >= run->rule->pub.n_again);
    return run_value(run, run->rule->again[i]);
}
