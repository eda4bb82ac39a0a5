/* SPDX-License-Identifier: Apache-2.0 */
/* The links of a household's chain that its members and facts do not show: which records speak of whom, what the doors said, what help there is, what comes
   next. One block each, told from the last published night and the ledger. */
#include "base/core/file.h"
#include "base/core/vec.h"
#include "base/store/db.h"
#include "pipeline/due.h"
#include "pipeline/explain_private.h"
#include "pipeline/referrals.h"
#include "pipeline/schema.h"
#include "pipeline/site.h"
#include "rules/rules.h"
#include "rules/warning_number.h"

/* --- records and links ---------------------------------------------------------------------------------------------------- */

struct tally {
    struct explain *x;
    int64_t *rows; /* by source */
};

static bool count_record(void *ctx, size_t input, uint32_t row)
{
    struct tally *t = ctx;
    (void)row;
    if (input < t->x->n_inputs) {
        t->rows[t->x->inputs[input].source]++;
    }
    return true;
}

static enum status made_links(struct explain *x, struct db *night, uint32_t person, struct err *err)
{
    AUTO_STMT q = stmt_use(night, STMT_COUNT_LINKS_MADE_OF_PERSON);
    bool row;
    stmt_bind_int(q, ":person_row", person);
    TRY(stmt_one(q, &row, err));
    if (row && stmt_int(q, 0) > 0) {
        strbuf_addf(x->out, TR("；其中 %lld 行不只凭证件号归并", "; %lld of them by more than a number"), (long long)stmt_int(q, 0));
    }
    return ST_OK;
}

static enum status records_of(struct explain *x, struct db *night, uint32_t person, struct err *err)
{
    const size_t n = x->site->sources->n;
    struct tally t = {x, arena_array(x->arena, int64_t, n + 1)};
    struct str name;
    size_t told = 0;
    memset(t.rows, 0, (n + 1) * sizeof(*t.rows));
    TRY(population_person_text(x->pop, P_NAME, person, x->arena, &name, err));
    TRY(links_of_person(x->run_dir, x->n_inputs, person, count_record, &t, err));
    strbuf_addf(x->out, TR("  " STR_FMT "：", "  " STR_FMT ": "), STR_ARG(name));
    for (size_t i = 0; i < n; i++) {
        if (t.rows[i] > 0) {
            strbuf_addf(x->out, TR("%s" STR_FMT " %lld 行", "%s" STR_FMT " %lld"), told++ ? TR("、", ", ") : "", STR_ARG(x->site->sources->v[i].label), (long long)t.rows[i]);
        }
    }
    strbuf_addz(x->out, told ? "" : TR("没有在用的记录", "no record in force"));
    TRY(made_links(x, night, person, err));
    strbuf_addc(x->out, '\n');
    return ST_OK;
}

enum status explain_chain_records(struct explain *x, const struct explain_home *home, struct err *err)
{
    struct db *night = NULL;
    TRY(db_open(path_join(x->arena, x->run_dir, "night.db"), DB_READ, &night, err));
    strbuf_addz(x->out, TR("记录与归并\n", "records and links (rows by source)\n"));
    enum status st = ST_OK;
    for (int64_t p = home->first; p < home->first + home->persons && st == ST_OK; p++) {
        st = records_of(x, night, (uint32_t)p, err);
    }
    db_abandon(night);
    return st;
}

/* --- visits, help, what comes next ---------------------------------------------------------------------------------------- */

struct follow {
    int64_t warning_no;
    struct str rule, state, outcome, group, level;
    daynum day;               /* of the newest outcome */
    daynum due, until;        /* on a list; snoozed */
    struct due_period period; /* count 0: of an event that does not say */
};
typedef VEC(struct follow) follows;

