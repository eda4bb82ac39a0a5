/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/evidence.h"

#include <stdlib.h>

#include "base/store/segment.h"
#include "pipeline/evidence_origin.h"

enum { ROWS_OF_A_VALUE = 5, ROWS_OF_A_LIST = 50, MEMBERS_NAMED = 12 };

static const char *const role_names[] = {"condition", "item", "row", "param"};

const char *evidence_role_name(enum evidence_role r)
{
    BUG_ON((size_t)r >= ARRAY_LEN(role_names));
    return role_names[r];
}

void evidence_init(struct evidence *e, struct facts *f, struct facts_run *r, struct arena *texts)
{
    memset(e, 0, sizeof(*e));
    e->facts = f;
    e->run = r;
    e->arena = texts;
    e->segments = xcalloc(f->night->n_inputs + 1, sizeof(struct seg_reader *));
    e->status = ST_OK;
}

void evidence_release(struct evidence *e)
{
    for (size_t i = 0; i < e->requests.n; i++) {
        vec_release(&e->requests.v[i].found);
    }
    for (size_t i = 0; e->segments && i < e->facts->night->n_inputs; i++) {
        seg_close(e->segments[i]);
    }
    for (size_t i = 0; i < e->n_files; i++) {
        arena_release(&e->file_texts[i]);
    }
    free(e->file_texts);
    free(e->segments);
    vec_release(&e->entries);
    vec_release(&e->refs);
    vec_release(&e->requests);
    arena_release(&e->scratch);
}

/* --- writing down ----------------------------------------------------------------------------------------------------- */

static struct evidence_entry *add(struct evidence *e, uint8_t depth, enum evidence_role role, struct str label, struct str value)
{
    vec_push(&e->entries, (struct evidence_entry){.depth = depth, .role = role, .label = arena_str(e->arena, label),
                                                  .value = arena_str(e->arena, value), .ref = EVIDENCE_NO_REF, .request = UINT32_MAX});
    return &e->entries.v[e->entries.n - 1];
}

static struct str format(struct evidence *e, enum rules_type type, int enumeration, struct val v)
{
    AUTO_STRBUF b = STRBUF_INIT;
    rules_format(e->run->rules, type, enumeration, v, &b);
    return arena_str(e->arena, strbuf_str(&b));
}

static bool named_already(const struct evidence *e, struct str label)
{
    for (size_t i = e->hit_first; i < e->entries.n; i++) {
        if (str_eq(e->entries.v[i].label, label)) {
            return true;
        }
    }
    return false;
}

static uint32_t add_ref(struct evidence *e, const struct evidence_ref *ref)
{
    vec_push(&e->refs, *ref);
    return (uint32_t)(e->refs.n - 1);
}

static void note_failure(struct evidence *e, enum status status)
{
    if (e->status == ST_OK) {
        e->status = status;
    }
}

static void point_at(struct evidence *e, uint32_t entry, const struct evidence_ref *ref, enum status status)
{
    if (status != ST_OK) {
        note_failure(e, status);
    } else if (ref->column >= 0) {
        e->entries.v[entry].ref = add_ref(e, ref);
    }
}

static void ask_rows(struct evidence *e, uint32_t entry, const struct rules_hit *hit, int fact, uint32_t top, int order_column)
{
    const struct rules_fact *f = &ruleset_inputs(e->run->rules)->facts[fact];
    bool household = f->entity == RULES_HOUSEHOLD;
    struct evidence_request r = {.fact = (uint32_t)fact, .person = household ? RULES_NO_ROW : hit->person, .household = hit->household,
                                 .top = top, .order_column = order_column, .depth = (uint8_t)(e->entries.v[entry].depth + 1)};
    vec_push(&e->requests, r);
    e->entries.v[entry].request = (uint32_t)(e->requests.n - 1);
}

/* Is there a list of the rows of this fact among the rule's items? Then its value need not bring them along. */
static bool rows_are_listed(const struct rules_rule *rule, int fact)
{
    for (size_t i = 0; i < rule->n_items; i++) {
        if (rule->items[i].kind == RULES_ITEM_ROWS && rule->items[i].fact == fact) {
            return true;
        }
    }
    return false;
}

/* Where the value of entry comes from, by the engine's word. */
static void trace(struct evidence *e, uint32_t entry, const struct rules_hit *hit, enum rules_origin origin, int index)
{
    struct evidence_ref ref;
    switch (origin) {
    case RULES_FROM_ATTR:
        point_at(e, entry, &ref, evidence_attr_ref(e, hit, index, &ref, &e->err));
        break;
    case RULES_FROM_CHANGE:
        point_at(e, entry, &ref, evidence_change_ref(e, hit, index, &ref, &e->err));
        break;
    case RULES_FROM_TABLE:
        if (!rows_are_listed(ruleset_rule(e->run->rules, hit->rule), index)) {
            ask_rows(e, entry, hit, index, ROWS_OF_A_VALUE, ruleset_inputs(e->run->rules)->facts[index].column);
        }
        break;
    case RULES_FROM_MEMBERS:
    case RULES_FROM_NOWHERE:
        break;
    }
}

