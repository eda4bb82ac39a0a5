/* SPDX-License-Identifier: Apache-2.0 */
/* people.yaml and id_aliases.csv, parsed, checked against sources.yaml and bound to its columns: which attributes persons and households have, which
   record's value survives, when a death counts, how households are formed. Owned by one arena, immutable. The manual is docs/people.md. */
#ifndef MOPAI_PIPELINE_PEOPLE_H
#define MOPAI_PIPELINE_PEOPLE_H

#include "base/core/map.h"
#include "pipeline/ingest/sources.h"

enum attr_type {
    ATTR_ENUM,    /* index into values */
    ATTR_SET,     /* masks over values (at most 62): surely in, possibly in */
    ATTR_DATE,    /* day number; DAY_FOREVER is 长期 */
    ATTR_MONEY,   /* fen */
    ATTR_INTEGER,
    ATTR_FLAG,    /* 0 | 1 */
    ATTR_RATIO,   /* parts per million */
    ATTR_TEXT,    /* no lane: population_text */
    ATTR_TYPE_COUNT
};
/* The two values of a lane that are no value. The same numbers as in rules/value.h. */
#define ATTR_UNKNOWN INT64_MIN       /* 未知: no covering fresh source says anything */
#define ATTR_NOTHING (INT64_MIN + 1) /* 无: known that there is none (no certificate, not dead) */

enum attr_entity { ATTR_PERSON, ATTR_HOUSEHOLD };
enum { LOTS = 10000 }; /* 户.抽签 is below */

/* Attributes the program computes itself; they stand before those of people.yaml under fixed names. */
enum attr_builtin {
    ATTR_CONFIGURED,
    ATTR_B_NAME,          /* 姓名 text */
    ATTR_B_SEX,           /* 性别 enum 男 女 */
    ATTR_B_BIRTH,         /* 出生日期 date */
    ATTR_B_AGE,           /* 年龄 integer, completed years at the as-of date (at death for the dead) */
    ATTR_B_ALIVE,         /* 在世 flag; a suspected death counts as alive */
    ATTR_B_DEATH,         /* 死亡日期 date, 无 for the living */
    ATTR_B_DEATH_AGE,     /* 死亡时年龄 integer, 无 for the living */
    ATTR_B_DEATH_SOURCES, /* 死亡来源数 integer */
    ATTR_B_DEATH_SUSPECT, /* 疑似死亡 flag */
    ATTR_B_CONFIDENCE,    /* 匹配置信 ratio; 1000000 for exact links */
    ATTR_B_CONFLICTS,     /* 数据矛盾数 integer: attributes whose sources disagree */
    ATTR_B_AWAY,          /* 人户分离 flag */
    ATTR_B_UNPROTECTED,   /* 未保障成员 flag: taken into a 保障户 from its 户籍户 */
    ATTR_B_RELATION,      /* 与户主关系 text */
    ATTR_B_H_SIZE,        /* 户.人口 integer: living members; unknown when the basis is 未定 */
    ATTR_B_H_BASIS,       /* 户.组户依据 enum */
    ATTR_B_H_LOT,         /* 户.抽签 integer 0..9999, by household id and quarter of the as-of date: what a random sample asks */
    ATTR_B_H_NAME,        /* 户.姓名 text: of the head */
    ATTR_BUILTIN_COUNT
};

enum survivorship {
    SURVIVE_PRECEDENCE,    /* first item of `from` with a value; inside it the newest record */
    SURVIVE_NEWEST_CHANGE, /* value of the newest record by data date; ties by order of `from` */
    SURVIVE_STRONGEST,     /* enum: the value that stands first in `values` */
    SURVIVE_SET,           /* union */
    SURVIVE_ANY,           /* flag: yes if any record says yes */
    SURVIVE_EARLIEST,      /* date */
    SURVIVE_LATEST         /* date */
};

