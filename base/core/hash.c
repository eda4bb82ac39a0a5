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

enum { SM3_BLOCK = 64 };
struct hmac { /* SM3 that has read the inner and the outer pad, and one that works on copies of them */
    EVP_MD_CTX *inner, *outer, *at;
};

static EVP_MD_CTX *sm3_after(const unsigned char pad[SM3_BLOCK])
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    BUG_ON(!c || !EVP_DigestInit_ex(c, EVP_sm3(), NULL) || (pad && !EVP_DigestUpdate(c, pad, SM3_BLOCK)));
    return c;
}

struct hmac *hmac_new(struct str key)
{
    unsigned char inner[SM3_BLOCK] = {0}, outer[SM3_BLOCK];
    struct hmac *h = xmalloc(sizeof(*h));
    BUG_ON(key.n > SM3_BLOCK); /* longer keys would be hashed first; ours never are */
    memcpy(inner, key.p ? key.p : "", key.n);
    for (size_t i = 0; i < SM3_BLOCK; i++) {
        outer[i] = inner[i] ^ 0x5C;
        inner[i] ^= 0x36;
    }
    *h = (struct hmac){sm3_after(inner), sm3_after(outer), sm3_after(NULL)};
    return h;
}

void hmac_sum(struct hmac *h, struct str message, unsigned char out[32])
{
    unsigned int n = 0;
    bool ok = EVP_MD_CTX_copy_ex(h->at, h->inner) && EVP_DigestUpdate(h->at, message.p ? message.p : "", message.n) && EVP_DigestFinal_ex(h->at, out, &n) &&
              EVP_MD_CTX_copy_ex(h->at, h->outer) && EVP_DigestUpdate(h->at, out, n) && EVP_DigestFinal_ex(h->at, out, &n);
    BUG_ON(!ok || n != 32);
}

void hmac_free(struct hmac *h)
{
    if (h) {
        EVP_MD_CTX_free(h->inner);
        EVP_MD_CTX_free(h->outer);
        EVP_MD_CTX_free(h->at);
        free(h);
    }
}

void random_bytes(unsigned char *out, size_t n)
{
    BUG_ON(n > INT32_MAX || RAND_bytes(out, (int)n) != 1);
}