static void name_members(struct evidence *e, uint8_t depth, const struct rules_node *node)
{
    if (node->n_members == 0) {
        return;
    }
    AUTO_STRBUF names = STRBUF_INIT;
    for (size_t i = 0; i < node->n_members && i < MEMBERS_NAMED; i++) {
        struct str name = {0};
        enum status status = population_person_text(e->facts->pop, P_NAME, node->members[i], &e->scratch, &name, &e->err);
        if (status != ST_OK) {
            note_failure(e, status);
        }
        strbuf_addz(&names, i ? "、" : "");
        strbuf_adds(&names, name);
        strbuf_addz(&names, node->member_sure[i] ? "" : "（待核）");
    }
    if (node->n_members > MEMBERS_NAMED) {
        strbuf_addf(&names, "等%zu人", node->n_members);
    }
    add(e, depth, EVIDENCE_CONDITION, STR("其中"), strbuf_str(&names));
}

static void take_names(struct evidence *e, const struct rules_hit *hit, const struct rules_node *node);

static struct str truth_word(struct val v)
{
    return !val_known(v) ? STR("未知") : v.lo ? STR("成立") : STR("不成立");
}

static void take_line(struct evidence *e, const struct rules_hit *hit, const struct rules_node *node, uint8_t depth)
{
    bool points = node->kind == RULES_NODE_SCORE;
    struct str label = node->kind == RULES_NODE_ANY ? STR("以下任一") : node->text;
    add(e, depth, EVIDENCE_CONDITION, label, points ? format(e, RT_POINT, -1, node->value) : truth_word(node->value));
    for (size_t i = 0; i < node->n_children; i++) {
        const struct rules_node *child = &node->children[i];
        if (child->kind != RULES_NODE_FACT && child->kind != RULES_NODE_PARAM) {
            take_line(e, hit, child, (uint8_t)(depth + 1));
        }
    }
    take_names(e, hit, node);
}

/* Facts and parameters named in a line, once a hit. */
static void take_names(struct evidence *e, const struct rules_hit *hit, const struct rules_node *node)
{
    for (size_t i = 0; i < node->n_children; i++) {
        const struct rules_node *child = &node->children[i];
        if (child->kind == RULES_NODE_PARAM && !named_already(e, child->text)) {
            add(e, 1, EVIDENCE_PARAM, child->text, format(e, child->type, child->enumeration, child->value));
        } else if (child->kind == RULES_NODE_FACT && !named_already(e, child->text)) {
            uint32_t entry = (uint32_t)e->entries.n;
            add(e, 1, EVIDENCE_CONDITION, child->text, format(e, child->type, child->enumeration, child->value));
            trace(e, entry, hit, child->origin, child->index);
            name_members(e, 2, child);
        }
    }
}

static bool level_decides(const struct rules_node *node)
{
    return !(val_known(node->value) && node->value.lo == 0);
}

static void take_conditions(struct evidence *e, const struct rules_hit *hit, const struct rules_node *root)
{
    bool level_done = false;
    for (size_t i = 0; i < root->n_children; i++) {
        const struct rules_node *node = &root->children[i];
        if (node->kind == RULES_NODE_LEVEL) {
            if (level_done || !level_decides(node)) {
                continue;
            }
            level_done = val_known(node->value);
        }
        take_line(e, hit, node, 0);
    }
}

/* --- items ------------------------------------------------------------------------------------------------------------ */

