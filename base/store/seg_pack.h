/* SPDX-License-Identifier: Apache-2.0 */
/* One column of one block on its way into a segment: the dictionary of its texts, and its bytes as docs/segment.md has them. Private to base/store/. */
#ifndef MOPAI_STORE_SEG_PACK_H
#define MOPAI_STORE_SEG_PACK_H

#include "base/store/seg_format.h"

/* A dictionary under construction: texts one after the other in `bytes`, text k at starts[k] .. starts[k + 1]. {0} is an empty one. */
struct seg_dict {
    struct strbuf bytes;
    uint32_t *starts;
    size_t n, cap;
    uint32_t *slots; /* 15 bits of the hash, then code + 1; 0 is empty. Small: the table of a full block is to stay in the second cache */
    size_t mask;
};

enum { SEG_CODE_BITS = 17 };

static inline struct str seg_dict_text(const struct seg_dict *d, size_t code)
{
    return str_n(d->bytes.p + d->starts[code], d->starts[code + 1] - d->starts[code]);
}

/* The code of a text, given when it is new. hash: hash64_str of it. */
uint16_t seg_dict_add(struct seg_dict *d, struct str s, uint64_t hash);
/* Asked for some texts ahead: first the slot of a hash, later what the slot points to. Only of a dictionary that is not empty. */
static inline void seg_dict_fetch_slot(const struct seg_dict *d, uint64_t hash)
{
    __builtin_prefetch(&d->slots[hash & d->mask], 1);
}
static inline void seg_dict_fetch_text(const struct seg_dict *d, uint64_t hash)
{
    __builtin_prefetch(&d->starts[d->slots[hash & d->mask] & (((uint32_t)1 << SEG_CODE_BITS) - 1)]);
}
void seg_dict_clear(struct seg_dict *d); /* keeps its memory */
void seg_dict_release(struct seg_dict *d);

/* Fill *bytes, which is cleared first, and all of *out but its offset. values: int32_t, int64_t or uint64_t by the type. */
void seg_pack_fixed(enum seg_type type, const void *values, size_t n, struct strbuf *bytes, struct seg_chunk *out);
void seg_pack_text(const struct seg_dict *d, const uint16_t *codes, size_t n, struct strbuf *bytes, struct seg_chunk *out);

static inline size_t seg_value_size(enum seg_type type)
{
    return type == SEG_I32 ? sizeof(int32_t) : type == SEG_TEXT ? sizeof(uint16_t) : sizeof(int64_t);
}

#endif
