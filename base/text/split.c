/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/split.h"

#include <stdlib.h>

#include "base/core/bug.h"
#include "base/text/split_masks.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ && defined(SPLIT_SIMD)
#error "bit i of a mask is byte i"
#endif

enum { FLAG_QUOTE = 1, FLAG_ODD = 2 };
#define BLOCK 64

bool split_can_cut(char delimiter, bool utf8)
{
    unsigned char c = (unsigned char)delimiter;
    bool own = c == '"' || c == '\r' || c == '\n' || c == 0 || c >= 0x80;
    /* second bytes of GB18030 are 30..39, 40..7E and 80..FE: a vertical bar may be half a character */
    return !own && (utf8 || c < '0' || (c > '9' && c < 0x40));
}

void split_init(struct splitter *s, char delimiter, bool utf8)
{
    BUG_ON(!split_can_cut(delimiter, utf8));
    *s = (struct splitter){.delimiter = delimiter};
    /* every byte may be a mark; and eight more are written before they are counted */
    s->marks = xmalloc((SPLIT_WINDOW + 2 * BLOCK) * sizeof(*s->marks));
    s->lines = xmalloc((SPLIT_WINDOW + 2) * sizeof(*s->lines));
    s->kept = xmalloc(SPLIT_MAX_FIELDS * sizeof(*s->kept));
}

void split_release(struct splitter *s)
{
    free(s->marks);
    free(s->lines);
    free(s->kept);
    *s = (struct splitter){0};
}

/* --- marking ------------------------------------------------------------------------------------------------------- */

/* What one block hands to the next. */
struct carry {
    uint64_t cr;    /* bit 0: its last byte was one */
    uint32_t flags; /* of the line so far */
    uint32_t n;     /* marks so far */
};

