/* SPDX-License-Identifier: Apache-2.0 */
/* meta: levels, due dates, outcomes and their groups, cooldown. */
#include "rules/literal.h"

int rules_outcome_group(const struct rules_meta *m, struct str outcome)
{
    for (size_t g = 0; g < m->n_groups; g++) {
        for (size_t i = 0; i < m->groups[g].n; i++) {
            if (str_eq(m->groups[g].outcomes[i], outcome)) {
                return (int)g;
            }
        }
    }
    return -1;
}

static void load_levels(struct compiler *c, const struct yaml_node *map)
{
    struct yaml_texts names;
    if (!yaml_texts(&c->doc, map, "levels", YAML_REQUIRED, &names)) {
        return;
    }
    struct rules_level *levels = arena_array(c->arena, struct rules_level, names.n);
    for (size_t i = 0; i < names.n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (str_eq(names.v[i]->text, levels[k].name)) {
                yaml_problem(&c->doc, names.v[i], "E104", TR("级别“" STR_FMT "”写了两次", "level '" STR_FMT "' is there twice"), STR_ARG(levels[k].name));
            }
        }
        levels[i] = (struct rules_level){.name = arena_str(c->arena, names.v[i]->text), .due = 30};
    }
    c->rs->meta.levels = levels;
    c->rs->meta.n_levels = names.n;
}

static void load_due(struct compiler *c, const struct yaml_node *map)
{
    const struct yaml_node *due;
    if (!yaml_map(&c->doc, map, "due", YAML_OPTIONAL, &due)) {
        return;
    }
    struct rules_level *levels = arena_array(c->arena, struct rules_level, c->rs->meta.n_levels + 1);
    memcpy(levels, c->rs->meta.levels, sizeof *levels * c->rs->meta.n_levels);
    for (size_t i = 0; i < due->n; i++) {
        int rank = find_level(c->rs, due->pairs[i].key->text);
        struct str text;
        if (rank < 0) {
            yaml_problem(&c->doc, due->pairs[i].key, "E204", TR("没有级别“" STR_FMT "”", "no level '" STR_FMT "'"), STR_ARG(due->pairs[i].key->text));
            continue;
        }
        if (!yaml_as_text(&c->doc, due->pairs[i].value, TR("期限", "due"), &text)) {
            continue;
        }
        struct lexer lx = {text, 0};
        struct token t = lex_next(&lx);
        bool work = str_eqz(t.unit, "个工作日") || str_eqz(t.unit, "工作日");
        bool ok = t.kind == TOK_NUMBER && t.whole && (work || str_eqz(t.unit, "天") || str_eqz(t.unit, "日")) && t.number / PPM >= 1 && t.number / PPM <= 3660;
        if (!ok) {
            yaml_problem(&c->doc, due->pairs[i].value, "E301", TR("期限写成 3个工作日 或 30天", "write 3个工作日 or 30天"));
            continue;
        }
        levels[rank].due = (int)(t.number / PPM);
        levels[rank].due_workdays = work;
    }
    c->rs->meta.levels = levels;
}

/* grades: {A: 95%, B: 85%, C: 70%}: all three, falling. */
static void load_grades(struct compiler *c, const struct yaml_node *map)
{
    static const char *const keys[] = {"A", "B", "C", NULL};
    struct rules_grades *g = &c->rs->meta.grades;
    const struct yaml_node *table;
    *g = (struct rules_grades){{95, 85, 70}, true};
    if (!yaml_map(&c->doc, map, "grades", YAML_OPTIONAL, &table)) {
        return;
    }
    yaml_check_keys(&c->doc, table, keys);
    g->sample = false;
    for (size_t i = 0; keys[i]; i++) {
        struct str text;
        if (!yaml_text(&c->doc, table, keys[i], YAML_REQUIRED, &text)) {
            continue;
        }
        struct lexer lx = {text, 0};
        struct token t = lex_next(&lx);
        bool ok = t.kind == TOK_NUMBER && t.whole && str_eqz(t.unit, "%") && t.number >= PPM && t.number / PPM <= 100;
        g->lines[i] = ok ? (int)(t.number / PPM) : 0;
        if (!ok || (i > 0 && g->lines[i] >= g->lines[i - 1])) {
            yaml_problem(&c->doc, yaml_get(table, keys[i]), "E301", TR("写成 95%% 这样的比例，A、B、C 依次降低", "write a share like 95%%, falling from A to C"));
        }
    }
}