static enum status load_of(struct explain *x, char entity_kind, int64_t entity, follows *out, struct err *err)
{
    struct arena *a = x->arena;
    daynum due;
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_LIST_ENTITY_FOLLOW_UP);
    stmt_bind_text(q, ":entity_kind", str_n(&entity_kind, 1));
    stmt_bind_int(q, ":entity", entity);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        vec_push(out, (struct follow){.warning_no = stmt_int(q, 0),
                                      .rule = arena_str(a, stmt_text(q, 1)),
                                      .state = arena_str(a, stmt_text(q, 2)),
                                      .outcome = arena_str(a, stmt_text(q, 5)),
                                      .group = arena_str(a, stmt_text(q, 6)),
                                      .level = arena_str(a, stmt_text(q, 7)),
                                      .day = stmt_is_null(q, 4) ? DAY_MISSING : stmt_day(q, 4),
                                      .due = day_parse_iso(stmt_text(q, 3), &due) ? due : DAY_MISSING,
                                      .until = stmt_is_null(q, 10) ? DAY_MISSING : stmt_day(q, 10),
                                      .period = {(int)stmt_int(q, 8), stmt_int(q, 9) != 0}});
    }
}

static enum status load_follows(struct explain *x, const struct explain_home *home, follows *out, struct err *err)
{
    TRY(load_of(x, 'H', home->id, out, err));
    for (int64_t p = home->first; p < home->first + home->persons; p++) {
        int64_t person;
        TRY(population_person_one(x->pop, P_ID, (uint32_t)p, &person, err));
        TRY(load_of(x, 'P', person, out, err));
    }
    return ST_OK;
}

static void number(struct explain *x, const struct follow *f)
{
    strbuf_addz(x->out, "  ");
    strbuf_add_warning_number(x->out, f->warning_no);
    strbuf_addz(x->out, "  ");
}

static enum status visits_of(struct explain *x, const struct follow *f, bool *any, struct err *err)
{
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_LIST_WARNING_VISITS);
    stmt_bind_int(q, ":warning_no", f->warning_no);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        *any = true;
        number(x, f);
        strbuf_add_day(x->out, stmt_day(q, 0));
        strbuf_addf(x->out, TR("  " STR_FMT "：" STR_FMT "（" STR_FMT "）", "  " STR_FMT ": " STR_FMT " (" STR_FMT ")"), STR_ARG(stmt_text(q, 1)),
                    STR_ARG(stmt_text(q, 2)), STR_ARG(stmt_text(q, 3)));
        strbuf_addf(x->out, "%s" STR_FMT "\n", stmt_text(q, 4).n ? "  " : "", STR_ARG(stmt_text(q, 4)));
    }
}

static enum status visits(struct explain *x, const follows *all, struct err *err)
{
    bool any = false;
    strbuf_addz(x->out, TR("走访\n", "visits\n"));
    for (size_t i = 0; i < all->n; i++) {
        TRY(visits_of(x, &all->v[i], &any, err));
    }
    strbuf_addz(x->out, any ? "" : TR("  还没有走访结果\n", "  none so far\n"));
    return ST_OK;
}

static bool is_over(const struct follow *f) { return str_eqz(f->state, "closed") || str_eqz(f->state, "cleared") || str_eqz(f->state, "merged"); }

static enum status received(struct explain *x, const struct explain_home *home, struct err *err)
{
    const struct people *people = x->site->people;
    const int at = people_attr_find(people, ATTR_PERSON, STR("享受待遇"));
    for (int64_t p = home->first; at >= 0 && people->attrs[at].type == ATTR_SET && p < home->first + home->persons; p++) {
        const struct people_attr *a = &people->attrs[at];
        int64_t lo, hi;
        struct str name;
        TRY(population_attr(x->pop, at, (uint32_t)p, 1, &lo, &hi, err));
        if (lo <= 0) {
            continue; /* nothing for sure */
        }
        TRY(population_person_text(x->pop, P_NAME, (uint32_t)p, x->arena, &name, err));
        strbuf_addf(x->out, TR("  在享受：" STR_FMT " ", "  receives: " STR_FMT " "), STR_ARG(name));
        for (size_t v = 0, n = 0; v < a->n_values; v++) {
            if (lo >> v & 1) {
                strbuf_addf(x->out, "%s" STR_FMT, n++ ? "、" : "", STR_ARG(a->values[v]));
            }
        }
        strbuf_addc(x->out, '\n');
    }
    return ST_OK;
}

static bool points_to(const struct rules_need *need, const follows *all)
{
    for (size_t i = 0; i < all->n; i++) {
        for (size_t k = 0; !is_over(&all->v[i]) && k < need->n; k++) {
            if (str_eq(need->rules[k], all->v[i].rule)) {
                return true;
            }
        }
    }
    return false;
}

