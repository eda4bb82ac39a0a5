/* SPDX-License-Identifier: Apache-2.0 */
/* String views and a growing buffer. Text is valid UTF-8 from base/text/encoding on; before it, bytes. */
#ifndef MOPAI_CORE_STR_H
#define MOPAI_CORE_STR_H

#include <stdarg.h>
#include <string.h>

#include "base/core/compiler.h"

/* A borrowed view: never owned, not NUL-terminated, p may be NULL when n is 0. */
struct str {
    const char *p;
    size_t n;
};

#define STR(lit)  ((struct str){(lit), sizeof(lit) - 1})
#define STR_FMT   "%.*s"
#define STR_ARG(s) (int)(s).n, ((s).p ? (s).p : "")

static inline struct str str_of(const char *z) { return (struct str){z, z ? strlen(z) : 0}; }
static inline struct str str_n(const char *p, size_t n) { return (struct str){p, n}; }
static inline bool str_eq(struct str a, struct str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }
static inline bool str_eqz(struct str a, const char *z) { return str_eq(a, str_of(z)); }
int str_cmp(struct str a, struct str b); /* byte order, which is code point order in UTF-8 */
bool str_starts(struct str s, struct str head);
bool str_ends(struct str s, struct str tail);
/* Position of `needle`, or s.n when absent. */
size_t str_find(struct str s, struct str needle);
struct str str_sub(struct str s, size_t from, size_t n); /* clamped */
/* Without ASCII blanks (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str s);
/* Cuts the text before the first `sep` off *rest; false when *rest was empty at the start. */
bool str_split(struct str *rest, char sep, struct str *out_part);
/* Decimal digits only, all of them; false when empty, foreign or out of range. */
bool str_to_i64(struct str s, int64_t *out_value);

/* ASCII classes without a locale. */
static inline bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
static inline bool is_alpha(unsigned char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
static inline char to_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static inline char to_upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

/* Owned, growing, always NUL-terminated once anything was added; .p may be NULL before. STRBUF_INIT or {0} starts it. */
struct strbuf {
    char *p;
    size_t n, cap;
};
#define STRBUF_INIT {NULL, 0, 0}
#define AUTO_STRBUF struct strbuf CLEANUP(strbuf_release)

void strbuf_release(struct strbuf *b);
static inline void strbuf_clear(struct strbuf *b) { b->n = 0; if (b->p) b->p[0] = 0; }
void strbuf_reserve(struct strbuf *b, size_t extra);
void strbuf_add(struct strbuf *b, const void *p, size_t n);
void strbuf_adds(struct strbuf *b, struct str s);
void strbuf_addz(struct strbuf *b, const char *z);
void strbuf_addc(struct strbuf *b, char c);
void strbuf_addi(struct strbuf *b, int64_t v);
void strbuf_addf(struct strbuf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void strbuf_vaddf(struct strbuf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
static inline struct str strbuf_str(const struct strbuf *b) { return (struct str){b->p, b->n}; }
static inline const char *strbuf_z(const struct strbuf *b) { return b->p ? b->p : ""; }

#endif
