/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/sql/mask.h"

#include "base/text/utf8.h"
#include "matchers/identifier.h"

enum { LONG_RUN = 11, SHOWN = 3 };

struct str hide_all(struct str s)
{
    return s.n ? STR(MASK_WHOLE) : s;
}

static struct str head_and_stars(struct arena *a, struct str s, size_t shown)
{
    AUTO_STRBUF b = STRBUF_INIT;
    const char *p = s.p, *end = s.p + s.n;
    for (size_t i = 0; p < end; i++) {
        const char *from = p;
        (void)utf8_next(&p, end);
        strbuf_add(&b, i < shown ? from : "*", i < shown ? (size_t)(p - from) : 1);
    }
    return arena_str(a, strbuf_str(&b));
}

struct str hide_name(struct arena *a, struct str s)
{
    return s.n ? head_and_stars(a, s, 1) : s;
}

struct str hide_phone(struct arena *a, struct str s)
{
    return s.n ? head_and_stars(a, s, SHOWN) : s;
}

/* Full-width digits and the numerals of doors written out are rare in cleaned addresses; 〇 to 九 stay, they also stand in names of villages. */
struct str hide_address(struct arena *a, struct str s)
{
    struct str out = arena_str(a, s);
    char *p = arena_z(a, s);
    for (size_t i = 0; i < s.n; i++) {
        p[i] = is_digit((unsigned char)p[i]) ? '*' : p[i];
    }
    out.p = p;
    return out;
}

struct str hide_ident(struct arena *a, uint64_t id, struct str raw)
{
    char text[IDENT_TEXT_MAX];
    size_t n = ident_mask(id, text);
    if (n) {
        return arena_str(a, str_n(text, n));
    }
    AUTO_STRBUF b = STRBUF_INIT;
    if (raw.n) {
        ident_mask_text(raw, &b);
    }
    return arena_str(a, strbuf_str(&b));
}

static size_t digits_at(struct str s, size_t from)
{
    size_t n = 0;
    while (from + n < s.n && is_digit((unsigned char)s.p[from + n])) {
        n++;
    }
    return n;
}

struct str hide_runs(struct arena *a, struct str s)
{
    char *copy = NULL;
    for (size_t i = 0; i < s.n;) {
        size_t n = digits_at(s, i);
        if (n >= LONG_RUN) {
            copy = copy ? copy : arena_z(a, s);
            bool x = i + n < s.n && to_upper(s.p[i + n]) == 'X';
            memset(copy + i + SHOWN, '*', n - SHOWN + x);
        }
        i += n ? n : 1;
    }
    return copy ? str_n(copy, s.n) : s;
}
