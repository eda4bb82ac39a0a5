/* SPDX-License-Identifier: Apache-2.0 */
/* rules: one rule from its YAML map to lines, levels and scores. */
#include "base/core/hash.h"
#include "rules/literal.h"
#include "rules/logic.h"

static const char *const STATUSES[] = {"draft", "shadow", "active", "retired", NULL};
static const char *const KINDS[] = {"warning", "entitlement", "integrity", "duty", NULL};

const char *rules_status_name(enum rules_status s) { return STATUSES[s]; }
const char *rules_kind_name(enum rules_kind k) { return KINDS[k]; }

struct scope rule_scope(const struct rule_def *r)
{
    return (struct scope){.dom = r->pub.entity == RULES_HOUSEHOLD ? DOM_HOUSEHOLD : DOM_PERSON, .table = -1, .score = r->n_dims > 0};
}

/* --- lines ---------------------------------------------------------------------------------------------------------- */
static struct expr *join(struct compiler *c, enum ex_op op, struct expr *a, struct expr *b)
{
    struct expr *e = expr_new(c, op, RT_BOOL);
    e->a = a, e->b = b;
    e->dom = MAX(a->dom, b->dom);
    e->made = MADE_BY_LIST;
    return e;
}

struct expr *and_lines(struct compiler *c, const struct line *lines, size_t n)
{
    struct expr *e = NULL;
    for (size_t i = 0; i < n; i++) {
        e = e ? join(c, EX_AND, e, lines[i].e) : lines[i].e;
    }
    return e;
}

static bool load_any(struct compiler *c, const struct yaml_node *map, const struct scope *sc, struct line *out)
{
    static const char *const keys[] = {"any", NULL};
    const struct yaml_node *list;
    if (!yaml_check_keys(&c->doc, map, keys) || !yaml_list(&c->doc, map, "any", YAML_REQUIRED, &list)) {
        return false;
    }
    size_t n;
    struct line *lines = load_lines(c, list, sc, false, &n);
    if (!lines) {
        return false;
    }
    struct expr *e = lines[0].e;
    for (size_t i = 1; i < n; i++) {
        e = join(c, EX_OR, e, lines[i].e);
    }
    *out = (struct line){.e = e, .any = lines, .n_any = n, .text = STR("any"), .at = yaml_at(&c->doc, map)};
    return true;
}

struct line *load_lines(struct compiler *c, const struct yaml_node *list, const struct scope *sc, bool any_allowed, size_t *out_n)
{
    *out_n = 0;
    if (!yaml_as_list(&c->doc, list, TR("条件", "conditions"))) {
        return NULL;
    }
    if (list->n == 0 || list->n > LIMIT_LINES) {
        yaml_problem(&c->doc, list, "E107", TR("这里要有 1 到 %d 个条件", "1 to %d conditions are needed here"), LIMIT_LINES);
        return NULL;
    }
    struct line *lines = arena_array(c->arena, struct line, list->n);
    bool ok = true;
    for (size_t i = 0; i < list->n; i++) {
        const struct yaml_node *node = list->items[i];
        struct str text;
        if (node->kind == YAML_MAP && any_allowed) {
            ok &= load_any(c, node, sc, &lines[i]);
        } else if (yaml_as_text(&c->doc, node, TR("条件", "condition"), &text)) {
            lines[i].e = parse_condition(c, node, text, sc);
            lines[i].text = arena_str(c->arena, text);
            lines[i].at = yaml_at(&c->doc, node);
            ok &= lines[i].e != NULL;
        } else {
            ok = false;
        }
    }
    *out_n = ok ? list->n : 0;
    return ok ? lines : NULL;
}

