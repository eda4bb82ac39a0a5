/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a night: what its files are made from and by whom. report_night (pipeline/night.h) opens what is needed, gathers once, writes each file.

     night.db, ledger, persons.seg --list_load--> struct list ----> streets/CODE-NAME.xlsx, district.xlsx   (xlsx.c)
                                                              ----> streets/CODE-NAME.pdf              (doorstep*.c)
     struct list, ledger ------------------------------------> referrals/KIND.xlsx                    (referrals.c)
     night.db, ledger --------------page_load--> struct page ----> index.html, index.en.html              (page*.c)
     rules.yaml compiled, struct page ----------------------> rules/ID.html                           (rule_page.c, rule_book.c)
     ledger, typed files ------------------------------------> departments/NAME.csv                    (departments.c)
     ledger, night.db ---------------------------------------> quality.csv, quality.html               (quality*.c)
     persons.seg, links, typed files ------------------------> both: do the sources agree             (agreement.c)
     struct list, night.db ----------------------------------> table figure, which becomes night.counts   (figures.c)

   No clock, no locale, no thread: same night, same bytes. Personal data goes to streets/, referrals/ and district.xlsx only; departments/ hold masked cells of the
   department's own files; everything else holds counts. */
#ifndef MOPAI_REPORT_REPORT_H
#define MOPAI_REPORT_REPORT_H

#include "base/core/arena.h"
#include "base/core/vec.h"
#include "base/store/db.h"
#include "base/text/area.h"
#include "pipeline/audit.h"
#include "rules/rules.h"

struct sources; /* pipeline/ingest/sources.h */
struct site;
struct night;      /* pipeline/night.h */
struct population; /* pipeline/population.h */

/* A person as a list shows one. No id, no diagnosis. */
struct list_person {
    struct str name, relation, sex; /* sex: 男 女 or "" */
    int age;                        /* completed years at the as-of date (at death for the dead), -1 unknown */
    bool dead, former;              /* 亡故成员; 原成员: no longer of the household */
    struct str address, hukou_address, phone;
    bool away;                      /* 人户分离 */
    struct str programmes;          /* 现享受政策: 低保；护理补贴、生活补贴 */
};
struct list_household {
    struct str head, address;
    int living;                     /* members, -1 unknown (basis 未定) */
    const struct list_person *members; /* living, then dead, then former; at most HOUSEHOLD_SHOWN */
    size_t n_members, n_unshown;
};
#define HOUSEHOLD_SHOWN 24
/* Where names come from: the population of the night (faces.c), or a test. Texts live in `a`. Rows are of this night; -1 is nobody. */
struct faces {
    void *ctx;
    enum status (*person)(void *ctx, int64_t row, struct arena *a, struct list_person *out, struct err *err);
    enum status (*household)(void *ctx, int64_t row, struct arena *a, struct list_household *out, struct err *err);
    /* Rows of a stable id; -1 when it is not in tonight's population. */
    enum status (*find)(void *ctx, char entity_kind, int64_t entity, int64_t *out_person_row, int64_t *out_household_row, struct err *err);
};

struct report {
    struct arena arena;       /* of the whole report */
    struct db *night, *ledger;
    int64_t number;           /* of this night */
    struct audit_end audit;   /* as the manifest records it: the page's foot says it too */
    daynum as_of;
    int64_t mark_event, mark_visit; /* the ledger counts up to here */
    const struct area_set *areas;
    const struct rules_meta *meta;
    const struct ruleset *rules;         /* NULL in tests */
    const struct rules_schema *schema; /* what rules may speak of; NULL in tests */
    const struct rules_inputs *inputs; /* which table a fact is made from; NULL in tests */
    struct site *site;        /* for the rejects of departments; NULL in tests */
    const struct sources *sources; /* departments in the order of sources.yaml */
    struct faces faces;
    const struct night *whole;     /* inputs and run of the night, */
    struct population *population; /* and its persons: what sources say of each other; NULL in tests */
    const char *out_dir, *scratch_dir;
};

/* Name of an area code, the code itself when areas.csv does not know it, 未定 when empty. */
struct str report_area_name(const struct report *r, struct str code);
/* `head`, code and name as a file name: 120194001-某某街道.xlsx, without characters that a file system or a shell could trip over. */
const char *report_file_name(struct report *r, const char *folder, struct str code, struct str name, const char *extension);
/* 2026年3月1日 / 2026-03-01; "" when missing. */
const char *report_day(struct arena *a, daynum day);
/* Writes one file of the report under out_dir. */
enum status report_write(struct report *r, const char *name, const struct strbuf *content, struct err *err) MUST_CHECK;

#define REPORT_NO_FONT "paper.no_font" /* figure: 1 when no PDF was written for want of a Chinese font */

const char *department_file(struct report *r, struct str department); /* departments/NAME.csv */

/* Everything of the report from what *r holds; r->out_dir exists and is empty. */
enum status report_compose(struct report *r, struct err *err) MUST_CHECK;
/* Each writes its files. */
enum status departments_write(struct report *r, struct err *err) MUST_CHECK;
enum status quality_write(struct report *r, struct err *err) MUST_CHECK;

#endif
