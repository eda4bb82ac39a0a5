/* SPDX-License-Identifier: Apache-2.0 */
/* What every `mopai rules` command works on: the site's rules or a file, against the site's sources and people; without a site, against the shipped ones. */
#ifndef MOPAI_PIPELINE_RULES_BENCH_H
#define MOPAI_PIPELINE_RULES_BENCH_H

#include "base/core/str.h"
#include "base/text/diag.h"
#include "pipeline/command.h"
#include "pipeline/schema.h"
#include "pipeline/site.h"

struct rules_bench {
    struct arena arena;
    struct site site;
    bool has_site;
    struct sources *sources;   /* owned when there is no site */
    struct people *people;
    struct schema schema;
    struct strbuf file;
    const char *name;          /* of the rules file, for messages */
    struct str text;           /* the rules file */
    struct diag_list diags;
    struct ruleset *rules;     /* with drafts; NULL when diags has errors */
};

/* Opens and compiles; `a->v[0]` names a file when there is one operand. Release in any case. */
enum status rules_bench_open(struct rules_bench *b, const struct args *a, struct err *err) MUST_CHECK;
void rules_bench_release(struct rules_bench *b);
/* Prints the diagnostics, sorted: as text, or with --json as an array. */
void rules_bench_print(struct rules_bench *b, const struct args *a);
/* ST_RULES when the file has errors. */
enum status rules_bench_verdict(const struct rules_bench *b, struct err *err) MUST_CHECK;
/* Index of the rule an option names, -1 when `id` is NULL. ST_NOT_FOUND when there is none. */
enum status rules_bench_rule(const struct rules_bench *b, const char *id, int *out_rule, struct err *err) MUST_CHECK;

#endif