/* --- score ---------------------------------------------------------------------------------------------------------- */
/* 20点 若 户.重残数 >= 1 */
static bool load_points(struct compiler *c, const struct yaml_node *node, const struct scope *sc, struct line *out)
{
    struct str text;
    if (!yaml_as_text(&c->doc, node, TR("计分", "points"), &text)) {
        return false;
    }
    struct lexer lx = {text, 0};
    struct token t = lex_next(&lx), word = lex_next(&lx);
    enum rules_type type = RT_NONE;
    int64_t points = 0;
    bool ok = t.kind == TOK_NUMBER && literal_number(&t, false, &type, &points) == LITERAL_OK && type == RT_POINT && points > 0 && points <= 100000 &&
              word.kind == TOK_WORD && str_eqz(word.text, "若");
    if (!ok) {
        yaml_problem(&c->doc, node, "E108", TR("写成“20点 若 条件”", "write '20点 若 condition'"));
        return false;
    }
    out->points = points;
    out->text = arena_str(c->arena, text);
    out->at = yaml_at(&c->doc, node);
    out->e = parse_condition(c, node, str_sub(text, lx.pos, text.n), sc);
    return out->e != NULL;
}

static bool load_dimension(struct compiler *c, const struct yaml_pair *pair, const struct scope *sc, struct dimension *d)
{
    static const char *const keys[] = {"max", "add", NULL};
    const struct yaml_node *list, *max;
    if (!yaml_as_map(&c->doc, pair->value, TR("维度", "dimension")) || !yaml_check_keys(&c->doc, pair->value, keys)) {
        return false;
    }
    struct val v;
    max = yaml_get(pair->value, "max");
    if (!max || !yaml_list(&c->doc, pair->value, "add", YAML_REQUIRED, &list) || !parse_literal(c, max, RT_POINT, -1, &v)) {
        yaml_problem(&c->doc, pair->key, "E109", TR("每个维度要写 max: 和 add:", "a dimension has max: and add:"));
        return false;
    }
    if (v.lo <= 0 || v.lo > 100000 || list->n == 0 || list->n > LIMIT_LINES) {
        yaml_problem(&c->doc, pair->key, "E111", TR("max 要大于 0，add 至少一行", "max is above 0 and add has at least one line"));
        return false;
    }
    *d = (struct dimension){.name = arena_str(c->arena, pair->key->text), .max = v.lo, .lines = arena_array(c->arena, struct line, list->n), .n_lines = list->n};
    bool ok = true;
    for (size_t i = 0; i < list->n; i++) {
        ok &= load_points(c, list->items[i], sc, &d->lines[i]);
    }
    return ok;
}

static bool load_score(struct compiler *c, const struct yaml_node *map, struct rule_def *r)
{
    if (!map) {
        return true;
    }
    if (!yaml_as_map(&c->doc, map, "score") || map->n == 0 || map->n > LIMIT_LINES) {
        return false;
    }
    struct scope sc = rule_scope(r);
    struct dimension *dims = arena_array(c->arena, struct dimension, map->n);
    bool ok = true;
    for (size_t i = 0; i < map->n; i++) {
        ok &= load_dimension(c, &map->pairs[i], &sc, &dims[i]);
    }
    for (size_t i = 0; i < map->n && ok; i++) {
        int64_t most = points_attainable(c, &dims[i]);
        r->score_max += MIN(most, dims[i].max);
    }
    r->dims = dims;
    r->n_dims = map->n;
    r->pub.scores = true;
    return ok;
}

