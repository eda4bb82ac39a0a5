/* SPDX-License-Identifier: Apache-2.0 */
/* xxHash for tables, blocks and the identity of files; SHA-256 where a hash is evidence. Neither hides an id number:
   ids can be enumerated, so nothing hashed here leaves the site as a key. */
#ifndef MOPAI_CORE_HASH_H
#define MOPAI_CORE_HASH_H

#include "base/core/str.h"

uint64_t hash64(const void *p, size_t n);
static inline uint64_t hash64_str(struct str s) { return hash64(s.p, s.n); }
uint64_t hash64_seed(const void *p, size_t n, uint64_t seed);
/* Mixes one 64-bit word (SplitMix64 finaliser). */
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 30, x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27, x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* XXH3-128 and SHA-256 of one stream at once, as lower-case hex. */
struct digest;
struct digest_hex {
    char xxh128[33];
    char sha256[65];
};
struct digest *digest_new(void);
struct digest *digest_new_identity(void); /* XXH3-128 alone, several times as fast: sha256 comes out empty */
void digest_update(struct digest *d, const void *p, size_t n);
void digest_finish(struct digest *d, struct digest_hex *out); /* frees d */
void digest_of(const void *p, size_t n, struct digest_hex *out);
/* XXH3-128 alone, for what is identity and not evidence. out: 33 bytes. */
void hash128_hex(const void *p, size_t n, char out[33]);

/* HMAC-SM3 (GB/T 32905-2016 with RFC 2104): what leaves the site as a key. */
void hmac_sm3(struct str key, struct str message, unsigned char out[32]);
/* The same for many messages under one key: a quarter of the time. One thread at a time. */
struct hmac;
struct hmac *hmac_new(struct str key);
void hmac_sum(struct hmac *h, struct str message, unsigned char out[32]);
void hmac_free(struct hmac *h);
/* n bytes from the system's random source, for keys. */
void random_bytes(unsigned char *out, size_t n);

#endif
