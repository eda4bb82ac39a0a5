/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens for departments that may not hand over raw values: an HMAC-SM3 of an identifier, and a hardened Bloom filter of name and birth date (a
   cryptographic long-term key, Schnell, Bachteler, Reiher 2011) that can be compared for likeness without being read.
   Hardening, after Franke et al. 2021: one filter for the whole record (Durham et al. 2014); every position from its own bits of HMAC-SM3, never double
   hashing (Niedermeyer et al. 2014); name features salted with the birth year; XOR folding of 1,024 to 512 bits (Schnell, Borgs 2016). What attacks remain:
   docs/adr/009. Our features are characters, pairs of neighbours and merged syllables of Chinese names, so that a homophone keeps half of its bits. */
#ifndef MOPAI_TEXT_CLK_H
#define MOPAI_TEXT_CLK_H

#include "base/core/date.h"

#define TOKEN_SECRET_MIN 32 /* bytes of text a secret must have: 128 bits in hexadecimal */

/* One key for each use, from the secret that the departments share. */
struct token_keys {
    unsigned char id[32], name[32], birth[32];
};
void token_keys_make(struct str secret, struct token_keys *out);
/* Six hexadecimal digits by which two departments see whether they hold the same secret; tells nothing else of it. out: 7 bytes. */
void token_fingerprint(struct str secret, char out[7]);
/* 32 hexadecimal digits that say whether two nights had the same secret: in their manifests. */
void token_mark(struct str secret, char out[33]);

#define ID_TOKEN_TEXT 35 /* "T1-" and 32 hexadecimal digits */
/* Token of an identifier in its one printed form. */
void id_token(const struct token_keys *k, struct str number, char out[ID_TOKEN_TEXT + 1]);
/* The same for many identifiers: one `h` a thread, made by hmac_new(id_token_key(k)). */
struct hmac;
struct str id_token_key(const struct token_keys *k);
void id_token_of(struct hmac *h, struct str number, char out[ID_TOKEN_TEXT + 1]);
/* Is the text of that form? */
bool id_token_form(struct str text);

#define CLK_WORDS 32 /* of 16 bits */
#define CLK_TEXT  131 /* "C1-" and 128 hexadecimal digits */
struct clk {
    uint16_t word[CLK_WORDS];
};
/* False when there is no readable name or no birth date: a filter of less would give the name away by its frequency. */
bool clk_make(const struct token_keys *k, struct str name, daynum birth, struct clk *out);
void clk_print(const struct clk *c, char out[CLK_TEXT + 1]);
bool clk_parse(struct str text, struct clk *out);
/* Dice coefficient in thousandths: twice the common bits over all. 0 when either is empty. */
int clk_dice(const uint16_t a[CLK_WORDS], const uint16_t b[CLK_WORDS]);

#endif
