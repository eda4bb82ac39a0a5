/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/seg_pack.h"

#include <stdlib.h>

#include "base/core/bug.h"
#include "base/core/hash.h"

/* --- the dictionary of a block --- */

enum { FIRST_SLOTS = 2048 }; /* and four times as many when half are taken: 131072 for a full block */

static uint32_t slot_tag(uint64_t hash)
{
    return (uint32_t)(hash >> 32) & ~(((uint32_t)1 << SEG_CODE_BITS) - 1);
}

static uint32_t slot_code1(uint32_t slot)
{
    return slot & (((uint32_t)1 << SEG_CODE_BITS) - 1);
}

static void dict_grow(struct seg_dict *d)
{
    size_t slots = d->slots ? 4 * (d->mask + 1) : FIRST_SLOTS;
    free(d->slots);
    d->slots = xcalloc(slots, sizeof(*d->slots));
    d->mask = slots - 1;
    for (size_t code = 0; code < d->n; code++) {
        uint64_t h = hash64_str(seg_dict_text(d, code));
        size_t i = (size_t)h & d->mask;
        while (d->slots[i]) {
            i = (i + 1) & d->mask;
        }
        d->slots[i] = slot_tag(h) | ((uint32_t)code + 1);
    }
}

uint16_t seg_dict_add(struct seg_dict *d, struct str s, uint64_t h)
{
    if (!d->slots || d->n * 2 > d->mask + 1) {
        dict_grow(d);
    }
    uint32_t tag = slot_tag(h);
    size_t i = (size_t)h & d->mask;
    for (; d->slots[i]; i = (i + 1) & d->mask) {
        size_t code = slot_code1(d->slots[i]) - 1;
        if ((d->slots[i] ^ tag) >> SEG_CODE_BITS == 0 && str_eq(seg_dict_text(d, code), s)) {
            return (uint16_t)code;
        }
    }
    if (d->n + 2 > d->cap) {
        d->starts = xgrow(d->starts, &d->cap, d->n + 2, sizeof(*d->starts));
        d->starts[0] = 0;
    }
    strbuf_adds(&d->bytes, s);
    d->slots[i] = tag | ((uint32_t)d->n + 1);
    d->starts[++d->n] = (uint32_t)d->bytes.n;
    return (uint16_t)(d->n - 1);
}

void seg_dict_clear(struct seg_dict *d)
{
    if (d->n) {
        memset(d->slots, 0, (d->mask + 1) * sizeof(*d->slots));
    }
    strbuf_clear(&d->bytes);
    d->n = 0;
}

void seg_dict_release(struct seg_dict *d)
{
    strbuf_release(&d->bytes);
    free(d->starts);
    free(d->slots);
    *d = (struct seg_dict){.n = 0};
}

/* --- fixed columns --- */

/* One loop a width, and no branch a value: half of them may be missing. */
#define MEASURE(type_)                                                                                                 \
    do {                                                                                                               \
        const type_ *v_ = values;                                                                                      \
        for (size_t i = 0; i < n; i++) {                                                                               \
            int64_t v = (int64_t)v_[i], key = (int64_t)((uint64_t)v ^ flip);                                           \
            bool none = v == missing;                                                                                  \
            absent += none;                                                                                            \
            min = none || key > min ? min : key;                                                                       \
            max = none || key < max ? max : key;                                                                       \
        }                                                                                                              \
    } while (0)

/* Range and number of missing values. Unsigned columns compare as unsigned: `flip` moves their order onto the signed one. */
static void measure(enum seg_type type, const void *values, size_t n, struct seg_chunk *out)
{
    int64_t missing = seg_missing(type);
    uint64_t flip = type == SEG_U64 ? (uint64_t)1 << 63 : 0;
    int64_t min = INT64_MAX, max = INT64_MIN;
    uint32_t absent = 0;
    if (type == SEG_I32) {
        MEASURE(int32_t);
    } else {
        MEASURE(int64_t);
    }
    out->count = absent;
    out->min = absent == n ? 0 : (int64_t)((uint64_t)min ^ flip);
    out->max = absent == n ? 0 : (int64_t)((uint64_t)max ^ flip);
}

