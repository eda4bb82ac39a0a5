/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/clk.h"

#include "base/core/hash.h"
#include "base/text/name_compare.h"

static struct str key_str(const unsigned char key[32])
{
    return str_n((const char *)key, 32);
}

void token_keys_make(struct str secret, struct token_keys *out)
{
    hmac_sm3(secret, STR("mopai token 1 id"), out->id);
    hmac_sm3(secret, STR("mopai token 1 name"), out->name);
    hmac_sm3(secret, STR("mopai token 1 birth"), out->birth);
}

static void hex(const unsigned char *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = "0123456789abcdef"[p[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
    }
    out[2 * n] = 0;
}

static bool is_hex(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit((unsigned char)s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f')) {
            return false;
        }
    }
    return true;
}

void token_fingerprint(struct str secret, char out[7])
{
    unsigned char mac[32];
    hmac_sm3(secret, STR("mopai token 1 fingerprint"), mac);
    hex(mac, 3, out);
}

void token_mark(struct str secret, char out[33])
{
    unsigned char mac[32];
    hmac_sm3(secret, STR("mopai token 1 manifest"), mac);
    hex(mac, 16, out);
}

static void print_token(const unsigned char mac[32], char out[ID_TOKEN_TEXT + 1])
{
    memcpy(out, "T1-", 3);
    hex(mac, 16, out + 3);
}

struct str id_token_key(const struct token_keys *k)
{
    return key_str(k->id);
}

void id_token_of(struct hmac *h, struct str number, char out[ID_TOKEN_TEXT + 1])
{
    unsigned char mac[32];
    hmac_sum(h, number, mac);
    print_token(mac, out);
}

void id_token(const struct token_keys *k, struct str number, char out[ID_TOKEN_TEXT + 1])
{
    unsigned char mac[32];
    hmac_sm3(key_str(k->id), number, mac);
    print_token(mac, out);
}

bool id_token_form(struct str text)
{
    return text.n == ID_TOKEN_TEXT && str_starts(text, STR("T1-")) && is_hex(str_sub(text, 3, text.n));
}

/* --- filters ------------------------------------------------------------------------------------------------------------------ */

enum { FILTER_BITS = 1024, MOST_BITS = 16 };
/* Bits a feature sets: a name of three characters and a birth date weigh about the same. */
enum { BITS_CHARACTER = 10, BITS_SYLLABLE = 8, BITS_PAIR = 4, BITS_LETTERS = 7, BITS_YEAR = 14, BITS_MONTH = 12, BITS_DAY = 12, BITS_DIGIT = 3 };

struct filter {
    uint8_t bit[FILTER_BITS / 8];
    const unsigned char *key;
    int16_t salt; /* birth year for features of the name, 0 for those of the date */
};

/* Sixteen independent positions of ten bits come out of one HMAC; the first n are set. */
static void set_feature(struct filter *f, char kind, uint16_t a, uint16_t b, unsigned n)
{
    unsigned char mac[32];
    const unsigned char message[] = {(unsigned char)kind, (unsigned char)(a >> 8), (unsigned char)a, (unsigned char)(b >> 8), (unsigned char)b,
                                     (unsigned char)(f->salt >> 8), (unsigned char)f->salt};
    hmac_sm3(key_str(f->key), str_n((const char *)message, sizeof(message)), mac);
    for (unsigned i = 0; i < n && i < MOST_BITS; i++) {
        unsigned at = ((unsigned)mac[2 * i] << 8 | mac[2 * i + 1]) % FILTER_BITS;
        f->bit[at / 8] |= (uint8_t)(1u << (at % 8));
    }
}

/* Codes follow the tables of one version of unicode-data: what is hashed is the character. */
static uint16_t character(uint16_t code)
{
    uint32_t cp = dense_char(code);
    return (uint16_t)(cp ^ cp >> 16);
}

/* A syllable by its letters, for the same reason; which class merges dialects. */
static uint16_t syllable_word(uint16_t code)
{
    const uint16_t *readings;
    if (reading_set(code, &readings) == 0) {
        return character(code);
    }
    const char *s = syllable_name(syllable_merged(reading_syllable(readings[0])));
    uint16_t word = 0;
    for (; *s; s++) {
        word = (uint16_t)(word * 31 + (unsigned char)*s);
    }
    return word;
}

