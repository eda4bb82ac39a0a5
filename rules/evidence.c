/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule shows and how its warnings are told apart: evidence, say, key, again. */
#include "rules/compiler.h"
#include "rules/lex.h"

static struct scope shown_scope(const struct rule_def *r)
{
    struct scope sc = rule_scope(r);
    sc.previous = true;
    return sc;
}

int rule_value(struct compiler *c, struct rule_def *r, struct expr *e)
{
    for (size_t i = 0; i < r->n_values; i++) {
        const struct expr *v = r->values[i];
        if (v->op == e->op && v->index == e->index && v->op != EX_CONST && !v->a && !e->a) {
            return (int)i;
        }
    }
    struct expr **grown = arena_array(c->arena, struct expr *, r->n_values + 1);
    if (r->n_values) {
        memcpy(grown, r->values, sizeof *grown * r->n_values);
    }
    grown[r->n_values] = e;
    r->values = grown;
    return (int)r->n_values++;
}

static bool words_of(struct compiler *c, struct str text, struct str *out, size_t max, size_t *out_n)
{
    (void)c;
    size_t n = 0;
    struct str rest = text, part;
    while (str_split(&rest, ' ', &part)) {
        if (part.n == 0) {
            continue;
        }
        if (n == max) {
            return false;
        }
        out[n++] = part;
    }
    *out_n = n;
    return n > 0;
}

/* 各笔 待遇发放 ; 前5笔 医疗结算 按 自付金额 */
static bool rows_item(struct compiler *c, const struct yaml_node *node, const struct str *w, size_t n, struct rule_def *r, struct rules_item *it)
{
    struct str head = w[0];
    it->kind = RULES_ITEM_ROWS;
    it->column = -1;
    if (!str_eqz(head, "各笔")) {
        struct lexer lx = {str_sub(head, strlen("前"), head.n), 0};
        struct token t = lex_next(&lx);
        if (t.kind != TOK_NUMBER || !t.whole || !str_eqz(t.unit, "笔") || t.number < PPM || t.number > 100 * PPM) {
            yaml_problem(&c->doc, node, "E108", TR("写成 前5笔 数据源 按 列，或 各笔 数据源", "write 前5笔 SOURCE 按 COLUMN, or 各笔 SOURCE"));
            return false;
        }
        it->top = (int)(t.number / PPM);
    }
    int table = n > 1 ? find_table(&c->rs->schema, w[1]) : -1;
    if (table < 0) {
        yaml_problem(&c->doc, node, "E202", TR("没有名为“" STR_FMT "”的数据源", "no source labelled '" STR_FMT "'"), STR_ARG(n > 1 ? w[1] : STR("")));
        return false;
    }
    if (n == 4 && str_eqz(w[2], "按")) {
        it->column = find_column(&c->rs->schema.tables[table], w[3]);
    }
    if ((n != 2 && n != 4) || (n == 4 && it->column < 0)) {
        yaml_problem(&c->doc, node, "E202", TR("“按”后面要写这个数据源的一列", "a column of the source must follow 按"));
        return false;
    }
    it->fact = -1;
    it->value = table; /* bound to a fact of the rule once its facts are known: code.c */
    (void)r;
    return true;
}

static bool members_item(struct compiler *c, const struct yaml_node *node, const struct str *w, size_t n, struct rules_item *it)
{
    it->kind = RULES_ITEM_MEMBERS;
    it->members = str_eqz(w[0], "成员") ? RULES_LIVING : str_eqz(w[0], "亡故成员") ? RULES_DEAD : RULES_FORMER;
    int *attrs = arena_array(c->arena, int, n);
    for (size_t i = 1; i < n; i++) {
        attrs[i - 1] = find_attr(&c->rs->schema, RULES_PERSON, w[i]);
        if (attrs[i - 1] < 0) {
            struct scope sc = {.dom = DOM_PERSON, .table = -1};
            unknown_name(c, yaml_at(&c->doc, node), w[i], &sc);
            return false;
        }
    }
    it->attrs = attrs;
    it->n_attrs = n - 1;
    return true;
}