/* Without the instruction, which the oldest amd64 lacks, the compiler would call a function. */
static inline __attribute__((always_inline)) uint32_t count_bits(uint64_t x, bool wide)
{
#if defined(__POPCNT__) || defined(__aarch64__)
    (void)wide;
    return (uint32_t)__builtin_popcountll(x);
#else
    if (wide) {
        return (uint32_t)__builtin_popcountll(x);
    }
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    return (uint32_t)(((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u >> 56);
#endif
}

/* Positions of the bits, eight at a time whether there are so many or not: how many there are is then no surprise to the processor. */
static inline __attribute__((always_inline)) void put_marks(uint32_t *to, uint64_t marks, uint32_t n, uint32_t from)
{
#define NEXT(i) (to[i] = from + (uint32_t)__builtin_ctzll(marks | (uint64_t)1 << 63), marks &= marks - 1)
#define EIGHT(i) NEXT(i), NEXT(i + 1), NEXT(i + 2), NEXT(i + 3), NEXT(i + 4), NEXT(i + 5), NEXT(i + 6), NEXT(i + 7)
    EIGHT(0);
    for (uint32_t i = 8; i < n; i += 8) {
        EIGHT(i);
    }
#undef EIGHT
#undef NEXT
}

typedef void (*masks_fn)(const char *p, char delimiter, struct cut_masks *m);

static inline __attribute__((always_inline)) void mark_block(struct splitter *s, const char *p, uint32_t from, uint64_t valid, struct carry *c, masks_fn masks, bool wide)
{
    struct cut_masks m;
    masks(p, s->delimiter, &m);
    uint64_t second = m.lf & (m.cr << 1 | c->cr); /* of CRLF, whose CR is the mark */
    uint64_t marks = m.marks & ~second & valid, ends = (m.cr | m.lf) & marks, quote = m.quote & valid;
    uint32_t odd = m.odd ? (uint32_t)FLAG_ODD : 0, n = count_bits(marks, wide);
    put_marks(s->marks + c->n, marks, n, from);
    c->cr = m.cr >> 63;
    c->flags |= odd;
    do { /* a line is written whether it ends here or not, and counted if it does: one end a block, or none, is the rule */
        uint64_t upto = ends ^ (ends - 1);
        uint32_t quoted = quote & upto ? (uint32_t)FLAG_QUOTE : 0, ended = ends != 0;
        s->lines[s->n_lines] = (struct split_line){c->n + count_bits(marks & upto, wide) - 1, c->flags | quoted};
        s->n_lines += ended;
        c->flags = ended ? odd : c->flags | quoted;
        quote &= ~upto;
        ends &= ends - 1;
    } while (__builtin_expect(ends != 0, 0));
    c->flags |= quote ? (uint32_t)FLAG_QUOTE : 0;
    c->n += n;
}

static inline __attribute__((always_inline)) void mark_window(struct splitter *s, const char *p, size_t n, bool whole, masks_fn masks, bool wide)
{
    struct carry c = {0};
    size_t at = 0;
    BUG_ON(n > SPLIT_WINDOW);
    s->base = p;
    s->n = (uint32_t)n;
    s->n_lines = s->line = 0;
    s->mark = s->at = 0;
    for (; at + BLOCK <= n; at += BLOCK) {
        mark_block(s, p + at, (uint32_t)at, UINT64_MAX, &c, masks, wide);
    }
    if (at < n) {
        char rest[BLOCK];
        memset(rest, ' ', sizeof(rest));
        memcpy(rest, p + at, n - at);
        mark_block(s, rest, (uint32_t)at, ((uint64_t)1 << (n - at)) - 1, &c, masks, wide);
    }
    uint32_t begins = s->n_lines > 0 ? s->marks[s->lines[s->n_lines - 1].mark] + 1 : 0; /* the last line */
    if (s->n_lines > 0 && !whole && begins == n && p[n - 1] == '\r') {
        s->n_lines--; /* a line feed may follow */
    } else if (whole && begins < n && !(p[begins] == '\n' && begins + 1 == n && begins > 0 && p[begins - 1] == '\r')) {
        s->marks[c.n] = (uint32_t)n;
        s->lines[s->n_lines++] = (struct split_line){c.n, c.flags};
    }
}

void split_window_plain(struct splitter *s, const char *p, size_t n, bool whole)
{
    mark_window(s, p, n, whole, cut_masks_plain, false);
}

#ifdef SPLIT_WIDE
static WIDE_CODE void split_window_wide(struct splitter *s, const char *p, size_t n, bool whole)
{
    mark_window(s, p, n, whole, cut_masks_wide, true);
}
#endif

void split_window_narrow(struct splitter *s, const char *p, size_t n, bool whole)
{
#ifdef SPLIT_SIMD
    mark_window(s, p, n, whole, cut_masks_simd, false);
#else
    split_window_plain(s, p, n, whole);
#endif
}

void split_window(struct splitter *s, const char *p, size_t n, bool whole)
{
#ifdef SPLIT_WIDE
    if (split_wide_runs()) {
        split_window_wide(s, p, n, whole);
    } else {
        split_window_narrow(s, p, n, whole);
    }
#else
    split_window_narrow(s, p, n, whole);
#endif
}

/* --- lines --------------------------------------------------------------------------------------------------------- */

/* The ends of the fields among the marks [from, last] of a line with quotes. A quote that is not the first byte of its field is a character. */
static bool keep_ends(struct splitter *s, uint32_t start, uint32_t from, uint32_t last, uint32_t *out_n)
{
    const uint32_t *marks = s->marks;
    uint32_t n = 0, begin = start;
    for (uint32_t i = from; i <= last; i++) {
        if (begin < marks[last] && s->base[begin] == '"') {
            for (i++;; i += 2) { /* i: behind the opening quote, or behind a doubled one */
                while (i < last && s->base[marks[i]] != '"') {
                    i++;
                }
                if (i >= last) {
                    return false; /* left open */
                }
                if (i + 1 == last || s->base[marks[i] + 1] != '"') {
                    break;
                }
            }
            i++;
            if (marks[i] != marks[i - 1] + 1) {
                return false; /* something stands behind the closing quote */
            }
        } else if (i < last && s->base[marks[i]] == '"') {
            continue;
        }
        if (n == SPLIT_MAX_FIELDS) {
            return false;
        }
        s->kept[n++] = marks[i];
        begin = marks[i] + 1;
    }
    *out_n = n;
    return true;
}

bool split_next(struct splitter *s, struct split_record *out)
{
    if (s->line == s->n_lines) {
        return false;
    }
    const struct split_line *l = &s->lines[s->line++];
    uint32_t first = s->mark, end = s->marks[l->mark];
    out->start = s->at;
    out->end = end;
    out->ends = s->marks + first;
    out->n = end > s->at ? l->mark - first + 1 : 0;
    out->shape = SPLIT_PLAIN;
    out->odd = l->flags & FLAG_ODD;
    if (l->flags & FLAG_QUOTE) {
        out->ends = s->kept;
        out->shape = keep_ends(s, s->at, first, l->mark, &out->n) ? SPLIT_QUOTED : SPLIT_IRREGULAR;
    } else if (out->n > SPLIT_MAX_FIELDS) {
        out->shape = SPLIT_IRREGULAR;
    }
    s->mark = l->mark + 1;
    s->at = MIN(end + 1, s->n);
    s->at += s->at < s->n && s->base[s->at] == '\n' && s->base[end] == '\r';
    out->next = s->at;
    return true;
}

void split_seek(struct splitter *s, uint32_t at)
{
    struct split_record skipped;
    while (s->at < at && split_next(s, &skipped)) {
    }
}

struct str split_unquote(struct str field, struct strbuf *scratch)
{
    if (field.n < 2 || field.p[0] != '"') {
        return field;
    }
    struct str inside = str_n(field.p + 1, field.n - 2);
    const char *quote = inside.n ? memchr(inside.p, '"', inside.n) : NULL;
    if (!quote) {
        return inside;
    }
    size_t from = scratch->n;
    BUG_ON(scratch->cap - scratch->n < inside.n);
    for (size_t i = 0; i < inside.n; i++) {
        scratch->p[scratch->n++] = inside.p[i];
        i += inside.p[i] == '"'; /* the second of two */
    }
    return str_n(scratch->p + from, scratch->n - from);
}
