/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/rules_bench.h"

#include <stdio.h>

#include "base/core/file.h"
#include "pipeline/shipped.h"

enum { RULES_LIMIT = 8 << 20 };

void rules_bench_release(struct rules_bench *b)
{
    ruleset_free(b->rules);
    diag_release(&b->diags);
    strbuf_release(&b->file);
    if (b->has_site) {
        site_close(&b->site);
    } else {
        people_free(b->people);
        sources_free(b->sources);
    }
    arena_release(&b->arena);
}

static enum status without_site(struct rules_bench *b, struct err *err)
{
    TRY(sources_load(shipped_text("sources.yaml"), "sources.yaml", &b->sources, err));
    TRY(people_load(shipped_text("people.yaml"), "people.yaml", STR(""), "id_aliases.csv", b->sources, &b->people, err));
    schema_build(&b->arena, b->sources, b->people, NULL, &b->schema);
    b->name = "rules.yaml";
    b->text = shipped_text("rules.yaml");
    return ST_OK;
}

enum status rules_bench_open(struct rules_bench *b, const struct args *a, struct err *err)
{
    if (a->n > 1) {
        return err_set(err, ST_USAGE, TR("一次只查一份规则文件", "one rules file at a time"));
    }
    if (file_exists(path_join(&b->arena, a->site_dir, "sources.yaml"))) {
        TRY(site_open(&b->site, a->site_dir, SITE_CONFIG_ONLY, err));
        b->has_site = true;
        schema_build(&b->arena, b->site.sources, b->site.people, &b->site.areas, &b->schema);
        b->name = b->site.files[SITE_RULES].path;
        b->text = b->site.files[SITE_RULES].text;
    } else {
        TRY(without_site(b, err));
    }
    if (a->n == 1) {
        TRY(file_read_all(a->v[0], RULES_LIMIT, &b->file, err));
        b->name = a->v[0];
        b->text = strbuf_str(&b->file);
    }
    b->rules = rules_compile(&b->schema.rules, b->name, b->text, RULES_WITH_DRAFTS, &b->diags);
    return ST_OK;
}

void rules_bench_print(struct rules_bench *b, const struct args *a)
{
    AUTO_STRBUF out = STRBUF_INIT;
    diag_sort(&b->diags);
    if (a->json) {
        struct json_out j = json_out_to(&out);
        diag_json(&b->diags, &j);
        strbuf_addc(&out, '\n');
    } else {
        diag_render(&b->diags, &out);
    }
    fputs(strbuf_z(&out), stdout);
}

enum status rules_bench_verdict(const struct rules_bench *b, struct err *err)
{
    return b->rules ? ST_OK : err_set(err, ST_RULES, TR("%s 有 %zu 处错误", "%s has %zu errors"), b->name, b->diags.errors);
}

enum status rules_bench_rule(const struct rules_bench *b, const char *id, int *out_rule, struct err *err)
{
    *out_rule = id ? ruleset_find(b->rules, str_of(id)) : -1;
    return id && *out_rule < 0 ? err_set(err, ST_NOT_FOUND, TR("没有规则 %s", "no rule %s"), id) : ST_OK;
}
