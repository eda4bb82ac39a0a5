/* SPDX-License-Identifier: Apache-2.0 */
/* Random rules, spelled and laid out badly: what `rules fmt` makes of them decides the same, keeps every comment once, and is what it makes of itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/text/diag.h"
#include "tests/lib/rules_random.h"
#include "tests/lib/rules_schema.h"

/* Signs of a line in other spellings of the same, blanks more or fewer. Names are left alone: the lines that hold any are quoted. */
static void misspell(struct dice *d, struct str line, struct strbuf *out)
{
    static const struct {
        const char *from, *to;
    } signs[] = {{" >= ", "≥"}, {" <= ", " ≤ "}, {" > ", "＞"}, {" < ", "＜"}, {" 且 ", " and "}, {" 或 ", "  or "}, {"(", "（"}, {")", "）"}, {" + ", "+"}, {" * ", " × "}, {" = ", "＝"}};
    for (size_t i = 0; i < line.n;) {
        bool done = false;
        for (size_t k = 0; k < ARRAY_LEN(signs) && !done; k++) {
            done = str_starts(str_sub(line, i, line.n), str_of(signs[k].from)) && dice_chance(d, 40);
            if (done) {
                strbuf_addz(out, signs[k].to);
                i += strlen(signs[k].from);
            }
        }
        if (!done) {
            strbuf_addc(out, line.p[i++]);
        }
    }
}

/* Comments behind lines and between them, empty lines; `n` counts them. Within {..} over one line nothing is put. */
static void scatter(struct dice *d, struct str text, struct strbuf *out, int *n)
{
    struct str line;
    while (str_split(&text, '\n', &line)) {
        bool condition = line.n && line.p[line.n - 1] == '"' && str_find(line, STR("say:")) == line.n;
        if (condition) {
            misspell(d, line, out);
        } else {
            strbuf_adds(out, line);
        }
        if (line.n && dice_chance(d, 10)) {
            strbuf_addf(out, "%*s# 注%d：# 和“引号\"'", 1 + (int)dice_below(d, 5), "", ++*n);
        }
        strbuf_addc(out, '\n');
        for (uint32_t k = dice_chance(d, 8) ? 1 + dice_below(d, 3) : 0; k > 0; k--) {
            strbuf_addc(out, '\n');
        }
        if (dice_chance(d, 6)) {
            strbuf_addf(out, "%*s# 注%d：单独一行\n", (int)dice_below(d, 9), "", ++*n);
        }
    }
}

static void layout_of(const char *name, struct str text, struct strbuf *out)
{
    AUTO_DIAG diags = {0};
    if (!rules_layout(name, text, &diags, out)) {
        AUTO_STRBUF said = STRBUF_INIT;
        diag_render(&diags, &said);
        fail_msg("%s\n%s", strbuf_z(&said), text.p);
    }
}

static struct ruleset *compiled(struct str text)
{
    AUTO_DIAG diags = {0};
    return rules_compile(rules_test_schema(), "r.yaml", text, RULES_WITH_DRAFTS, &diags);
}

static void assert_same_rules(struct str a, struct str b)
{
    struct ruleset *x = compiled(a), *y = compiled(b);
    assert_int_equal(x != NULL, y != NULL);
    for (size_t i = 0; x && i < ruleset_count(x); i++) {
        assert_string_equal(ruleset_rule(x, i)->hash, ruleset_rule(y, i)->hash);
    }
    assert_int_equal(x ? ruleset_count(x) : 0, y ? ruleset_count(y) : 0);
    ruleset_free(x);
    ruleset_free(y);
}

static size_t times(struct str text, const char *what)
{
    size_t n = 0;
    for (size_t at; (at = str_find(text, str_of(what))) < text.n; n++) {
        text = str_sub(text, at + strlen(what), text.n);
    }
    return n;
}

static void random_files(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct dice d = {seed};
        AUTO_STRBUF tidy = STRBUF_INIT, bad = STRBUF_INIT, once = STRBUF_INIT, twice = STRBUF_INIT;
        int comments = 0;
        random_rules(&d, 4, &tidy);
        scatter(&d, strbuf_str(&tidy), &bad, &comments);
        layout_of("bad.yaml", strbuf_str(&bad), &once);
        layout_of("once.yaml", strbuf_str(&once), &twice);
        if (!str_eq(strbuf_str(&once), strbuf_str(&twice))) {
            fail_msg("seed %llu: not the same again\n%s\n--- again\n%s", (unsigned long long)seed, strbuf_z(&once), strbuf_z(&twice));
        }
        assert_true(rules_layout_same(strbuf_str(&bad), strbuf_str(&once)));
        assert_same_rules(strbuf_str(&tidy), strbuf_str(&once));
        for (int i = 1; i <= comments; i++) {
            char mark[32];
            (void)snprintf(mark, sizeof(mark), "# 注%d：", i);
            assert_int_equal(times(strbuf_str(&once), mark), 1);
        }
    }
}

/* What differs in more than layout is seen. */
static void differences_are_seen(void **state)
{
    (void)state;
    assert_false(rules_layout_same(STR("rules:\n  - when: [年龄 > 3]\n"), STR("rules:\n  - when: [年龄 >= 3]\n")));
    assert_false(rules_layout_same(STR("rules:\n  - name: a\n"), STR("rules:\n  - name: b\n")));
    assert_false(rules_layout_same(STR("meta: {a: x}\n"), STR("meta: {b: x}\n")));
    assert_false(rules_layout_same(STR("meta: {a: [x]}\n"), STR("meta: {a: [x, x]}\n")));
    assert_true(rules_layout_same(STR("rules:\n  - when: [年龄＞3]\n"), STR("rules: # r\n- when:\n  - '年龄 > 3'\n")));
}

/* The configuration that is shipped, with all its comments. */
static void shipped_file(void **state)
{
    (void)state;
    AUTO_STRBUF text = STRBUF_INIT, once = STRBUF_INIT, twice = STRBUF_INIT;
    struct err err;
    assert_int_equal(file_read_all("rules.yaml", 8 << 20, &text, &err), ST_OK);
    layout_of("rules.yaml", strbuf_str(&text), &once);
    layout_of("once.yaml", strbuf_str(&once), &twice);
    assert_true(rules_layout_same(strbuf_str(&text), strbuf_str(&once)));
    assert_string_equal(strbuf_z(&once), strbuf_z(&twice));
    assert_int_equal(times(strbuf_str(&text), " # "), times(strbuf_str(&once), " # "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_files), cmocka_unit_test(differences_are_seen), cmocka_unit_test(shipped_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
