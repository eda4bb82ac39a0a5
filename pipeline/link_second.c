/* SPDX-License-Identifier: Apache-2.0 */
/* Second registrations: two persons with sound, different numbers whom no source knows both, one of them known to a single register of which most people
   stand in others as well, of the same name and born on the same day. Two numbers never become one person, but people are asked. */
#include "matchers/identifier.h"
#include "pipeline/link_loose.h"

/* Bits of registers most of whose people other registers know too. */
static uint64_t shared_registers(const struct link *l)
{
    uint32_t alone[64] = {0}, also[64] = {0};
    uint64_t shared = 0;
    for (uint32_t p = 0; p < l->n; p++) {
        uint64_t seen = ident_key(l->anchor[p]) ? l->seen[p] : 0;
        for (uint64_t rest = seen; rest; rest &= rest - 1) {
            (seen & (seen - 1) ? also : alone)[__builtin_ctzll(rest)]++;
        }
    }
    for (int s = 0; s < 64; s++) {
        shared |= (uint64_t)(also[s] > alone[s]) << s;
    }
    return shared;
}

static uint64_t twin_key(const struct link *l, uint32_t p)
{
    daynum birth = ident_birth(l->anchor[p]);
    struct str name = link_name(l, p);
    return birth == DAY_MISSING || name.n == 0 ? 0 : hash_mix(hash64_str(name) ^ (uint64_t)(uint32_t)birth);
}

void link_find_second(const struct link *l, struct map64 *out)
{
    uint64_t shared = shared_registers(l);
    struct map64 twins = {0}; /* name and birth -> the last such person: of three alike one question is enough */
    for (uint32_t p = 0; p < l->n && shared; p++) {
        bool single = ident_key(l->anchor[p]) && (l->seen[p] & (l->seen[p] - 1)) == 0 && (l->seen[p] & shared);
        uint64_t key = single ? twin_key(l, p) : 0;
        if (key) {
            map64_put(&twins, key, p);
        }
    }
    for (uint32_t q = 0; q < l->n && twins.n; q++) {
        uint64_t key = ident_key(l->anchor[q]) ? twin_key(l, q) : 0;
        uint32_t p = key ? map64_get(&twins, key) : MAP_NONE;
        if (p != MAP_NONE && p != q && (l->seen[p] & l->seen[q]) == 0) {
            map64_put(out, p, 1);
        }
    }
    map64_release(&twins);
}
