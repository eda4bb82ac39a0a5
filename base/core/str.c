/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/str.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/core/bug.h"

int str_cmp(struct str a, struct str b)
{
    size_t n = MIN(a.n, b.n);
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str head)
{
    return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0);
}

bool str_ends(struct str s, struct str tail)
{
    return s.n >= tail.n && (tail.n == 0 || memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0);
}

size_t str_find(struct str s, struct str needle)
{
    if (needle.n == 0) {
        return 0;
    }
    size_t at = 0;
    while (at + needle.n <= s.n) {
        const char *hit = memchr(s.p + at, needle.p[0], s.n - at - needle.n + 1);
        if (!hit) {
            return s.n;
        }
        at = (size_t)(hit - s.p);
        if (memcmp(hit, needle.p, needle.n) == 0) {
            return at;
        }
        at++;
    }
    return s.n;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
    from = MIN(from, s.n);
    n = MIN(n, s.n - from);
    return (struct str){s.p ? s.p + from : NULL, n};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.n && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n && is_blank(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

bool str_split(struct str *rest, char sep, struct str *out_part)
{
    if (!rest->p) {
        return false;
    }
    const char *hit = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
    if (!hit) {
        *out_part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    size_t n = (size_t)(hit - rest->p);
    *out_part = (struct str){rest->p, n};
    *rest = (struct str){hit + 1, rest->n - n - 1};
    return true;
}

bool str_to_i64(struct str s, int64_t *out_value)
{
    if (s.n == 0 || s.n > 18) {
        return false;
    }
    int64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit((unsigned char)s.p[i])) {
            return false;
        }
        v = v * 10 + (s.p[i] - '0');
    }
    *out_value = v;
    return true;
}

void strbuf_release(struct strbuf *b)
{
    free(b->p);
    *b = (struct strbuf){NULL, 0, 0};
}

void strbuf_reserve(struct strbuf *b, size_t extra)
{
    if (b->n + extra + 1 > b->cap) {
        b->p = xgrow(b->p, &b->cap, b->n + extra + 1, 1);
    }
}

void strbuf_add(struct strbuf *b, const void *p, size_t n)
{
    strbuf_reserve(b, n);
    if (n) {
        memcpy(b->p + b->n, p, n);
    }
    b->n += n;
    b->p[b->n] = 0;
}

void strbuf_adds(struct strbuf *b, struct str s)
{
    strbuf_add(b, s.p, s.n);
}

void strbuf_addz(struct strbuf *b, const char *z)
{
    strbuf_add(b, z, strlen(z));
}

void strbuf_addc(struct strbuf *b, char c)
{
    strbuf_add(b, &c, 1);
}

void strbuf_addi(struct strbuf *b, int64_t v)
{
    char digits[24];
    char *p = digits + sizeof(digits);
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        *--p = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (v < 0) {
        *--p = '-';
    }
    strbuf_add(b, p, (size_t)(digits + sizeof(digits) - p));
}

void strbuf_vaddf(struct strbuf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    BUG_ON(n < 0);
    strbuf_reserve(b, (size_t)n);
    (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
    va_end(again);
    b->n += (size_t)n;
}

void strbuf_addf(struct strbuf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(b, fmt, ap);
    va_end(ap);
}
