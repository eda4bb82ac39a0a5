/* SPDX-License-Identifier: Apache-2.0 */
/* What clerks write around a name. */
#include "base/text/fold.h"

#include "base/text/cell.h"
#include "base/text/utf8.h"

enum { CLEAN_CHARS = 96 };

/* The characters of a name with their place in the raw text. */
struct letters {
    uint32_t cp[CLEAN_CHARS];    /* half-width */
    uint8_t from[CLEAN_CHARS];   /* byte offset and length in the raw text */
    uint8_t length[CLEAN_CHARS];
    bool gone[CLEAN_CHARS];      /* inside a remark, or a needless blank */
    size_t first, end;           /* what is left of the name is first .. end - 1 */
    unsigned flags;
};

static bool load(struct str raw, struct letters *l)
{
    size_t n = 0;
    const char *p = raw.p, *end = str_end(raw);
    if (raw.n > UINT8_MAX) {
        return false;
    }
    while (p < end) {
        const char *here = p;
        uint32_t cp = utf8_next(&p, end);
        if (n == CLEAN_CHARS) {
            return false;
        }
        l->from[n] = (uint8_t)(here - raw.p);
        l->length[n] = (uint8_t)(p - here);
        l->gone[n] = cp_is_zero_width(cp);
        l->cp[n++] = cp >= 0xFF01 && cp <= 0xFF5E ? cp - 0xFEE0 : cp_is_blank(cp) ? ' ' : cp == 0x3014 || cp == 0x3010 ? '(' : cp == 0x3015 || cp == 0x3011 ? ')' : cp;
    }
    l->first = 0;
    l->end = n;
    l->flags = 0;
    return true;
}

static bool is_skipped(const struct letters *l, size_t i)
{
    return l->gone[i] || l->cp[i] == ' ';
}

static bool is_number_mark(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || cp == '.' || cp == ',' || cp == 0x3001 || cp == '#' || cp == '-';
}

/* Blanks, apostrophes and numbering at both ends. */
static void trim_ends(struct letters *l)
{
    while (l->first < l->end && (is_skipped(l, l->first) || l->cp[l->first] == '\'')) {
        l->first++;
    }
    while (l->end > l->first && is_skipped(l, l->end - 1)) {
        l->end--;
    }
    size_t head = l->first, tail = l->end;
    while (head < l->end && is_number_mark(l->cp[head])) {
        head++;
    }
    while (tail > head && is_number_mark(l->cp[tail - 1])) {
        tail--;
    }
    bool digits = false;
    for (size_t i = l->first; i < l->end; i++) {
        digits = digits || ((i < head || i >= tail) && l->cp[i] >= '0' && l->cp[i] <= '9');
    }
    if (digits && head < tail) {
        l->flags |= NAME_DIGITS;
        l->first = head;
        l->end = tail;
        trim_ends(l);
    }
}

static bool spells(const struct letters *l, size_t from, size_t end, const char *word)
{
    const char *p = word, *stop = word + strlen(word);
    for (size_t i = from; i < end; i++) {
        if (p == stop || utf8_next(&p, stop) != l->cp[i]) {
            return false;
        }
    }
    return p == stop;
}

static unsigned remark_flag(const struct letters *l, size_t from, size_t end)
{
    static const char *const dead[] = {"亡", "已亡", "故", "已故", "去世", "已去世", "死亡", "已死亡"};
    for (size_t i = 0; i < ARRAY_LEN(dead); i++) {
        if (spells(l, from, end, dead[i])) {
            return NAME_DEAD_MARK;
        }
    }
    return spells(l, from, end, "女") || spells(l, from, end, "男") ? NAME_SEX_MARK : NAME_REMARK;
}

static size_t letters_outside(const struct letters *l, size_t from, size_t end)
{
    size_t n = 0;
    for (size_t i = l->first; i < l->end; i++) {
        n += (i < from || i >= end) && !is_skipped(l, i);
    }
    return n;
}