static bool load_item(struct compiler *c, const struct yaml_node *node, struct rule_def *r, struct rules_item *it)
{
    struct str text, words[12];
    size_t n;
    if (!yaml_as_text(&c->doc, node, "evidence", &text)) {
        return false;
    }
    *it = (struct rules_item){.text = arena_str(c->arena, text), .value = -1, .fact = -1, .column = -1};
    if (!words_of(c, it->text, words, ARRAY_LEN(words), &n)) {
        yaml_problem(&c->doc, node, "E108", TR("这一项写得不对", "this item is not understood"));
        return false;
    }
    if (n > 1 && (str_eqz(words[0], "各笔") || str_starts(words[0], STR("前")))) {
        return rows_item(c, node, words, n, r, it);
    }
    if (n > 1 && (str_eqz(words[0], "成员") || str_eqz(words[0], "亡故成员") || str_eqz(words[0], "原成员"))) {
        return members_item(c, node, words, n, it);
    }
    if (r->n_dims && str_eqz(it->text, "得分.各项")) {
        it->value = -2;
        return true;
    }
    struct scope sc = shown_scope(r);
    struct expr *e = parse_value(c, node, it->text, &sc);
    if (!e) {
        return false;
    }
    it->value = rule_value(c, r, e);
    return true;
}

void load_evidence(struct compiler *c, const struct yaml_node *list, struct rule_def *r)
{
    if (!list || !yaml_as_list(&c->doc, list, "evidence")) {
        return;
    }
    struct rules_item *items = arena_array(c->arena, struct rules_item, list->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        n += load_item(c, list->items[i], r, &items[n]);
    }
    r->items = items;
    r->pub.items = items;
    r->pub.n_items = n;
}

/* --- say ------------------------------------------------------------------------------------------------------------ */
static bool say_name(struct compiler *c, const struct yaml_node *node, size_t at, struct str name, struct rule_def *r, struct say_part *out)
{
    const struct rules_schema *s = &c->rs->schema;
    struct str bare = str_starts(name, STR("户.")) ? str_sub(name, strlen("户."), name.n) : name;
    bool household = r->pub.entity == RULES_HOUSEHOLD || bare.n != name.n;
    int attr = find_attr(s, household ? RULES_HOUSEHOLD : RULES_PERSON, bare);
    *out = (struct say_part){.kind = SAY_NAME, .text = arena_str(c->arena, name), .attr = attr, .value = -1};
    if (attr >= 0 && s->attrs[attr].type == RT_TEXT) {
        return true;
    }
    if (r->n_dims && (str_eqz(name, "得分.各项") || str_eqz(name, "得分.前三项"))) {
        out->kind = str_eqz(name, "得分.各项") ? SAY_PARTS : SAY_TOP_PARTS;
        return true;
    }
    struct scope sc = shown_scope(r);
    size_t before = c->diags->errors;
    struct expr *e = NULL;
    struct str known = name;
    if (name.n && str_find(name, STR(" ")) == name.n) {
        e = parse_value(c, node, name, &sc);
    }
    if (!e) {
        if (c->diags->errors == before && (name.n == 0 || str_find(name, STR(" ")) < name.n)) {
            diag_add(c->diags, "E703", yaml_at_part(&c->doc, node, at, name.n), TR("say 里的 {" STR_FMT "} 不认识", "{" STR_FMT "} in say is unknown"), STR_ARG(known));
        } else if (c->diags->errors > before) {
            diag_note(c->diags, TR("say 里的 {" STR_FMT "}", "{" STR_FMT "} in say"), STR_ARG(name));
        }
        return false;
    }
    out->kind = SAY_VALUE;
    out->value = rule_value(c, r, e);
    return true;
}

