/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/repair.h"

#include "base/core/bug.h"
#include "base/core/status.h"
#include "matchers/identifier.h"

#define CHECK_X 10
#define WILD    (-1) /* a character no number has: its value is solved for */
#define LENGTH  18
#define TEN     10

static const uint8_t weight[LENGTH] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1};
static const uint8_t inverse[11] = {0, 1, 6, 4, 3, 9, 2, 8, 7, 5, 10}; /* modulo 11 */
static const uint64_t power[17] = {10000000000000000u, 1000000000000000u, 100000000000000u, 10000000000000u, 1000000000000u, 100000000000u,
                                   10000000000u,       1000000000u,       100000000u,       10000000u,       1000000u,       100000u,
                                   10000u,             1000u,             100u,             10u,             1u}; /* of place i of the 17 digits */

struct chars { /* a number as written */
    int8_t v[LENGTH + 1]; /* 0..9, CHECK_X, WILD */
    size_t n;
};

struct list {
    struct repair *v;
    size_t n;
};

static void put(struct list *out, uint64_t n17, enum repair_kind kind, size_t at)
{
    uint64_t id = ident_of_digits(n17);
    if (id) {
        BUG_ON(out->n == REPAIR_MAX);
        out->v[out->n++] = (struct repair){id, (uint8_t)kind, (uint8_t)(at + 1)};
    }
}

/* `n` values as 17 digits and a check; false when X stands anywhere but last or the sum is not 1. */
static bool whole(const int8_t v[LENGTH], uint64_t *out_n17)
{
    unsigned sum = (unsigned)v[17];
    *out_n17 = 0;
    for (int i = 0; i < 17; i++) {
        if (v[i] == CHECK_X) {
            return false;
        }
        *out_n17 = *out_n17 * 10 + (uint64_t)v[i];
        sum += (unsigned)v[i] * weight[i];
    }
    return sum % 11 == 1;
}

static void put_whole(struct list *out, const int8_t v[LENGTH], enum repair_kind kind, size_t at)
{
    uint64_t n17;
    if (whole(v, &n17)) {
        put(out, n17, kind, at);
    }
}

/* Sum of weighted values modulo 11, wild ones as 0, those from `gap` on one place further. */
static unsigned residue(const struct chars *c, size_t gap)
{
    unsigned sum = 0;
    for (size_t i = 0; i < c->n; i++) {
        sum += (unsigned)MAX(c->v[i], 0) * weight[i < gap ? i : i + 1];
    }
    return sum % 11;
}

/* What `place` must hold more for a sum of `sum` to become 1. */
static unsigned missing_at(unsigned sum, size_t place)
{
    return (12 - sum) % 11 * inverse[weight[place]] % 11;
}

/* --- eighteen characters -------------------------------------------------------------------------------------------- */

static void change_one(struct list *out, struct chars *c, size_t only)
{
    unsigned sum = residue(c, LENGTH);
    for (size_t i = only == LENGTH ? 0 : only, end = only == LENGTH ? LENGTH : only + 1; i < end; i++) {
        int8_t was = c->v[i];
        c->v[i] = (int8_t)(((unsigned)MAX(was, 0) + missing_at(sum, i)) % 11);
        put_whole(out, c->v, REPAIR_DIGIT, i);
        c->v[i] = was;
    }
}

static void change_places(struct list *out, struct chars *c, size_t apart, enum repair_kind kind)
{
    for (size_t i = 0; i + apart < LENGTH; i++) {
        int8_t a = c->v[i], b = c->v[i + apart];
        if (a != b) {
            c->v[i] = b, c->v[i + apart] = a;
            put_whole(out, c->v, kind, i);
            c->v[i] = a, c->v[i + apart] = b;
        }
    }
}

/* Seventeen sound digits and a check: the whole work of nearly every damaged number, without arrays being put together again. */
static void propose_fast(struct list *out, uint64_t n17, unsigned check)
{
    int v[LENGTH];
    unsigned sum = check;
    v[17] = (int)check;
    uint64_t rest = n17;
    for (int i = 16; i >= 0; i--, rest /= 10) {
        v[i] = (int)(rest % 10);
        sum += (unsigned)v[i] * weight[i];
    }
    sum %= 11;
    for (size_t i = 0; i < 17 && sum != 1; i++) {
        int now = (v[i] + (int)missing_at(sum, i)) % 11;
        if (now <= 9) {
            put(out, n17 + (uint64_t)(now - v[i]) * power[i], REPAIR_DIGIT, i);
        }
    }
    if (sum != 1) {
        put(out, n17, REPAIR_DIGIT, 17);
    }
    for (size_t i = 0, apart = sum == 1 ? TEN : 1; i + apart < LENGTH; i++) {
        int a = v[i], b = v[i + apart], moved = (int)sum + (b - a) * ((int)weight[i] - (int)weight[i + apart]);
        bool sound = a != b && b <= 9 && (moved % 11 + 11) % 11 == 1;
        if (sound) {
            uint64_t far = i + apart < 17 ? power[i + apart] : 0;
            put(out, n17 + (uint64_t)(b - a) * (power[i] - far), sum == 1 ? REPAIR_SWAP_TEN : REPAIR_SWAP, i);
        }
    }
}

