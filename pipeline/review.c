/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai review import`: what people say of the questions of `review export`. Rows find their question by its number; one transaction a file into the ledger
   (link_review, audit); the next night obeys (pipeline/link_review.c). */
#include <stdio.h>

#include "base/core/clock.h"
#include "base/core/map.h"
#include "base/store/db.h"
#include "pipeline/audit.h"
#include "pipeline/command.h"
#include "pipeline/explain.h"
#include "pipeline/link_how.h"
#include "pipeline/refused_rows.h"

#define REASONS_SHOWN 5

struct question {
    uint64_t hash;
    bool two_numbers;
    enum review_decision decision; /* the newest of the ledger; REVIEW_NONE: open */
    daynum day;
    struct str reviewer, note;
    int64_t line;                  /* of this file that answers it, 0 */
};

struct answer {
    const struct filled_row *cells;
    const char *refused;           /* why; NULL */
    bool accepted;
    uint32_t question;
    enum review_decision decision;
    daynum day;
    struct str reviewer, note;
};

struct review {
    struct explain x;
    struct arena arena;
    struct filled_list list;
    struct strmap numbers;         /* printed number -> question */
    VEC(struct question) questions;
    VEC(struct answer) answers;
    int64_t accepted, refused, blank, repeated;
};

/* --- questions: those of the last night, and those answered before ---------------------------------------------------------------- */

static struct question *question_at(struct review *v, uint64_t hash)
{
    char number[REF_MAX];
    question_ref(v->x.site->key, hash, number);
    uint32_t at = strmap_add(&v->numbers, str_of(number));
    if (at == v->questions.n) {
        vec_push(&v->questions, (struct question){.hash = hash, .day = DAY_MISSING});
    }
    return &v->questions.v[at];
}

static enum status read_questions(struct review *v, struct err *err)
{
    AUTO_MADE asked = {NULL, 0};
    TRY(link_made_read(v->x.run_dir, -1, 1, &asked, err));
    for (size_t i = 0; i < asked.n; i++) {
        question_at(v, asked.v[i].made.question)->two_numbers |= (asked.v[i].made.because & BECAUSE_TWO_NUMBERS) != 0;
    }
    AUTO_STMT q = stmt_use(v->x.site->ledger, STMT_LIST_LINK_REVIEWS);
    stmt_bind_int(q, ":before", INT64_MAX);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        struct question *k = question_at(v, (uint64_t)stmt_int(q, 0));
        k->decision = (enum review_decision)stmt_int(q, 1);
        k->reviewer = arena_str(&v->arena, stmt_text(q, 2));
        k->day = stmt_day(q, 3);
        k->note = arena_str(&v->arena, stmt_text(q, 4));
    }
}

/* --- a row ---------------------------------------------------------------------------------------------------------------------------- */

static enum review_decision decision_of(struct str word)
{
    static const struct {
        const char *word;
        enum review_decision decision;
    } words[] = {{"同一人", REVIEW_SAME}, {"不是同一人", REVIEW_DIFFERENT}, {"不清楚", REVIEW_UNCLEAR}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(word, words[i].word)) {
            return words[i].decision;
        }
    }
    return REVIEW_NONE;
}

static const char *why_refused(struct review *v, struct answer *a, enum value_reason day)
{
    struct str number = filled_cell(&v->list, a->cells, FILLED_NUMBER);
    a->question = strmap_get(&v->numbers, number);
    if (a->question == MAP_NONE) {
        return number.n ? TR("没有这个编号的疑问：数据变了，或编号有误；请重新导出", "no such question: the data changed, or the number is wrong; export again")
                        : TR("有核查结果，但没有编号", "an answer without a number");
    }
    const struct question *q = &v->questions.v[a->question];
    if (a->decision == REVIEW_NONE) {
        return TR("核查结果要写 同一人、不是同一人 或 不清楚", "the answer must be 同一人, 不是同一人 or 不清楚");
    }
    if (a->reviewer.n == 0) {
        return TR("没有写核查人", "no reviewer");
    }
    if (day != VALUE_OK) {
        return TR("没有核查日期，或看不懂，请写成 2026-03-05", "no date, or not understood; write 2026-03-05");
    }
    if (a->day > clock_today()) {
        return TR("核查日期在将来", "the date lies in the future");
    }
    if (a->decision == REVIEW_SAME && q->two_numbers) {
        return TR("两个号码都有效而且不同，不能合成一人；确是换了号的，请写进 id_aliases.csv",
                  "two different valid numbers never become one person; a changed number goes into id_aliases.csv");
    }
    return NULL;
}

static bool says(const struct question *q, const struct answer *a)
{
    return q->decision == a->decision && q->day == a->day && str_eq(q->reviewer, a->reviewer) && str_eq(q->note, a->note);
}

static void judge(struct review *v, struct answer *a)
{
    struct str word = filled_cell(&v->list, a->cells, FILLED_OUTCOME);
    enum date_precision precision = DATE_DAY;
    if (a->cells->bad != VALUE_OK) {
        a->refused = value_reason_word(a->cells->bad);
    } else if (word.n == 0) {
        v->blank++;
        return;
    } else {
        a->decision = decision_of(word);
        a->reviewer = filled_cell(&v->list, a->cells, FILLED_VISITOR);
        a->note = filled_cell(&v->list, a->cells, FILLED_NOTE);
        struct str cell = filled_cell(&v->list, a->cells, FILLED_DAY);
        enum value_reason day = value_date(cell, DATE_ALLOW_SERIAL | DATE_ALLOW_TWO_DIGIT | DATE_ONLY_DAY, &a->day, &precision);
        a->refused = why_refused(v, a, day == VALUE_OK && precision != DATE_DAY ? VALUE_MISSING : day);
    }
    if (a->refused) {
        v->refused++;
        return;
    }
    struct question *q = &v->questions.v[a->question];
    if (says(q, a)) {
        v->repeated++;
    } else if (q->line) {
        a->refused = arena_printf(&v->arena, TR("同一疑问在本表第 %lld 行已填，内容不同", "the same question stands in line %lld with other content"), (long long)q->line);
        v->refused++;
    } else {
        a->accepted = true;
        v->accepted++;
        q->decision = a->decision;
        q->day = a->day;
        q->reviewer = a->reviewer;
        q->note = a->note;
    }
    q->line = a->cells->line;
}

/* --- what comes of it ------------------------------------------------------------------------------------------------------------- */

static enum status insert_answer(struct review *v, const struct answer *a, const char *file, int64_t night, const char *at, struct err *err)
{
    AUTO_STMT q = stmt_use(v->x.site->ledger, STMT_INSERT_LINK_REVIEW);
    stmt_bind_int(q, ":night", night);
    stmt_bind_int(q, ":question", (int64_t)v->questions.v[a->question].hash);
    stmt_bind_int(q, ":anchor", 0);
    stmt_bind_int(q, ":decision", a->decision);
    stmt_bind_text(q, ":reviewer", a->reviewer);
    stmt_bind_day(q, ":day", a->day);
    stmt_bind_text(q, ":note", a->note);
    stmt_bind_z(q, ":file", file);
    stmt_bind_z(q, ":who", who_acts());
    stmt_bind_z(q, ":at", at);
    return stmt_run(q, err);
}

static enum status last_night(struct review *v, int64_t *out, struct err *err)
{
    AUTO_STMT q = stmt_use(v->x.site->ledger, STMT_SELECT_NIGHT_LAST);
    bool row;
    TRY(stmt_one(q, &row, err));
    *out = row ? stmt_int(q, 0) : 0;
    return ST_OK;
}

/* Nothing accepted: nothing is written, so that a file sent twice leaves no trace. */
static enum status write_ledger(struct review *v, const char *path, struct err *err)
{
    if (v->accepted == 0) {
        return ST_OK;
    }
    const char *slash = strrchr(path, '/');
    char at[20];
    int64_t night;
    clock_stamp(at);
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, v->x.site->ledger, err));
    TRY(last_night(v, &night, err));
    for (size_t i = 0; i < v->answers.n; i++) {
        if (v->answers.v[i].accepted) {
            TRY(insert_answer(v, &v->answers.v[i], slash ? slash + 1 : path, night, at, err));
        }
    }
    const char *detail = arena_printf(&v->arena, "review import: accepted %lld, refused %lld", (long long)v->accepted, (long long)v->refused);
    TRY(audit_add(v->x.site->ledger, "import", detail, err));
    return tx_commit(&tx, err);
}

static enum status write_refused(struct review *v, const char *path, const char **out_path, struct err *err)
{
    struct refused_rows r;
    refused_init(&r, &v->list);
    for (size_t i = 0; i < v->answers.n; i++) {
        if (v->answers.v[i].refused) {
            refused_add(&r, v->answers.v[i].cells, v->answers.v[i].refused, NULL);
        }
    }
    enum status status = refused_write(&r, path, &v->arena, out_path, err);
    refused_release(&r);
    return status;
}

static void print_result(const struct review *v, const char *path, const char *refused_path)
{
    printf(TR("%s：接受 %lld 行，未填 %lld 行，重复 %lld 行，未接受 %lld 行\n", "%s: %lld rows accepted, %lld blank, %lld repeated, %lld refused\n"), path,
           (long long)v->accepted, (long long)v->blank, (long long)v->repeated, (long long)v->refused);
    int shown = 0;
    for (size_t i = 0; i < v->answers.n && shown < REASONS_SHOWN; i++) {
        const struct answer *a = &v->answers.v[i];
        if (a->refused) {
            printf(TR("  第 %lld 行：%s\n", "  line %lld: %s\n"), (long long)a->cells->line, a->refused);
            shown++;
        }
    }
    if (v->refused) {
        printf(TR("  未接受的行在 %s，改正后可再次导入\n", "  refused rows are in %s; correct them and import that file\n"), refused_path);
        warn_add(ST_W_ROWS_REFUSED, TR("%lld 行", "%lld rows"), (long long)v->refused);
    }
}

static enum status import_file(struct review *v, const char *path, struct err *err)
{
    TRY(site_need_key(v->x.site, err));
    TRY(explain_open_run(&v->x, err));
    TRY(read_questions(v, err));
    TRY(filled_read(path, FILLED_VISITS, &v->list, err));
    for (size_t i = 0; i < v->list.rows.n; i++) {
        struct answer a = {.cells = &v->list.rows.v[i], .day = DAY_MISSING};
        judge(v, &a);
        vec_push(&v->answers, a);
    }
    const char *refused_path;
    TRY(write_refused(v, path, &refused_path, err));
    TRY(write_ledger(v, path, err));
    print_result(v, path, refused_path);
    return ST_OK;
}

static enum status run(const struct args *args, struct err *err)
{
    if (args->n != 1) {
        return err_set(err, ST_USAGE, "%s", TR("要写出填好的文件，如 mopai review import 疑问.csv", "name the filled file: mopai review import FILE"));
    }
    AUTO_SITE site = {.lock_fd = -1};
    TRY(site_open(&site, args->site_dir, SITE_WRITE, err));
    struct review v = {.x = {.site = &site}};
    v.x.arena = &v.arena;
    enum status status = import_file(&v, args->v[0], err);
    population_close(v.x.pop);
    filled_release(&v.list);
    strmap_release(&v.numbers);
    vec_release(&v.questions);
    vec_release(&v.answers);
    arena_release(&v.arena);
    return status;
}

static const struct option options[] = {{NULL, 0, NULL, NULL, NULL}};

const struct command cmd_review_import = {
    .name = "review import",
    .operands = "FILE",
    .zh = "导入填好的疑问表（.xlsx 或 CSV），下一夜照办",
    .en = "take the answers back (.xlsx or CSV); the next night obeys",
    .more_zh = "按编号逐行对上。同一人：归到此人；不是同一人：不归，也不再问；不清楚：记下，仍会再问。\n"
               "号码都有效而且不同的两人不能合成一人。记录或此人的姓名、号码等变了，答复就失效，会重新问。\n"
               "未接受的行连同原因写到 FILE.refused.csv，改正后直接导入那个文件。同一份文件导入两次，第二次不会有任何改动。\n"
               "例：mopai -C 站点 review import 疑问.csv",
    .more_en = "Rows find their question by its number. 同一人 joins, 不是同一人 keeps apart and is not asked again, 不清楚 is kept and asked again.\n"
               "Two different valid numbers never become one person. When what the record or the person's name or number says changes, the answer expires.\n"
               "Refused rows are written to FILE.refused.csv with the reason: correct them and import that file. The same file twice changes nothing.\n"
               "Example: mopai -C SITE review import questions.csv",
    .options = options,
    .run = run,
};