static void load_outcomes(struct compiler *c, const struct yaml_node *map)
{
    const struct yaml_node *groups;
    if (!yaml_map(&c->doc, map, "outcomes", YAML_REQUIRED, &groups)) {
        return;
    }
    struct rules_outcome_group *out = arena_array(c->arena, struct rules_outcome_group, groups->n + 1);
    c->rs->meta.groups = out;
    for (size_t i = 0; i < groups->n; i++) {
        const struct yaml_pair *pair = &groups->pairs[i];
        if (!yaml_as_list(&c->doc, pair->value, TR("核查结果", "outcomes"))) {
            continue;
        }
        struct str *words = arena_array(c->arena, struct str, pair->value->n + 1);
        size_t n = 0;
        for (size_t k = 0; k < pair->value->n; k++) {
            struct str word;
            if (!yaml_as_text(&c->doc, pair->value->items[k], TR("核查结果", "outcome"), &word)) {
                continue;
            }
            bool twice = rules_outcome_group(&c->rs->meta, word) >= 0;
            for (size_t w = 0; w < n; w++) {
                twice |= str_eq(words[w], word);
            }
            if (twice) {
                yaml_problem(&c->doc, pair->value->items[k], "E104", TR("核查结果“" STR_FMT "”写了两次", "outcome '" STR_FMT "' is there twice"), STR_ARG(word));
            }
            words[n++] = arena_str(c->arena, word);
        }
        out[i] = (struct rules_outcome_group){.name = arena_str(c->arena, pair->key->text), .outcomes = words, .n = n, .cooldown_days = -1, .proven = i < 2, .verified = i < 3};
        c->rs->meta.n_groups = i + 1;
    }
    c->rs->meta.n_groups = groups->n;
}

static int days_of(struct window w) { return (int)(w.days + 30 * w.months); }

void load_cooldown(struct compiler *c, const struct yaml_node *map, int *days)
{
    const struct yaml_node *cool;
    if (!yaml_map(&c->doc, map, "cooldown", YAML_OPTIONAL, &cool)) {
        return;
    }
    for (size_t i = 0; i < cool->n; i++) {
        size_t g = 0;
        while (g < c->rs->meta.n_groups && !str_eq(c->rs->meta.groups[g].name, cool->pairs[i].key->text)) {
            g++;
        }
        struct window w;
        if (g == c->rs->meta.n_groups) {
            yaml_problem(&c->doc, cool->pairs[i].key, "E204", TR("meta.outcomes 里没有“" STR_FMT "”这一组", "meta.outcomes has no group '" STR_FMT "'"),
                         STR_ARG(cool->pairs[i].key->text));
        } else if (parse_duration(c, cool->pairs[i].value, &w)) {
            days[g] = days_of(w);
        }
    }
}

/* The names of the shipped table, so that a form has boxes before a bureau wrote its own. */
static void default_needs(struct rules_meta *m)
{
    static const struct rules_need common[] = {{.name = {"助医", 6}}, {.name = {"助学", 6}}, {.name = {"助业", 6}}, {.name = {"助老", 6}}, {.name = {"助困", 6}}};
    m->needs = common;
    m->n_needs = ARRAY_LEN(common);
}

