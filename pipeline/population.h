/* SPDX-License-Identifier: Apache-2.0 */
/* Tonight's persons and households as link left them in store/runs/N, for assess, report, explain and export. Read only.

   persons.seg is sorted household by household: living members first (head, then by relation, birth, anchor), then the dead, then former members;
   households by street, community, id. A person row and a household row are row numbers of these files; they mean nothing on another night.
   link-NNNNN.seg (one per input of the night, see link_path) holds one I32 column "person": the person row of each input row, LINK_NONE for
   未归人, LINK_SUPERSEDED for rows not in force. */
#ifndef MOPAI_PIPELINE_POPULATION_H
#define MOPAI_PIPELINE_POPULATION_H

#include "base/core/arena.h"
#include "pipeline/people.h"

#define LINK_NONE       (-1)
#define LINK_SUPERSEDED (-2)

enum person_state { PERSON_PRESENT, PERSON_GONE, PERSON_DEAD };          /* 在册 消失 死亡 */
enum member_kind { MEMBER_LIVING = 1, MEMBER_DEAD = 2, MEMBER_FORMER = 4 }; /* 成员 亡故成员 原成员 of the household they stand in */
enum household_basis { BASIS_ASSISTED, BASIS_HUKOU, BASIS_INSURED, BASIS_ADDRESS, BASIS_NONE }; /* 保障户 户籍户 参保家庭 同住址 未定 */
enum member_reason {
    REASON_UNIT,      /* listed in the household's unit */
    REASON_TAKEN_IN,  /* 未保障成员: of the same 户籍户 as a protected member */
    REASON_ADDRESS,   /* lives at the same address (weak) */
    REASON_ALONE,     /* no unit and no shared address: composition unknown */
    REASON_LAST_SEEN  /* gone: the last household known */
};
enum area_basis { AREA_FROM_NOWHERE, AREA_FROM_CODE, AREA_FROM_COLUMN, AREA_FROM_ADDRESS, AREA_FROM_UNIT, AREA_FROM_HUKOU, AREA_FROM_RETURN };
const char *person_state_name(enum person_state s);       /* in the language in force, as all of these */
const char *household_basis_name(enum household_basis b);
const char *member_reason_name(enum member_reason r);
const char *area_basis_name(enum area_basis b);           /* 居住地代码 街道社区栏 居住地址 同户 户籍地 街道退回 未定 */

/* Fixed columns. */
enum person_column {
    P_ANCHOR,      /* u64: the identifier in force (ident_key) or an anchor kind of matchers/identifier.h */
    P_ID,          /* u64: stable person id */
    P_HOUSEHOLD,   /* household row */
    P_STATE,       /* enum person_state */
    P_MEMBER,      /* enum member_kind */
    P_REASON,      /* enum member_reason */
    P_SEX,         /* 0 1 2 */
    P_BIRTH,       /* day */
    P_DEATH,       /* day, missing for the living */
    P_DEATH_SOURCES,
    P_SUSPECT,     /* 1: 疑似死亡 */
    P_STREET,      /* index into site->areas, -1 */
    P_COMMUNITY,
    P_AREA_BASIS,  /* enum area_basis */
    P_AWAY,        /* 1: 人户分离 */
    P_COVERS,      /* u64: bit s set when source s (index, below 64) is fresh and speaks about this person: no row there means absent, else 未知.
                     Of persons without a number of their own only the sources that hold a record of them can */
    P_RECORDS,     /* records linked to this person */
    P_CONFLICTS,   /* attributes whose sources disagree */
    P_NAME, P_RELATION, P_ADDRESS, P_HUKOU_ADDRESS, P_PHONE, /* text */
    P_COLUMN_COUNT
};
enum household_column {
    H_ID,          /* u64: stable household id */
    H_NATURAL,     /* u64: what it is formed by (IDENT_UNIT, IDENT_PLACE, IDENT_ALONE) */
    H_BASIS,       /* enum household_basis */
    H_FIRST,       /* first person row */
    H_PERSONS,     /* person rows, of every kind */
    H_LIVING,      /* living members: at the front */
    H_HEAD,        /* person row of the head; the first living member, else the first */
    H_STREET, H_COMMUNITY, H_AREA_BASIS,
    H_NUMBER, H_ADDRESS, /* text: number of the unit, address to go to */
    H_COLUMN_COUNT
};

struct population;
/* `people` and the area set behind P_STREET must be those of the night. key: the site's secret for references, may be empty for readers that print none. */
enum status population_open(const char *run_dir, const struct people *people, daynum as_of, struct str key, struct population **out, struct err *err)
    MUST_CHECK;