/* Fifteen digits are left of the number; the last two and the check are anything. One number in a thousand ends so by itself: other slips are possible. */
static void complete_tail(struct list *out, uint64_t n17, unsigned check)
{
    propose_fast(out, n17, check);
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++) {
        if (ident_number(out->v[i].id) / 100 != n17 / 100) {
            out->v[kept++] = out->v[i];
        }
    }
    out->n = kept;
    for (uint64_t tail = 0; tail < 100; tail++) {
        put(out, n17 / 100 * 100 + tail, REPAIR_TAIL, 15);
    }
}

/* 18 digits went through a double: the numbers that give the same double, perhaps this one. Numbers ending in X never were one. */
static void undo_double(struct list *out, uint64_t n18)
{
    for (uint64_t n17 = n18 / 10 - 13; n17 <= n18 / 10 + 13; n17++) { /* doubles of 18 digits stand 128 apart at most */
        unsigned check = ident_check_value(n17);
        uint64_t was = n17 * 10 + check;
        if (check != CHECK_X && (uint64_t)(double)was == n18) {
            put(out, n17, REPAIR_TAIL, 15);
        }
    }
}

/* --- other lengths ---------------------------------------------------------------------------------------------------- */

static void insert_one(struct list *out, const struct chars *c)
{
    for (size_t i = 0; i < LENGTH; i++) {
        int8_t v[LENGTH], now = (int8_t)missing_at(residue(c, i), i);
        if (i > 0 && c->v[i - 1] == now) {
            continue; /* the same number as one place before */
        }
        memcpy(v, c->v, i);
        v[i] = now;
        memcpy(v + i + 1, c->v + i, c->n - i);
        put_whole(out, v, REPAIR_LOST, i);
    }
}

static void leave_one_out(struct list *out, const struct chars *c)
{
    for (size_t i = 0; i < c->n; i++) {
        int8_t v[LENGTH];
        if (i > 0 && c->v[i - 1] == c->v[i]) {
            continue;
        }
        memcpy(v, c->v, i);
        memcpy(v + i, c->v + i + 1, c->n - i - 1);
        put_whole(out, v, REPAIR_EXTRA, i);
    }
}

/* --- the fifteen digits of 1989, raised to seventeen -------------------------------------------------------------------- */

static uint64_t raised(const int8_t v[15])
{
    uint64_t n17 = 0;
    for (size_t i = 0; i < 15; i++) {
        n17 = i == 6 ? n17 * 100 + 19 : n17;
        n17 = n17 * 10 + (uint64_t)v[i];
    }
    return n17;
}

static void slips_of_fifteen(struct list *out, int8_t v[15])
{
    for (size_t i = 0; i < 15; i++) {
        for (int8_t was = v[i], d = 0; d < 10; d++) {
            v[i] = d;
            if (d != was) {
                put(out, raised(v), REPAIR_OLD, i);
            }
            v[i] = d == 9 ? was : v[i];
        }
    }
    for (size_t i = 0; i + 1 < 15; i++) {
        int8_t a = v[i], b = v[i + 1];
        v[i] = b, v[i + 1] = a;
        if (a != b) {
            put(out, raised(v), REPAIR_OLD, i);
        }
        v[i] = a, v[i + 1] = b;
    }
}

static void fourteen_or_sixteen(struct list *out, const struct chars *c)
{
    for (size_t i = 0; i < 16 && c->n == 16; i++) {
        int8_t v[15];
        memcpy(v, c->v, i);
        memcpy(v + i, c->v + i + 1, 15 - i);
        if (i == 0 || c->v[i - 1] != c->v[i]) {
            put(out, raised(v), REPAIR_OLD, i);
        }
    }
    for (size_t i = 0; i < 15 && c->n == 14; i++) {
        int8_t v[15];
        memcpy(v, c->v, i);
        memcpy(v + i + 1, c->v + i, 14 - i);
        for (v[i] = 0; v[i] < 10; v[i]++) {
            if (i == 0 || c->v[i - 1] != v[i]) {
                put(out, raised(v), REPAIR_OLD, i);
            }
        }
    }
}

