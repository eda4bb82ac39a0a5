/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/report.h"

#include "pipeline/night.h"
#include "pipeline/report/faces.h"
#include "pipeline/schema.h"

static enum status with_rules(struct night *n, struct report *r, const char *out_dir, struct err *err)
{
    struct population *population = NULL;
    struct faces_of_night faces;
    TRY(population_open(n->run_dir, n->site->people, n->as_of, n->site->key, &population, err));
    faces_init(&faces, population, n->site->people, n->as_of, &r->faces);
    r->out_dir = out_dir;
    r->whole = n;
    r->population = population;
    enum status st = report_compose(r, err);
    population_close(population);
    return st;
}

enum status report_night(struct night *n, const char *out_dir, struct err *err)
{
    struct report r = {.night = n->db,
                       .ledger = n->site->ledger,
                       .number = n->number,
                       .audit = n->audit,
                       .as_of = n->as_of,
                       .mark_event = n->mark_event,
                       .mark_visit = n->mark_visit,
                       .areas = &n->site->areas,
                       .site = n->site,
                       .sources = n->site->sources};
    struct schema schema;
    struct ruleset *rules = NULL;
    const struct site_file *file = &n->site->files[SITE_RULES];
    schema_build(&r.arena, n->site->sources, n->site->people, &n->site->areas, &schema);
    enum status st = schema_compile(&schema, file->path, file->text, &rules, err);
    if (st == ST_OK) {
        r.meta = ruleset_meta(rules);
        r.rules = rules;
        r.schema = &schema.rules;
        r.inputs = ruleset_inputs(rules);
        st = with_rules(n, &r, out_dir, err);
        ruleset_free(rules);
    }
    arena_release(&r.arena);
    return st;
}