/* --- levels --------------------------------------------------------------------------------------------------------- */
static bool load_level(struct compiler *c, const struct yaml_node *map, struct rule_def *r)
{
    if (!map) {
        diag_add(c->diags, "E109", (struct diag_at){c->doc.file, r->line, r->column, 1}, TR("规则 " STR_FMT " 缺少 level:", "rule " STR_FMT " has no level:"),
                 STR_ARG(r->pub.id));
        return false;
    }
    if (!yaml_as_map(&c->doc, map, "level") || map->n > LIMIT_LINES) {
        return false;
    }
    struct scope sc = rule_scope(r);
    r->levels = arena_array(c->arena, struct line, map->n + 1);
    bool ok = true, other = false;
    int last = -1;
    for (size_t i = 0; i < map->n; i++) {
        struct line *l = &r->levels[i];
        const struct yaml_pair *pair = &map->pairs[i];
        struct str text;
        l->level = find_level(c->rs, pair->key->text);
        if (l->level < 0 || !yaml_as_text(&c->doc, pair->value, "level", &text)) {
            yaml_problem(&c->doc, pair->key, "E204", TR("meta.levels 里没有级别“" STR_FMT "”", "meta.levels has no level '" STR_FMT "'"), STR_ARG(pair->key->text));
            ok = false;
            continue;
        }
        if (other) {
            yaml_problem(&c->doc, pair->key, "E503", TR("“其他”之后的级别永远轮不到", "a level behind 其他 is never reached"));
            ok = false;
        } else if (l->level < last) {
            yaml_problem(&c->doc, pair->key, "E503", TR("级别要从高到低写：自上而下，首个成立者为准", "levels stand from high to low: the first that holds counts"));
            ok = false;
        }
        last = l->level;
        l->text = arena_str(c->arena, text);
        l->at = yaml_at(&c->doc, pair->value);
        bool rest = str_eqz(text, "其他");
        other |= rest;
        if (!rest) {
            l->e = parse_condition(c, pair->value, text, &sc);
            ok &= l->e != NULL;
        }
    }
    r->n_levels = map->n;
    if (!other) {
        yaml_problem(&c->doc, map, "E504", TR("level 的最后一行要写“其他”", "the last line of level must be 其他"));
    }
    return ok && other;
}

/* --- who, how, life cycle ------------------------------------------------------------------------------------------- */
static void load_to(struct compiler *c, const struct yaml_node *map, struct rule_def *r)
{
    static const char *const keys[] = {"send", "way", "owner", NULL};
    if (!map || !yaml_as_map(&c->doc, map, "to")) {
        return;
    }
    yaml_check_keys(&c->doc, map, keys);
    struct str *out[] = {&r->pub.send, &r->pub.way, &r->pub.owner};
    for (size_t i = 0; i < ARRAY_LEN(out); i++) {
        struct str text;
        if (yaml_text(&c->doc, map, keys[i], YAML_REQUIRED, &text)) {
            *out[i] = arena_str(c->arena, text);
        }
    }
    if (r->pub.send.n && !str_eqz(r->pub.send, "街道") && !str_eqz(r->pub.send, "区局")) {
        yaml_problem(&c->doc, yaml_get(map, "send"), "E111", TR("send: 写 街道 或 区局", "send: is 街道 or 区局"));
    }
}

/* 3次: so many data dates in a row; 1 when the rule does not say. */
static int load_times(struct compiler *c, const struct yaml_node *map, const char *key, const char *complaint)
{
    struct str text;
    struct val v;
    if (!yaml_text(&c->doc, map, key, YAML_OPTIONAL, &text) || !parse_literal(c, yaml_get(map, key), RT_INT, -1, &v)) {
        return 1;
    }
    if (v.lo < 1 || v.lo > 100) {
        yaml_problem(&c->doc, yaml_get(map, key), "E111", "%s", complaint);
        return 1;
    }
    return (int)v.lo;
}

static void load_life(struct compiler *c, const struct yaml_node *map, struct rule_def *r)
{
    r->pub.pending_times = load_times(c, map, "pending", TR("pending: 写 1次 到 100次", "pending: is 1次 to 100次"));
    r->pub.clear_times = load_times(c, map, "clear", TR("clear: 写 1次 到 100次", "clear: is 1次 to 100次"));
    int *days = arena_array(c->arena, int, c->rs->meta.n_groups + 1);
    for (size_t g = 0; g < c->rs->meta.n_groups; g++) {
        days[g] = c->rs->meta.groups[g].cooldown_days;
    }
    load_cooldown(c, map, days);
    r->pub.cooldown_days = days;
    const struct yaml_node *budget;
    if (yaml_map(&c->doc, map, "budget", YAML_OPTIONAL, &budget)) {
        static const char *const keys[] = {"per_run", NULL};
        int64_t n;
        yaml_check_keys(&c->doc, budget, keys);
        if (yaml_int_in(&c->doc, budget, "per_run", 1, 1000000, &n)) {
            r->pub.budget = (int)n;
        }
    }
}

