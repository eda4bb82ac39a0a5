/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/hash.h"
#include "base/core/status.h"
#include "base/text/address.h"

enum { NUMBER_SHIFT = 12, NUMBER_MOST = (1 << 19) - 1 };

static bool is_number_part(enum address_part p)
{
    return p == ADDRESS_GROUP || p == ADDRESS_NUMBER || (p >= ADDRESS_BUILDING && p <= ADDRESS_ROOM);
}

/* The first run of digits, 0 without one. */
static uint32_t first_number(struct str s)
{
    uint32_t v = 0;
    size_t i = 0;
    while (i < s.n && !is_digit((unsigned char)s.p[i])) {
        i++;
    }
    for (; i < s.n && is_digit((unsigned char)s.p[i]); i++) {
        v = MIN(v * 10 + (uint32_t)(s.p[i] - '0'), (uint32_t)NUMBER_MOST - 1);
    }
    return v;
}

void address_form_make(const struct address *a, struct address_form *out)
{
    for (int p = 0; p < ADDRESS_PART_COUNT; p++) {
        struct str s = address_part(a, (enum address_part)p);
        uint32_t hash = s.n ? (uint32_t)(hash64_str(s) >> 32) : 0;
        bool number = is_number_part((enum address_part)p);
        out->key[p] = s.n == 0 ? 0 : number ? (first_number(s) + 1) << NUMBER_SHIFT | (hash & ((1 << NUMBER_SHIFT) - 1)) : hash | 1;
    }
}

/* 1 equal, -1 different, 0 when a side lacks it. */
static int same(const struct address_form *a, const struct address_form *b, enum address_part p)
{
    return !a->key[p] || !b->key[p] ? 0 : a->key[p] == b->key[p] ? 1 : -1;
}

/* Estates, where 幸福里 of one side may be the community 幸福里社区 of the other. */
static int same_estate(const struct address_form *a, const struct address_form *b)
{
    uint32_t x = a->key[ADDRESS_ESTATE] ? a->key[ADDRESS_ESTATE] : a->key[ADDRESS_COMMUNITY];
    uint32_t y = b->key[ADDRESS_ESTATE] ? b->key[ADDRESS_ESTATE] : b->key[ADDRESS_COMMUNITY];
    bool both = a->key[ADDRESS_ESTATE] && b->key[ADDRESS_ESTATE], one = a->key[ADDRESS_ESTATE] || b->key[ADDRESS_ESTATE];
    return x && x == y && one ? 1 : both ? -1 : 0;
}

static int same_road_number(const struct address_form *a, const struct address_form *b)
{
    int road = same(a, b, ADDRESS_ROAD), lane = same(a, b, ADDRESS_LANE);
    return road != 1 ? road : lane < 0 ? -1 : same(a, b, ADDRESS_NUMBER);
}

/* The plot: an estate, a road with a number, a village group. */
static int same_site(const struct address_form *a, const struct address_form *b)
{
    int site = same_estate(a, b), road = same_road_number(a, b), group = same(a, b, ADDRESS_GROUP), community = same(a, b, ADDRESS_COMMUNITY);
    if (site == 0 || (site < 0 && road > 0)) {
        site = road;
    }
    return site ? site : community > 0 ? group : 0;
}

static bool both_lack(const struct address_form *a, const struct address_form *b, enum address_part p)
{
    return !a->key[p] && !b->key[p];
}

/* On one plot: how near the doors are. */
static enum address_likeness within_site(const struct address_form *a, const struct address_form *b)
{
    int building = same(a, b, ADDRESS_BUILDING), cell = same(a, b, ADDRESS_CELL), room = same(a, b, ADDRESS_ROOM), number = same(a, b, ADDRESS_NUMBER);
    bool no_door = both_lack(a, b, ADDRESS_BUILDING) && both_lack(a, b, ADDRESS_ROOM);
    if (building < 0) {
        return ADDRESS_LIKE_ESTATE;
    }
    if (room > 0 && cell >= 0 && (building > 0 || both_lack(a, b, ADDRESS_BUILDING)) && number >= 0) {
        return ADDRESS_LIKE_ROOM;
    }
    if (no_door && number > 0 && cell >= 0) {
        return ADDRESS_LIKE_ROOM; /* a house of its own */
    }
    return building > 0 ? ADDRESS_LIKE_BUILDING : ADDRESS_LIKE_ESTATE;
}

enum address_likeness address_compare(const struct address_form *a, const struct address_form *b)
{
    int site = same_site(a, b), community = same(a, b, ADDRESS_COMMUNITY), street = same(a, b, ADDRESS_STREET);
    bool elsewhere = same(a, b, ADDRESS_PROVINCE) < 0 || same(a, b, ADDRESS_CITY) < 0 || same(a, b, ADDRESS_DISTRICT) < 0;
    if (elsewhere) {
        return ADDRESS_LIKE_DIFFERS;
    }
    if (site > 0 && !(street < 0 && community < 0)) {
        return within_site(a, b);
    }
    bool open = site == 0 && community > 0 && !a->key[ADDRESS_ESTATE] == !b->key[ADDRESS_ESTATE]; /* a village house: nothing between it and the village */
    if (open && same(a, b, ADDRESS_NUMBER) > 0 && both_lack(a, b, ADDRESS_ROAD) && both_lack(a, b, ADDRESS_GROUP)) {
        return within_site(a, b);
    }
    if (community > 0) {
        return ADDRESS_LIKE_COMMUNITY;
    }
    return site || community || street < 0 ? ADDRESS_LIKE_DIFFERS : ADDRESS_LIKE_UNKNOWN;
}

const char *address_likeness_word(enum address_likeness l)
{
    switch (l) {
    case ADDRESS_LIKE_ROOM:
        return TR("同一户", "same door");
    case ADDRESS_LIKE_BUILDING:
        return TR("同一楼", "same building");
    case ADDRESS_LIKE_ESTATE:
        return TR("同一小区、门牌或村组", "same estate, road number or village group");
    case ADDRESS_LIKE_COMMUNITY:
        return TR("同一社区或村", "same community or village");
    case ADDRESS_LIKE_DIFFERS:
        return TR("不同", "different");
    case ADDRESS_LIKE_UNKNOWN:
    case ADDRESS_LIKE_COUNT:
        break;
    }
    return TR("无法比较", "cannot be compared");
}

int address_walk_cmp(const struct address_form *a, const struct address_form *b)
{
    static const enum address_part order[] = {ADDRESS_STREET, ADDRESS_COMMUNITY, ADDRESS_GROUP, ADDRESS_ROAD, ADDRESS_LANE, ADDRESS_NUMBER,
                                              ADDRESS_ESTATE, ADDRESS_BUILDING,  ADDRESS_CELL,  ADDRESS_FLOOR, ADDRESS_ROOM};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        uint32_t x = a->key[order[i]], y = b->key[order[i]];
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return 0;
}
