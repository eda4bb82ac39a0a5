/* SPDX-License-Identifier: Apache-2.0 */
/* docs/rules-shipped.md against rules.yaml: every rule stands in it, and beside every rule its status and the sources it reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/core/file.h"
#include "base/text/diag.h"
#include "pipeline/assess_world.h"
#include "tests/lib/shipped_schema.h"

enum { CELL_RULES = 2, CELL_STATUS, CELL_SOURCES, CELL_NOTE, CELLS };

static struct ruleset *rules;
static bool *named;

static const char *status_word(enum rules_status s)
{
    static const char *const words[] = {[RULES_DRAFT] = "草稿", [RULES_SHADOW] = "只统计", [RULES_ACTIVE] = "派单", [RULES_RETIRED] = "停用"};
    return words[s];
}

static void add_word(struct strbuf *b, struct str word)
{
    if (str_find(strbuf_str(b), word) == b->n) {
        strbuf_addz(b, b->n ? "、" : "");
        strbuf_adds(b, word);
    }
}

/* The words of one cell, cut at 、 */
static bool next_word(struct str *rest, struct str *out)
{
    if (rest->n == 0) {
        return false;
    }
    size_t at = str_find(*rest, STR("、"));
    *out = str_sub(*rest, 0, at);
    *rest = at < rest->n ? str_sub(*rest, at + strlen("、"), rest->n) : (struct str){"", 0};
    return true;
}

static void add_sources(const struct rules_rule *r, struct strbuf *b)
{
    const struct sources *sources = shipped()->sources;
    for (size_t s = 0; s < sources->n; s++) {
        if (rule_reads_source(r, shipped()->people, s)) {
            AUTO_STRBUF word = STRBUF_INIT;
            strbuf_addf(&word, STR_FMT "%s", STR_ARG(sources->v[s].label), sources->v[s].optional ? "（可选）" : "");
            add_word(b, strbuf_str(&word));
        }
    }
}

/* What the row ought to be; false when that is what it is. */
static bool row_differs(const struct str *cell, struct strbuf *out)
{
    AUTO_STRBUF status = STRBUF_INIT, sources = STRBUF_INIT;
    struct str rest = cell[CELL_RULES], id;
    while (next_word(&rest, &id)) {
        int i = ruleset_find(rules, id);
        if (i < 0) {
            strbuf_addf(out, "no rule " STR_FMT, STR_ARG(id));
            return true;
        }
        named[i] = true;
        add_word(&status, str_of(status_word(ruleset_rule(rules, (size_t)i)->status)));
        add_sources(ruleset_rule(rules, (size_t)i), &sources);
    }
    strbuf_addf(out, "| " STR_FMT " | " STR_FMT " | " STR_FMT " | %s | %s | " STR_FMT " |", STR_ARG(cell[0]), STR_ARG(cell[1]), STR_ARG(cell[CELL_RULES]),
                strbuf_z(&status), strbuf_z(&sources), STR_ARG(cell[CELL_NOTE]));
    return !str_eq(cell[CELL_STATUS], strbuf_str(&status)) || !str_eq(cell[CELL_SOURCES], strbuf_str(&sources));
}

static bool cut_row(struct str line, struct str *cell)
{
    size_t n = 0;
    struct str rest = str_sub(line, 1, line.n), text;
    while (n < CELLS && str_split(&rest, '|', &text)) {
        cell[n++] = str_trim(text);
    }
    return n == CELLS;
}

static void every_row_is_true(void **state)
{
    (void)state;
    struct err err;
    AUTO_STRBUF doc = STRBUF_INIT;
    assert_int_equal(file_read_all("docs/rules-shipped.md", 1 << 20, &doc, &err), ST_OK);
    struct str rest = strbuf_str(&doc), line, cell[CELLS];
    size_t rows = 0, wrong = 0, number = 0;
    while (str_split(&rest, '\n', &line)) {
        number++;
        if (!str_starts(line, STR("| ")) || !cut_row(line, cell) || str_eqz(cell[CELL_RULES], "规则")) {
            continue;
        }
        rows++;
        AUTO_STRBUF want = STRBUF_INIT;
        if (str_eqz(cell[CELL_RULES], "—")) {
            assert_true(str_eqz(cell[CELL_STATUS], "没有"));
        } else if (row_differs(cell, &want)) {
            printf("docs/rules-shipped.md:%zu: %s\n", number, strbuf_z(&want));
            wrong++;
        }
    }
    assert_true(rows >= 90);
    assert_int_equal(wrong, 0);
}

static void every_rule_has_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < ruleset_count(rules); i++) {
        struct str id = ruleset_rule(rules, i)->id;
        if (!named[i]) {
            fail_msg("docs/rules-shipped.md has no row for " STR_FMT, STR_ARG(id));
        }
    }
}

static int load(void **state)
{
    (void)state;
    struct err err;
    AUTO_STRBUF text = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    assert_int_equal(file_read_all("rules.yaml", 1 << 20, &text, &err), ST_OK);
    rules = rules_compile(shipped_schema(), "rules.yaml", strbuf_str(&text), RULES_WITH_DRAFTS, &diags);
    assert_non_null(rules);
    named = calloc(ruleset_count(rules), sizeof(*named));
    return named == NULL;
}

static int unload(void **state)
{
    (void)state;
    ruleset_free(rules);
    free(named);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_true),
        cmocka_unit_test(every_rule_has_a_row),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
