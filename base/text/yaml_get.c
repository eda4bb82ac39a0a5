/* SPDX-License-Identifier: Apache-2.0 */
/* Typed reading of a YAML tree. */
#include "base/text/yaml.h"

#include "base/text/utf8.h"

const struct yaml_pair *yaml_get_pair(const struct yaml_node *map, struct str key)
{
    if (!map || map->kind != YAML_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->n; i++) {
        if (map->pairs[i].key->kind == YAML_TEXT && str_eq(map->pairs[i].key->text, key)) {
            return &map->pairs[i];
        }
    }
    return NULL;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    const struct yaml_pair *pair = yaml_get_pair(map, str_of(key));
    return pair ? pair->value : NULL;
}

bool yaml_is_empty(const struct yaml_node *node)
{
    if (!node) {
        return true;
    }
    return node->kind == YAML_TEXT && !node->quoted && (!node->text.n || str_eqz(node->text, "~") || str_eqz(node->text, "null"));
}

/* The value of `key` when there is one to look at; reports absence when it is needed. */
static const struct yaml_node *want(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need)
{
    const struct yaml_pair *pair = yaml_get_pair(map, str_of(key));
    if (pair && !yaml_is_empty(pair->value)) {
        return pair->value;
    }
    if (need == YAML_REQUIRED && map) {
        yaml_problem(doc, pair ? pair->key : map, "E109", TR("缺少必填的“%s”", "'%s' is missing"), key);
    }
    return NULL;
}

/* A text that was meant as a map because of its full-width colon gets the better message. */
static void wrong_kind(const struct yaml_doc *doc, const struct yaml_node *node, const char *what, const char *zh, const char *en)
{
    if (node->kind == YAML_TEXT && !node->quoted && str_find(node->text, STR("：")) < node->text.n) {
        diag_add(doc->diags, "E103", yaml_at_part(doc, node, str_find(node->text, STR("：")), 3),
                 TR("用了全角冒号“：”，请改成半角“:”加一个空格", "a full-width colon; write ':' and a blank"));
        return;
    }
    yaml_problem(doc, node, "E110", TR("“%s”应是%s", "'%s' must be %s"), what, TR(zh, en));
}

bool yaml_as_text(const struct yaml_doc *doc, const struct yaml_node *node, const char *what, struct str *out_text)
{
    if (node->kind != YAML_TEXT) {
        wrong_kind(doc, node, what, "一段文字", "a text");
        return false;
    }
    *out_text = node->text;
    return true;
}

bool yaml_as_map(const struct yaml_doc *doc, const struct yaml_node *node, const char *what)
{
    if (node->kind != YAML_MAP) {
        wrong_kind(doc, node, what, "一组“键: 值”", "a map of 'key: value'");
        return false;
    }
    return true;
}

bool yaml_as_list(const struct yaml_doc *doc, const struct yaml_node *node, const char *what)
{
    if (node->kind != YAML_LIST) {
        wrong_kind(doc, node, what, "一个列表（每项以“- ”开头）", "a list (each item starts with '- ')");
        return false;
    }
    return true;
}

bool yaml_as_int(const struct yaml_doc *doc, const struct yaml_node *node, const char *what, int64_t *out_value)
{
    struct str s;
    if (!yaml_as_text(doc, node, what, &s)) {
        return false;
    }
    bool minus = s.n && s.p[0] == '-';
    int64_t value;
    if (!str_to_i64(str_sub(s, minus ? 1 : 0, s.n), &value)) {
        yaml_problem(doc, node, "E111", TR("“%s”应是整数", "'%s' must be a whole number"), what);
        return false;
    }
    *out_value = minus ? -value : value;
    return true;
}

bool yaml_text(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, struct str *out_text)
{
    const struct yaml_node *node = want(doc, map, key, need);
    return node && yaml_as_text(doc, node, key, out_text);
}

bool yaml_int(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, int64_t *out_value)
{
    const struct yaml_node *node = want(doc, map, key, need);
    return node && yaml_as_int(doc, node, key, out_value);
}

bool yaml_int_in(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, int64_t lo, int64_t hi, int64_t *out_value)
{
    int64_t value;
    if (!yaml_int(doc, map, key, YAML_OPTIONAL, &value)) {
        return false;
    }
    if (value < lo || value > hi) {
        yaml_problem(doc, yaml_get(map, key), "E111", TR("“%s”应在 %lld 到 %lld 之间", "'%s' must be within %lld and %lld"), key,
                     (long long)lo, (long long)hi);
        return false;
    }
    *out_value = value;
    return true;
}