void population_close(struct population *p); /* NULL is fine */
static inline void population_close_auto(struct population **p) { population_close(*p); }
#define AUTO_POPULATION CLEANUP(population_close_auto) struct population *

void population_forget(struct population *p); /* frees the blocks kept, of a reader that stays open while others read */

uint32_t population_persons(const struct population *p);
uint32_t population_households(const struct population *p);

/* n rows from `first` of a fixed column, widened (missing: INT64_MIN; u64 cast). Sequential reads cost a copy; one block of each column is kept. */
enum status population_person(struct population *p, enum person_column c, uint32_t first, uint32_t n, int64_t *out, struct err *err) MUST_CHECK;
enum status population_household(struct population *p, enum household_column c, uint32_t first, uint32_t n, int64_t *out, struct err *err) MUST_CHECK;
/* Lanes of an attribute (of people->attrs) for n persons, or households when it is a household attribute. lo: value, ATTR_UNKNOWN or ATTR_NOTHING;
   hi: the same, but for sets the mask of what is possibly in (hi may be NULL otherwise). Not for ATTR_TEXT. */
enum status population_attr(struct population *p, int attr, uint32_t first, uint32_t n, int64_t *lo, int64_t *hi, struct err *err) MUST_CHECK;

/* The text cell of one row, copied into `a`; BUG for a fixed column. */
enum status population_person_text(struct population *p, enum person_column c, uint32_t row, struct arena *a, struct str *out, struct err *err) MUST_CHECK;
enum status population_household_text(struct population *p, enum household_column c, uint32_t row, struct arena *a, struct str *out, struct err *err)
    MUST_CHECK;
/* Single cell of a fixed column. */
enum status population_person_one(struct population *p, enum person_column c, uint32_t row, int64_t *out, struct err *err) MUST_CHECK;
enum status population_household_one(struct population *p, enum household_column c, uint32_t row, int64_t *out, struct err *err) MUST_CHECK;

/* Which record gave a person's attribute its value: input number and row of its segment; -1 and -1 when no record did (absent, unknown, built-in). For
   name, sex, birth, death, address, phone use population_origin_of. A household attribute answers for the member who decided it. */
struct origin {
    int32_t input;
    int32_t row;
};
enum status population_origin(struct population *p, int attr, uint32_t row, struct origin *out, struct err *err) MUST_CHECK;
enum status population_origin_of(struct population *p, enum person_column c, uint32_t row, struct origin *out, struct err *err) MUST_CHECK;

/* --- references shown to people: P-XXXXXXXXXX, H-XXXXXXXXXX: HMAC-SM3 of the stable id under the site's key, 50 bits, letters and digits without
   I L O U. Ids cannot be enumerated from them. */
#define REF_MAX 16
void person_ref(struct str key, uint64_t person_id, char out[REF_MAX]);
void question_ref(struct str key, uint64_t question, char out[REF_MAX]);
void household_ref(struct str key, uint64_t household_id, char out[REF_MAX]);
/* Row of a reference as people type it (any case, with or without the hyphen). ST_NOT_FOUND. */
enum status population_find_person(struct population *p, struct str ref, uint32_t *out_row, struct err *err) MUST_CHECK;
enum status population_find_household(struct population *p, struct str ref, uint32_t *out_row, struct err *err) MUST_CHECK;
/* Row of a stable id; ST_NOT_FOUND when it is not in tonight's population. */
enum status population_find_id(struct population *p, enum attr_entity entity, uint64_t id, uint32_t *out_row, struct err *err) MUST_CHECK;

/* --- links ---------------------------------------------------------------------------------------------------------- */
const char *link_path(struct arena *a, const char *run_dir, size_t input);
struct link_reader;
enum status link_open(const char *run_dir, size_t input, struct link_reader **out, struct err *err) MUST_CHECK;
void link_close(struct link_reader *l); /* NULL is fine */
uint32_t link_rows(const struct link_reader *l);
/* Person rows of n input rows from `first`. */
enum status link_read(struct link_reader *l, uint32_t first, uint32_t n, int32_t *out, struct err *err) MUST_CHECK;
/* Every record linked to a person: calls fn(ctx, input, row) in input and row order until it returns false. Skips blocks by their min/max. */
enum status links_of_person(const char *run_dir, size_t n_inputs, uint32_t person_row, bool (*fn)(void *ctx, size_t input, uint32_t row), void *ctx,
                            struct err *err) MUST_CHECK;

#endif