/* needs: {助医: [R02, R04]}. The ids are looked up when the rules are there: needs_check. */
static void load_needs(struct compiler *c, const struct yaml_node *map)
{
    struct rules_meta *m = &c->rs->meta;
    const struct yaml_node *table;
    default_needs(m);
    if (!yaml_map(&c->doc, map, "needs", YAML_OPTIONAL, &table)) {
        return;
    }
    if (table->n > RULES_NEEDS_MAX) {
        yaml_problem(&c->doc, table, "E204", TR("meta.needs 最多 %d 种", "meta.needs has at most %d kinds"), RULES_NEEDS_MAX);
        return;
    }
    struct rules_need *needs = arena_array(c->arena, struct rules_need, table->n + 1);
    for (size_t i = 0; i < table->n; i++) {
        struct yaml_texts ids;
        struct str key = table->pairs[i].key->text;
        needs[i].name = arena_str(c->arena, key);
        if (yaml_texts(&c->doc, table, arena_z(c->arena, key), YAML_OPTIONAL, &ids)) {
            struct str *rules = arena_array(c->arena, struct str, ids.n + 1);
            for (size_t k = 0; k < ids.n; k++) {
                rules[k] = arena_str(c->arena, ids.v[k]->text);
            }
            needs[i].rules = rules;
            needs[i].n = ids.n;
        }
    }
    m->needs = needs;
    m->n_needs = table->n;
}

/* help: {助医: [医疗救助, 临时救助]}, of the needs above. */
static void load_help(struct compiler *c, const struct yaml_node *map)
{
    struct rules_meta *m = &c->rs->meta;
    const struct yaml_node *table;
    if (!yaml_map(&c->doc, map, "help", YAML_OPTIONAL, &table)) {
        return;
    }
    struct rules_need *needs = arena_array(c->arena, struct rules_need, m->n_needs + 1);
    memcpy(needs, m->needs, m->n_needs * sizeof(*needs));
    for (size_t i = 0; i < table->n; i++) {
        struct yaml_texts words;
        struct str key = table->pairs[i].key->text;
        size_t n = 0;
        while (n < m->n_needs && !str_eq(needs[n].name, key)) {
            n++;
        }
        if (n == m->n_needs) {
            yaml_problem(&c->doc, table->pairs[i].key, "E204", TR("meta.needs 里没有“" STR_FMT "”", "meta.needs has no '" STR_FMT "'"), STR_ARG(key));
        } else if (yaml_texts(&c->doc, table, arena_z(c->arena, key), YAML_OPTIONAL, &words)) {
            struct str *help = arena_array(c->arena, struct str, words.n + 1);
            for (size_t k = 0; k < words.n; k++) {
                help[k] = arena_str(c->arena, words.v[k]->text);
            }
            needs[n].help = help;
            needs[n].n_help = words.n;
        }
    }
    m->needs = needs;
}

static int word_of(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eqz(s, words[i])) {
            return (int)i;
        }
    }
    return -1;
}

/* audiences: {街道: {姓名: 全, 电话: 遮}}. An age is a number and benefits are words: shown or left out, nothing between. */
static void load_audiences(struct compiler *c, const struct yaml_node *map)
{
    static const char *const audiences[] = {"街道", "区局", "转介"}, *const details[] = {"姓名", "电话", "住址", "年龄", "待遇"}, *const shown[] = {"全", "遮", "不写"};
    const struct yaml_node *table;
    bool handed_on = false; /* 转介 is said; else it reads what streets read */
    if (!yaml_map(&c->doc, map, "audiences", YAML_OPTIONAL, &table)) {
        return;
    }
    for (size_t i = 0; i < table->n; i++) {
        const struct yaml_node *key = table->pairs[i].key, *one = table->pairs[i].value;
        int audience = word_of(key->text, audiences, ARRAY_LEN(audiences));
        if (audience < 0) {
            yaml_problem(&c->doc, key, "E204", TR("meta.audiences 只有街道、区局、转介", "meta.audiences knows 街道, 区局 and 转介"));
            continue;
        }
        handed_on |= audience == RULES_FOR_REFERRAL;
        for (size_t k = 0; yaml_as_map(&c->doc, one, "audiences") && k < one->n; k++) {
            int detail = word_of(one->pairs[k].key->text, details, ARRAY_LEN(details)), how = word_of(one->pairs[k].value->text, shown, ARRAY_LEN(shown));
            if (detail < 0) {
                yaml_problem(&c->doc, one->pairs[k].key, "E204", TR("可以写的是姓名、电话、住址、年龄、待遇；证件号哪一份都不写", "details are 姓名 电话 住址 年龄 待遇; identifiers are on no list"));
            } else if (how < 0 || (how == RULES_MASKED && (detail == RULES_AGE || detail == RULES_BENEFITS)) || (how == RULES_LEFT_OUT && detail == RULES_NAME)) {
                yaml_problem(&c->doc, one->pairs[k].value, "E204",
                             TR("写全、遮或不写；姓名不能不写，年龄、待遇不能遮", "write 全, 遮 or 不写; a name cannot be left out, age and benefits cannot be masked"));
            } else {
                c->rs->meta.shown[audience][detail] = (enum rules_shown)how;
            }
        }
    }
    if (!handed_on) {
        memcpy(c->rs->meta.shown[RULES_FOR_REFERRAL], c->rs->meta.shown[RULES_FOR_STREET], sizeof(c->rs->meta.shown[0]));
    }
}