/* Codes value - min, one higher when 0 stands for missing. */
#define PACK_FROM(to_type, from_type)                                                                                  \
    do {                                                                                                               \
        const from_type *v_ = values;                                                                                  \
        to_type *to = (to_type *)(void *)out;                                                                          \
        for (size_t i = 0; i < n; i++) {                                                                               \
            int64_t v = (int64_t)v_[i];                                                                                \
            to[i] = v == missing ? 0 : (to_type)((uint64_t)v - base);                                                  \
        }                                                                                                              \
    } while (0)
#define PACK(to_type)                                                                                                  \
    do {                                                                                                               \
        if (type == SEG_I32) {                                                                                         \
            PACK_FROM(to_type, int32_t);                                                                               \
        } else {                                                                                                       \
            PACK_FROM(to_type, int64_t);                                                                               \
        }                                                                                                              \
    } while (0)

static void pack_codes(enum seg_type type, const void *values, size_t n, const struct seg_chunk *chunk, char *out)
{
    int64_t missing = seg_missing(type);
    bool some_missing = chunk->count > 0;
    uint64_t base = (uint64_t)chunk->min - (some_missing ? 1 : 0);
    switch (chunk->width) {
    case 0:
        return;
    case 1:
        PACK(uint8_t);
        return;
    case 2:
        PACK(uint16_t);
        return;
    case 4:
        PACK(uint32_t);
        return;
    default:
        memcpy(out, values, n * sizeof(int64_t)); /* as they are */
        return;
    }
}

static void seal(const struct strbuf *bytes, struct seg_chunk *out)
{
    out->size = (uint32_t)bytes->n;
    out->hash = hash64(bytes->p, bytes->n);
}

void seg_pack_fixed(enum seg_type type, const void *values, size_t n, struct strbuf *bytes, struct seg_chunk *out)
{
    *out = (struct seg_chunk){0};
    measure(type, values, n, out);
    out->width = seg_width(seg_greatest(out, n));
    BUG_ON(type == SEG_I32 && out->width > 4);
    bytes->n = 0;
    strbuf_reserve(bytes, n * out->width + 1);
    pack_codes(type, values, n, out, bytes->p);
    bytes->n = n * out->width;
    seal(bytes, out);
}

/* --- text: lengths, texts, codes --- */

static void add_lengths(const struct seg_dict *d, uint8_t width, struct strbuf *bytes)
{
    strbuf_reserve(bytes, d->n * width + 1);
    char *to = bytes->p + bytes->n;
    for (size_t i = 0; i < d->n; i++, to += width) {
        uint32_t n = d->starts[i + 1] - d->starts[i];
        memcpy(to, &n, width);
    }
    bytes->n += d->n * width;
}

void seg_pack_text(const struct seg_dict *d, const uint16_t *codes, size_t n, struct strbuf *bytes, struct seg_chunk *out)
{
    size_t longest = 0;
    for (size_t i = 0; i < d->n; i++) {
        longest = MAX(longest, (size_t)(d->starts[i + 1] - d->starts[i]));
    }
    *out = (struct seg_chunk){.count = (uint32_t)d->n, .max = (int64_t)d->bytes.n, .len_width = seg_width(longest), .width = seg_width(d->n - 1)};
    bytes->n = 0;
    add_lengths(d, out->len_width, bytes);
    strbuf_adds(bytes, strbuf_str(&d->bytes));
    strbuf_reserve(bytes, n * sizeof(uint16_t) + 1);
    char *to = bytes->p + bytes->n;
    if (out->width == 2) {
        memcpy(to, codes, n * sizeof(uint16_t));
    } else if (out->width == 1) {
        for (size_t i = 0; i < n; i++) {
            to[i] = (char)(unsigned char)codes[i];
        }
    }
    bytes->n += n * out->width;
    seal(bytes, out);
}
