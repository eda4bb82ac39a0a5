/* SPDX-License-Identifier: Apache-2.0 */
/* Names reduced to comparable characters, and what two of them say about each other. */
#include "base/text/fold.h"

#include <pthread.h>

#include "base/core/status.h"
#include "base/text/utf8.h"

/* --- keys ------------------------------------------------------------------------------------------------------------ */

static bool is_unreadable(uint32_t cp)
{
    switch (cp) {
    case '?':
    case '*':
    case 0xD7:   /* × */
    case 0x203B: /* ※ */
    case 0x2573:
    case 0x25A0:
    case 0x25A1:
    case 0x25CB:
    case 0x25CF:
    case 0x3013: /* 〓 */
    case 0x67D0: /* 某 */
    case 0xFFFD:
    case UTF8_INVALID:
        return true;
    default:
        return cp_is_private(cp);
    }
}

static bool is_latin_letter(uint32_t cp)
{
    return (cp >= 'a' && cp <= 'z') || (cp >= 0xDF && cp <= 0x24F && cp != 0xF7);
}

static bool is_dot(uint32_t cp)
{
    return cp == 0xB7 || cp == '.' || cp == 0x3002;
}

static void add_char(struct name_key *k, uint32_t folded, uint32_t plain)
{
    if (k->n == NAME_CHARS) {
        k->cut = true;
        return;
    }
    k->unreadable = (uint8_t)(k->unreadable + (folded == NAME_UNREADABLE));
    k->plain[k->n] = plain;
    k->chars[k->n++] = folded;
}

static void add_break(struct name_key *k)
{
    if (k->n && k->n_breaks < NAME_BREAKS && (!k->n_breaks || k->breaks[k->n_breaks - 1] != k->n)) {
        k->breaks[k->n_breaks++] = k->n;
    }
}

/* 韦WEI, 李(龙天): a run of letters or a bracket among ideographs stands for one character. */
static size_t foreign_run(struct str name, size_t at)
{
    const char *p = name.p + at, *end = str_end(name);
    if ((unsigned char)*p >= 0xE4 && (unsigned char)*p <= 0xE9) {
        return 0; /* U+4000 .. U+9FFF: neither */
    }
    uint32_t first = fold_width(utf8_next(&p, end));
    if (first == '(' || first == 0x3010 || first == 0x3014) {
        while (p < end) {
            uint32_t cp = fold_width(utf8_next(&p, end));
            if (cp == ')' || cp == 0x3011 || cp == 0x3015) {
                break;
            }
        }
        return (size_t)(p - name.p) - at;
    }
    if (!is_latin_letter(first)) {
        return 0;
    }
    size_t n = (size_t)(p - name.p) - at;
    while (p < end && is_latin_letter(fold_width(utf8_next(&p, end)))) {
        n = (size_t)(p - name.p) - at;
    }
    return n;
}

static bool has_han(struct str s)
{
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        if (cp_is_han(utf8_next(&p, end))) {
            return true;
        }
    }
    return false;
}

enum { COMPOUND_BYTES = 6 }; /* two characters of three bytes each */
static const char compound_surnames[][COMPOUND_BYTES + 1] = {
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政",
    "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空", "闾丘", "子车", "亓官", "司寇", "巫马",
    "公西", "颛孙", "壤驷", "公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里", "呼延", "东郭", "南门", "羊舌",
    "微生", "梁丘", "左丘", "西门", "第五", "公乘", "南荣", "东里", "东宫", "仲长", "即墨", "达奚", "纳兰", "完颜", "叶赫", "那拉", "贺兰", "耶律"};

/* Which characters one of them may begin with, by the low ten bits: most surnames are not looked for in the list. */
static uint64_t begins_compound[16];
static pthread_once_t noted = PTHREAD_ONCE_INIT;

static void note_compounds(void)
{
    for (size_t i = 0; i < ARRAY_LEN(compound_surnames); i++) {
        const char *p = compound_surnames[i];
        uint32_t cp = utf8_next(&p, p + COMPOUND_BYTES);
        begins_compound[(cp & 1023) >> 6] |= (uint64_t)1 << (cp & 63);
    }
}