/* A condition on a row: the column's text or label is (or is not) one of the values; for dates 已过 (on or before the as-of date) and 未到. */
struct people_cond {
    int column;
    bool negated;          /* `unless`; a blank cell never fulfils a condition, so it passes `unless` */
    const struct str *values;
    size_t n_values;
    int date_word;         /* 0 none, 1 已过, 2 未到 */
};
struct people_map {
    struct str label;      /* as in the source's column */
    int64_t value;
};
/* One item of `from`. */
struct people_from {
    int source, column;    /* column -1: the row itself says `constant` */
    int64_t constant;      /* value index, flag or mask when column is -1 */
    const struct people_map *map; /* labels that are called otherwise here; sorted */
    size_t n_map;
    const struct people_cond *conds;
    size_t n_conds;
    int date_column;       /* with `within`: the row counts when this day or month lies in the window before the as-of date; -1 */
    int within_months, within_days;
};

struct people_attr {
    struct str name;
    enum attr_entity entity;
    enum attr_type type;
    enum attr_builtin builtin;
    const struct str *values; /* enum, set */
    size_t n_values;
    int64_t absent;        /* lane value when a fresh, covering source has no row: value index, 0, ATTR_NOTHING; ATTR_UNKNOWN when undeclared */
    enum survivorship survive;
    const struct people_from *from;
    size_t n_from;
    int of_person_attr;    /* household attributes: strongest value of this person attribute among living members; -1 */
    bool timeline;         /* 变为 may be asked: one snapshot source and a column */
    bool sensitive;
    int line;
};

/* How rows that say "no longer here" are known: such a row makes its person a former member of the unit and does not count as presence. */
struct people_leave {
    int source;
    struct people_cond cond;
};

struct people_alias {
    uint64_t old_id, new_id; /* ident_key of both */
};

struct people {
    struct arena arena;
    struct people_attr *attrs; /* built-in ones first, then in file order; index = attribute number everywhere */
    size_t n_attrs, n_configured;
    const int *identity_sources; /* for name, sex, birth, phone, address and area: source indexes, best first */
    size_t n_identity_sources;
    const int *death_authoritative; /* sources whose word alone is enough */
    size_t n_death_authoritative;
    int death_corroboration;   /* else so many sources, earliest date; default 2 */
    const enum unit_kind *basis_order; /* 保障户 户籍户 参保家庭 by default */
    size_t n_basis_order;
    bool take_in_hukou;        /* a 保障户 takes in the living members of its 户籍户; default yes */
    bool by_address;           /* 同住址 forms households of people without a unit; default yes */
    int address_limit;         /* more persons at one address: shared or collective, never a household; default 8 */
    int unit_limit;            /* a unit with more living members is collective and forms no household; default 30 */
    int32_t link_threshold;    /* rows join a person by what they say from this probability on, per million; from `linkage: cost`; default 990,099 */
    int keep_months;           /* disappeared persons stay in the population so long; never shorter than the longest rule window */
    const struct people_leave *leaves;
    size_t n_leaves;
    const struct people_alias *aliases; /* sorted by old_id; chains resolved, cycles refused */
    size_t n_aliases;
    struct people_behind *behind; /* of a night whose site holds the secret of its tokens (pipeline/link_token.h); NULL */
};

/* Which identifier stands behind a token: filled while persons are found, the only part that is not of the configuration. */
struct people_behind {
    struct map64 at; /* token -> index of id */
    uint64_t *id;
    size_t n, cap;
};
void people_behind_free(struct people_behind *b); /* NULL is fine */

/* Parses and checks. `aliases` may be empty. ST_CONFIG with every problem, line and column, in *err. people_free it. */
enum status people_load(struct str text, const char *path, struct str aliases, const char *aliases_path, const struct sources *sources,
                        struct people **out, struct err *err) MUST_CHECK;
void people_free(struct people *p); /* NULL is fine */

int people_attr_find(const struct people *p, enum attr_entity entity, struct str name); /* -1 */
/* The lane value of a text (label, ISO date, yuan) that stands in item `from` of the attribute, as timelines give it; "" gives the absent value,
   ATTR_UNKNOWN what cannot be read. Sets: a mask. */
int64_t people_attr_value(const struct people_attr *a, const struct people_from *from, struct str text);
/* The identifier now in force for `id` (its key, the identifier behind a token, then aliases); 0 when it identifies nobody. */
uint64_t people_current_id(const struct people *p, uint64_t id);
const char *attr_type_name(enum attr_type t); /* "enum" */

#endif
