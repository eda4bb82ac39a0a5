/* SPDX-License-Identifier: Apache-2.0 */
/* What a street asks about one warning instead of an outcome: time (暂缓), another street (退回), a later due day (延期); and what the bureau takes back
   (撤回结果). Each is an event of the warning and its particulars, the next night obeys (rules/lifecycle.h). On a filled list or at the command line. */
#ifndef MOPAI_PIPELINE_VISITS_ORDER_H
#define MOPAI_PIPELINE_VISITS_ORDER_H

#include "base/core/arena.h"
#include "base/core/date.h"
#include "base/text/area.h"

struct db;

enum order_kind { ORDER_NONE, ORDER_SNOOZE, ORDER_RETURN, ORDER_EXTEND, ORDER_REOPEN, ORDER_COUNT };
#define ORDER_MAX_DAYS 180 /* so far ahead a warning may be put off */

struct order {
    enum order_kind kind;
    int64_t warning_no;
    daynum until;         /* snooze, extend */
    struct str area;      /* return: code of a street or community; "" nobody knows */
    struct str reason;
};

/* The kind a word in the column 核查结果 asks for; ORDER_NONE for any other word. */
enum order_kind order_of_word(struct str word);
const char *order_word(enum order_kind kind); /* 暂缓 */
/* Code of a street or community by name or code; false when areas.csv has none, or several, of that name. */
bool order_area(const struct area_set *areas, struct str asked, struct str *out_code);
/* Why the order cannot stand, for people; NULL when it can. *out_known: it stands already, with the same content. Reads the ledger. */
enum status order_judge(struct db *ledger, const struct order *o, struct arena *a, const char **out_why_not, bool *out_known, struct err *err) MUST_CHECK;
/* Appends it, within the caller's transaction. import_id 0: typed. */
enum status order_insert(struct db *ledger, const struct order *o, const struct area_set *areas, int64_t night, int64_t import_id, const char *at, struct err *err)
    MUST_CHECK;

#endif