static bool is_compound(uint32_t a, uint32_t b)
{
    char text[8];
    (void)pthread_once(&noted, note_compounds);
    if (!(begins_compound[(a & 1023) >> 6] >> (a & 63) & 1)) {
        return false;
    }
    size_t n = utf8_put(text, a);
    n += utf8_put(text + n, b);
    for (size_t i = 0; i < ARRAY_LEN(compound_surnames) && n == COMPOUND_BYTES; i++) {
        if (memcmp(text, compound_surnames[i], COMPOUND_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static uint8_t surname_length(const struct name_key *k)
{
    if (k->dotted || k->latin || k->n < 2 || k->n > 4) {
        return 0; /* five characters and more without a dot: a transliterated name */
    }
    bool readable = k->chars[0] != NAME_UNREADABLE && k->chars[1] != NAME_UNREADABLE;
    return k->n > 2 && readable && is_compound(k->chars[0], k->chars[1]) ? 2 : 1;
}

void name_key_make(struct str name, struct name_key *out_key)
{
    struct name_key *k = out_key;
    AUTO_STRBUF scratch = STRBUF_INIT;
    memset(k, 0, sizeof(*k));
    struct str s = name_clean(name, &scratch, &k->flags);
    bool han = has_han(s);
    size_t letters = 0;
    const char *p = s.p, *end = str_end(s);
    while (p < end) {
        size_t run = han ? foreign_run(s, (size_t)(p - s.p)) : 0;
        if (run) {
            p += run;
            add_char(k, NAME_UNREADABLE, NAME_UNREADABLE);
            continue;
        }
        uint32_t cp = utf8_next(&p, end);
        uint32_t plain = cp == UTF8_INVALID ? cp : fold_width(cp);
        if (plain == 0 || plain == '\'' || (plain >= '0' && plain <= '9')) {
            continue;
        }
        if (plain == ' ' || plain == '-') {
            add_break(k);
        } else if (is_dot(plain)) {
            add_break(k);
            k->dotted = k->dotted || (k->n && p < end);
        } else if (is_unreadable(plain)) {
            add_char(k, NAME_UNREADABLE, NAME_UNREADABLE);
        } else {
            letters += is_latin_letter(plain);
            add_char(k, fold_cp(cp), plain);
        }
    }
    k->latin = letters > 0 && !han;
    k->surname = surname_length(k);
}

void name_key_text(const struct name_key *k, struct strbuf *out)
{
    for (size_t i = 0; i < k->n; i++) {
        strbuf_add_cp(out, k->chars[i] == NAME_UNREADABLE ? '?' : k->chars[i]);
    }
}

size_t name_surname_bytes(struct str name)
{
    struct name_key k;
    name_key_make(name, &k);
    return k.surname ? utf8_offset(name, k.surname) : 0;
}

/* --- verdicts -------------------------------------------------------------------------------------------------------- */

static bool same_letter(uint32_t a, uint32_t b)
{
    return a != NAME_UNREADABLE && b != NAME_UNREADABLE && fold_weak_equal(a, b);
}

static bool all_same(const uint32_t *a, const uint32_t *b, size_t n)
{
    return memcmp(a, b, n * sizeof(*a)) == 0;
}

static bool all_weakly_same(const struct name_key *a, const struct name_key *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!same_letter(a->chars[i], b->chars[i])) {
            return false;
        }
    }
    return true;
}

static bool any_common(const struct name_key *a, size_t a_from, size_t a_end, const struct name_key *b, size_t b_from, size_t b_end)
{
    for (size_t i = a_from; i < a_end; i++) {
        for (size_t j = b_from; j < b_end; j++) {
            if (same_letter(a->chars[i], b->chars[j])) {
                return true;
            }
        }
    }
    return false;
}

static bool is_long(const struct name_key *k)
{
    return k->dotted || k->cut || k->n >= 5;
}

/* Foreign names in Latin letters; a short one may be the pinyin of one character and says nothing. */
static enum name_verdict latin_agree(const struct name_key *a, const struct name_key *b)
{
    enum { ENOUGH = 8 };
    if (any_common(a, 0, a->n, b, 0, b->n)) {
        size_t n = MIN(a->n, b->n), head = 0, tail = 0;
        while (head < n && a->chars[head] == b->chars[head]) {
            head++;
        }
        while (tail < n && a->chars[a->n - 1 - tail] == b->chars[b->n - 1 - tail]) {
            tail++;
        }
        if (MAX(head, tail) >= 3) {
            return NAME_PARTIAL;
        }
        /* given name and surname the other way round */
        for (size_t turn = 3; turn + 3 <= n && a->n == b->n; turn++) {
            if (all_same(a->chars, b->chars + b->n - turn, turn) && all_same(a->chars + turn, b->chars, a->n - turn)) {
                return NAME_VARIANT;
            }
        }
    }
    return a->n >= ENOUGH && b->n >= ENOUGH ? NAME_CONTRADICTS : NAME_UNKNOWN;
}

enum name_verdict name_keys_agree(const struct name_key *a, const struct name_key *b)
{
    size_t readable_a = (size_t)(a->n - a->unreadable), readable_b = (size_t)(b->n - b->unreadable);
    bool clear = !a->unreadable && !b->unreadable;
    if (!readable_a || !readable_b) {
        return NAME_UNKNOWN;
    }
    if (clear && a->n == b->n && all_same(a->plain, b->plain, a->n)) {
        return NAME_SAME;
    }
    if (clear && a->n == b->n && all_weakly_same(a, b, a->n)) {
        return NAME_VARIANT;
    }
    if (((a->flags | b->flags) & NAME_CHILD_OF) || a->latin != b->latin) {
        return NAME_UNKNOWN;
    }
    if (a->latin) {
        return latin_agree(a, b);
    }
    size_t shorter = MIN(a->n, b->n);
    if (clear && shorter >= 2 && (is_long(a) || is_long(b)) && is_long(a->n > b->n ? a : b) && all_weakly_same(a, b, shorter)) {
        return NAME_VARIANT; /* 阿依古丽 for 阿依古丽·买买提 */
    }
    if (!a->surname || !b->surname) {
        if (any_common(a, 0, a->n, b, 0, b->n)) {
            return NAME_PARTIAL;
        }
        return clear && a->n > 1 && b->n > 1 ? NAME_CONTRADICTS : NAME_UNKNOWN;
    }
    if (any_common(a, 0, a->surname, b, 0, b->surname) || any_common(a, a->surname, a->n, b, b->surname, b->n)) {
        return NAME_PARTIAL;
    }
    return clear ? NAME_CONTRADICTS : NAME_UNKNOWN;
}

/* Equal bytes, all ideographs of the main block and none of them 某: the usual case of two records of one person. */
static bool is_readable_han(struct str s)
{
    for (size_t i = 0; i + 3 <= s.n; i += 3) {
        unsigned char lead = (unsigned char)s.p[i];
        if (lead < 0xE4 || lead > 0xE9 || (lead == 0xE6 && memcmp(s.p + i, "某", 3) == 0)) {
            return false;
        }
    }
    return s.n >= 6 && s.n % 3 == 0 && utf8_valid_head(s) == s.n;
}

enum name_verdict name_agrees(struct str a, struct str b)
{
    if (str_eq(a, b) && is_readable_han(a)) {
        return NAME_SAME;
    }
    struct name_key ka, kb;
    name_key_make(a, &ka);
    name_key_make(b, &kb);
    return name_keys_agree(&ka, &kb);
}

const char *name_verdict_word(enum name_verdict v)
{
    switch (v) {
    case NAME_SAME:
        return TR("相同", "same");
    case NAME_VARIANT:
        return TR("异体或简写", "variant");
    case NAME_PARTIAL:
        return TR("部分相同", "partly the same");
    case NAME_CONTRADICTS:
        return TR("不同", "different");
    case NAME_UNKNOWN:
        return TR("无法比较", "cannot be compared");
    default:
        return "";
    }
}
