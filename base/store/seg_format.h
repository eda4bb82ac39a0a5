/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of docs/segment.md, shared by seg_write.c and seg_read.c. Private to base/store/. */
#ifndef MOPAI_STORE_SEG_FORMAT_H
#define MOPAI_STORE_SEG_FORMAT_H

#include <string.h>

#include "base/store/segment.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "segments are little-endian and read without swapping: amd64 and arm64"
#endif

#define SEG_MAGIC "MOPAISEG"
enum {
    SEG_HEADER_SIZE = 16,  /* magic, version, zero */
    SEG_TAIL_SIZE = 32,    /* footer offset, footer size, footer XXH3-64, magic */
    SEG_CHUNK_SIZE = 48,   /* one column chunk in the footer */
    SEG_FOOTER_FIXED = 24, /* columns, blocks, rows, meta length, names length */
};

/* One column of one block. */
struct seg_chunk {
    uint64_t offset;
    uint32_t size;
    uint32_t count;     /* fixed: missing values; text: dictionary entries */
    int64_t min, max;   /* fixed: range; text: 0, bytes of the dictionary */
    uint64_t hash;
    uint8_t width;      /* bytes a value or code: 0, 1, 2, 4, 8 */
    uint8_t len_width;  /* text: bytes a length: 0 (all empty), 1, 2, 4 */
    uint8_t zero[6];
};
_Static_assert(sizeof(struct seg_chunk) == SEG_CHUNK_SIZE, "the footer's row is the struct");

static inline uint32_t seg_load32(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static inline uint64_t seg_load64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* Narrowest width for codes 0..greatest. */
static inline uint8_t seg_width(uint64_t greatest)
{
    return greatest == 0 ? 0 : greatest <= UINT8_MAX ? 1 : greatest <= UINT16_MAX ? 2 : greatest <= UINT32_MAX ? 4 : 8;
}

/* Greatest code of a fixed chunk; UINT64_MAX may also mean "does not fit beside a missing code": width 8 then, values as they are. */
static inline uint64_t seg_greatest(const struct seg_chunk *c, uint64_t rows)
{
    uint64_t span = (uint64_t)c->max - (uint64_t)c->min;
    return c->count == rows || c->count == 0 || span == UINT64_MAX ? span : span + 1;
}

static inline int64_t seg_missing(enum seg_type type)
{
    return type == SEG_I32 ? INT32_MIN : type == SEG_I64 ? INT64_MIN : 0;
}

#endif
