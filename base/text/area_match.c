/* SPDX-License-Identifier: Apache-2.0 */
/* Finding streets and communities in addresses: names as folded characters, looked up by their first two. */
#include "base/text/area_name.h"

#include "base/text/fold.h"
#include "base/text/utf8.h"

enum { ADDRESS_CHARS = 256 };

/* --- suffixes -------------------------------------------------------------------------------------------------------- */

struct suffix {
    const uint32_t *text;
    enum area_kind kind;
    enum area_class class;
};
/* Longest first within a kind. */
static const struct suffix suffixes[] = {
    {U"街道办事处", AREA_STREET, AREA_CLASS_STREET},
    {U"镇人民政府", AREA_STREET, AREA_CLASS_TOWN},
    {U"乡人民政府", AREA_STREET, AREA_CLASS_TOWNSHIP},
    {U"街道办", AREA_STREET, AREA_CLASS_STREET},
    {U"办事处", AREA_STREET, AREA_CLASS_STREET},
    {U"镇政府", AREA_STREET, AREA_CLASS_TOWN},
    {U"乡政府", AREA_STREET, AREA_CLASS_TOWNSHIP},
    {U"民族乡", AREA_STREET, AREA_CLASS_TOWNSHIP},
    {U"林业局", AREA_STREET, AREA_CLASS_OTHER},
    {U"街道", AREA_STREET, AREA_CLASS_STREET},
    {U"苏木", AREA_STREET, AREA_CLASS_TOWNSHIP},
    {U"镇", AREA_STREET, AREA_CLASS_TOWN},
    {U"乡", AREA_STREET, AREA_CLASS_TOWNSHIP},
    {U"社区居民委员会", AREA_COMMUNITY, AREA_CLASS_COMMUNITY},
    {U"社区村民委员会", AREA_COMMUNITY, AREA_CLASS_COMMUNITY},
    {U"村村民委员会", AREA_COMMUNITY, AREA_CLASS_VILLAGE},
    {U"社区居委会", AREA_COMMUNITY, AREA_CLASS_COMMUNITY},
    {U"社区村委会", AREA_COMMUNITY, AREA_CLASS_COMMUNITY},
    {U"居民委员会", AREA_COMMUNITY, AREA_CLASS_COMMUNITY},
    {U"村民委员会", AREA_COMMUNITY, AREA_CLASS_VILLAGE},
    {U"村村委会", AREA_COMMUNITY, AREA_CLASS_VILLAGE},
    {U"居委会", AREA_COMMUNITY, AREA_CLASS_COMMUNITY},
    {U"村委会", AREA_COMMUNITY, AREA_CLASS_VILLAGE},
    {U"家委会", AREA_COMMUNITY, AREA_CLASS_COMMUNITY},
    {U"生活区", AREA_COMMUNITY, AREA_CLASS_OTHER},
    {U"社区", AREA_COMMUNITY, AREA_CLASS_COMMUNITY},
    {U"嘎查", AREA_COMMUNITY, AREA_CLASS_VILLAGE},
    {U"村", AREA_COMMUNITY, AREA_CLASS_VILLAGE},
};

static size_t length_of(const uint32_t *text)
{
    size_t n = 0;
    while (text[n]) {
        n++;
    }
    return n;
}

static bool same(const uint32_t *a, const uint32_t *b, size_t n)
{
    return memcmp(a, b, n * sizeof(*a)) == 0;
}

static bool is_one_of(uint32_t cp, const uint32_t *set)
{
    while (*set && *set != cp) {
        set++;
    }
    return *set != 0;
}

size_t area_suffix_end(enum area_kind kind, const uint32_t *cp, size_t n, enum area_class *out_class)
{
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        size_t len = suffixes[i].kind == kind ? length_of(suffixes[i].text) : 0;
        if (len && len < n && same(cp + n - len, suffixes[i].text, len)) {
            *out_class = suffixes[i].class;
            return len;
        }
    }
    return 0;
}

size_t area_suffix_at(enum area_kind kind, const uint32_t *cp, size_t n, enum area_class *out_class)
{
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        if (suffixes[i].kind != kind || !n || suffixes[i].text[0] != cp[0]) {
            continue;
        }
        size_t len = length_of(suffixes[i].text);
        if (len <= n && same(cp, suffixes[i].text, len)) {
            *out_class = suffixes[i].class;
            return len;
        }
    }
    return 0;
}

/* --- the dictionary -------------------------------------------------------------------------------------------------- */