/* --- cells --------------------------------------------------------------------------------------------------------------- */

static bool is_number_length(size_t n)
{
    return n >= 14 && n <= LENGTH + 1 && n != 15;
}

/* Values of the characters; *out_wild says where the one stands that no number has. False when there are more, or X stands inside and the length is no
   number's. */
static bool read_chars(const char *s, size_t n, struct chars *c, size_t *out_wild)
{
    *out_wild = LENGTH;
    c->n = n;
    for (size_t i = 0; i < n; i++) {
        bool digit = is_digit((unsigned char)s[i]), x = s[i] == 'X' || (s[i] == '*' && i + 1 == n);
        if (!digit && (!x || n < 17)) {
            if (*out_wild != LENGTH || n != LENGTH) {
                return false;
            }
            *out_wild = i;
        }
        c->v[i] = digit ? (int8_t)(s[i] - '0') : x ? CHECK_X : WILD;
    }
    return true;
}

static void propose_cell(struct list *out, struct str raw, bool rounded)
{
    char s[IDENT_CHARS_MAX + 1];
    struct chars c;
    size_t n = ident_characters(raw, s), wild;
    int64_t n18;
    if (rounded) {
        if (n > LENGTH && s[LENGTH] == '.' && str_to_i64(str_n(s, LENGTH), &n18)) {
            undo_double(out, (uint64_t)n18);
        }
        return;
    }
    if (!is_number_length(n) || !read_chars(s, n, &c, &wild)) {
        return;
    }
    if (n == LENGTH) {
        change_one(out, &c, wild);
        if (wild == LENGTH) { /* X stands inside */
            change_places(out, &c, 1, REPAIR_SWAP);
            change_places(out, &c, TEN, REPAIR_SWAP_TEN);
        }
    } else if (n == LENGTH - 1) {
        insert_one(out, &c);
    } else if (n == LENGTH + 1) {
        leave_one_out(out, &c);
    } else {
        fourteen_or_sixteen(out, &c);
    }
}

size_t repair_propose(uint64_t word, struct str raw, struct repair out[REPAIR_MAX])
{
    struct list list = {out, 0};
    enum ident_reason why = ident_reason(word);
    if (ident_kind(word) == IDENT_DAMAGED) {
        uint64_t n17 = ident_number(word) / 11;
        unsigned check = (unsigned)(ident_number(word) % 11);
        (why == IDENT_R_TAIL000 ? complete_tail : propose_fast)(&list, n17, check);
    } else if (why == IDENT_R_SHORT17 || why == IDENT_R_LENGTH || why == IDENT_R_CHARSET || why == IDENT_R_FLOAT) {
        propose_cell(&list, raw, why == IDENT_R_FLOAT);
    }
    return list.n;
}

size_t repair_propose_valid(uint64_t id, struct repair out[REPAIR_MAX])
{
    struct list list = {out, 0};
    uint64_t n17 = ident_number(id);
    if (ident_kind(id) == IDENT_UPGRADED) {
        int8_t v[15];
        for (size_t i = 0; i < 15; i++) {
            v[i] = (int8_t)(n17 / power[i < 6 ? i : i + 2] % 10);
        }
        slips_of_fifteen(&list, v);
    } else if (ident_kind(id) == IDENT_RESIDENT) {
        (ident_tail000(id) ? complete_tail : propose_fast)(&list, n17, ident_check_value(n17));
    }
    size_t kept = 0;
    for (size_t i = 0; i < list.n; i++) {
        if (out[i].id != ident_key(id)) {
            out[kept++] = out[i];
        }
    }
    return kept;
}

const char *repair_kind_text(enum repair_kind k)
{
    static const char *const words[REPAIR_KIND_COUNT][2] = {
        [REPAIR_NONE] = {"", ""},
        [REPAIR_DIGIT] = {"一位写错", "one character wrong"},
        [REPAIR_SWAP] = {"相邻两位写反", "two neighbours swapped"},
        [REPAIR_LOST] = {"漏写一位", "one character lost"},
        [REPAIR_EXTRA] = {"多写一位", "one character too many"},
        [REPAIR_TAIL] = {"末位被表格软件改坏", "last digits rounded by a spreadsheet"},
        [REPAIR_OLD] = {"15 位旧号一位写错", "one slip in the old 15 digits"},
        [REPAIR_SWAP_TEN] = {"相隔十位的两位写反", "two characters ten places apart swapped"},
    };
    return k < REPAIR_KIND_COUNT ? TR(words[k][0], words[k][1]) : "";
}
