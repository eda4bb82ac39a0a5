/* SPDX-License-Identifier: Apache-2.0 */
/* A Chinese address taken apart by its suffixes, from left to right, never up again: province .. community, road, estate, building, cell, room. Needs no
   list of places (base/text/area.h finds the bureau's own streets and communities); provinces inside road names (陕西南路) and districts named like
   provinces (河北区) are seen through. Numbers have one form: 三号楼, 3#楼, ３栋 are building 3; 3-2-501 is building, cell, room; 三委五组 is group 3-5.
   What stands in brackets, and words of position (旁 对面), are left out. Grammar: the level sets of leodotnet/neural-chinese-address-parsing, and the
   failures reported to chinese_province_city_area_mapper (issues 11, 21, 23, 32, 43, 61) and address-parse (25, 42). */
#ifndef MOPAI_TEXT_ADDRESS_H
#define MOPAI_TEXT_ADDRESS_H

#include "base/core/str.h"

enum address_part {
    ADDRESS_PROVINCE,  /* without suffixes, as are city to community: 黑龙江 */
    ADDRESS_CITY,
    ADDRESS_DISTRICT,  /* district, county, county-level city below a city */
    ADDRESS_STREET,    /* 街道 镇 乡 苏木 林业局 林场 */
    ADDRESS_COMMUNITY, /* 社区 村 生活区 嘎查 */
    ADDRESS_GROUP,     /* 5 of 5组, 五屯, 5队; 3-5 of 三委五组 */
    ADDRESS_ROAD,      /* with its suffix: 迎水道, 5巷 when no road stands before it */
    ADDRESS_LANE,
    ADDRESS_NUMBER,    /* of the house: 12, 甲12, 12-1 */
    ADDRESS_ESTATE,    /* 幸福里, 阳光花园1区, an institution; any name that nothing else explains */
    ADDRESS_BUILDING,
    ADDRESS_CELL,      /* 单元, 门 */
    ADDRESS_FLOOR,
    ADDRESS_ROOM,
    ADDRESS_PART_COUNT
};

#define ADDRESS_TEXT 400 /* bytes; longer addresses are cut */
struct address {
    char text[ADDRESS_TEXT];
    struct {
        uint16_t at, n; /* n 0: the part is missing */
    } part[ADDRESS_PART_COUNT];
};
/* Any bytes are allowed. */
void address_parse(struct str text, struct address *out);
static inline struct str address_part(const struct address *a, enum address_part p) { return str_n(a->text + a->part[p].at, a->part[p].n); }

/* The text with every number, mark and width in one form, blanks and brackets gone: 幸福里3号楼2门501. Appends. */
void address_normal_text(struct str text, struct strbuf *out);

/* A word a part, 0 where it is missing: a hash of a name; of a number (group, house, building, cell, floor, room) its value above 12 bits of hash, so that
   keys also stand in walking order. */
struct address_form {
    uint32_t key[ADDRESS_PART_COUNT];
};
void address_form_make(const struct address *a, struct address_form *out);

enum address_likeness {
    ADDRESS_LIKE_UNKNOWN,   /* nothing in common that could agree or differ */
    ADDRESS_LIKE_ROOM,      /* the same door */
    ADDRESS_LIKE_BUILDING,
    ADDRESS_LIKE_ESTATE,    /* same estate, or road and number, or village group */
    ADDRESS_LIKE_COMMUNITY,
    ADDRESS_LIKE_DIFFERS,
    ADDRESS_LIKE_COUNT
};
/* Aligned from the door: a part that one side lacks is neutral, one that differs ends the agreement there. Symmetric. */
enum address_likeness address_compare(const struct address_form *a, const struct address_form *b);
const char *address_likeness_word(enum address_likeness l); /* in the language in force */
/* For sorting doors as one walks them: street, community, group, road, number, estate, building, cell, floor, room; numbers as numbers, missing first,
   names in a fixed order of their hashes. */
int address_walk_cmp(const struct address_form *a, const struct address_form *b);

#endif