/* What open warnings point to, from meta.needs and meta.help. */
static void suggested(struct explain *x, const struct rules_meta *meta, const follows *all)
{
    for (size_t n = 0; n < meta->n_needs; n++) {
        const struct rules_need *need = &meta->needs[n];
        if (!points_to(need, all)) {
            continue;
        }
        strbuf_addf(x->out, TR("  可能需要：" STR_FMT, "  may need: " STR_FMT), STR_ARG(need->name));
        for (size_t k = 0; k < need->n_help; k++) {
            strbuf_addf(x->out, "%s" STR_FMT, k ? "、" : TR("，可办 ", ", for which there is "), STR_ARG(need->help[k]));
        }
        strbuf_addc(x->out, '\n');
    }
}

static void given(struct explain *x, const struct rules_meta *meta, const follows *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct follow *f = &all->v[i];
        if (meta->n_groups > 0 && str_eq(f->group, meta->groups[0].name)) { /* the first group: true, and helped */
            strbuf_addf(x->out, TR("  走访后办理：" STR_FMT "（", "  given after a visit: " STR_FMT " ("), STR_ARG(f->outcome));
            strbuf_add_day(x->out, f->day);
            strbuf_addz(x->out, TR("，", ", "));
            strbuf_add_warning_number(x->out, f->warning_no);
            strbuf_addz(x->out, TR("）\n", ")\n"));
        }
    }
}

static void quiet_until(struct explain *x, const struct rules_meta *meta, const struct follow *f)
{
    for (size_t g = 0; g < meta->n_groups && f->day != DAY_MISSING; g++) {
        if (str_eq(meta->groups[g].name, f->group)) {
            strbuf_addz(x->out, TR("，同一情况不再报，到 ", ", not said again until "));
            strbuf_add_day(x->out, f->day + meta->groups[g].cooldown_days);
        }
    }
}

static enum due_state due_of(const struct explain *x, const struct rules_meta *meta, const struct follow *f)
{
    struct due_period period = f->period;
    int missing_year = 0;
    for (size_t i = 0; period.count == 0 && i < meta->n_levels; i++) {
        period = str_eq(meta->levels[i].name, f->level) ? due_period_of(&meta->levels[i]) : period;
    }
    return due_state_on(x->site->calendar, period, f->due, x->as_of, &missing_year);
}

static void on_list(struct explain *x, const struct rules_meta *meta, const struct follow *f)
{
    static const char *const words[][2] = {[DUE_AHEAD] = {"应于 %s 前走访", "to be visited by %s"},
                                           [DUE_OVERDUE] = {"已逾期，应于 %s 前走访", "overdue, was due by %s"},
                                           [DUE_ESCALATED] = {"升级督办：应于 %s 前走访，逾期后又过了同样长的期限", "escalated: was due by %s, and the same period has passed again"}};
    AUTO_STRBUF day = STRBUF_INIT;
    const enum due_state state = due_of(x, meta, f);
    if (f->due == DAY_MISSING) {
        strbuf_addz(x->out, TR("等走访", "waits for a visit"));
        return;
    }
    strbuf_add_day(&day, f->due);
    strbuf_addf(x->out, TR(words[state][0], words[state][1]), strbuf_z(&day));
}

/* What waits for somebody or something else; of a snoozed one, and one that was visited in vain, until when follows. */
static const struct wait {
    const char *state, *zh, *en;
} waits[] = {
    {"pending", "成立的次数还不够，先不派单", "not so often enough yet, nobody is sent"},
    {"held", "暂扣，等人放行", "held, waits for release"},
    {"released", "已放行，下一夜列入清单", "released, on the next night's list"},
    {"returned", "街道已退回，下一夜改派", "returned by the street, goes to another the next night"},
    {"reopened", "核查结果已撤回，下一夜重新列入清单", "its outcome was taken back, on the next night's list again"},
    {"snoozed", "暂缓", "put off"},
    {"visited", "已走访，还没有核实", "visited, not verified yet"},
    {"cleared", "已不成立，不用再去", "no longer so, nobody need go"},
    {"merged", "已并入同户另一条，不用另去", "part of another of this household, nobody need go for it"},
};

