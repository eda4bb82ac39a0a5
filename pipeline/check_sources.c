/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/check_sources.h"

#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/file.h"
#include "base/store/db.h"
#include "pipeline/command.h"
#include "pipeline/ingest/retype.h"
#include "pipeline/people.h"
#include "pipeline/schema.h"

static bool same_codes(const struct source_column *a, const struct source_column *b)
{
    bool same = a->n_codes == b->n_codes;
    for (size_t i = 0; same && i < a->n_codes; i++) {
        same = str_eq(a->codes[i].from, b->codes[i].from) && str_eq(a->codes[i].label, b->codes[i].label);
    }
    return same;
}

static bool same_headers(const struct source_column *a, const struct source_column *b)
{
    bool same = a->n_headers == b->n_headers;
    for (size_t i = 0; same && i < a->n_headers; i++) {
        same = str_eq(a->headers[i], b->headers[i]);
    }
    return same;
}

static void compare_column(const struct source_column *was, const struct source_column *is)
{
    if (was->type != is->type) {
        printf(TR("    列“%.*s”：类型 %s → %s\n", "    column '%.*s': type %s -> %s\n"), STR_ARG(is->name), column_type_name(was->type), column_type_name(is->type));
    }
    const struct {
        bool changed;
        const char *zh, *en;
    } parts[] = {{was->unit != is->unit, "单位变了", "unit changes"},
                 {!same_codes(was, is), "代码表变了", "code table changes"},
                 {!same_headers(was, is), "表头变了", "headers change"},
                 {was->required != is->required || was->bad != is->bad, "必需或不合类型时的处理变了", "required or bad changes"},
                 {was->month_as != is->month_as || was->serial != is->serial || was->short_year != is->short_year, "日期写法变了", "date options change"}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i].changed) {
            printf(TR("    列“%.*s”：%s\n", "    column '%.*s': %s\n"), STR_ARG(is->name), TR(parts[i].zh, parts[i].en));
        }
    }
}

static void compare_source(const struct source *was, const struct source *is)
{
    if (strcmp(was->typing, is->typing) == 0) {
        return;
    }
    printf(TR("  %.*s（%.*s）：要重新录入\n", "  %.*s (%.*s): typed again\n"), STR_ARG(is->label), STR_ARG(is->id));
    for (size_t c = 0; c < source_width(is); c++) {
        int at = source_column_find(was, is->columns[c].name);
        if (at < 0) {
            printf(TR("    新增列“%.*s”（%s）\n", "    new column '%.*s' (%s)\n"), STR_ARG(is->columns[c].name), column_type_name(is->columns[c].type));
        } else {
            compare_column(&was->columns[at], &is->columns[c]);
        }
    }
    for (size_t c = 0; c < source_width(was); c++) {
        if (source_column_find(is, was->columns[c].name) < 0) {
            printf(TR("    去掉列“%.*s”\n", "    column '%.*s' goes\n"), STR_ARG(was->columns[c].name));
        }
    }
}

static int find_id(const struct sources *s, struct str id)
{
    for (size_t i = 0; i < s->n; i++) {
        if (str_eq(s->v[i].id, id)) {
            return (int)i;
        }
    }
    return -1;
}

static void compare_all(const struct sources *was, const struct sources *is)
{
    for (size_t i = 0; i < is->n; i++) {
        int at = find_id(was, is->v[i].id);
        if (at < 0) {
            printf(TR("  新增数据源 %.*s（%.*s）\n", "  new source %.*s (%.*s)\n"), STR_ARG(is->v[i].label), STR_ARG(is->v[i].id));
        } else {
            compare_source(&was->v[at], &is->v[i]);
        }
    }
    for (size_t i = 0; i < was->n; i++) {
        if (find_id(is, was->v[i].id) < 0) {
            printf(TR("  去掉数据源 %.*s（%.*s）：已收的交付不再使用\n", "  source %.*s (%.*s) goes: its deliveries are no longer used\n"), STR_ARG(was->v[i].label),
                   STR_ARG(was->v[i].id));
        }
    }
}

/* people.yaml and rules.yaml speak of sources and columns: a name that goes is an error there. */
static enum status check_references(struct site *site, const struct sources *is, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct people *people = NULL;
    struct schema schema;
    struct ruleset *rules = NULL;
    const struct site_file *p = &site->files[SITE_PEOPLE], *al = &site->files[SITE_ALIASES], *r = &site->files[SITE_RULES];
    TRY(people_load(p->text, p->path, al->text, al->path, is, &people, err));
    schema_build(&a, is, people, &site->areas, &schema);
    enum status st = schema_compile(&schema, r->path, r->text, &rules, err);
    ruleset_free(rules);
    people_free(people);
    return st;
}

static enum status compare_deliveries(struct site *site, const struct sources *is, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_STRBUF text = STRBUF_INIT;
    retype_diffs diffs = {0};
    size_t failing = 0;
    const char *ledger = path_join(&a, site->store, "ledger.db");
    if (!file_exists(ledger)) {
        printf("%s\n", TR("还没有收过交付，没有要重新录入的。", "No deliveries yet: nothing would be typed again."));
        return ST_OK;
    }
    TRY(db_open(ledger, DB_READ, &site->ledger, err));
    enum status st = retype_preview(site, is, clock_today(), &a, &diffs, err);
    for (size_t i = 0; i < diffs.n; i++) {
        strbuf_addz(&text, "  ");
        retype_describe(&diffs.v[i], &text);
        failing += diffs.v[i].fails != NULL;
    }
    size_t n = diffs.n;
    vec_release(&diffs);
    if (st == ST_OK) {
        printf(TR("在用的交付有 %zu 份会重新录入：\n%s", "%zu deliveries in force would be typed again:\n%s"), n, strbuf_z(&text));
    }
    if (st == ST_OK && failing > 0) {
        warn_add(ST_W_CHECK, TR("换上“%s”之后有 %zu 份在用的交付不能通过，夜里会停在这里；请先改好", "with '%s' %zu deliveries in force would not pass and the night would stop: correct it first"),
                 "sources.yaml", failing);
    }
    return st;
}

enum status check_sources(struct site *site, const char *path, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    struct sources *is = NULL;
    TRY(file_read_all(path, (size_t)4 << 20, &text, err));
    TRY(sources_load(strbuf_str(&text), path, &is, err));
    printf(TR("%s：%zu 个数据源，写法没有错误\n", "%s: %zu sources, no errors\n"), path, is->n);
    compare_all(site->sources, is);
    enum status st = compare_deliveries(site, is, err);
    if (st == ST_OK) {
        st = check_references(site, is, err);
    }
    sources_free(is);
    return st;
}