static unsigned occurrences_before(const struct name_form *f, size_t i)
{
    unsigned n = 0;
    for (size_t j = 0; j < i; j++) {
        n += f->code[j] == f->code[i];
    }
    return n;
}

static void add_name(struct filter *f, const struct name_form *name)
{
    bool latin = name->script == NAME_SCRIPT_LATIN;
    uint16_t before = 0;
    for (size_t i = 0; i < name->n; i++) {
        uint16_t c = character(name->code[i]);
        if (name->code[i] == CODE_UNREADABLE) {
            before = 0;
            continue;
        }
        if (latin) {
            set_feature(f, 'l', before, c, BITS_LETTERS);
        } else {
            set_feature(f, 'c', c, (uint16_t)occurrences_before(name, i), BITS_CHARACTER);
            set_feature(f, 's', syllable_word(name->code[i]), (uint16_t)i, BITS_SYLLABLE);
            if (i) {
                set_feature(f, 'p', before, c, BITS_PAIR);
            }
        }
        before = c;
    }
}

static void add_birth(struct filter *f, struct ymd d)
{
    set_feature(f, 'y', (uint16_t)d.year, 0, BITS_YEAR);
    set_feature(f, 'm', (uint16_t)d.month, 0, BITS_MONTH);
    set_feature(f, 'd', (uint16_t)d.day, 0, BITS_DAY);
    int digits = (int)d.year * 10000 + (int)d.month * 100 + (int)d.day;
    for (uint16_t i = 0; i < 8; i++, digits /= 10) {
        set_feature(f, 'g', i, (uint16_t)(digits % 10), BITS_DIGIT);
    }
}

bool clk_make(const struct token_keys *k, struct str name, daynum birth, struct clk *out)
{
    struct name_form form;
    name_form_make(name, &form);
    if (form.script == NAME_SCRIPT_NONE || form.n < 2 || birth == DAY_MISSING || birth == DAY_FOREVER) {
        return false;
    }
    struct ymd d = day_to_ymd(birth);
    struct filter f = {.key = k->name, .salt = (int16_t)d.year};
    add_name(&f, &form);
    f.key = k->birth;
    f.salt = 0;
    add_birth(&f, d);
    for (size_t i = 0; i < CLK_WORDS; i++) { /* folded: the upper half xor the lower */
        unsigned low = (unsigned)f.bit[2 * i] | (unsigned)f.bit[2 * i + 1] << 8;
        unsigned high = (unsigned)f.bit[FILTER_BITS / 16 + 2 * i] | (unsigned)f.bit[FILTER_BITS / 16 + 2 * i + 1] << 8;
        out->word[i] = (uint16_t)(low ^ high);
    }
    return true;
}

void clk_print(const struct clk *c, char out[CLK_TEXT + 1])
{
    unsigned char bytes[2 * CLK_WORDS];
    for (size_t i = 0; i < CLK_WORDS; i++) {
        bytes[2 * i] = (unsigned char)(c->word[i] >> 8);
        bytes[2 * i + 1] = (unsigned char)c->word[i];
    }
    memcpy(out, "C1-", 3);
    hex(bytes, sizeof(bytes), out + 3);
}

bool clk_parse(struct str text, struct clk *out)
{
    if (text.n != CLK_TEXT || !str_starts(text, STR("C1-")) || !is_hex(str_sub(text, 3, text.n))) {
        return false;
    }
    for (size_t i = 0; i < CLK_WORDS; i++) {
        unsigned word = 0;
        for (size_t d = 0; d < 4; d++) {
            char c = text.p[3 + 4 * i + d];
            word = word << 4 | (unsigned)(is_digit((unsigned char)c) ? c - '0' : c - 'a' + 10);
        }
        out->word[i] = (uint16_t)word;
    }
    return true;
}

int clk_dice(const uint16_t a[CLK_WORDS], const uint16_t b[CLK_WORDS])
{
    int common = 0, all = 0;
    for (size_t i = 0; i < CLK_WORDS; i += 4) {
        uint64_t x, y;
        memcpy(&x, a + i, sizeof(x));
        memcpy(&y, b + i, sizeof(y));
        common += __builtin_popcountll(x & y);
        all += __builtin_popcountll(x) + __builtin_popcountll(y);
    }
    return all ? 2000 * common / all : 0;
}
