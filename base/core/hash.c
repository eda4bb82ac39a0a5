/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/hash.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/core/bug.h"

struct digest {
    XXH3_state_t *xxh;
    EVP_MD_CTX *sha;
};

uint64_t hash64(const void *p, size_t n)
{
    return XXH3_64bits(p ? p : "", n);
}

uint64_t hash64_seed(const void *p, size_t n, uint64_t seed)
{
    return XXH3_64bits_withSeed(p ? p : "", n, seed);
}

struct digest *digest_new_identity(void)
{
    struct digest *d = xmalloc(sizeof(*d));
    *d = (struct digest){.xxh = XXH3_createState()};
    BUG_ON(!d->xxh || XXH3_128bits_reset(d->xxh) != XXH_OK);
    return d;
}

struct digest *digest_new(void)
{
    struct digest *d = digest_new_identity();
    d->sha = EVP_MD_CTX_new();
    BUG_ON(!d->sha || !EVP_DigestInit_ex(d->sha, EVP_sha256(), NULL));
    return d;
}

void digest_update(struct digest *d, const void *p, size_t n)
{
    BUG_ON(n && XXH3_128bits_update(d->xxh, p, n) != XXH_OK);
    BUG_ON(n && d->sha && !EVP_DigestUpdate(d->sha, p, n));
}

static void hex(const unsigned char *p, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = 0;
}

static void xxh128_hex(XXH128_hash_t h, char out[33])
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, h);
    hex(canonical.digest, sizeof(canonical.digest), out);
}

void digest_finish(struct digest *d, struct digest_hex *out)
{
    unsigned char sha[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    out->sha256[0] = 0;
    if (d->sha) {
        BUG_ON(!EVP_DigestFinal_ex(d->sha, sha, &n) || n != 32);
        hex(sha, n, out->sha256);
        EVP_MD_CTX_free(d->sha);
    }
    xxh128_hex(XXH3_128bits_digest(d->xxh), out->xxh128);
    (void)XXH3_freeState(d->xxh);
    free(d);
}

void digest_of(const void *p, size_t n, struct digest_hex *out)
{
    struct digest *d = digest_new();
    digest_update(d, p, n);
    digest_finish(d, out);
}

void hash128_hex(const void *p, size_t n, char out[33])
{
    xxh128_hex(XXH3_128bits(p ? p : "", n), out);
}

void hmac_sm3(struct str key, struct str message, unsigned char out[32])
{
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    BUG_ON(key.n > INT32_MAX);
    BUG_ON(!HMAC(EVP_sm3(), key.p ? key.p : "", (int)key.n, (const unsigned char *)(message.p ? message.p : ""), message.n, md, &n) || n != 32);
    memcpy(out, md, 32);
}

void random_bytes(unsigned char *out, size_t n)
{
    BUG_ON(n > INT32_MAX || RAND_bytes(out, (int)n) != 1);
}
