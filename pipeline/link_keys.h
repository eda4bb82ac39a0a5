/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by which unsure rows meet register rows: for link_match.c. */
#ifndef MOPAI_PIPELINE_LINK_KEYS_H
#define MOPAI_PIPELINE_LINK_KEYS_H

#include "pipeline/link_loose.h"
#include "pipeline/link_plan.h"

#define KEY_BLOCK 64 /* entries of one key that are compared without asking for more */

struct key { /* key -> entries, in order */
    uint64_t key;
    uint32_t loose;
    uint32_t block; /* of the first entry of a key: how many there are */
    int16_t year;   /* the entry says it was born in; 0 */
    uint8_t slip;
};
struct keys {
    VEC(struct key) v;
    struct map64 first;
};

/* Keys by which a name meets others, 0: none. The first as folded, the others as it sounds. */
#define NAME_KEYS (1 + NAME_SOUND_KEYS)
void name_keys(const struct name_form *f, uint64_t out[NAME_KEYS]);

static inline void keys_add(struct keys *k, struct key key, uint64_t of) /* 0: none */
{
    if (of) {
        key.key = of;
        vec_push(&k->v, key);
    }
}
void keys_seal(struct keys *k); /* sorted; `first` and `block` are filled */
void keys_release(struct keys *k);
void keys_plan(const struct keys *k, struct link_plan_way *out); /* entries, blocks, largest, split */

#endif