static void hash_lines(const struct ruleset *rs, const char *name, const struct line *lines, size_t n, struct strbuf *b)
{
    strbuf_addf(b, "%s[", name);
    for (size_t i = 0; i < n; i++) {
        strbuf_addf(b, "%d/%lld:", lines[i].level, (long long)lines[i].points);
        if (lines[i].e) {
            expr_canonical(rs, lines[i].e, b);
        }
    }
    strbuf_addc(b, ']');
}

static void hash_rule(struct compiler *c, struct rule_def *r)
{
    AUTO_STRBUF b = STRBUF_INIT;
    strbuf_addf(&b, "rule 1 %d %d %d;", (int)r->pub.entity, (int)r->pub.kind, r->pub.clear_times);
    if (r->pub.pending_times > 1) {
        strbuf_addf(&b, "pending %d;", r->pub.pending_times);
    }
    hash_lines(c->rs, "when", r->when, r->n_when, &b);
    hash_lines(c->rs, "unless", r->unless, r->n_unless, &b);
    hash_lines(c->rs, "level", r->levels, r->n_levels, &b);
    for (size_t i = 0; i < r->n_levels; i++) {
        strbuf_adds(&b, c->rs->meta.levels[r->levels[i].level].name);
    }
    for (size_t i = 0; i < r->n_dims; i++) {
        strbuf_addf(&b, STR_FMT " %lld", STR_ARG(r->dims[i].name), (long long)r->dims[i].max);
        hash_lines(c->rs, "add", r->dims[i].lines, r->dims[i].n_lines, &b);
    }
    for (size_t i = 0; i < r->n_keys; i++) {
        strbuf_addz(&b, "key");
        expr_canonical(c->rs, r->keys[i], &b);
    }
    hash128_hex(b.p, b.n, r->pub.hash);
}

/* --- one rule ------------------------------------------------------------------------------------------------------- */
static void missing(struct compiler *c, const struct rule_def *r, const char *code, const char *key)
{
    diag_add(c->diags, code, (struct diag_at){c->doc.file, r->line, r->column, 1}, TR("规则 " STR_FMT " 是 active，却缺少 %s", "rule " STR_FMT " is active and lacks %s"),
             STR_ARG(r->pub.id), key);
}

/* 得分 >= N点 where all dimensions together cannot reach N. */
static void check_reach(struct compiler *c, const struct rule_def *r)
{
    for (size_t i = 0; i < r->n_when && r->n_dims; i++) {
        const struct expr *e = r->when[i].e;
        bool bar = (e->op == EX_LE || e->op == EX_LT) && e->a->op == EX_CONST && e->b->op == EX_SCORE;
        if (bar && e->a->value.lo > r->score_max) {
            diag_add(c->diags, "E505", (struct diag_at){c->doc.file, r->line, r->column, 1}, TR("规则 " STR_FMT " 最多得 %lld 点，够不到“" STR_FMT "”", "rule " STR_FMT " gives %lld points at most and never reaches '" STR_FMT "'"),
                     STR_ARG(r->pub.id), (long long)r->score_max, STR_ARG(r->when[i].text));
        }
    }
}

static void check_governance(struct compiler *c, const struct rule_def *r)
{
    if (r->pub.status != RULES_ACTIVE) {
        return;
    }
    if (r->pub.basis.n == 0) {
        missing(c, r, "E701", "basis:");
    }
    if (r->n_say == 0) {
        missing(c, r, "E702", "say:");
    }
    if (r->pub.send.n == 0) {
        missing(c, r, "E702", "to:");
    }
    bool fires = false, quiet = false;
    for (size_t i = 0; i < r->n_tests; i++) {
        fires |= r->tests[i].expect >= 0;
        quiet |= r->tests[i].expect < 0;
    }
    if (!fires || !quiet) {
        missing(c, r, "E704", TR("测试：至少一个要报的和一个不报的", "tests: at least one that fires and one that does not"));
    }
}

