/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/referrals.h"

#include "base/store/db.h"
#include "rules/warning_number.h"

#define COUNTED_DAYS 366

/* --- words ---------------------------------------------------------------------------------------------------------------- */

const char *const referral_answers[] = {"已接收", "正在办理", "已办结", "不符合条件", "已有保障", "联系不上", "本人不愿", NULL};

/* What offices write, the shorter forms too. */
static const struct {
    const char *typed, *word;
    enum referral_state state;
} words[] = {
    {"已接收", "已接收", REFERRAL_RECEIVED},     {"接收", "已接收", REFERRAL_RECEIVED},           {"已受理", "已接收", REFERRAL_RECEIVED},
    {"正在办理", "正在办理", REFERRAL_RECEIVED}, {"在办", "正在办理", REFERRAL_RECEIVED},         {"联系不上", "联系不上", REFERRAL_RECEIVED},
    {"已办结", "已办结", REFERRAL_DONE},         {"办结", "已办结", REFERRAL_DONE},               {"已办理", "已办结", REFERRAL_DONE},
    {"不符合条件", "不符合条件", REFERRAL_DECLINED}, {"不符合", "不符合条件", REFERRAL_DECLINED}, {"已有保障", "已有保障", REFERRAL_DECLINED},
    {"本人不愿", "本人不愿", REFERRAL_DECLINED},
};

enum referral_state referral_answer_of(struct str word, const char **out_word)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eqz(word, words[i].typed)) {
            *out_word = words[i].word;
            return words[i].state;
        }
    }
    *out_word = NULL;
    return REFERRAL_OPEN;
}

const char *referral_state_word(enum referral_state s)
{
    static const char *const zh[REFERRAL_STATES] = {"未答复", "已接收", "已办结", "不办理"}, *const en[REFERRAL_STATES] = {"no answer", "received", "done", "declined"};
    return TR(zh[s], en[s]);
}

/* --- numbers -------------------------------------------------------------------------------------------------------------- */

void strbuf_add_referral_number(struct strbuf *b, int64_t no)
{
    char text[WARNING_NUMBER_MAX];
    warning_number_format(no, text);
    strbuf_addf(b, "Z%s", text + 1);
}

bool referral_number_parse(struct str s, int64_t *out_no)
{
    AUTO_STRBUF b = STRBUF_INIT;
    s = str_trim(s);
    while (s.n > 0 && s.p[0] == '\'') {
        s = str_sub(s, 1, s.n);
    }
    bool wide = str_starts(s, STR("Ｚ")) || str_starts(s, STR("ｚ"));
    if (s.n == 0 || (!wide && to_upper(s.p[0]) != 'Z')) {
        return false; /* W-...: that is a warning's, and a row of another list */
    }
    strbuf_addc(&b, 'W');
    strbuf_adds(&b, str_sub(s, wide ? strlen("Ｚ") : 1, s.n));
    return warning_number_parse(strbuf_str(&b), out_no) == WARNING_NUMBER_OK;
}

/* --- the ledger ----------------------------------------------------------------------------------------------------------- */

static enum referral_state state_of(struct str s)
{
    return str_eqz(s, "received") ? REFERRAL_RECEIVED : str_eqz(s, "done") ? REFERRAL_DONE : str_eqz(s, "declined") ? REFERRAL_DECLINED : REFERRAL_OPEN;
}

enum status referrals_load(struct db *ledger, int64_t before, int64_t mark_event, int64_t mark_visit, struct arena *a, referral_list *out, struct err *err)
{
    AUTO_STMT q = stmt_use(ledger, STMT_LIST_REFERRALS);
    stmt_bind_int(q, ":before", before);
    stmt_bind_int(q, ":events", mark_event);
    stmt_bind_int(q, ":visits", mark_visit);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        vec_push(out, (struct referral){.no = stmt_int(q, 0),
                                        .kind = arena_str(a, stmt_text(q, 1)),
                                        .household = stmt_int(q, 2),
                                        .street = arena_str(a, stmt_text(q, 3)),
                                        .day = stmt_day(q, 4),
                                        .answer = arena_str(a, stmt_text(q, 5)),
                                        .state = state_of(stmt_text(q, 6)),
                                        .answered = stmt_day(q, 7),
                                        .programme = arena_str(a, stmt_text(q, 8)),
                                        .stands = stmt_int(q, 9) != 0});
    }
}

bool referral_is_late(const struct referral *r, daynum as_of, int days)
{
    return !referral_is_over(r) && (r->stands || r->state == REFERRAL_RECEIVED) && as_of - r->day > days;
}

void referral_count(const struct referral *r, daynum as_of, int days, struct referral_counts *c)
{
    bool wanted = r->stands || r->state != REFERRAL_OPEN; /* one whose reason is gone before anybody answered is nobody's business */
    if (!wanted || r->day <= as_of - COUNTED_DAYS) {
        return;
    }
    bool late = referral_is_late(r, as_of, days);
    c->handed++;
    c->by_state[r->state]++;
    c->late += late;
    c->unanswered_late += late && r->state == REFERRAL_OPEN;
    c->decided += late || referral_is_over(r);
}
