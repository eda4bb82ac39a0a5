/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/link_keys.h"

#include "matchers/prepare.h"

static int by_key(const void *x, const void *y)
{
    const struct key *a = x, *b = y;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return a->loose < b->loose ? -1 : a->loose > b->loose;
}

void keys_seal(struct keys *k)
{
    vec_sort(&k->v, by_key);
    for (size_t i = k->v.n; i-- > 0;) {
        k->v.v[i].block = 1 + (i + 1 < k->v.n && k->v.v[i + 1].key == k->v.v[i].key ? k->v.v[i + 1].block : 0);
        map64_put(&k->first, k->v.v[i].key, (uint32_t)i);
    }
}

void keys_release(struct keys *k)
{
    vec_release(&k->v);
    map64_release(&k->first);
}

/* The words of a name in Latin letters by how they sound, whatever their order. */
static uint64_t latin_sound(const struct name_form *f)
{
    uint64_t sum = 0;
    for (unsigned i = 0, from = 0; i < f->n_parts; from = f->part_end[i++]) {
        uint32_t key = phonetic_key((struct codes){f->code + from, f->part_end[i] - from});
        sum += key ? hash_mix(key) : 0;
    }
    return sum ? hash_mix(sum) : 0;
}

void name_keys(const struct name_form *f, uint64_t out[NAME_KEYS])
{
    memset(out, 0, NAME_KEYS * sizeof(*out));
    out[0] = f->folded;
    out[1] = f->script == NAME_SCRIPT_LATIN ? latin_sound(f) : 0;
    for (size_t i = 0, n = name_sound_keys(f, out + 1); i < n; i++) {
        out[1 + i] = out[1 + i] ? hash_mix(out[1 + i]) : 0;
    }
}

void keys_plan(const struct keys *k, struct link_plan_way *out)
{
    *out = (struct link_plan_way){.entries = k->v.n};
    for (size_t i = 0; i < k->v.n; i++) {
        if (i == 0 || k->v.v[i - 1].key != k->v.v[i].key) {
            out->blocks++;
            out->largest = MAX(out->largest, k->v.v[i].block);
            out->split += k->v.v[i].block > KEY_BLOCK;
        }
    }
}
