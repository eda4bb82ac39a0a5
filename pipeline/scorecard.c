/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/scorecard.h"

#include <stdlib.h>

#include "base/core/file.h"
#include "base/store/db.h"
#include "pipeline/assess_world.h"

/* Columns of list_scorecard.sql. */
enum { Q_RULE, Q_NO, Q_KIND, Q_ENTITY, Q_MADE, Q_SENT, Q_VISITED, Q_OUTCOME, Q_GROUP, Q_VISITOR, Q_HOUSEHOLD, Q_STREET };

static struct score *score_of(struct card *c, struct str rule, enum score_cut cut, struct str label)
{
    for (size_t i = c->v.n; i-- > 0;) {
        if (c->v.v[i].cut == cut && str_eq(c->v.v[i].rule, rule) && str_eq(c->v.v[i].label, label)) {
            return &c->v.v[i];
        }
    }
    struct score *s = vec_add(&c->v);
    s->rule = arena_str(&c->arena, rule);
    s->cut = cut;
    s->label = arena_str(&c->arena, label);
    return s;
}

bool score_is_sample(const struct card *c, struct str rule)
{
    int i = ruleset_find(c->rules, rule);
    return i >= 0 && rule_draws_lots(ruleset_rule(c->rules, (size_t)i), c->site->people);
}

/* --- warnings ------------------------------------------------------------------------------------------------------- */
static void add_cause(struct card *c, struct score *s, struct str outcome)
{
    for (size_t i = 0; i < s->n_causes; i++) {
        if (str_eqz(outcome, s->causes[i].outcome)) {
            s->causes[i].n++;
            return;
        }
    }
    if (s->n_causes < SCORE_CAUSES) {
        s->causes[s->n_causes++] = (struct score_cause){arena_z(&c->arena, outcome), 1};
    }
}

/* Groups in the order of rules.yaml: two proven, then wrong; what comes behind says nothing about the warning. */
static void judge(const struct card *c, struct str group, bool *out_proven, bool *out_wrong)
{
    *out_proven = *out_wrong = false;
    for (size_t g = 0; g < c->meta->n_groups; g++) {
        if (str_eq(c->meta->groups[g].name, group)) {
            *out_proven = c->meta->groups[g].proven;
            *out_wrong = !*out_proven && g == 2;
        }
    }
}

static void add_warning(struct card *c, struct score *s, struct stmt *q, bool again)
{
    daynum sent = stmt_day(q, Q_SENT), visited = stmt_day(q, Q_VISITED);
    s->warnings++;
    s->sent += sent != DAY_MISSING;
    s->repeats += again;
    if (visited == DAY_MISSING) {
        return;
    }
    s->visited++;
    if (sent != DAY_MISSING && visited >= sent) {
        vec_push(&s->waits, visited - sent);
    }
    bool proven, wrong;
    judge(c, stmt_text(q, Q_GROUP), &proven, &wrong);
    s->proven += proven;
    s->verified += proven || wrong;
    if (wrong) {
        add_cause(c, s, stmt_text(q, Q_OUTCOME));
    }
}

static struct str street_name(const struct card *c, struct str code)
{
    int32_t at = code.n ? areas_by_code(&c->site->areas, code) : AREA_NONE;
    return at == AREA_NONE ? STR("（未定）") : c->site->areas.areas.v[at].name;
}

static void add_cuts(struct card *c, struct stmt *q, bool again)
{
    struct str rule = stmt_text(q, Q_RULE);
    AUTO_STRBUF month = STRBUF_INIT;
    add_warning(c, score_of(c, rule, CUT_NONE, (struct str){"", 0}), q, again);
    if (c->cut[CUT_MONTH]) {
        strbuf_add_month(&month, day_month(stmt_day(q, Q_MADE)));
        add_warning(c, score_of(c, rule, CUT_MONTH, strbuf_str(&month)), q, again);
    }
    if (c->cut[CUT_STREET]) {
        add_warning(c, score_of(c, rule, CUT_STREET, street_name(c, stmt_text(q, Q_STREET))), q, again);
    }
    if (c->cut[CUT_VISITOR] && stmt_day(q, Q_VISITED) != DAY_MISSING) {
        add_warning(c, score_of(c, rule, CUT_VISITOR, stmt_text(q, Q_VISITOR)), q, again);
    }
}

static void flag_house(struct card *c, int64_t household, uint32_t flags)
{
    uint64_t id = (uint64_t)household;
    uint32_t have = map64_get(&c->houses, id);
    map64_put(&c->houses, id, flags | (have == MAP_NONE ? 0 : have));
}

static void flag_warning(struct card *c, struct stmt *q)
{
    bool proven, wrong;
    if (score_is_sample(c, stmt_text(q, Q_RULE)) || stmt_is_null(q, Q_HOUSEHOLD)) {
        return;
    }
    judge(c, stmt_text(q, Q_GROUP), &proven, &wrong);
    flag_house(c, stmt_int(q, Q_HOUSEHOLD),
               (stmt_day(q, Q_SENT) != DAY_MISSING ? HOUSE_SENT : 0) | (stmt_day(q, Q_VISITED) != DAY_MISSING ? HOUSE_VISITED : 0) |
                   (proven || wrong ? HOUSE_VERIFIED : 0) | (proven ? HOUSE_PROVEN : 0));
}