/* The node of the fact an item names, where its members are: anywhere among the lines. */
static const struct rules_node *fact_node(const struct rules_node *node, struct str text)
{
    if (node->kind == RULES_NODE_FACT && str_eq(node->text, text)) {
        return node;
    }
    for (size_t i = 0; i < node->n_children; i++) {
        const struct rules_node *found = fact_node(&node->children[i], text);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static void take_value(struct evidence *e, const struct rules_hit *hit, const struct rules_item *item, const struct rules_node *root)
{
    const struct str *names;
    const struct val *points;
    size_t n = rules_item_parts(e->run->run, item, &names, &points);
    if (n > 0) {
        add(e, 0, EVIDENCE_ITEM, item->text, (struct str){0});
        for (size_t i = 0; i < n; i++) {
            add(e, 1, EVIDENCE_ITEM, names[i], format(e, RT_POINT, -1, points[i]));
        }
        return;
    }
    struct rules_typed v = rules_item_value(e->run->run, item);
    uint32_t entry = (uint32_t)e->entries.n;
    if (v.type == RT_TEXT) {
        add(e, 0, EVIDENCE_ITEM, item->text, evidence_text(e, hit->person, hit->household, v.index));
    } else {
        add(e, 0, EVIDENCE_ITEM, item->text, format(e, v.type, v.enumeration, v.value));
    }
    trace(e, entry, hit, v.origin, v.index);
    const struct rules_node *node = v.origin == RULES_FROM_MEMBERS ? fact_node(root, item->text) : NULL;
    if (node) {
        name_members(e, 1, node);
    }
}

/* One attribute of one person, whoever it is. */
static void take_member_attr(struct evidence *e, uint32_t person, uint32_t household, int attr)
{
    const struct rules_attr *a = &e->facts->schema->rules.attrs[attr];
    uint32_t entry = (uint32_t)e->entries.n;
    struct rules_hit as = {.person = person, .household = household};
    if (a->type == RT_TEXT) {
        add(e, 1, EVIDENCE_ITEM, a->name, evidence_text(e, person, household, attr));
    } else {
        int64_t lo = ATTR_UNKNOWN, hi = ATTR_UNKNOWN;
        enum status status = population_attr(e->facts->pop, attr, person, 1, &lo, a->type == RT_SET ? &hi : NULL, &e->err);
        if (status != ST_OK) {
            note_failure(e, status);
            return;
        }
        struct val v = lo == ATTR_UNKNOWN ? VAL_UNKNOWN : lo == ATTR_NOTHING ? VAL_NONE : val_range(lo, a->type == RT_SET ? hi : lo);
        add(e, 1, EVIDENCE_ITEM, a->name, format(e, a->type, a->enumeration, v));
    }
    trace(e, entry, &as, RULES_FROM_ATTR, attr);
}

static void take_members(struct evidence *e, const struct rules_hit *hit, const struct rules_item *item)
{
    int64_t first = 0, n = 0;
    enum status status = population_household_one(e->facts->pop, H_FIRST, hit->household, &first, &e->err);
    if (status == ST_OK) {
        status = population_household_one(e->facts->pop, H_PERSONS, hit->household, &n, &e->err);
    }
    if (status != ST_OK) {
        note_failure(e, status);
        return;
    }
    for (uint32_t p = (uint32_t)first; p < (uint32_t)(first + n); p++) {
        if (e->facts->member[p] & item->members) {
            add(e, 0, EVIDENCE_ITEM, item->text, evidence_text(e, p, hit->household, ATTR_OF_NAME));
            for (size_t i = 0; i < item->n_attrs; i++) {
                take_member_attr(e, p, hit->household, item->attrs[i]);
            }
        }
    }
}

static void take_item(struct evidence *e, const struct rules_hit *hit, const struct rules_item *item, const struct rules_node *root)
{
    switch (item->kind) {
    case RULES_ITEM_VALUE:
        take_value(e, hit, item, root);
        break;
    case RULES_ITEM_ROWS:
        add(e, 0, EVIDENCE_ITEM, item->text, (struct str){0});
        ask_rows(e, (uint32_t)(e->entries.n - 1), hit, item->fact, item->top > 0 ? (uint32_t)item->top : ROWS_OF_A_LIST, item->column);
        break;
    case RULES_ITEM_MEMBERS:
        take_members(e, hit, item);
        break;
    }
}

/* --- the whole ------------------------------------------------------------------------------------------------------- */

void evidence_take(struct evidence *e, const struct rules_hit *hit, size_t *out_first, size_t *out_n)
{
    arena_clear(&e->scratch);
    e->hit_first = e->entries.n;
    const struct rules_rule *rule = ruleset_rule(e->run->rules, hit->rule);
    const struct rules_node *root = rules_explain(e->run->run, &e->scratch);
    for (size_t i = 0; i < rule->n_items; i++) {
        take_item(e, hit, &rule->items[i], root);
    }
    take_conditions(e, hit, root);
    *out_first = e->hit_first;
    *out_n = e->entries.n - e->hit_first;
}

void evidence_append(struct evidence *to, struct evidence *from)
{
    for (size_t i = 0; i < from->entries.n; i++) {
        struct evidence_entry e = from->entries.v[i];
        e.ref += e.ref == EVIDENCE_NO_REF ? 0 : (uint32_t)to->refs.n;
        e.request += e.request == UINT32_MAX ? 0 : (uint32_t)to->requests.n;
        vec_push(&to->entries, e);
    }
    for (size_t i = 0; i < from->refs.n; i++) {
        vec_push(&to->refs, from->refs.v[i]);
    }
    for (size_t i = 0; i < from->requests.n; i++) {
        vec_push(&to->requests, from->requests.v[i]);
    }
    vec_clear(&from->entries);
    vec_clear(&from->refs);
    vec_clear(&from->requests); /* what they found went along */
}
