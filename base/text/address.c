/* SPDX-License-Identifier: Apache-2.0 */
/* From left to right: names end at a suffix, numbers at a unit; what no suffix explains is the estate. */
#include "base/text/address.h"

#include "base/core/hash.h"
#include "base/text/address_private.h"
#include "base/text/utf8.h"

struct parse {
    uint32_t cp[ADDRESS_CHARS];
    size_t n;
    size_t start;     /* where the name that is being read begins */
    size_t used;      /* bytes of out->text */
    int reached;      /* the lowest of province .. community seen so far; -1 */
    struct address *out;
};

static bool has(const struct parse *s, enum address_part p)
{
    return s->out->part[p].n > 0;
}

/* Adds characters to a part; a part that has some already gets a hyphen between (3委5组: 3-5). */
static void put(struct parse *s, enum address_part p, size_t from, size_t end)
{
    struct address *a = s->out;
    size_t room = 4 * (end - from) + 1, had = a->part[p].n;
    if (from >= end || s->used + had + room > sizeof(a->text)) {
        return;
    }
    size_t at = s->used;
    if (had) { /* moved to the end, so that it can grow */
        memcpy(a->text + at, a->text + a->part[p].at, had);
        s->used += had;
        a->text[s->used++] = '-';
    }
    for (size_t i = from; i < end; i++) {
        s->used += utf8_put(a->text + s->used, s->cp[i]);
    }
    a->part[p].at = (uint16_t)at;
    a->part[p].n = (uint16_t)(s->used - at);
}

