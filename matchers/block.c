/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/block.h"

#include "base/text/utf8.h"
#include "matchers/prepare.h"

static const char *const transform_words[] = {"value", "sound", "initials", "characters", "surname", "given", "head", "tail", "middle", "year", "year_month", "month_day", "numbers"};

const char *transform_word(enum transform t)
{
    return transform_words[t];
}

bool transform_from_word(struct str word, enum transform *out_transform)
{
    for (int t = 0; t < BY_COUNT; t++) {
        if (str_eqz(word, transform_words[t])) {
            *out_transform = (enum transform)t;
            return true;
        }
    }
    return false;
}

/* --- keys ----------------------------------------------------------------------------------------------------------------------- */

static uint32_t key_hash(const void *p, size_t n, enum transform t)
{
    uint64_t h = hash64_seed(p, n, (uint64_t)t + 1);
    return (uint32_t)(h >> 32) | 1;
}

static uint32_t key_codes(const uint16_t *p, unsigned n, enum transform t)
{
    return n ? key_hash(p, n * sizeof(*p), t) : 0;
}

static uint32_t key_number(uint64_t number, enum transform t)
{
    return number ? key_hash(&number, sizeof(number), t) : 0;
}

static uint32_t key_numbers(const uint16_t *p, unsigned n)
{
    uint16_t digits[VALUE_CODES];
    unsigned used = 0;
    for (unsigned i = 0; i < n; i++) {
        if (p[i] >= '0' && p[i] <= '9') {
            digits[used++] = p[i];
        }
    }
    return key_codes(digits, used, BY_NUMBERS);
}

/* Initials of the words of a Latin text. */
static uint32_t key_initials(const uint16_t *p, unsigned n)
{
    uint16_t first[VALUE_CODES];
    unsigned used = 0;
    for (unsigned i = 0; i < n; i++) {
        if (p[i] != ' ' && (i == 0 || p[i - 1] == ' ')) {
            first[used++] = p[i];
        }
    }
    return key_codes(first, used, BY_INITIALS);
}

/* Of a name in characters. By sound it is the first way to read it; transform_more_keys has the others. */
static uint32_t key_name(const struct name_form *f, enum transform t)
{
    uint64_t sounds[NAME_SOUND_KEYS];
    if (t == BY_SOUND) {
        return name_sound_keys(f, sounds) ? key_number(sounds[0], t) : 0;
    }
    return key_number(t == BY_VALUE ? f->folded : t == BY_INITIALS ? name_initial_key(f) : name_sorted_key(f), t);
}

/* Eight bits of a filter: two of one person agree in all of them in half of the cases and more, whatever the slip (locality-sensitive hashing by sampled
   bits, as in Karapiperis and Verykios 2015). */
static uint32_t key_clk(const uint16_t *word, enum transform t)
{
    unsigned first = t == BY_HEAD ? 0 : t == BY_MIDDLE ? 8 : 16;
    uint64_t bits = 0;
    for (unsigned i = 0; i < 8; i++) {
        bits = bits << 1 | (word[first + i] & 1);
    }
    return key_number(bits + 1, t);
}

uint32_t transform_key(const struct dict *d, uint32_t value, enum transform t)
{
    if (value == NO_VALUE) {
        return 0;
    }
    const struct value *v = &d->values.v[value];
    uint16_t room[VALUE_CODES];
    struct codes codes = value_codes(d, v, room);
    const uint16_t *p = codes.p;
    unsigned n = codes.n, head = d->type == FIELD_ID ? 6 : 4;
    if (d->type == FIELD_NAME && !(v->flags & VALUE_LATIN) && (t == BY_VALUE || t == BY_SOUND || t == BY_INITIALS || t == BY_CHARACTERS)) {
        return key_name(value_form(d, value), t);
    }
    if (d->type == FIELD_CLK && t != BY_VALUE) {
        return t == BY_HEAD || t == BY_MIDDLE || t == BY_TAIL ? key_clk(p, t) : 0;
    }
    switch (t) {
    case BY_VALUE: {
        struct str text = value_text(d, value);
        return key_hash(text.p, text.n, BY_VALUE);
    }
    case BY_SOUND: return key_number(phonetic_key(codes), t);
    case BY_CHARACTERS: return 0;
    case BY_INITIALS: return key_initials(p, n);
    case BY_SURNAME: return key_codes(p, v->surname, t);
    case BY_GIVEN: return v->surname < n ? key_codes(p + v->surname, n - v->surname, t) : 0;
    case BY_HEAD: return key_codes(p, MIN(n, head), t);
    case BY_TAIL: return n >= 4 ? key_codes(p + n - 4, 4, t) : 0;
    case BY_MIDDLE: return n >= 14 ? key_codes(p + 6, 8, t) : 0;
    case BY_YEAR: return key_number(DATE_WORD_YEAR(v->word), t);
    case BY_YEAR_MONTH: return DATE_WORD_MONTH(v->word) ? key_number(v->word >> 7, t) : 0;
    case BY_MONTH_DAY: return v->flags & VALUE_DAY ? key_number((v->word & 0x3FFF) + 1, t) : 0;
    case BY_NUMBERS: return key_numbers(p, n);
    case BY_COUNT: break;
    }
    return 0;
}

unsigned transform_more_keys(const struct dict *d, uint32_t value, enum transform t, uint32_t out[TRANSFORM_MORE])
{
    uint64_t sounds[NAME_SOUND_KEYS];
    unsigned n = 0;
    if (t != BY_SOUND || d->type != FIELD_NAME || value == NO_VALUE || d->values.v[value].flags & VALUE_LATIN) {
        return 0;
    }
    size_t ways = name_sound_keys(value_form(d, value), sounds);
    uint32_t first = ways ? key_number(sounds[0], t) : 0;
    for (size_t w = 1; w < ways; w++) {
        uint32_t key = key_number(sounds[w], t);
        bool new = key != first;
        for (unsigned i = 0; i < n; i++) {
            new &= key != out[i];
        }
        if (new) {
            out[n++] = key;
        }
    }
    return n;
}

void recipe_print(const struct link_table *t, const struct recipe *r, struct strbuf *out)
{
    if (r->n == 0) {
        strbuf_addz(out, "*");
    }
    for (unsigned i = 0; i < r->n + r->has_spare; i++) {
        const struct recipe_part *p = i < r->n ? &r->part[i] : &r->spare;
        strbuf_addz(out, i == r->n ? "/" : i ? "+" : "");
        strbuf_addz(out, t->fields[p->field].name);
        if (p->transform != BY_VALUE) {
            strbuf_addf(out, ".%s", transform_words[p->transform]);
        }
    }
}
