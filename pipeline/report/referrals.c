/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/referrals.h"

#include "base/core/file.h"
#include "base/core/map.h"
#include "pipeline/report/xlsx_grid.h"
#include "rules/warning_number.h"

#define DAYS     92       /* a quarter: an office that reads its file once a month misses nobody */
#define WORD     "转介"   /* an outcome with this in it asks a referral: 转介, 转介教育局 */
#define NO_KIND  "未列明"

/* --- who ------------------------------------------------------------------------------------------------------------------------ */

struct outcome {
    struct str word;
    daynum day;
};
/* One household: a run of `rows`. */
struct home {
    const struct list_row *rows;
    size_t n;
};
struct referrals {
    struct report *r;
    struct list rows;           /* tonight's and those of outcomes, a household together */
    VEC(struct home) homes;     /* in walking order */
    VEC(struct outcome) outcomes;
    struct map64 outcome_of;    /* warning number: index of outcomes */
};

static void referrals_release(struct referrals *f)
{
    list_release(&f->rows);
    vec_release(&f->homes);
    vec_release(&f->outcomes);
    map64_release(&f->outcome_of);
}

static const struct outcome *outcome_of(const struct referrals *f, const struct list_row *l)
{
    uint64_t at = map64_get(&f->outcome_of, (uint64_t)l->warning_no);
    return at == MAP_NONE ? NULL : &f->outcomes.v[at];
}

static bool asks_referral(struct str outcome) { return str_find(outcome, STR(WORD)) < outcome.n; }

static enum status add_visited(struct report *r, struct list *out, const struct stmt *q, struct err *err)
{
    struct arena *a = &r->arena;
    struct list_row l = {.warning_no = stmt_int(q, 0), .order = INT64_MAX, .due = DAY_MISSING};
    AUTO_STMT rule = stmt_use(r->night, STMT_GET_RULE_RESULT);
    stmt_bind_text(rule, ":rule", stmt_text(q, 1));
    bool known;
    TRY(stmt_one(rule, &known, err));
    l.rule = arena_str(a, stmt_text(q, 1));
    l.rule_name = known ? arena_str(a, stmt_text(rule, 0)) : l.rule;
    l.level = arena_str(a, stmt_text(q, 4));
    l.level_rank = (uint32_t)stmt_int(q, 5);
    l.street = arena_str(a, stmt_text(q, 6));
    l.community = arena_str(a, stmt_text(q, 7));
    l.household = stmt_is_null(q, 8) ? stmt_int(q, 3) : stmt_int(q, 8);
    l.where = l.street.n ? LIST_STREET : LIST_NO_AREA;
    TRY(r->faces.find(r->faces.ctx, stmt_text(q, 2).p[0], stmt_int(q, 3), &l.person_row, &l.household_row, err));
    vec_push(&out->rows, l);
    return ST_OK;
}

/* Outcomes by warning; those that ask a referral and are on no list tonight become rows of `visited`. */
static enum status load_outcomes(struct referrals *f, const struct map64 *listed, struct list *visited, struct err *err)
{
    struct report *r = f->r;
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_OUTCOMES_STANDING);
    stmt_bind_int(q, ":mark", r->mark_visit);
    stmt_bind_int(q, ":events", r->mark_event);
    stmt_bind_day(q, ":since", r->as_of - DAYS);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        bool known = map64_get(listed, (uint64_t)stmt_int(q, 0)) != MAP_NONE, asked = asks_referral(stmt_text(q, 9));
        if (known || asked) {
            map64_put(&f->outcome_of, (uint64_t)stmt_int(q, 0), (uint32_t)f->outcomes.n);
            vec_push(&f->outcomes, (struct outcome){arena_str(&r->arena, stmt_text(q, 9)), stmt_day(q, 10)});
        }
        if (asked && !known) {
            TRY(add_visited(r, visited, q, err));
        }
    }
}

