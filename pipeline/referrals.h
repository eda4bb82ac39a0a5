/* SPDX-License-Identifier: Apache-2.0 */
/* Households handed on to other offices (pipeline/report/referrals.c makes the lists) and what those offices answered: `mopai referrals import`, `referrals list`.
   A referral is one household and one kind of help; its number finds it again. Reads and writes the ledger (referral, referral_import, referral_answer, audit),
   one transaction a file; the nights after it obey. */
#ifndef MOPAI_PIPELINE_REFERRALS_H
#define MOPAI_PIPELINE_REFERRALS_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/core/status.h"
#include "base/core/vec.h"

struct db;

enum referral_state {
    REFERRAL_OPEN,     /* nobody answered */
    REFERRAL_RECEIVED, /* taken on, or nobody reached so far */
    REFERRAL_DONE,     /* something was given */
    REFERRAL_DECLINED, /* nothing to give: not eligible, provided for, not wanted */
    REFERRAL_STATES
};
struct referral {
    int64_t no, household;
    struct str kind, street; /* 助医; area code */
    daynum day;              /* first on a list */
    struct str answer;       /* the newest, "" none */
    enum referral_state state;
    daynum answered;         /* DAY_MISSING */
    struct str programme;
    bool stands;             /* one of its warnings does, or a visit asked for it: an answer is still wanted */
};
typedef VEC(struct referral) referral_list;

/* Those of the nights before `before`, with answers given before it; warnings and visits up to the marks. By number. Texts live in `a`. */
enum status referrals_load(struct db *ledger, int64_t before, int64_t mark_event, int64_t mark_visit, struct arena *a, referral_list *out, struct err *err) MUST_CHECK;
static inline bool referral_is_over(const struct referral *r) { return r->state == REFERRAL_DONE || r->state == REFERRAL_DECLINED; }
/* Wanted, and not finished after so many days. */
bool referral_is_late(const struct referral *r, daynum as_of, int days);

/* Counts of one year. The share of those finished well is of those decided: finished, or late. */
struct referral_counts {
    int64_t handed, by_state[REFERRAL_STATES], late, unanswered_late;
    int64_t decided;
};
void referral_count(const struct referral *r, daynum as_of, int days, struct referral_counts *c);

const char *referral_state_word(enum referral_state s); /* 未答复 已接收 已办结 不办理 */
/* The words an office may answer with, for a drop-down; ends with NULL. */
extern const char *const referral_answers[];

/* Z-000123-K: digits and check character as those of a warning (rules/warning_number.h). */
void strbuf_add_referral_number(struct strbuf *b, int64_t no);
bool referral_number_parse(struct str s, int64_t *out_no);

struct referrals_result {
    int64_t rows, accepted, refused, blank, repeated;
    bool known_file;
    const char *refused_path;
    struct str first_reasons;
};
/* Imports one file. Texts of *out live in `a`. Refused rows go to PATH.refused.csv. */
enum status referrals_import(struct db *ledger, const char *path, struct arena *a, struct referrals_result *out, struct err *err) MUST_CHECK;
/* What a word says; REFERRAL_OPEN for none of them. *out_word: as it is kept. */
enum referral_state referral_answer_of(struct str word, const char **out_word);

#endif
