/* SPDX-License-Identifier: Apache-2.0 */
/* referrals/助医.xlsx and its like: whom to hand on to the office that can help, one row a household, with cells for that office to answer in. On it are households
   on tonight's lists whose rules point to this kind of help (meta.needs) and, for a quarter, those whose visit ended in a referral. Where no kind of help names
   the rule of such a visit, the household stands in 未列明.xlsx: nobody is lost. A household and a kind of help are a referral with a number of its
   own (ledger, table referral), written down when it is first handed on; what an office finished leaves the list, until something new is said of the household.
   What an office may read is meta.audiences 转介: no identifier, no sentence of a warning, only rules that point to its kind of help. A kind without households
   has no file. */
#ifndef MOPAI_REPORT_REFERRALS_H
#define MOPAI_REPORT_REFERRALS_H

#include "pipeline/referrals.h"
#include "pipeline/report/list.h"

#define REFERRAL_KINDS (RULES_NEEDS_MAX + 1)

struct referral_files {
    const char *names[REFERRAL_KINDS]; /* under out_dir; live as long as the report */
    size_t n;
    struct referral_counts counts; /* of those handed on before tonight */
};
/* Also writes what is handed on for the first time into night.db, for publishing. */
enum status referrals_write(struct report *r, const struct list *tonight, struct referral_files *out, struct err *err) MUST_CHECK;

#endif