size_t area_fold(struct str name, uint32_t out[AREA_NAME_CHARS])
{
    size_t n = 0;
    const char *p = name.p, *end = str_end(name);
    while (p < end && n < AREA_NAME_CHARS) {
        uint32_t cp = utf8_next(&p, end);
        cp = cp == UTF8_INVALID ? 0xFFFD : fold_cp(cp);
        if (cp && cp != ' ') {
            out[n++] = cp;
        }
    }
    return n;
}

static uint64_t head_of(const uint32_t *cp)
{
    return (uint64_t)cp[0] << 32 | cp[1];
}

static int name_cmp(const void *pa, const void *pb)
{
    const struct area_name *a = pa, *b = pb;
    size_t n = MIN(a->n, b->n);
    for (size_t i = 0; i < n; i++) {
        if (a->cp[i] != b->cp[i]) {
            return a->cp[i] < b->cp[i] ? -1 : 1;
        }
    }
    if (a->n != b->n) {
        return a->n < b->n ? -1 : 1;
    }
    if (a->area != b->area) {
        return a->area < b->area ? -1 : 1;
    }
    return a->bare - b->bare;
}

struct name_list {
    VEC(struct area_name) v;
};

static void add_name(struct area_set *set, struct name_list *list, const uint32_t *cp, size_t n, bool bare, enum area_class class, int32_t area)
{
    if (n < 2) {
        return; /* one character says too little without its suffix */
    }
    uint32_t *copy = arena_array(&set->arena, uint32_t, n);
    memcpy(copy, cp, n * sizeof(*cp));
    bool road = bare && class != AREA_CLASS_NONE && is_one_of(cp[n - 1], U"路街道巷弄");
    vec_push(&list->v, (struct area_name){copy, (uint16_t)n, bare, road, class, area});
}

static void add_forms(struct area_set *set, struct name_list *list, struct str text, int32_t area)
{
    uint32_t cp[AREA_NAME_CHARS];
    size_t n = area_fold(text, cp);
    enum area_kind kind = set->areas.v[area].kind;
    enum area_class class = AREA_CLASS_NONE;
    size_t suffix = area_suffix_end(kind, cp, n, &class);
    bool plain = kind == AREA_DISTRICT || kind == AREA_GRID;
    add_name(set, list, cp, n, !suffix && !plain, class, area);
    if (suffix) {
        add_name(set, list, cp, n - suffix, true, class, area);
        /* 幸福村社区: also 幸福 for 幸福村三组 */
        enum area_class inner;
        size_t second = area_suffix_end(kind, cp, n - suffix, &inner);
        if (second) {
            add_name(set, list, cp, n - suffix - second, true, inner, area);
        }
    }
}

void area_names_build(struct area_set *set)
{
    struct name_list list = {{0}};
    for (size_t i = 0; i < set->areas.n; i++) {
        const struct area *a = &set->areas.v[i];
        add_forms(set, &list, a->name, (int32_t)i);
        for (size_t k = 0; k < a->n_aliases; k++) {
            add_forms(set, &list, a->aliases[k], (int32_t)i);
        }
    }
    vec_sort(&list.v, name_cmp);
    set->names = arena_array(&set->arena, struct area_name, list.v.n + 1);
    if (list.v.n) {
        memcpy(set->names, list.v.v, list.v.n * sizeof(*list.v.v));
    }
    set->n_names = list.v.n;
    for (size_t i = 0; i < set->n_names; i++) {
        (void)map64_get_or_put(&set->by_head, head_of(set->names[i].cp), (uint32_t)i);
    }
    vec_release(&list.v);
}

/* First entry with this head, n_names when there is none. */
static size_t first_entry(const struct area_set *set, const uint32_t *cp)
{
    uint32_t at = set->n_names ? map64_get(&set->by_head, head_of(cp)) : MAP_NONE;
    return at == MAP_NONE ? set->n_names : at;
}

/* --- addresses ------------------------------------------------------------------------------------------------------- */

struct address {
    uint32_t cp[ADDRESS_CHARS];
    uint16_t end[ADDRESS_CHARS]; /* raw byte offset behind the character */
    size_t n;
};

static void fold_address(struct str raw, struct address *a)
{
    a->n = 0;
    const char *p = raw.p, *end = str_end(raw);
    while (p < end && a->n < ADDRESS_CHARS && p - raw.p < UINT16_MAX) {
        uint32_t cp = utf8_next(&p, end);
        cp = cp == UTF8_INVALID ? 0xFFFD : fold_cp(cp);
        if (cp && cp != ' ') {
            a->cp[a->n] = cp;
            a->end[a->n++] = (uint16_t)(p - raw.p);
        }
    }
}