void load_say(struct compiler *c, const struct yaml_node *node, struct rule_def *r)
{
    struct str text;
    if (!node || !yaml_as_text(&c->doc, node, "say", &text)) {
        return;
    }
    size_t braces = 0;
    for (size_t i = 0; i < text.n; i++) {
        braces += text.p[i] == '{';
    }
    r->say = arena_array(c->arena, struct say_part, 2 * braces + 2);
    size_t pos = 0;
    while (pos < text.n) {
        size_t open = pos + str_find(str_sub(text, pos, text.n), STR("{"));
        if (open > pos) {
            r->say[r->n_say++] = (struct say_part){.kind = SAY_TEXT, .text = arena_str(c->arena, str_sub(text, pos, open - pos)), .value = -1, .attr = -1};
        }
        if (open >= text.n) {
            break;
        }
        size_t close = open + str_find(str_sub(text, open, text.n), STR("}"));
        if (close >= text.n) {
            diag_add(c->diags, "E703", yaml_at_part(&c->doc, node, open, 1), "%s", TR("缺少“}”", "'}' is missing"));
            return;
        }
        struct str name = str_sub(text, open + 1, close - open - 1);
        r->n_say += say_name(c, node, open + 1, name, r, &r->say[r->n_say]);
        pos = close + 1;
    }
}

/* --- key, again ----------------------------------------------------------------------------------------------------- */
void load_key(struct compiler *c, const struct yaml_node *node, struct rule_def *r)
{
    struct str text, part;
    if (!node || !yaml_as_text(&c->doc, node, "key", &text)) {
        return;
    }
    struct str rest = text;
    r->keys = arena_array(c->arena, struct expr *, text.n + 1);
    bool first = true;
    while (str_split(&rest, '+', &part)) {
        part = str_trim(part);
        bool entity = str_eqz(part, "人") || str_eqz(part, "户");
        if (first && !str_eqz(part, r->pub.entity == RULES_PERSON ? "人" : "户")) {
            yaml_problem(&c->doc, node, "E602", TR("key: 先写 %s，再写 + 指标", "key: begins with %s, then + facts"), r->pub.entity == RULES_PERSON ? "人" : "户");
            return;
        }
        if (!entity) {
            struct scope sc = rule_scope(r);
            struct expr *e = parse_value(c, node, part, &sc);
            if (!e) {
                return;
            }
            r->keys[r->n_keys++] = e;
        }
        first = false;
    }
}

void load_again(struct compiler *c, const struct yaml_node *map, struct rule_def *r)
{
    if (!map || !yaml_as_map(&c->doc, map, "again")) {
        return;
    }
    if (map->n > 1) { /* a warning keeps one figure from night to night */
        yaml_problem(&c->doc, map->pairs[1].key, "E603", TR("again: 只写一个指标；要看几个，先在 facts 里加起来", "again: names one fact; add several up in facts first"));
    }
    r->again = arena_array(c->arena, struct expr *, map->n + 1);
    struct str *names = arena_array(c->arena, struct str, map->n + 1);
    int64_t *growth = arena_array(c->arena, int64_t, map->n + 1);
    for (size_t i = 0; i < map->n; i++) {
        struct scope sc = rule_scope(r);
        struct expr *e = parse_value(c, map->pairs[i].key, map->pairs[i].key->text, &sc);
        struct val v;
        if (!e || !parse_literal(c, map->pairs[i].value, e->type, e->enumeration, &v)) {
            continue;
        }
        if (e->type == RT_BOOL || e->type == RT_ENUM || e->type == RT_SET || !val_known(v) || v.lo <= 0) {
            yaml_problem(&c->doc, map->pairs[i].value, "E603", TR("again: 写数值指标的增加量，如 +10000元", "again: names the growth of a number, such as +10000元"));
            continue;
        }
        r->again[r->pub.n_again] = e;
        names[r->pub.n_again] = arena_str(c->arena, map->pairs[i].key->text);
        growth[r->pub.n_again++] = v.lo;
    }
    r->pub.again_name = names;
    r->pub.again_growth = growth;
}