static bool is_digit_cp(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

/* --- divisions and roads -------------------------------------------------------------------------------------------------------- */

static const uint32_t *const provinces[] = {U"黑龙江", U"内蒙古", U"北京", U"天津", U"上海", U"重庆", U"河北", U"山西", U"辽宁", U"吉林", U"江苏", U"浙江",
                                            U"安徽",   U"福建",   U"江西", U"山东", U"河南", U"湖北", U"湖南", U"广东", U"海南", U"四川", U"贵州", U"云南",
                                            U"陕西",   U"甘肃",   U"青海", U"台湾", U"广西", U"西藏", U"宁夏", U"新疆", U"香港", U"澳门"};

/* The whole word a province carries; 0 for none. */
static size_t province_suffix(const struct parse *s, size_t at)
{
    static const uint32_t *const words[] = {U"维吾尔自治区", U"壮族自治区", U"回族自治区", U"特别行政区", U"自治区", U"省"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        size_t len = address_at(s->cp, s->n, at, words[i]);
        if (len) {
            return len;
        }
    }
    return 0;
}

/* Behind a province without its suffix a city, district or county of at least two characters must follow before any number: else 陕西南路, 上海城. */
static bool division_follows(const struct parse *s, size_t at)
{
    for (size_t i = at; i < s->n && i < at + 8 && !is_digit_cp(s->cp[i]) && !address_one_of(s->cp[i], U"路街道"); i++) {
        if (address_one_of(s->cp[i], U"市县区州盟旗")) {
            return i >= at + 2 && !address_one_of(s->cp[i - 1], U"小社园");
        }
    }
    return false;
}

static size_t skip_province(struct parse *s)
{
    for (size_t i = 0; i < ARRAY_LEN(provinces); i++) {
        size_t len = address_at(s->cp, s->n, 0, provinces[i]);
        size_t suffix = len ? province_suffix(s, len) : 0;
        if (len && (suffix || (s->cp[len < s->n ? len : 0] != U'市' && division_follows(s, len)))) {
            put(s, ADDRESS_PROVINCE, 0, len);
            s->reached = ADDRESS_PROVINCE;
            return len + suffix;
        }
    }
    return 0;
}

/* A suffix that ends a name. `not_before` and `not_after`: characters that make it part of a longer name instead. Longest first. */
struct ending {
    const uint32_t *word;
    enum address_part part;
    const uint32_t *not_after, *not_before;
};
#define ROAD_NOT_BEFORE U"里园苑村庄屯城社口站桥小新花公大中家居路街道胡市"
static const struct ending endings[] = {
    {U"省直辖县级行政区划", ADDRESS_PART_COUNT, U"", U""}, /* fillers */
    {U"社区居民委员会", ADDRESS_COMMUNITY, U"", U""},
    {U"村村民委员会", ADDRESS_COMMUNITY, U"", U""},
    {U"街道办事处", ADDRESS_STREET, U"", U""},
    {U"镇人民政府", ADDRESS_STREET, U"", U""},
    {U"乡人民政府", ADDRESS_STREET, U"", U""},
    {U"社区居委会", ADDRESS_COMMUNITY, U"", U""},
    {U"居民委员会", ADDRESS_COMMUNITY, U"", U""},
    {U"村民委员会", ADDRESS_COMMUNITY, U"", U""},
    {U"经济开发区", ADDRESS_DISTRICT, U"", U""},
    {U"村村委会", ADDRESS_COMMUNITY, U"", U""},
    {U"街道办", ADDRESS_STREET, U"", U""},
    {U"办事处", ADDRESS_STREET, U"", U""},
    {U"民族乡", ADDRESS_STREET, U"", U""},
    {U"林业局", ADDRESS_STREET, U"", U""},
    {U"居委会", ADDRESS_COMMUNITY, U"", U""},
    {U"村委会", ADDRESS_COMMUNITY, U"", U""},
    {U"家委会", ADDRESS_COMMUNITY, U"", U""},
    {U"生活区", ADDRESS_COMMUNITY, U"", U""},
    {U"自治州", ADDRESS_CITY, U"", U""},
    {U"自治县", ADDRESS_DISTRICT, U"", U""},
    {U"市辖区", ADDRESS_PART_COUNT, U"", U""},
    {U"开发区", ADDRESS_DISTRICT, U"", U""},
    {U"街道", ADDRESS_STREET, U"", U""},
    {U"地区", ADDRESS_CITY, U"", U""},
    {U"苏木", ADDRESS_STREET, U"", U""},
    {U"林场", ADDRESS_STREET, U"", U"路街生"},
    {U"农场", ADDRESS_STREET, U"", U"路街"},
    {U"社区", ADDRESS_COMMUNITY, U"", U""},
    {U"嘎查", ADDRESS_COMMUNITY, U"", U""},
    {U"大街", ADDRESS_ROAD, U"", ROAD_NOT_BEFORE},
    {U"大道", ADDRESS_ROAD, U"", ROAD_NOT_BEFORE},
    {U"胡同", ADDRESS_LANE, U"", U""},
    {U"公路", ADDRESS_ROAD, U"", ROAD_NOT_BEFORE},
    {U"市", ADDRESS_CITY, U"超城菜都夜", U"场政"},
    {U"盟", ADDRESS_CITY, U"联", U""},
    {U"县", ADDRESS_DISTRICT, U"", U"道城医"},
    {U"旗", ADDRESS_DISTRICT, U"红", U""},
    {U"区", ADDRESS_DISTRICT, U"小社园校院厂库景矿辖0123456789", U"路街"},
    {U"镇", ADDRESS_STREET, U"", U"路街市道"},
    {U"乡", ADDRESS_STREET, U"", U"路街"},
    {U"村", ADDRESS_COMMUNITY, U"新", U"路街大镇"},
    {U"路", ADDRESS_ROAD, U"", ROAD_NOT_BEFORE},
    {U"街", ADDRESS_ROAD, U"", ROAD_NOT_BEFORE},
    {U"道", ADDRESS_ROAD, U"通孝", ROAD_NOT_BEFORE},
    {U"巷", ADDRESS_LANE, U"", U"里"},
    {U"弄", ADDRESS_LANE, U"", U"里"},
};

/* What part a name ending here would be; ADDRESS_PART_COUNT when the level is taken or passed. */
static enum address_part part_for(const struct parse *s, enum address_part p)
{
    if (p <= ADDRESS_COMMUNITY) {
        if (p == ADDRESS_CITY && s->reached == ADDRESS_CITY) {
            p = ADDRESS_DISTRICT; /* a county-level city */
        }
        bool below = has(s, ADDRESS_ROAD) || has(s, ADDRESS_ESTATE) || has(s, ADDRESS_BUILDING);
        bool late_community = p == ADDRESS_COMMUNITY && !has(s, ADDRESS_BUILDING);
        return (int)p > s->reached && (!below || late_community) ? p : ADDRESS_PART_COUNT;
    }
    if (p == ADDRESS_LANE) {
        return !has(s, ADDRESS_ROAD) ? ADDRESS_ROAD : has(s, ADDRESS_LANE) ? ADDRESS_PART_COUNT : ADDRESS_LANE;
    }
    return has(s, p) ? ADDRESS_PART_COUNT : p;
}

/* Takes a name that ends with a suffix at `at`; the number of characters the suffix has, 0 when none is there. */
static size_t take_name(struct parse *s, size_t at)
{
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        const struct ending *e = &endings[i];
        size_t len = s->cp[at] == e->word[0] ? address_at(s->cp, s->n, at, e->word) : 0;
        if (!len) {
            continue;
        }
        if (e->part == ADDRESS_PART_COUNT && at == s->start) {
            s->start = at + len;
            return len;
        }
        bool longer = at > s->start && address_one_of(s->cp[at - 1], e->not_after);
        longer = longer || (at + len < s->n && address_one_of(s->cp[at + len], e->not_before));
        enum address_part p = e->part == ADDRESS_PART_COUNT || at == s->start || longer ? ADDRESS_PART_COUNT : part_for(s, e->part);
        if (p == ADDRESS_PART_COUNT) {
            continue;
        }
        put(s, p, s->start, p >= ADDRESS_ROAD ? at + len : at);
        s->reached = p <= ADDRESS_COMMUNITY ? (int)p : s->reached;
        s->start = at + len;
        return len;
    }
    return 0;
}