static bool same_word(struct str s, const char *word)
{
    struct str w = str_of(word);
    if (s.n != w.n) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (to_lower(s.p[i]) != w.p[i]) {
            return false;
        }
    }
    return true;
}

bool yaml_flag(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, bool *out_flag)
{
    static const char *const yes[] = {"yes", "true", "on", "是"}, *const no[] = {"no", "false", "off", "否"};
    const struct yaml_node *node = want(doc, map, key, need);
    struct str s;
    if (!node || !yaml_as_text(doc, node, key, &s)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        if (same_word(s, yes[i]) || same_word(s, no[i])) {
            *out_flag = same_word(s, yes[i]);
            return true;
        }
    }
    yaml_problem(doc, node, "E111", TR("“%s”应写“是”或“否”（yes / no）", "'%s' must be yes or no"), key);
    return false;
}

static struct str *words_to_strs(struct arena *a, const char *const *words, size_t *out_n)
{
    size_t n = 0;
    while (words[n]) {
        n++;
    }
    struct str *strs = arena_array(a, struct str, n + 1);
    for (size_t i = 0; i < n; i++) {
        strs[i] = str_of(words[i]);
    }
    *out_n = n;
    return strs;
}

bool yaml_choice(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need,
                 const char *const *words, int *out_index)
{
    const struct yaml_node *node = want(doc, map, key, need);
    struct str s;
    if (!node || !yaml_as_text(doc, node, key, &s)) {
        return false;
    }
    AUTO_STRBUF all = STRBUF_INIT;
    for (int i = 0; words[i]; i++) {
        if (str_eqz(s, words[i])) {
            *out_index = i;
            return true;
        }
        strbuf_addf(&all, "%s%s", i ? TR("、", ", ") : "", words[i]);
    }
    size_t n;
    struct str *known = words_to_strs(&doc->diags->arena, words, &n);
    const char *hint = diag_did_you_mean(doc->diags, s, known, n);
    yaml_problem(doc, node, "E111", TR("“%s”不能是“" STR_FMT "”，可选：%s%s", "'%s' cannot be '" STR_FMT "'; one of: %s%s"), key,
                 STR_ARG(s), strbuf_z(&all), hint);
    return false;
}

bool yaml_map(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, const struct yaml_node **out_map)
{
    const struct yaml_node *node = want(doc, map, key, need);
    if (!node || !yaml_as_map(doc, node, key)) {
        return false;
    }
    *out_map = node;
    return true;
}

bool yaml_list(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, const struct yaml_node **out_list)
{
    const struct yaml_node *node = want(doc, map, key, need);
    if (!node || !yaml_as_list(doc, node, key)) {
        return false;
    }
    *out_list = node;
    return true;
}

bool yaml_texts(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, struct yaml_texts *out_texts)
{
    const struct yaml_node *node = want(doc, map, key, need);
    if (!node) {
        return false;
    }
    if (node->kind == YAML_TEXT) {
        *out_texts = (struct yaml_texts){&yaml_get_pair(map, str_of(key))->value, 1};
        return true;
    }
    if (!yaml_as_list(doc, node, key)) {
        return false;
    }
    for (size_t i = 0; i < node->n; i++) {
        struct str text;
        if (!yaml_as_text(doc, node->items[i], key, &text)) {
            return false;
        }
    }
    *out_texts = (struct yaml_texts){node->items, node->n};
    return true;
}

bool yaml_check_keys(const struct yaml_doc *doc, const struct yaml_node *map, const char *const *allowed)
{
    bool all_known = true;
    if (!map || map->kind != YAML_MAP) {
        return true;
    }
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key;
        bool known = false;
        for (size_t k = 0; allowed[k] && !known; k++) {
            known = str_eqz(key->text, allowed[k]);
        }
        if (known) {
            continue;
        }
        all_known = false;
        size_t n;
        struct str *words = words_to_strs(&doc->diags->arena, allowed, &n);
        yaml_problem(doc, key, "E105", TR("不认识的键“" STR_FMT "”%s", "unknown key '" STR_FMT "'%s"), STR_ARG(key->text),
                     diag_did_you_mean(doc->diags, key->text, words, n));
    }
    return all_known;
}