/* 南路, 大街, 一道, 巷: the name before it is the head of a road. */
static bool is_road_at(const struct address *a, size_t i)
{
    for (size_t steps = 0; i < a->n && steps < 3; i++, steps++) {
        if (is_one_of(a->cp[i], U"路街道巷弄条桥")) {
            return true;
        }
        if (a->cp[i] == 0x80E1 && i + 1 < a->n && a->cp[i + 1] == 0x540C) { /* 胡同 */
            return true;
        }
        if (!is_one_of(a->cp[i], U"东西南北中上下前后一二三四五六七八九十新老内外大小支公")) {
            return false;
        }
    }
    return false;
}

/* A number, a mark or the end: what may follow a name without its suffix. */
static bool is_border_at(const struct address *a, size_t i)
{
    return i >= a->n || !cp_is_han(a->cp[i]) || is_one_of(a->cp[i], U"一二三四五六七八九十甲乙丙丁");
}

/* The best match at one place. */
struct hit {
    size_t end;              /* behind the name and its suffix; 0: none */
    size_t length;           /* of the name without suffix */
    enum area_kind kind;
    enum area_class class;   /* of the suffix read, AREA_CLASS_NONE without */
    int32_t area;            /* AREA_NONE when several areas are meant */
    bool outside;            /* fits only an area of another street */
    bool marked;             /* with its suffix, or written as in areas.csv */
};

struct search {
    const struct area_set *set;
    const struct address *a;
    int32_t district, street, community;
};

static bool lower_name_at(const struct search *s, size_t i, enum area_kind above);

/* Whether entry e ends well at i + e->n; *out_end is behind its suffix. */
static bool ends_well(const struct search *s, const struct area_name *e, size_t i, struct hit *out)
{
    enum area_kind kind = s->set->areas.v[e->area].kind;
    size_t behind = i + e->n;
    *out = (struct hit){behind, e->n, kind, e->class, e->area, false, !e->bare};
    if (e->bare) {
        enum area_class class = AREA_CLASS_NONE;
        size_t suffix = area_suffix_at(kind, s->a->cp + behind, s->a->n - behind, &class);
        out->class = class;
        out->marked = suffix > 0;
        out->end = behind + suffix;
        /* 向阳街道 is a street, 向阳街 is not */
        if (!suffix && (e->road || is_road_at(s->a, behind) || !(is_border_at(s->a, behind) || lower_name_at(s, behind, kind)))) {
            return false;
        }
    }
    return !is_road_at(s->a, out->end) || (kind == AREA_STREET && out->class == AREA_CLASS_STREET);
}

static bool may_be(const struct search *s, const struct area *a)
{
    if (a->kind == AREA_DISTRICT) {
        return s->district == AREA_NONE && s->street == AREA_NONE && s->community == AREA_NONE;
    }
    if (a->kind == AREA_STREET) {
        return s->street == AREA_NONE && s->community == AREA_NONE;
    }
    return a->kind == AREA_COMMUNITY ? s->community == AREA_NONE : s->community != AREA_NONE;
}

/* A community or street named right at i: enough to end a bare name before it (王顶堤园荫里). */
static bool lower_name_at(const struct search *s, size_t i, enum area_kind above)
{
    if (i + 2 > s->a->n) {
        return false;
    }
    for (size_t k = first_entry(s->set, s->a->cp + i); k < s->set->n_names; k++) {
        const struct area_name *e = &s->set->names[k];
        if (head_of(e->cp) != head_of(s->a->cp + i)) {
            break;
        }
        if (s->set->areas.v[e->area].kind > above && i + e->n <= s->a->n && same(e->cp, s->a->cp + i, e->n) && !is_road_at(s->a, i + e->n)) {
            return true;
        }
    }
    return false;
}

/* Better: the longer reading, then the higher kind, then the one whose suffix agrees, then the one inside what matched already. */
static int rank(const struct search *s, const struct hit *h, const struct area_name *e)
{
    int32_t inside = h->kind == AREA_GRID ? s->community : s->street != AREA_NONE ? s->street : s->district;
    int r = (inside == AREA_NONE || areas_within(s->set, h->area, inside)) ? 4 : 0;
    return r + ((h->class == e->class) ? 2 : 0) + (h->marked ? 1 : 0);
}