/* --- numbers ---------------------------------------------------------------------------------------------------------------------- */

enum { CHAIN_MOST = 4 };
struct chain { /* 3-2-501 */
    size_t from[CHAIN_MOST], end[CHAIN_MOST], n, after;
};

static bool is_letter(uint32_t cp)
{
    return cp >= 'a' && cp <= 'z';
}

/* Digits with a letter or a prefix: 12, 12a, a, 甲12. Where it ends; `at` when there is none. */
static size_t number_end(const struct parse *s, size_t at)
{
    size_t i = at;
    if (i < s->n && address_one_of(s->cp[i], U"甲乙丙丁增临附") && i + 1 < s->n && is_digit_cp(s->cp[i + 1])) {
        i++;
    }
    size_t head = i;
    while (i < s->n && is_letter(s->cp[i]) && i - head < 2) {
        i++;
    }
    while (i < s->n && is_digit_cp(s->cp[i])) {
        i++;
    }
    if (i > head && is_digit_cp(s->cp[i - 1]) && i < s->n && is_letter(s->cp[i]) && !(i + 1 < s->n && is_letter(s->cp[i + 1]))) {
        i++;
    }
    bool any = i > head;
    return any ? i : at;
}

static bool read_chain(const struct parse *s, size_t at, struct chain *c)
{
    c->n = 0;
    for (;;) {
        size_t end = number_end(s, at);
        if (end == at) {
            break;
        }
        c->from[c->n] = at;
        c->end[c->n++] = end;
        c->after = end;
        if (c->n == CHAIN_MOST || end >= s->n || s->cp[end] != '-') {
            break;
        }
        at = end + 1;
    }
    return c->n > 0;
}

struct unit {
    const uint32_t *word;
    enum address_part part;
};
static const struct unit units[] = {
    {U"号楼", ADDRESS_BUILDING}, {U"号栋", ADDRESS_BUILDING}, {U"号幢", ADDRESS_BUILDING}, {U"号座", ADDRESS_BUILDING}, {U"楼座", ADDRESS_BUILDING},
    {U"栋", ADDRESS_BUILDING},   {U"幢", ADDRESS_BUILDING},   {U"座", ADDRESS_BUILDING},   {U"排", ADDRESS_BUILDING},   {U"单元", ADDRESS_CELL},
    {U"号门", ADDRESS_CELL},     {U"门", ADDRESS_CELL},       {U"层", ADDRESS_FLOOR},      {U"楼", ADDRESS_FLOOR},      {U"室", ADDRESS_ROOM},
    {U"户", ADDRESS_ROOM},       {U"房", ADDRESS_ROOM},       {U"号院", ADDRESS_NUMBER},   {U"号", ADDRESS_NUMBER},     {U"村民组", ADDRESS_GROUP},
    {U"组", ADDRESS_GROUP},      {U"屯", ADDRESS_GROUP},      {U"队", ADDRESS_GROUP},      {U"社", ADDRESS_GROUP},      {U"委", ADDRESS_GROUP},
};

/* What a number with this unit means where it stands. */
static enum address_part meant(const struct parse *s, enum address_part unit, size_t after)
{
    bool more_numbers = after < s->n && (is_digit_cp(s->cp[after]) || is_letter(s->cp[after]));
    if (unit == ADDRESS_FLOOR && s->cp[after - 1] == U'楼' && !has(s, ADDRESS_BUILDING)) {
        return ADDRESS_BUILDING; /* 3楼2门501 */
    }
    if (unit == ADDRESS_NUMBER && (has(s, ADDRESS_CELL) || has(s, ADDRESS_BUILDING))) {
        return ADDRESS_ROOM; /* 3排5号, 2门501号 */
    }
    if (unit == ADDRESS_NUMBER && has(s, ADDRESS_ESTATE) && more_numbers && !has(s, ADDRESS_BUILDING)) {
        return ADDRESS_BUILDING; /* 幸福里3号501 */
    }
    return unit;
}

