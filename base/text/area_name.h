/* SPDX-License-Identifier: Apache-2.0 */
/* Names of areas as they are matched; private to area.c and area_match.c. */
#ifndef MOPAI_TEXT_AREA_NAME_H
#define MOPAI_TEXT_AREA_NAME_H

#include "base/text/area.h"

#define AREA_NAME_CHARS 48

/* What the suffix says the area is; 幸福村 and 幸福社区 share the bare name 幸福 and differ in this. */
enum area_class { AREA_CLASS_NONE, AREA_CLASS_STREET, AREA_CLASS_TOWN, AREA_CLASS_TOWNSHIP, AREA_CLASS_COMMUNITY, AREA_CLASS_VILLAGE, AREA_CLASS_OTHER };

struct area_name {
    const uint32_t *cp; /* folded */
    uint16_t n;
    bool bare;          /* the suffix was taken off, or there was none: the address may bring one */
    bool road;          /* what is left without the suffix reads as a road (光明路社区): only with a suffix is the community meant */
    enum area_class class;
    int32_t area;
};

/* Folds a name; the number of characters, at most AREA_NAME_CHARS (longer ones are cut). */
size_t area_fold(struct str name, uint32_t out[AREA_NAME_CHARS]);
/* Length in characters of the longest suffix of `kind` that ends (or, area_suffix_at, starts) there; 0 when there is none. */
size_t area_suffix_end(enum area_kind kind, const uint32_t *cp, size_t n, enum area_class *out_class);
size_t area_suffix_at(enum area_kind kind, const uint32_t *cp, size_t n, enum area_class *out_class);
/* Builds set->names and set->by_head. */
void area_names_build(struct area_set *set);

#endif