static void next_step(struct explain *x, const struct rules_meta *meta, const struct follow *f)
{
    number(x, f);
    if (str_eqz(f->state, "new")) {
        on_list(x, meta, f);
    } else if (str_eqz(f->state, "closed")) {
        strbuf_addf(x->out, TR("已办结：" STR_FMT, "closed: " STR_FMT), STR_ARG(f->outcome));
    }
    for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
        strbuf_addz(x->out, str_eqz(f->state, waits[i].state) ? TR(waits[i].zh, waits[i].en) : "");
    }
    if (f->until != DAY_MISSING) {
        strbuf_addz(x->out, TR("，", ", "));
        strbuf_add_day(x->out, f->until);
        strbuf_addz(x->out, TR(" 回到清单", " it is back on the list"));
    }
    if (str_eqz(f->state, "closed") || str_eqz(f->state, "visited")) {
        quiet_until(x, meta, f);
    }
    strbuf_addc(x->out, '\n');
}

/* To which office it was handed on, and every answer. */
static enum status handed_on(struct explain *x, const struct follow *f, struct err *err)
{
    int64_t last = 0;
    AUTO_STMT q = stmt_use(x->site->ledger, STMT_LIST_WARNING_REFERRALS);
    stmt_bind_int(q, ":warning_no", f->warning_no);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            strbuf_addz(x->out, last ? "\n" : "");
            return ST_OK;
        }
        if (stmt_int(q, 0) != last) {
            strbuf_addz(x->out, last ? "\n" : "");
            strbuf_addz(x->out, TR("    转介 ", "    handed on, "));
            strbuf_add_referral_number(x->out, stmt_int(q, 0));
            strbuf_addf(x->out, " " STR_FMT " ", STR_ARG(stmt_text(q, 1)));
            strbuf_add_day(x->out, stmt_day(q, 2));
            strbuf_addz(x->out, stmt_is_null(q, 3) ? TR("，还没有答复", ", no answer so far") : "");
        }
        last = stmt_int(q, 0);
        if (!stmt_is_null(q, 3)) {
            strbuf_addf(x->out, "%s" STR_FMT " ", TR("；", "; "), STR_ARG(stmt_text(q, 3)));
            strbuf_add_day(x->out, stmt_day(q, 4));
            for (int c = 5; c <= 7; c++) { /* what was given, by whom, the note */
                strbuf_addf(x->out, "%s" STR_FMT, stmt_text(q, c).n ? " " : "", STR_ARG(stmt_text(q, c)));
            }
        }
    }
}

static enum status help_and_next(struct explain *x, const struct rules_meta *meta, const follows *all, struct err *err)
{
    given(x, meta, all);
    suggested(x, meta, all);
    strbuf_addz(x->out, TR("后续\n", "what comes next\n"));
    for (size_t i = 0; i < all->n; i++) {
        next_step(x, meta, &all->v[i]);
        TRY(handed_on(x, &all->v[i], err));
    }
    strbuf_addz(x->out, all->n ? "" : TR("  没有预警，不用走访\n", "  no warning, no visit\n"));
    return ST_OK;
}

static enum status tell(struct explain *x, const struct explain_home *home, const follows *all, struct err *err)
{
    const struct site_file *file = &x->site->files[SITE_RULES];
    const struct rules_meta none = {.n_needs = 0};
    struct schema schema;
    struct ruleset *rules = NULL;
    struct err wrong;
    TRY(visits(x, all, err));
    strbuf_addz(x->out, TR("帮扶\n", "help\n"));
    const size_t before = x->out->n;
    TRY(received(x, home, err));
    strbuf_addz(x->out, x->out->n > before ? "" : TR("  没有在享受的待遇\n", "  receives nothing that is known\n"));
    schema_build(x->arena, x->site->sources, x->site->people, &x->site->areas, &schema);
    /* wrong rules are the business of `rules check`: the chain is told without what they would add */
    const bool known = schema_compile(&schema, file->path, file->text, &rules, &wrong) == ST_OK;
    enum status st = help_and_next(x, known ? ruleset_meta(rules) : &none, all, err);
    ruleset_free(rules);
    return st;
}

enum status explain_chain_outcome(struct explain *x, const struct explain_home *home, struct err *err)
{
    follows all = {0};
    enum status st = load_follows(x, home, &all, err);
    if (st == ST_OK) {
        st = tell(x, home, &all, err);
    }
    vec_release(&all);
    return st;
}