/* A number without a unit: by what is still open, from the door. */
static void put_bare(struct parse *s, const struct chain *c)
{
    static const enum address_part order[CHAIN_MOST][CHAIN_MOST] = {
        {ADDRESS_ROOM, 0, 0, 0},
        {ADDRESS_BUILDING, ADDRESS_ROOM, 0, 0},
        {ADDRESS_BUILDING, ADDRESS_CELL, ADDRESS_ROOM, 0},
        {ADDRESS_BUILDING, ADDRESS_CELL, ADDRESS_FLOOR, ADDRESS_ROOM},
    };
    bool building = has(s, ADDRESS_BUILDING), road_only = has(s, ADDRESS_ROAD) && !has(s, ADDRESS_ESTATE) && !has(s, ADDRESS_NUMBER) && !building;
    if (road_only && c->n <= 2) {
        put(s, ADDRESS_NUMBER, c->from[0], c->end[c->n - 1]);
        return;
    }
    if (c->n == 1 && !building && !has(s, ADDRESS_CELL) && c->end[0] - c->from[0] < 3) {
        put(s, has(s, ADDRESS_NUMBER) ? ADDRESS_ROOM : ADDRESS_NUMBER, c->from[0], c->end[0]);
        return;
    }
    if (c->n == 2 && building) { /* 3号楼2-501 */
        put(s, has(s, ADDRESS_CELL) ? ADDRESS_FLOOR : ADDRESS_CELL, c->from[0], c->end[0]);
        put(s, ADDRESS_ROOM, c->from[1], c->end[1]);
        return;
    }
    for (size_t i = 0; i < c->n; i++) {
        if (!has(s, order[c->n - 1][i])) {
            put(s, order[c->n - 1][i], c->from[i], c->end[i]);
        }
    }
}

static void flush_name(struct parse *s, size_t end)
{
    static const uint32_t *const aside[] = {U"旁", U"对面", U"东侧", U"西侧", U"南侧", U"北侧", U"附近", U"院内", U"平房", U"底商", U"地下"};
    size_t len = 0;
    for (size_t i = 0; i < ARRAY_LEN(aside) && !len; i++) {
        len = address_at(s->cp, end, s->start, aside[i]);
        len = len == end - s->start ? len : 0;
    }
    if (end > s->start && !len && !has(s, ADDRESS_ESTATE)) {
        put(s, ADDRESS_ESTATE, s->start, end);
    }
    s->start = end;
}

/* 1区, 3期, 5巷, 101国道: the number belongs to a name. */
static bool number_in_name(const struct parse *s, size_t after)
{
    return after < s->n && !address_at(s->cp, s->n, after, U"村民组") && (address_one_of(s->cp[after], U"区期路街道巷弄里村条") || address_at(s->cp, s->n, after, U"国道") || address_at(s->cp, s->n, after, U"胡同"));
}

/* A number with its unit; how many characters it took, 0 when it belongs to a name. */
static size_t take_number(struct parse *s, size_t at)
{
    struct chain c;
    if (!read_chain(s, at, &c) || number_in_name(s, c.after)) {
        return 0;
    }
    size_t i = 0, len = 0;
    while (i < ARRAY_LEN(units) && !(len = address_at(s->cp, s->n, c.after, units[i].word))) {
        i++;
    }
    if (!len && is_letter(s->cp[at])) {
        return 0; /* letters of a name */
    }
    flush_name(s, at);
    if (!len) {
        put_bare(s, &c);
    } else {
        enum address_part p = meant(s, units[i].part, c.after + len);
        bool door = p == ADDRESS_ROOM && c.n > 1;
        if (door) {
            put_bare(s, &c); /* 3-2-501室 */
        } else if (p == ADDRESS_GROUP || !has(s, p)) {
            put(s, p, c.from[0], c.end[c.n - 1]);
        }
    }
    s->start = c.after + len;
    if (s->start < s->n && s->cp[s->start] == '-') {
        s->start++;
    }
    return s->start - at;
}

void address_parse(struct str text, struct address *out)
{
    struct parse s = {.reached = -1, .out = out};
    memset(out, 0, sizeof(*out));
    s.n = address_normalise(text, s.cp);
    s.start = skip_province(&s);
    for (size_t i = s.start; i < s.n;) {
        size_t taken = take_name(&s, i);
        taken = taken ? taken : take_number(&s, i);
        if (!taken) {
            size_t end = number_end(&s, i);
            taken = end > i ? end - i : 1; /* a number of a name is not read again from its middle */
        }
        i += taken;
    }
    flush_name(&s, s.n);
}