#define REFERRAL_DAYS 30 /* when meta says nothing */

/* referral: 30天 */
static void load_referral(struct compiler *c, const struct yaml_node *map)
{
    const struct yaml_node *node = yaml_get(map, "referral");
    struct window w = {.set = false};
    c->rs->meta.referral_days = REFERRAL_DAYS;
    if (node && parse_duration(c, node, &w)) {
        c->rs->meta.referral_days = MAX(days_of(w), 1);
    }
}

void needs_check(struct compiler *c, const struct yaml_node *map)
{
    const struct yaml_node *table = map && map->kind == YAML_MAP ? yaml_get(map, "needs") : NULL;
    for (size_t i = 0; table && table->kind == YAML_MAP && i < table->n; i++) {
        const struct yaml_node *ids = table->pairs[i].value;
        for (size_t k = 0; ids->kind == YAML_LIST && k < ids->n; k++) {
            if (ruleset_find(c->rs, ids->items[k]->text) < 0) {
                /* only a hint on a form: a rule taken out must not stop the night */
                yaml_problem(&c->doc, ids->items[k], "W410", TR("meta.needs 里的 " STR_FMT " 没有这条规则", "meta.needs names " STR_FMT ", and there is no such rule"),
                             STR_ARG(ids->items[k]->text));
            }
        }
    }
}

void meta_load(struct compiler *c, const struct yaml_node *map)
{
    static const char *const keys[] = {"version", "levels", "due", "grades", "outcomes", "cooldown", "contact", "needs", "help", "audiences", "referral", NULL};
    struct rules_meta *m = &c->rs->meta;
    if (!map) {
        diag_add(c->diags, "E109", (struct diag_at){.file = c->doc.file}, "%s", TR("缺少 meta:", "meta: is missing"));
        return;
    }
    if (!yaml_as_map(&c->doc, map, "meta")) {
        return;
    }
    yaml_check_keys(&c->doc, map, keys);
    struct str version;
    m->version = yaml_text(&c->doc, map, "version", YAML_OPTIONAL, &version) ? arena_str(c->arena, version) : STR("");
    struct str contact;
    m->contact = yaml_text(&c->doc, map, "contact", YAML_OPTIONAL, &contact) ? arena_str(c->arena, contact) : STR("");
    load_needs(c, map);
    load_help(c, map);
    load_audiences(c, map);
    load_referral(c, map);
    load_levels(c, map);
    load_due(c, map);
    load_grades(c, map);
    load_outcomes(c, map);
    int *days = arena_array(c->arena, int, m->n_groups + 1);
    for (size_t g = 0; g < m->n_groups; g++) {
        days[g] = -1;
    }
    load_cooldown(c, map, days);
    struct rules_outcome_group *groups = arena_array(c->arena, struct rules_outcome_group, m->n_groups + 1);
    for (size_t g = 0; g < m->n_groups; g++) {
        groups[g] = m->groups[g];
        groups[g].cooldown_days = days[g] < 0 ? 0 : days[g];
        if (days[g] < 0) {
            const struct yaml_node *cooldown = yaml_get(map, "cooldown");
            yaml_problem(&c->doc, cooldown ? cooldown : map, "E601", TR("meta.cooldown 缺少“" STR_FMT "”这一组", "meta.cooldown says nothing about '" STR_FMT "'"), STR_ARG(groups[g].name));
        }
    }
    m->groups = groups;
}
