/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/mask.h"

#include "base/text/utf8.h"

#define RUN_LONG     11
#define RUN_SHOWN    3
#define STARS_MOST   40 /* a cell may hold a whole file */
#define UNKNOWN_MOST 12

size_t mask_shown(enum mask_kind kind, size_t length)
{
    switch (kind) {
    case MASK_ID:
        return length >= 15 ? 4 : length >= 8;
    case MASK_NAME:
        return length > 1;
    case MASK_PHONE:
        return length >= 7 ? 3 : 0;
    case MASK_UNKNOWN:
        return length >= 4;
    case MASK_WHOLE:
        return 0;
    case MASK_NONE:
    case MASK_ADDRESS:
    case MASK_RUNS:
        break;
    }
    return length;
}

static void add_head(enum mask_kind kind, struct str s, struct strbuf *out)
{
    size_t length = utf8_length(s), shown = mask_shown(kind, length), most = kind == MASK_UNKNOWN ? UNKNOWN_MOST : STARS_MOST;
    strbuf_adds(out, str_sub(s, 0, utf8_offset(s, shown)));
    for (size_t i = 0; i < MIN(length - shown, most); i++) {
        strbuf_addc(out, '*');
    }
}

static void add_without_digits(struct str s, struct strbuf *out)
{
    for (const char *p = s.p, *end = str_end(s); p < end;) {
        const char *from = p;
        uint32_t cp = utf8_next(&p, end);
        bool digit = (cp >= '0' && cp <= '9') || (cp >= 0xFF10 && cp <= 0xFF19);
        strbuf_add(out, digit ? "*" : from, digit ? 1 : (size_t)(p - from));
    }
}

static size_t digits_at(struct str s, size_t from)
{
    size_t n = 0;
    while (from + n < s.n && is_digit((unsigned char)s.p[from + n])) {
        n++;
    }
    return n;
}

static void add_without_runs(struct str s, struct strbuf *out)
{
    for (size_t i = 0; i < s.n;) {
        size_t n = digits_at(s, i), step = n ? n : 1;
        bool x = n >= RUN_LONG && i + n < s.n && to_upper(s.p[i + n]) == 'X';
        strbuf_adds(out, str_sub(s, i, n >= RUN_LONG ? RUN_SHOWN : step));
        for (size_t k = RUN_SHOWN; n >= RUN_LONG && k < n + x; k++) {
            strbuf_addc(out, '*');
        }
        i += step + x;
    }
}

void mask_add(enum mask_kind kind, struct str s, struct strbuf *out)
{
    if (s.n == 0 || kind == MASK_NONE) {
        strbuf_adds(out, s);
    } else if (kind == MASK_WHOLE) {
        strbuf_addz(out, "****");
    } else if (kind == MASK_ADDRESS) {
        add_without_digits(s, out);
    } else if (kind == MASK_RUNS) {
        add_without_runs(s, out);
    } else {
        add_head(kind, s, out);
    }
}

static bool has_long_run(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t n = digits_at(s, i);
        if (n >= RUN_LONG) {
            return true;
        }
        i += n ? n : 1;
    }
    return false;
}

struct str mask_text(enum mask_kind kind, struct str s, struct arena *a)
{
    AUTO_STRBUF b = STRBUF_INIT;
    if (s.n == 0 || kind == MASK_NONE || (kind == MASK_RUNS && !has_long_run(s))) {
        return s;
    }
    mask_add(kind, s, &b);
    return arena_str(a, strbuf_str(&b));
}