static bool load_head(struct compiler *c, const struct yaml_node *map, struct rule_def *r)
{
    static const char *const entities[] = {"人", "户", "person", "household", NULL};
    struct str text;
    int k = 0;
    r->pub.id = yaml_text(&c->doc, map, "id", YAML_REQUIRED, &text) ? arena_str(c->arena, text) : STR("?");
    r->pub.name = yaml_text(&c->doc, map, "name", YAML_REQUIRED, &text) ? arena_str(c->arena, text) : STR("");
    r->pub.basis = yaml_text(&c->doc, map, "basis", YAML_OPTIONAL, &text) ? arena_str(c->arena, text) : STR("");
    r->pub.send = r->pub.way = r->pub.owner = STR("");
    r->justified = c->justified = yaml_text(&c->doc, map, "justify", YAML_OPTIONAL, &text) && text.n > 0;
    r->pub.status = yaml_choice(&c->doc, map, "status", YAML_OPTIONAL, STATUSES, &k) ? (enum rules_status)k : RULES_DRAFT;
    r->pub.kind = yaml_choice(&c->doc, map, "kind", YAML_OPTIONAL, KINDS, &k) ? (enum rules_kind)k : RULES_WARNING;
    if (!yaml_choice(&c->doc, map, "for", YAML_REQUIRED, entities, &k)) {
        return false;
    }
    r->pub.entity = k % 2 ? RULES_HOUSEHOLD : RULES_PERSON;
    for (const char *p = r->pub.id.p; p < r->pub.id.p + r->pub.id.n; p++) {
        if (!is_alpha((unsigned char)*p) && !is_digit((unsigned char)*p) && *p != '-' && *p != '_') {
            yaml_problem(&c->doc, yaml_get(map, "id"), "E111", TR("id 只用字母、数字、- 和 _", "an id has letters, digits, - and _ only"));
            return false;
        }
    }
    return r->pub.id.n > 0;
}

static void load_rule(struct compiler *c, const struct yaml_node *map, struct rule_def *r)
{
    static const char *const keys[] = {"id",    "name",     "for",    "status", "kind",     "basis", "justify", "when", "unless", "level", "score",
                                       "key",   "pending", "clear",    "again",  "cooldown", "yield_to", "budget", "evidence", "say", "to", "tests", "note", NULL};
    r->line = map->line;
    r->column = map->column;
    c->rule = r;
    if (!yaml_as_map(&c->doc, map, TR("规则", "rule"))) {
        return;
    }
    yaml_check_keys(&c->doc, map, keys);
    if (!load_head(c, map, r)) {
        return;
    }
    bool ok = load_score(c, yaml_get(map, "score"), r);
    struct scope sc = rule_scope(r);
    const struct yaml_node *list;
    if (yaml_list(&c->doc, map, "when", YAML_REQUIRED, &list)) {
        r->when = load_lines(c, list, &sc, true, &r->n_when);
    }
    if (yaml_list(&c->doc, map, "unless", YAML_OPTIONAL, &list)) {
        r->unless = load_lines(c, list, &sc, true, &r->n_unless);
        ok &= r->unless != NULL;
    }
    ok &= load_level(c, yaml_get(map, "level"), r) && r->when;
    load_to(c, yaml_get(map, "to"), r);
    load_life(c, map, r);
    load_key(c, yaml_get(map, "key"), r);
    load_again(c, yaml_get(map, "again"), r);
    load_evidence(c, yaml_get(map, "evidence"), r);
    load_say(c, yaml_get(map, "say"), r);
    if (ok) {
        load_tests(c, yaml_get(map, "tests"), r);
        check_reach(c, r);
        check_logic(c, r);
        check_governance(c, r);
        hash_rule(c, r);
    }
    r->evaluated = ok && (r->pub.status == RULES_ACTIVE || r->pub.status == RULES_SHADOW || (r->pub.status == RULES_DRAFT && (c->flags & RULES_WITH_DRAFTS)));
    c->rule = NULL;
    c->justified = false;
}

/* --- all of them ---------------------------------------------------------------------------------------------------- */
static bool will_run(const struct compiler *c, const struct yaml_node *map)
{
    const struct yaml_node *s = map->kind == YAML_MAP ? yaml_get(map, "status") : NULL;
    if (!s || s->kind != YAML_TEXT || str_eqz(s->text, "draft")) {
        return (c->flags & RULES_WITH_DRAFTS) != 0;
    }
    return !str_eqz(s->text, "retired");
}