static struct hit match_at(const struct search *s, size_t i)
{
    struct hit best = {0};
    int best_rank = 0;
    for (size_t k = first_entry(s->set, s->a->cp + i); k < s->set->n_names; k++) {
        const struct area_name *e = &s->set->names[k];
        if (head_of(e->cp) != head_of(s->a->cp + i)) {
            break;
        }
        struct hit h;
        const struct area *area = &s->set->areas.v[e->area];
        if (i + e->n > s->a->n || !same(e->cp, s->a->cp + i, e->n) || !may_be(s, area) || !ends_well(s, e, i, &h)) {
            continue;
        }
        int r = rank(s, &h, e);
        bool longer = h.end > best.end || (h.end == best.end && h.kind < best.kind);
        bool equal = h.end == best.end && h.kind == best.kind;
        if (longer || (equal && r > best_rank)) {
            best = h;
            best.outside = r < 4;
            best_rank = r;
        } else if (equal && r == best_rank && best.area != h.area) {
            best.area = AREA_NONE;
        }
    }
    return best;
}

static void take_hit(struct search *s, const struct hit *h, struct area_match *m)
{
    if (h->kind == AREA_COMMUNITY && h->area == AREA_NONE) {
        m->ambiguous = m->ambiguous || s->street == AREA_NONE;
        return;
    }
    if (h->area == AREA_NONE) {
        return;
    }
    if (h->kind == AREA_COMMUNITY && h->outside) {
        m->conflict = m->conflict || (h->marked && s->street != AREA_NONE);
        return;
    }
    if (h->kind == AREA_DISTRICT) {
        s->district = h->area;
    } else if (h->kind == AREA_STREET && !h->outside) {
        s->street = h->area;
    } else if (h->kind == AREA_COMMUNITY) {
        s->community = h->area;
    } else if (h->kind == AREA_GRID && !h->outside) {
        m->grid = h->area;
    }
}

void areas_match(const struct area_set *set, struct str address, struct area_match *out_match)
{
    struct address a;
    fold_address(address, &a);
    struct search s = {set, &a, AREA_NONE, AREA_NONE, AREA_NONE};
    *out_match = (struct area_match){.district = AREA_NONE, .street = AREA_NONE, .community = AREA_NONE, .grid = AREA_NONE};
    for (size_t i = 0; i + 2 <= a.n;) {
        struct hit h = match_at(&s, i);
        if (!h.end) {
            i++;
            continue;
        }
        take_hit(&s, &h, out_match);
        i = h.end;
        out_match->rest = a.end[i - 1];
    }
    out_match->community = s.community;
    out_match->street = s.street;
    out_match->how = s.street == AREA_NONE ? AREA_BY_NOTHING : s.community == AREA_NONE ? AREA_BY_STREET : AREA_BY_BOTH;
    if (s.street == AREA_NONE && s.community != AREA_NONE) {
        out_match->street = areas_up(set, s.community, AREA_STREET);
        out_match->how = AREA_BY_COMMUNITY;
        out_match->ambiguous = false;
    }
    int32_t lowest = out_match->street;
    out_match->district = lowest != AREA_NONE ? areas_up(set, lowest, AREA_DISTRICT) : s.district;
}

/* --- by name --------------------------------------------------------------------------------------------------------- */

/* The one area of that kind within `within` whose form is exactly these characters; AREA_NONE for none or several. A suffix class, when the name
   had one, decides between areas that share a bare name. */
static int32_t only_area(const struct area_set *set, const uint32_t *cp, size_t n, enum area_class class, enum area_kind kind, int32_t within)
{
    int32_t found = AREA_NONE, agreeing = AREA_NONE;
    size_t others = 0, agreeing_others = 0;
    for (size_t k = n >= 2 ? first_entry(set, cp) : set->n_names; k < set->n_names && head_of(set->names[k].cp) == head_of(cp); k++) {
        const struct area_name *e = &set->names[k];
        if (e->n != n || !same(e->cp, cp, n) || set->areas.v[e->area].kind != kind || (within != AREA_NONE && !areas_within(set, e->area, within))) {
            continue;
        }
        others += found != AREA_NONE && found != e->area;
        found = e->area;
        if (e->class == class) {
            agreeing_others += agreeing != AREA_NONE && agreeing != e->area;
            agreeing = e->area;
        }
    }
    if (!others) {
        return found;
    }
    return class != AREA_CLASS_NONE && !agreeing_others ? agreeing : AREA_NONE;
}

int32_t areas_by_name(const struct area_set *set, struct str name, enum area_kind kind, int32_t within)
{
    uint32_t cp[AREA_NAME_CHARS];
    size_t n = area_fold(name, cp);
    enum area_class class = AREA_CLASS_NONE;
    size_t suffix = area_suffix_end(kind, cp, n, &class);
    int32_t found = only_area(set, cp, n, class, kind, within);
    return found == AREA_NONE && suffix ? only_area(set, cp, n - suffix, class, kind, within) : found;
}