static int cmp_int(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* A household of tonight is its row; one that is gone is its number. */
static int home_cmp(const struct list_row *a, const struct list_row *b)
{
    int c = cmp_int(a->household_row, b->household_row);
    return c || a->household_row >= 0 ? c : cmp_int(a->household, b->household);
}

static int row_cmp(const void *x, const void *y)
{
    const struct list_row *a = x, *b = y;
    int c = home_cmp(a, b);
    c = c ? c : cmp_int(a->order, b->order); /* tonight's first: its street is the newest */
    return c ? c : cmp_int(a->warning_no, b->warning_no);
}

static int walk_cmp(const void *x, const void *y)
{
    const struct list_row *a = ((const struct home *)x)->rows, *b = ((const struct home *)y)->rows;
    int c = str_cmp(a->street, b->street);
    c = c ? c : str_cmp(a->community, b->community);
    c = c ? c : address_walk_cmp(&a->walk, &b->walk);
    return c ? c : row_cmp(a, b);
}

static enum status load_rows(struct referrals *f, const struct list *tonight, struct list *visited, struct map64 *listed, struct err *err)
{
    for (size_t i = 0; i < tonight->rows.n; i++) {
        map64_put(listed, (uint64_t)tonight->rows.v[i].warning_no, 1);
        vec_push(&f->rows.rows, tonight->rows.v[i]);
    }
    TRY(load_outcomes(f, listed, visited, err));
    TRY(list_dress(f->r, visited, err));
    for (size_t i = 0; i < visited->rows.n; i++) {
        vec_push(&f->rows.rows, visited->rows.v[i]);
    }
    return ST_OK;
}

static enum status load(struct referrals *f, const struct list *tonight, struct err *err)
{
    struct list visited = {0};
    struct map64 listed = {0};
    enum status st = load_rows(f, tonight, &visited, &listed, err);
    map64_release(&listed);
    list_release(&visited);
    vec_sort(&f->rows.rows, row_cmp);
    for (size_t i = 0; i < f->rows.rows.n; i++) {
        const struct list_row *l = &f->rows.rows.v[i];
        if (i == 0 || home_cmp(l, l - 1) != 0) {
            vec_push(&f->homes, (struct home){l, 0});
        }
        f->homes.v[f->homes.n - 1].n++;
    }
    vec_sort(&f->homes, walk_cmp);
    return st;
}

/* --- one kind of help --------------------------------------------------------------------------------------------------------------- */

enum { COL_NUMBER, COL_STREET, COL_COMMUNITY, COL_HEAD, COL_DOOR, COL_PHONE, COL_LEVEL, COL_RULE, COL_HELP, COL_OUTCOME, COL_ANSWER, COL_DAY, COL_WHO, COL_NOTE,
       COL_COUNT };
static const struct grid_column columns[COL_COUNT] = {
    {"预警编号", 12.5, false}, {"街道", 11, false}, {"社区", 11, false}, {"户主", 9, false}, {"住址", 24, false}, {"联系电话", 13, false}, {"等级", 6, false},
    {"提示的规则", 22, false}, {"可以办理", 18, false}, {"走访结果", 17, false}, {"受理结果", 12, true}, {"受理日期", 11, true}, {"受理人", 9, true}, {"说明", 14, true},
};
static const char *const answers[] = {"已办理", "正在办理", "不符合条件", "已有保障", "联系不上", "本人不愿", NULL};

/* need NULL: a visit asks a referral and no kind of help names its rule. */
static bool row_counts(const struct referrals *f, const struct rules_need *need, const struct list_row *l)
{
    if (need) {
        return list_needs(need, l, 1);
    }
    const struct outcome *o = outcome_of(f, l);
    bool named = !o || !asks_referral(o->word);
    for (size_t i = 0; i < f->r->meta->n_needs; i++) {
        named = named || list_needs(&f->r->meta->needs[i], l, 1);
    }
    return !named;
}

static struct strbuf *next_line(struct strbuf *b)
{
    strbuf_addz(b, b->n > 0 ? "\n" : "");
    return b;
}

/* A line a warning, so that number, level and rule stand side by side. */
static void add_row_words(const struct referrals *f, const struct list_row *l, struct strbuf *cells)
{
    strbuf_add_warning_number(next_line(&cells[COL_NUMBER]), l->warning_no);
    strbuf_adds(next_line(&cells[COL_LEVEL]), l->level);
    strbuf_adds(next_line(&cells[COL_RULE]), l->rule_name);
    const struct outcome *o = outcome_of(f, l);
    if (o) {
        strbuf_addf(next_line(&cells[COL_OUTCOME]), STR_FMT " ", STR_ARG(o->word));
        strbuf_add_day(&cells[COL_OUTCOME], o->day);
    }
}

/* The first telephone number of the household's people. */
static struct str phone_of(const struct home *h)
{
    for (size_t i = 0; i < h->n; i++) {
        if (h->rows[i].person.phone.n > 0) {
            return h->rows[i].person.phone;
        }
    }
    for (size_t i = 0; i < h->rows->home.n_members; i++) {
        if (h->rows->home.members[i].phone.n > 0) {
            return h->rows->home.members[i].phone;
        }
    }
    return STR("");
}

static void fill_home(struct referrals *f, const struct rules_need *need, const struct home *h, struct str *cells)
{
    struct report *r = f->r;
    const struct list_row *l = h->rows;
    struct strbuf b[COL_COUNT] = {{0}};
    for (size_t i = 0; i < h->n; i++) {
        if (row_counts(f, need, &h->rows[i])) {
            add_row_words(f, &h->rows[i], b);
        }
    }
    list_add_help(&b[COL_HELP], "", need ? need : &(struct rules_need){.n = 0}, "");
    for (int c = 0; c < COL_COUNT; c++) {
        cells[c] = arena_str(&r->arena, strbuf_str(&b[c]));
        strbuf_release(&b[c]);
    }
    cells[COL_STREET] = report_area_name(r, l->street);
    cells[COL_COMMUNITY] = l->community.n ? report_area_name(r, l->community) : STR("");
    cells[COL_HEAD] = l->home.head.n ? l->home.head : l->person.name;
    cells[COL_DOOR] = l->door;
    cells[COL_PHONE] = phone_of(h);
}

static bool home_counts(const struct referrals *f, const struct rules_need *need, const struct home *h)
{
    for (size_t i = 0; i < h->n; i++) {
        if (row_counts(f, need, &h->rows[i])) {
            return true;
        }
    }
    return false;
}

static enum status write_kind(struct referrals *f, const struct rules_need *need, struct referral_files *out, struct err *err)
{
    struct report *r = f->r;
    struct arena *a = &r->arena;
    struct str name = need ? need->name : STR(NO_KIND);
    struct str *cells = arena_array(a, struct str, f->homes.n * COL_COUNT + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->homes.n; i++) {
        if (home_counts(f, need, &f->homes.v[i])) {
            fill_home(f, need, &f->homes.v[i], cells + n++ * COL_COUNT);
        }
    }
    if (n == 0) {
        return ST_OK;
    }
    const char *file = report_file_name(r, "referrals/", STR(""), name, "xlsx");
    struct grid g = {.title = arena_printf(a, "转介单　" STR_FMT, STR_ARG(name)),
                     .notice = arena_printf(a, "基准日 %s　共 %zu 户　本件为走访线索，不是处理决定；能不能办由受理单位核定。含个人信息，仅限本次受理使用，不得转发。"
                                               "有颜色的格子由受理单位填好交回。", report_day(a, r->as_of), n),
                     .columns = columns, .n_columns = COL_COUNT, .choice_column = COL_ANSWER, .choices = answers,
                     .choice_help = "请从下拉列表中选一个；还没受理就空着。", .created = r->as_of, .cells = cells, .n_rows = n, .scratch_dir = r->scratch_dir};
    TRY(file_mkdirs(path_join(a, r->out_dir, "referrals"), err));
    out->names[out->n++] = file;
    return grid_write(&g, path_join(a, r->out_dir, file), err);
}

enum status referrals_write(struct report *r, const struct list *tonight, struct referral_files *out, struct err *err)
{
    struct referrals f = {.r = r};
    *out = (struct referral_files){.n = 0};
    enum status st = load(&f, tonight, err);
    for (size_t i = 0; i < r->meta->n_needs && st == ST_OK; i++) {
        st = write_kind(&f, &r->meta->needs[i], out, err);
    }
    st = st == ST_OK ? write_kind(&f, NULL, out, err) : st;
    referrals_release(&f);
    return st;
}
