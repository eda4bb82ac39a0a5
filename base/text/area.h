/* SPDX-License-Identifier: Apache-2.0 */
/* Areas (区划): district > street > community > grid, from areas.csv with the columns code, name, aliases (separated by |), kind, parent,
   valid_from, valid_to, weekly_capacity. Read once, then read only. Finding an area in an address is a longest match from left to right over names and
   aliases; the result does not depend on the order of the file. */
#ifndef MOPAI_TEXT_AREA_H
#define MOPAI_TEXT_AREA_H

#include "base/core/date.h"
#include "base/core/map.h"
#include "base/text/diag.h"

enum area_kind { AREA_DISTRICT, AREA_STREET, AREA_COMMUNITY, AREA_GRID, AREA_KIND_COUNT };
#define AREA_NONE (-1)

struct area {
    struct str code, name;
    const struct str *aliases;
    size_t n_aliases;
    enum area_kind kind;
    int32_t parent; /* index, AREA_NONE for a district */
    daynum valid_from, valid_to; /* DAY_MISSING and DAY_FOREVER when open; the last day counts */
    int32_t weekly_capacity;     /* AREA_NONE when not given; streets only */
};

struct area_name;
struct area_set {
    struct arena arena;
    VEC(struct area) areas; /* sorted by kind, then code: indexes are stable for the same content */
    int32_t *by_code;        /* indexes sorted by code */
    struct map64 by_head;    /* first two characters of a folded name -> first entry of `names` */
    struct area_name *names; /* folded names, sorted; private to area_match.c */
    size_t n_names;
};
#define AUTO_AREAS struct area_set CLEANUP(areas_release)

/* false when there were errors (all in *diags: E13x). Warnings (W13x) do not fail: a community name twice in the district, an empty street. */
bool areas_parse(struct area_set *set, const char *name, struct str bytes, struct diag_list *diags);
enum status areas_parse_file(struct area_set *set, const char *path, const char *name, struct diag_list *diags, struct err *err) MUST_CHECK;
void areas_release(struct area_set *set);

const char *area_kind_word(enum area_kind k); /* 街道 / street */
/* By code as written; of a longer code also its heads of 12, 9 and 6 digits. AREA_NONE when unknown. */
int32_t areas_by_code(const struct area_set *set, struct str code);
/* By name or alias, suffixes folded, among the descendants of `within` (AREA_NONE: anywhere) of the given kind; AREA_NONE when absent or not unique. */
int32_t areas_by_name(const struct area_set *set, struct str name, enum area_kind kind, int32_t within);
/* The ancestor (or itself) of that kind, AREA_NONE when there is none. */
int32_t areas_up(const struct area_set *set, int32_t area, enum area_kind kind);
bool areas_within(const struct area_set *set, int32_t area, int32_t ancestor);

enum area_how {
    AREA_BY_NOTHING,
    AREA_BY_BOTH,      /* street and a community of it are named */
    AREA_BY_STREET,    /* only a street is named (a community named beside it is not of that street, or none is) */
    AREA_BY_COMMUNITY  /* only a community is named, unique in the district: the street follows */
};
struct area_match {
    int32_t district, street, community, grid; /* indexes or AREA_NONE */
    enum area_how how;
    bool conflict;      /* a community of another street was named beside the street */
    bool ambiguous;     /* only a community was named and several streets have one of that name */
    size_t rest;        /* byte offset behind the last matched name: road, number, building follow */
};
/* Never takes a name for a street or community when it is the head of a road (陕西南路), and never jumps back up once a lower level matched.
   A name without its suffix (幸福里 for 幸福里社区) counts where the address goes on with a number, a mark or the next lower name. */
void areas_match(const struct area_set *set, struct str address, struct area_match *out_match);

#endif