/* A change of one rule needs no other. */
static bool is_wanted(const struct compiler *c, const struct yaml_node *map)
{
    const struct yaml_node *id = map->kind == YAML_MAP ? yaml_get(map, "id") : NULL;
    return !c->mutation || c->mutation->rule.n == 0 || (id && id->kind == YAML_TEXT && str_eq(id->text, c->mutation->rule));
}

static void check_ids(struct compiler *c)
{
    for (size_t i = 0; i < c->rs->n_rules; i++) {
        for (size_t k = 0; k < i; k++) {
            if (str_eq(c->rs->rules[i].pub.id, c->rs->rules[k].pub.id)) {
                const struct rule_def *later = c->rs->rules[i].line > c->rs->rules[k].line ? &c->rs->rules[i] : &c->rs->rules[k];
                diag_add(c->diags, "E104", (struct diag_at){c->doc.file, later->line, later->column, 1}, TR("规则编号 " STR_FMT " 用了两次", "rule id " STR_FMT " is used twice"),
                         STR_ARG(later->pub.id));
            }
        }
    }
}

static bool yields_to(const struct ruleset *rs, size_t from, size_t target, size_t depth)
{
    for (size_t i = 0; i < rs->rules[from].pub.n_yield; i++) {
        size_t to = (size_t)rs->rules[from].pub.yield_to[i];
        if (to == target || (depth < 16 && yields_to(rs, to, target, depth + 1))) {
            return true;
        }
    }
    return false;
}

static void load_yields(struct compiler *c, const struct yaml_node *map, struct rule_def *r)
{
    struct yaml_texts ids;
    if (map->kind != YAML_MAP || !yaml_texts(&c->doc, map, "yield_to", YAML_OPTIONAL, &ids)) {
        return;
    }
    struct str *known = arena_array(c->arena, struct str, c->rs->n_rules);
    for (size_t i = 0; i < c->rs->n_rules; i++) {
        known[i] = c->rs->rules[i].pub.id;
    }
    int *to = arena_array(c->arena, int, ids.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < ids.n && i < 16; i++) {
        int k = ruleset_find(c->rs, ids.v[i]->text);
        if (k < 0) {
            yaml_problem(&c->doc, ids.v[i], "E206", TR("没有规则 " STR_FMT "%s", "no rule " STR_FMT "%s"), STR_ARG(ids.v[i]->text),
                         diag_did_you_mean(c->diags, ids.v[i]->text, known, c->rs->n_rules));
        } else {
            to[n++] = k;
        }
    }
    r->pub.yield_to = to;
    r->pub.n_yield = n;
}

void rules_load(struct compiler *c, const struct yaml_node *list)
{
    if (list->n > LIMIT_RULES) {
        yaml_problem(&c->doc, list, "E107", TR("规则太多", "too many rules"));
        return;
    }
    struct ruleset *rs = c->rs;
    rs->rules = arena_array(c->arena, struct rule_def, list->n + 1);
    const struct yaml_node **nodes = arena_array(c->arena, const struct yaml_node *, list->n + 1);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < list->n; i++) {
            if (is_wanted(c, list->items[i]) && will_run(c, list->items[i]) == (pass == 0)) {
                nodes[rs->n_rules] = list->items[i];
                load_rule(c, list->items[i], &rs->rules[rs->n_rules++]);
            }
        }
        if (pass == 0) {
            rs->n_evaluated = rs->n_rules;
        }
    }
    check_ids(c);
    check_twins(c);
    for (size_t i = 0; i < rs->n_rules && !c->mutation; i++) {
        load_yields(c, nodes[i], &rs->rules[i]);
    }
    for (size_t i = 0; i < rs->n_rules; i++) {
        if (rs->rules[i].pub.n_yield && yields_to(rs, i, i, 0)) {
            diag_add(c->diags, "E604", (struct diag_at){c->doc.file, rs->rules[i].line, rs->rules[i].column, 1},
                     TR("规则 " STR_FMT " 的 yield_to 绕回了自己", "yield_to of rule " STR_FMT " leads back to it"), STR_ARG(rs->rules[i].pub.id));
        }
    }
}