/* (女), (亡), (户主) go; a bracket behind a lone surname spells a character nobody could type, 李(龙天), and stays. */
static void drop_brackets(struct letters *l)
{
    for (size_t i = l->first; i < l->end; i++) {
        if (l->cp[i] != '(' || l->gone[i]) {
            continue;
        }
        size_t close = i + 1;
        while (close < l->end && l->cp[close] != ')') {
            close++;
        }
        unsigned flag = remark_flag(l, i + 1, close);
        size_t after = MIN(close + 1, l->end);
        if (flag == NAME_REMARK && (letters_outside(l, i, after) < 2 || (after < l->end && i > l->first && !is_skipped(l, after)))) {
            i = close;
            continue;
        }
        l->flags |= flag;
        for (size_t k = i; k < after; k++) {
            l->gone[k] = true;
        }
    }
}

static void drop_dead_words(struct letters *l)
{
    static const char *const tails[] = {"已去世", "已死亡", "已故", "去世", "死亡", "已亡", "亡"};
    static const size_t lengths[] = {3, 3, 2, 2, 2, 2, 1};
    trim_ends(l);
    for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
        if (l->end - l->first >= lengths[i] + 2 && spells(l, l->end - lengths[i], l->end, tails[i])) {
            l->end -= lengths[i];
            l->flags |= NAME_DEAD_MARK;
            break;
        }
    }
    if (l->end - l->first >= 4 && spells(l, l->first, l->first + 2, "已故")) {
        l->first += 2;
        l->flags |= NAME_DEAD_MARK;
    }
    trim_ends(l);
}

/* Blanks that touch an ideograph go; between Latin words one stays. */
static void drop_blanks(struct letters *l)
{
    uint32_t before = 0;
    bool blank_kept = false;
    for (size_t i = l->first; i < l->end; i++) {
        if (l->gone[i]) {
            continue;
        }
        if (l->cp[i] != ' ') {
            before = l->cp[i];
            blank_kept = false;
            continue;
        }
        size_t next = i;
        while (next < l->end && is_skipped(l, next)) {
            next++;
        }
        bool latin = before < 0x2E80 && before != 0xB7 && next < l->end && l->cp[next] < 0x2E80 && l->cp[next] != 0xB7;
        l->gone[i] = !latin || blank_kept;
        blank_kept = latin;
    }
}

/* Nothing but ideographs of the main block, none at an end that could be a remark (亡 故 世 之子): nearly every name. */
static bool is_plain_han(struct str raw)
{
    if (raw.n < 6 || raw.n > 12 || raw.n % 3) {
        return false;
    }
    for (size_t i = 0; i < raw.n; i += 3) {
        unsigned char lead = (unsigned char)raw.p[i];
        if (lead < 0xE5 || lead > 0xE9) { /* E4 holds 亡 世 and 之, and is left to the long way */
            return false;
        }
    }
    struct str tail = str_sub(raw, raw.n - 3, 3), head = str_sub(raw, 0, 3);
    return utf8_valid_head(raw) == raw.n && !str_eq(tail, STR("故")) && !str_eq(head, STR("已"));
}

struct str name_clean(struct str raw, struct strbuf *scratch, unsigned *out_flags)
{
    struct letters l;
    *out_flags = 0;
    if (is_plain_han(raw) || !load(raw, &l)) {
        return raw;
    }
    trim_ends(&l);
    drop_brackets(&l);
    drop_dead_words(&l);
    drop_blanks(&l);
    size_t n = l.end - l.first;
    if (n >= 4 && (spells(&l, l.end - 2, l.end, "之子") || spells(&l, l.end - 2, l.end, "之女") || spells(&l, l.end - 2, l.end, "之婴"))) {
        l.flags |= NAME_CHILD_OF;
    }
    *out_flags = l.flags;
    bool whole = true;
    for (size_t i = l.first; i < l.end; i++) {
        whole = whole && !l.gone[i];
    }
    if (whole) {
        return n ? str_sub(raw, l.from[l.first], (size_t)(l.from[l.end - 1] + l.length[l.end - 1] - l.from[l.first])) : str_sub(raw, 0, 0);
    }
    strbuf_clear(scratch);
    for (size_t i = l.first; i < l.end; i++) {
        if (!l.gone[i]) {
            strbuf_add(scratch, raw.p + l.from[i], l.length[i]);
        }
    }
    return strbuf_str(scratch);
}
