/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/referrals.h"

#include "base/core/file.h"
#include "base/core/map.h"
#include "pipeline/referrals.h"
#include "pipeline/report/xlsx_grid.h"
#include "rules/warning_number.h"

#define DAYS     92       /* a quarter: an office that reads its file once a month misses nobody */
#define WORD     "转介"   /* an outcome with this in it asks a referral: 转介, 转介教育局 */
#define NO_KIND  "未列明"
#define KIND_BITS 4        /* of the key of a warning and a kind: REFERRAL_KINDS fit */

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
    referral_list handed;       /* before tonight */
    struct map64 handed_of;     /* warning number and kind: the newest of `handed` */
    struct map64 index_of;      /* referral number: index of `handed` */
    int64_t next;               /* first free referral number */
    VEC(struct str) cells;      /* of the list being written */
};
/* One line: a household's warnings of one kind that one referral is about. */
struct line {
    const struct home *home;
    const struct referral *known; /* NULL: handed on for the first time */
    int64_t no;
    bool *of;                     /* [home->n] */
};

static void referrals_release(struct referrals *f)
{
    list_release(&f->rows);
    vec_release(&f->homes);
    vec_release(&f->outcomes);
    map64_release(&f->outcome_of);
    vec_release(&f->handed);
    map64_release(&f->handed_of);
    map64_release(&f->index_of);
    vec_release(&f->cells);
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
    for (size_t i = 0; i < visited->rows.n; i++) {
        vec_push(&f->rows.rows, visited->rows.v[i]);
    }
    return list_dress(f->r, RULES_FOR_REFERRAL, &f->rows, err); /* an office may read more or less than a street */
}

static uint64_t handed_key(int64_t warning_no, size_t kind) { return (uint64_t)warning_no << KIND_BITS | kind; }

static struct str kind_name(const struct referrals *f, size_t kind) { return kind < f->r->meta->n_needs ? f->r->meta->needs[kind].name : STR(NO_KIND); }

static size_t kind_of(const struct referrals *f, struct str name)
{
    size_t k = 0;
    while (k < f->r->meta->n_needs && !str_eq(f->r->meta->needs[k].name, name)) {
        k++;
    }
    return k < f->r->meta->n_needs || str_eqz(name, NO_KIND) ? k : REFERRAL_KINDS;
}

static enum status load_handed(struct referrals *f, struct err *err)
{
    struct report *r = f->r;
    TRY(referrals_load(r->ledger, r->number, r->mark_event, r->mark_visit, &r->arena, &f->handed, err));
    for (size_t i = 0; i < f->handed.n; i++) {
        map64_put(&f->index_of, (uint64_t)f->handed.v[i].no, (uint32_t)i);
        f->next = f->handed.v[i].no;
    }
    f->next++;
    AUTO_STMT q = stmt_use(r->ledger, STMT_LIST_REFERRAL_WARNINGS);
    stmt_bind_int(q, ":before", r->number);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        uint32_t at = map64_get(&f->index_of, (uint64_t)stmt_int(q, 0));
        size_t kind = at == MAP_NONE ? REFERRAL_KINDS : kind_of(f, f->handed.v[at].kind);
        if (kind < REFERRAL_KINDS) { /* by number: the newest stays */
            map64_put(&f->handed_of, handed_key(stmt_int(q, 1), kind), at);
        }
    }
}

