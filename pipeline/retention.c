/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/retention.h"

#include "base/store/db.h"
#include "pipeline/ingest/sources.h"
#include "pipeline/people.h"
#include "pipeline/schema.h"

enum status retention_reach(struct site *s, int *out_days, struct err *err)
{
    enum { LONGEST_MONTH = 31 };
    struct schema schema;
    struct ruleset *rules = NULL;
    AUTO_ARENA a = ARENA_INIT;
    schema_build(&a, s->sources, s->people, &s->areas, &schema);
    TRY(schema_compile(&schema, s->files[SITE_RULES].path, s->files[SITE_RULES].text, &rules, err));
    *out_days = MAX(ruleset_inputs(rules)->days_back, s->people->keep_months * LONGEST_MONTH);
    ruleset_free(rules);
    return ST_OK;
}

enum status retention_since(struct site *s, struct arena *a, daynum **out, struct err *err)
{
    int reach = 0; /* asked when it is needed: `status` works with wrong rules as long as nothing was purged */
    daynum *since = arena_array(a, daynum, s->sources->n + 1);
    for (size_t i = 0; i < s->sources->n; i++) {
        since[i] = DAY_MISSING;
    }
    *out = since;
    AUTO_STMT q = stmt_use(s->ledger, STMT_LIST_PURGES);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        if (reach == 0) {
            TRY(retention_reach(s, &reach, err));
        }
        int at = source_find(s->sources, stmt_text(q, 0));
        if (at >= 0) {
            since[at] = stmt_day(q, 1) + reach;
        }
    }
}

enum status retention_check_replay(struct site *s, daynum as_of, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    daynum *since;
    TRY(retention_since(s, &a, &since, err));
    for (size_t i = 0; i < s->sources->n; i++) {
        if (since[i] != DAY_MISSING && as_of < since[i]) {
            AUTO_STRBUF day = STRBUF_INIT;
            strbuf_add_day(&day, since[i]);
            return err_set(err, ST_MISSING, TR("“" STR_FMT "”较早的原件已经清理，只能重放 %s 及以后的日子", "older raw copies of '" STR_FMT "' were purged: only %s and later days can be replayed"),
                           STR_ARG(s->sources->v[i].label), strbuf_z(&day));
        }
    }
    return ST_OK;
}