static bool is_wanted(const struct card *c, struct str rule) { return !c->only || str_eqz(rule, c->only); }

static enum status read_warnings(struct card *c, struct err *err)
{
    AUTO_STMT q = stmt_use(c->site->ledger, STMT_LIST_SCORECARD);
    AUTO_STRBUF last = STRBUF_INIT, here = STRBUF_INIT;
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        strbuf_clear(&here);
        strbuf_addf(&here, STR_FMT " " STR_FMT "%lld", STR_ARG(stmt_text(q, Q_RULE)), STR_ARG(stmt_text(q, Q_KIND)), (long long)stmt_int(q, Q_ENTITY));
        if (is_wanted(c, stmt_text(q, Q_RULE))) {
            add_cuts(c, q, str_eq(strbuf_str(&here), strbuf_str(&last)));
            flag_warning(c, q);
        }
        strbuf_clear(&last);
        strbuf_adds(&last, strbuf_str(&here));
    }
}

/* --- the last night ------------------------------------------------------------------------------------------------- */
static enum status read_results(struct card *c, struct db *night, struct err *err)
{
    AUTO_STMT q = stmt_use(night, STMT_LIST_RULE_RESULTS);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        if (is_wanted(c, stmt_text(q, 0))) {
            struct score *s = score_of(c, stmt_text(q, 0), CUT_NONE, (struct str){"", 0});
            s->counted = true;
            s->shadow = str_eqz(stmt_text(q, 2), "shadow");
            s->hits = stmt_int(q, 3);
            s->unknown = stmt_int(q, 4);
        }
    }
}

static enum status read_overlap(struct card *c, struct db *night, struct err *err)
{
    AUTO_STMT q = stmt_use(night, STMT_LIST_HITS_OVERLAPPING);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        if (!is_wanted(c, stmt_text(q, 0))) {
            continue;
        }
        struct score *s = score_of(c, stmt_text(q, 0), CUT_NONE, (struct str){"", 0});
        if (stmt_is_null(q, 1)) {
            s->overlapping = stmt_int(q, 2);
        } else if (s->n_others < SCORE_OTHERS) {
            s->others[s->n_others++] = (struct score_other){arena_str(&c->arena, stmt_text(q, 1)), stmt_int(q, 2)};
        }
    }
}

static enum status read_hits(struct card *c, struct db *night, struct err *err)
{
    AUTO_STMT q = stmt_use(night, STMT_LIST_HITS_HOUSEHOLDS);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        if (is_wanted(c, stmt_text(q, 0)) && !score_is_sample(c, stmt_text(q, 0))) {
            flag_house(c, stmt_int(q, 1), HOUSE_HIT);
        }
    }
}

static enum status read_night(struct card *c, struct db *night, struct err *err)
{
    TRY(read_results(c, night, err));
    TRY(read_overlap(c, night, err));
    return read_hits(c, night, err);
}

/* The last published night, when its run is still there. */
static enum status read_last_night(struct card *c, struct err *err)
{
    AUTO_STMT q = stmt_use(c->site->ledger, STMT_SELECT_NIGHT_LAST);
    bool row;
    TRY(stmt_one(q, &row, err));
    if (!row) {
        return err_set(err, ST_NOT_FOUND, TR("还没有发布过一夜，请先运行 mopai run", "no night was published yet: run mopai run first"));
    }
    c->as_of = stmt_day(q, 1);
    const char *dir = arena_printf(&c->arena, "%s/%lld", c->site->runs, (long long)stmt_int(q, 0));
    const char *path = arena_printf(&c->arena, "%s/night.db", dir);
    if (!file_exists(path)) {
        return ST_OK;
    }
    c->night_dir = dir;
    struct db *night = NULL;
    TRY(db_open(path, DB_READ, &night, err));
    enum status status = read_night(c, night, err);
    db_abandon(night);
    return status;
}

/* --- in order ------------------------------------------------------------------------------------------------------- */
static int compare_days(const void *a, const void *b) { return (*(const daynum *)a > *(const daynum *)b) - (*(const daynum *)a < *(const daynum *)b); }

static int compare_causes(const void *a, const void *b)
{
    const struct score_cause *x = a, *y = b;
    return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : strcmp(x->outcome, y->outcome);
}

static int compare_scores(const void *a, const void *b)
{
    const struct score *x = a, *y = b;
    int c = str_cmp(x->rule, y->rule);
    c = c ? c : (int)x->cut - (int)y->cut;
    return c ? c : str_cmp(x->label, y->label);
}

enum status scorecard_read(struct card *c, struct err *err)
{
    TRY(read_last_night(c, err));
    TRY(read_warnings(c, err));
    for (size_t i = 0; i < c->v.n; i++) {
        vec_sort(&c->v.v[i].waits, compare_days);
        qsort(c->v.v[i].causes, c->v.v[i].n_causes, sizeof(c->v.v[i].causes[0]), compare_causes);
    }
    vec_sort(&c->v, compare_scores);
    return ST_OK;
}

daynum score_median_wait(const struct score *s)
{
    return s->waits.n ? s->waits.v[(s->waits.n - 1) / 2] : DAY_MISSING;
}

void scorecard_release(struct card *c)
{
    for (size_t i = 0; i < c->v.n; i++) {
        vec_release(&c->v.v[i].waits);
    }
    vec_release(&c->v);
    map64_release(&c->houses);
    arena_release(&c->arena);
}