static enum status load(struct referrals *f, const struct list *tonight, struct err *err)
{
    struct list visited = {0};
    struct map64 listed = {0};
    enum status st = load_rows(f, tonight, &visited, &listed, err);
    st = st == ST_OK ? load_handed(f, err) : st;
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

enum { COL_NUMBER, COL_WARNING, COL_AREA, COL_HEAD, COL_WHO, COL_DOOR, COL_PHONE, COL_BENEFITS, COL_RULE, COL_HELP, COL_OUTCOME, COL_HANDED,
       COL_ANSWER, COL_DAY, COL_BY, COL_PROGRAMME, COL_NOTE, COL_COUNT };
static const struct grid_column columns[COL_COUNT] = {
    {"转介编号", 12.5, false}, {"预警编号", 12.5, false}, {"街道社区", 11, false}, {"户主", 8, false}, {"涉及的人", 11, false}, {"住址", 20, false}, {"联系电话", 12.5, false},
    {"现享受政策", 12, false}, {"提示的情况", 20, false}, {"可以办理", 14, false}, {"走访结果", 14, false}, {"交办日期和答复", 14.5, false},
    {"受理结果", 11, true}, {"受理日期", 10.5, true}, {"受理人", 8, true}, {"办理项目", 12, true}, {"说明", 12, true},
};

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

static void add_word_once(struct strbuf *b, struct str word)
{
    if (word.n > 0 && str_find(strbuf_str(b), word) >= b->n) {
        strbuf_adds(next_line(b), word);
    }
}

/* A line a warning, so that number and rule stand side by side; then whom it is about, if that is not the head. */
static void add_row_words(const struct referrals *f, const struct list_row *l, struct strbuf *cells)
{
    AUTO_STRBUF who = STRBUF_INIT;
    strbuf_add_warning_number(next_line(&cells[COL_WARNING]), l->warning_no);
    strbuf_addf(next_line(&cells[COL_RULE]), STR_FMT " " STR_FMT, STR_ARG(l->level), STR_ARG(l->rule_name));
    const struct outcome *o = outcome_of(f, l);
    if (o) {
        strbuf_addf(next_line(&cells[COL_OUTCOME]), STR_FMT " ", STR_ARG(o->word));
        strbuf_add_day(&cells[COL_OUTCOME], o->day);
    }
    if (l->person.name.n > 0 && !str_eq(l->person.name, l->home.head)) {
        strbuf_adds(&who, l->person.name);
        if (l->person.age >= 0) {
            strbuf_addf(&who, " %d岁", l->person.age);
        }
        add_word_once(&cells[COL_WHO], strbuf_str(&who));
    }
    add_word_once(&cells[COL_BENEFITS], l->person.programmes);
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

/* Since when it is handed on, what was said so far, and whether it takes too long. */
static void add_handed(const struct referrals *f, const struct referral *known, struct strbuf *b)
{
    const int days = f->r->meta->referral_days;
    strbuf_add_day(b, known ? known->day : f->r->as_of);
    if (known && known->answer.n > 0) {
        strbuf_addf(b, "\n" STR_FMT " ", STR_ARG(known->answer));
        strbuf_add_day(b, known->answered);
    }
    if (known && f->r->as_of - known->day > days) {
        strbuf_addf(b, known->answer.n ? "\n超过%d天没有办完" : "\n超过%d天没有答复", days);
    }
}

static void fill_line(struct referrals *f, const struct rules_need *need, const struct line *at, struct str *cells)
{
    struct report *r = f->r;
    const struct list_row *l = at->home->rows;
    struct strbuf b[COL_COUNT] = {{0}};
    strbuf_add_referral_number(&b[COL_NUMBER], at->no);
    for (size_t i = 0; i < at->home->n; i++) {
        if (at->of[i]) {
            add_row_words(f, &l[i], b);
        }
    }
    list_add_help(&b[COL_HELP], "", need ? need : &(struct rules_need){.n = 0}, "");
    add_handed(f, at->known, &b[COL_HANDED]);
    strbuf_adds(&b[COL_AREA], report_area_name(r, l->street));
    if (l->community.n) {
        strbuf_addf(&b[COL_AREA], " " STR_FMT, STR_ARG(report_area_name(r, l->community)));
    }
    for (int c = 0; c < COL_COUNT; c++) {
        cells[c] = arena_str(&r->arena, strbuf_str(&b[c]));
        strbuf_release(&b[c]);
    }
    cells[COL_HEAD] = l->home.head.n ? l->home.head : l->person.name;
    cells[COL_DOOR] = l->door;
    cells[COL_PHONE] = phone_of(at->home);
}

/* --- what is handed on, and under which number -------------------------------------------------------------------------------------- */

static enum status propose(struct referrals *f, const struct line *at, size_t kind, struct err *err)
{
    struct report *r = f->r;
    if (!at->known) {
        AUTO_STMT q = stmt_use(r->night, STMT_INSERT_PROPOSED_REFERRAL);
        stmt_bind_int(q, ":referral_no", at->no);
        stmt_bind_text(q, ":kind", kind_name(f, kind));
        stmt_bind_int(q, ":household", at->home->rows->household);
        stmt_bind_text(q, ":street", at->home->rows->street);
        TRY(stmt_run(q, err));
    }
    for (size_t i = 0; i < at->home->n; i++) {
        if (at->of[i] && map64_get(&f->handed_of, handed_key(at->home->rows[i].warning_no, kind)) == MAP_NONE) {
            AUTO_STMT q = stmt_use(r->night, STMT_INSERT_PROPOSED_REFERRAL_WARNING);
            stmt_bind_int(q, ":referral_no", at->no);
            stmt_bind_int(q, ":warning_no", at->home->rows[i].warning_no);
            TRY(stmt_run(q, err));
        }
    }
    return ST_OK;
}

static enum status add_line(struct referrals *f, const struct rules_need *need, size_t kind, const struct line *at, struct err *err)
{
    for (int c = 0; c < COL_COUNT; c++) {
        vec_push(&f->cells, STR(""));
    }
    fill_line(f, need, at, f->cells.v + f->cells.n - COL_COUNT);
    return propose(f, at, kind, err);
}

/* A line a referral that nobody finished (households that became one bring several); what is new joins the first of them, or begins one. */
static enum status add_home(struct referrals *f, const struct rules_need *need, size_t kind, const struct home *h, struct err *err)
{
    struct arena *a = &f->r->arena;
    bool *fresh = arena_array(a, bool, h->n);
    struct line *lines = arena_array(a, struct line, h->n + 1);
    size_t n = 0;
    bool any = false;
    for (size_t i = 0; i < h->n; i++) {
        uint32_t handed = row_counts(f, need, &h->rows[i]) ? map64_get(&f->handed_of, handed_key(h->rows[i].warning_no, kind)) : MAP_NONE;
        const struct referral *known = handed == MAP_NONE ? NULL : &f->handed.v[handed];
        fresh[i] = !known && row_counts(f, need, &h->rows[i]);
        any = any || fresh[i];
        if (!known || referral_is_over(known)) {
            continue;
        }
        size_t k = 0;
        while (k < n && lines[k].known != known) {
            k++;
        }
        if (k == n) {
            lines[n++] = (struct line){h, known, known->no, arena_array(a, bool, h->n)};
        }
        lines[k].of[i] = true;
    }
    if (n == 0 && any) {
        lines[n++] = (struct line){h, NULL, f->next++, arena_array(a, bool, h->n)};
    }
    for (size_t i = 0; i < h->n && n > 0; i++) {
        lines[0].of[i] = lines[0].of[i] || fresh[i];
    }
    for (size_t k = 0; k < n; k++) {
        TRY(add_line(f, need, kind, &lines[k], err));
    }
    return ST_OK;
}

/* Columns nobody may read, or that say nothing, are left out. */
static size_t shown_columns(const struct referrals *f, size_t n, size_t *out)
{
    size_t shown = 0;
    for (size_t c = 0; c < COL_COUNT; c++) {
        bool any = columns[c].fill;
        for (size_t i = 0; i < n && !any; i++) {
            any = f->cells.v[i * COL_COUNT + c].n > 0;
        }
        if (any) {
            out[shown++] = c;
        }
    }
    return shown;
}

static enum status write_kind(struct referrals *f, size_t kind, struct referral_files *out, struct err *err)
{
    struct report *r = f->r;
    struct arena *a = &r->arena;
    const struct rules_need *need = kind < r->meta->n_needs ? &r->meta->needs[kind] : NULL;
    struct str name = kind_name(f, kind);
    size_t at[COL_COUNT];
    vec_clear(&f->cells);
    for (size_t i = 0; i < f->homes.n; i++) {
        TRY(add_home(f, need, kind, &f->homes.v[i], err));
    }
    const size_t n = f->cells.n / COL_COUNT, shown = shown_columns(f, n, at);
    if (n == 0) {
        return ST_OK;
    }
    struct grid_column *heads = arena_array(a, struct grid_column, shown);
    struct str *cells = arena_array(a, struct str, n * shown);
    int choice = -1;
    for (size_t c = 0; c < shown; c++) {
        heads[c] = columns[at[c]];
        choice = at[c] == COL_ANSWER ? (int)c : choice;
        for (size_t i = 0; i < n; i++) {
            cells[i * shown + c] = f->cells.v[i * COL_COUNT + at[c]];
        }
    }
    const char *file = report_file_name(r, "referrals/", STR(""), name, "xlsx");
    struct grid g = {.title = arena_printf(a, "转介单　" STR_FMT, STR_ARG(name)),
                     .notice = arena_printf(a, "基准日 %s　共 %zu 户　本件为走访线索，不是处理决定；能不能办由受理单位核定。含个人信息，仅限本次受理使用，不得转发。"
                                               "有颜色的格子由受理单位填好交回（已办结的写明办理项目），%d 天没有办完的会再提醒。", report_day(a, r->as_of), n, r->meta->referral_days),
                     .columns = heads, .n_columns = shown, .choice_column = choice, .choices = referral_answers,
                     .choice_help = "请从下拉列表中选一个；还没受理就空着。", .created = r->as_of, .cells = cells, .n_rows = n, .scratch_dir = r->scratch_dir};
    TRY(file_mkdirs(path_join(a, r->out_dir, "referrals"), err));
    out->names[out->n++] = file;
    return grid_write(&g, path_join(a, r->out_dir, file), err);
}

static enum status write_all(struct referrals *f, struct referral_files *out, struct err *err)
{
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, f->r->night, err));
    for (size_t k = 0; k <= f->r->meta->n_needs; k++) {
        TRY(write_kind(f, k, out, err));
    }
    return tx_commit(&tx, err);
}

enum status referrals_write(struct report *r, const struct list *tonight, struct referral_files *out, struct err *err)
{
    struct referrals f = {.r = r};
    *out = (struct referral_files){.n = 0};
    enum status st = load(&f, tonight, err);
    st = st == ST_OK ? write_all(&f, out, err) : st;
    for (size_t i = 0; i < f.handed.n; i++) {
        referral_count(&f.handed.v[i], r->as_of, r->meta->referral_days, &out->counts);
    }
    referrals_release(&f);
    return st;
}
