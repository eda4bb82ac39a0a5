/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/dict.h"

#include <stddef.h>

#include "base/text/clk.h"
#include "base/text/utf8.h"
#include "matchers/prepare.h"

static const char *const type_words[] = {"id", "name", "latin", "date", "sex", "phone", "address", "area", "text", "code", "clk"};

const char *field_type_word(enum field_type t)
{
    return type_words[t];
}

bool field_type_from_word(struct str word, enum field_type *out_type)
{
    for (int t = 0; t < FIELD_TYPE_COUNT; t++) {
        if (str_eqz(word, type_words[t])) {
            *out_type = (enum field_type)t;
            return true;
        }
    }
    return false;
}

/* --- entries: length, codes, text --------------------------------------------------------------------------------------- */

#define CHUNK_UNITS  19 /* a chunk holds up to 2^19 pairs of bytes, unless one entry needs more */
#define CHUNK_BYTES  ((size_t)2 << CHUNK_UNITS)
#define CHUNK_FIRST  4096
#define LONG_TEXT    0xFFFFu /* instead of the length: it stands in the next four bytes */

static const char *entry_of(const struct dict *d, const struct value *v)
{
    return d->chunks.v[v->at >> CHUNK_UNITS] + ((size_t)(v->at & ((1u << CHUNK_UNITS) - 1)) << 1);
}

/* Room for an entry; *out_at says where it is. */
static char *add_entry(struct dict *d, size_t bytes, uint32_t *out_at)
{
    bytes = (bytes + 1) & ~(size_t)1;
    if (d->chunks.n == 0 || d->room - d->used < bytes) {
        BUG_ON(d->chunks.n >> (32 - CHUNK_UNITS));
        d->room = MAX(MIN(MAX(2 * d->room, (size_t)CHUNK_FIRST), CHUNK_BYTES), bytes);
        d->used = 0;
        vec_push(&d->chunks, xmalloc(d->room));
    }
    char *p = d->chunks.v[d->chunks.n - 1] + d->used;
    *out_at = (uint32_t)((d->chunks.n - 1) << CHUNK_UNITS | d->used >> 1);
    d->used += bytes;
    return p;
}

static unsigned codes_kept(const struct value *v)
{
    return v->flags & VALUE_PLAIN ? 0 : v->n;
}

static struct str text_of(const struct dict *d, const struct value *v)
{
    const char *p = entry_of(d, v);
    uint16_t length;
    uint32_t n;
    memcpy(&length, p, sizeof(length));
    p += sizeof(length);
    n = length;
    if (length == LONG_TEXT) {
        memcpy(&n, p, sizeof(n));
        p += sizeof(n);
    }
    return str_n(p + codes_kept(v) * sizeof(uint16_t), n);
}

struct str value_text(const struct dict *d, uint32_t v)
{
    return v ? text_of(d, &d->values.v[v]) : (struct str){NULL, 0};
}

struct codes value_codes(const struct dict *d, const struct value *v, uint16_t room[VALUE_CODES])
{
    if (v->n == 0) {
        return (struct codes){room, 0};
    }
    struct str text = text_of(d, v);
    if (!(v->flags & VALUE_PLAIN)) { /* they stand before the text */
        return (struct codes){(const uint16_t *)(const void *)(text.p - v->n * sizeof(uint16_t)), v->n};
    }
    for (unsigned i = 0; i < v->n; i++) {
        room[i] = (unsigned char)text.p[i];
    }
    return (struct codes){room, v->n};
}

static void keep(struct dict *d, struct str text, const uint16_t *codes, struct value *v)
{
    size_t n = codes_kept(v) * sizeof(*codes), head = sizeof(uint16_t) + (text.n >= LONG_TEXT ? sizeof(uint32_t) : 0);
    char *p = add_entry(d, head + n + text.n, &v->at);
    uint16_t length = (uint16_t)MIN(text.n, LONG_TEXT);
    uint32_t long_length = (uint32_t)text.n;
    memcpy(p, &length, sizeof(length));
    if (text.n >= LONG_TEXT) {
        memcpy(p + sizeof(length), &long_length, sizeof(long_length));
    }
    if (n) {
        memcpy(p + head, codes, n);
    }
    memcpy(p + head + n, text.p, text.n);
}

/* --- codes ------------------------------------------------------------------------------------------------------------------ */

#define WIDE_FIRST 0xD800u
#define WIDE_LAST  0xF8FFu /* surrogates and the private area: no text has them after decoding */

static uint16_t code_of(struct dict *d, uint32_t cp)
{
    if (cp < WIDE_FIRST || (cp > WIDE_LAST && cp <= 0xFFFF)) {
        return (uint16_t)cp;
    }
    for (size_t i = 0; i < d->wide.n; i++) {
        if (d->wide.v[i] == cp) {
            return (uint16_t)(WIDE_FIRST + i);
        }
    }
    if (d->wide.n > WIDE_LAST - WIDE_FIRST) {
        return 0xFFFE; /* thousands of different rare characters: the rest are one */
    }
    vec_push(&d->wide, cp);
    return (uint16_t)(WIDE_FIRST + d->wide.n - 1);
}

static bool copied(enum field_type t)
{
    return t == FIELD_ID || t == FIELD_PHONE || t == FIELD_DATE || t == FIELD_SEX;
}

/* Fills what is judged near agreement on, and keeps codes and text. */
static void add_codes(struct dict *d, struct str text, struct value *v)
{
    uint16_t codes[VALUE_CODES];
    const char *p = text.p, *end = str_end(text);
    struct clk clk;
    v->n = 0;
    if (d->type == FIELD_CLK && clk_parse(text, &clk)) {
        _Static_assert(CLK_WORDS <= VALUE_CODES, "a filter fits");
        memcpy(codes, clk.word, sizeof(clk.word));
        v->n = CLK_WORDS;
        keep(d, text, codes, v);
        return;
    }
    while (p < end && v->n < VALUE_CODES) {
        uint16_t code = code_of(d, utf8_next(&p, end));
        v->letters |= (uint32_t)1 << (code * 0x9E37u >> 11 & 31);
        v->digits = v->digits << 4 | (code & 15u);
        codes[v->n++] = code;
    }
    for (unsigned i = 0; (d->type == FIELD_TEXT || d->type == FIELD_ADDRESS) && i + 1 < v->n; i++) {
        v->word |= (uint64_t)1 << (hash_mix((uint64_t)codes[i] << 16 | codes[i + 1]) >> 58);
    }
    v->sound = d->type == FIELD_LATIN || (d->type == FIELD_NAME && v->flags & VALUE_LATIN) ? phonetic_key((struct codes){codes, v->n}) : 0;
    v->flags = (uint8_t)(v->flags | (copied(d->type) && text.n == v->n && str_is_ascii(text) ? VALUE_PLAIN : 0));
    keep(d, text, codes, v);
}

_Static_assert(offsetof(struct name_form, code) + SHORT_FORM_CODES * sizeof(uint16_t) <= SHORT_FORM_BYTES && SHORT_FORM_BYTES % _Alignof(struct name_form) == 0,
               "the head of a form and its first codes");

static void add_name_form(struct dict *d, uint32_t id, struct str text)
{
    struct name_form f;
    name_form_make(text, &f);
    if (f.n > SHORT_FORM_CODES) {
        vec_push(&d->long_forms, f);
        f.plain = d->long_forms.n - 1;
    }
    if (id >= d->cap_forms) {
        d->forms = xgrow(d->forms, &d->cap_forms, id + 1u, SHORT_FORM_BYTES);
    }
    for (; d->n_forms <= id; d->n_forms++) {
        memset(d->forms + d->n_forms * SHORT_FORM_BYTES, 0, SHORT_FORM_BYTES);
    }
    memcpy(d->forms + (size_t)id * SHORT_FORM_BYTES, &f, SHORT_FORM_BYTES);
}

/* Of the canonical text, so that it is the same whichever spelling came first. */
static void add_form(struct dict *d, uint32_t id, struct str text)
{
    if (d->type == FIELD_NAME) {
        add_name_form(d, id, text);
    } else if (d->type == FIELD_ADDRESS) {
        struct address a;
        while (d->places.n <= id) {
            (void)vec_add(&d->places);
        }
        address_parse(text, &a);
        address_form_make(&a, &d->places.v[id]);
    }
}

/* In place of its value, a cell met again before it is settled has WAITING + the number of the one that waits: rows of one person stand side by side. */
#define WAITING (MAP_NONE - DICT_BATCH)

/* --- finding ------------------------------------------------------------------------------------------------------------------ */

#define SLOT_EMPTY UINT64_MAX
#define SLOT_HEAD  0xFFFFFFFF00000000u

/* The place of a hash in the table goes by its upper half too, which is in the slot: growing does not look at the texts. */
static size_t slot_of(const struct dict *d, uint64_t h)
{
    return (size_t)(h >> 32) & d->mask;
}

static void put_slot(struct dict *d, uint64_t slot)
{
    size_t i = slot_of(d, slot);
    while (d->slots[i] != SLOT_EMPTY) {
        i = (i + 1) & d->mask;
    }
    d->slots[i] = slot;
}

static void make_slots(struct dict *d, size_t n)
{
    d->slots = xmalloc(n * sizeof(*d->slots));
    memset(d->slots, 0xFF, n * sizeof(*d->slots));
    d->mask = n - 1;
}

/* Room for one more value, at most two thirds full. */
static void reserve_slot(struct dict *d)
{
    if (!d->slots) { /* new, or sealed and opened again */
        size_t n = 64;
        while (n * 2 < d->values.n * 3 + 3) {
            n *= 2;
        }
        make_slots(d, n);
        for (uint32_t v = 1; v < d->values.n; v++) {
            put_slot(d, (hash64_str(value_text(d, v)) & SLOT_HEAD) | v);
        }
    } else if ((d->values.n + 1) * 3 > (d->mask + 1) * 2) {
        uint64_t *old = d->slots;
        size_t n = d->mask + 1;
        make_slots(d, 2 * n);
        for (size_t i = 0; i < n; i++) {
            if (old[i] != SLOT_EMPTY) {
                put_slot(d, old[i]);
            }
        }
        free(old);
    }
}

/* The value of a canonical text with hash h, added as *v when it is new. */
static uint32_t find_or_add(struct dict *d, struct str text, uint64_t h, struct value *v)
{
    reserve_slot(d);
    size_t i = slot_of(d, h);
    for (; d->slots[i] != SLOT_EMPTY; i = (i + 1) & d->mask) {
        uint64_t slot = d->slots[i];
        if (((slot ^ h) & SLOT_HEAD) == 0 && str_eq(text_of(d, &d->values.v[(uint32_t)slot]), text)) {
            return (uint32_t)slot;
        }
    }
    uint32_t id = (uint32_t)d->values.n;
    BUG_ON(id >= WAITING);
    add_codes(d, text, v);
    vec_push(&d->values, *v);
    d->slots[i] = (h & SLOT_HEAD) | id;
    add_form(d, id, text);
    return id;
}

/* --- cells ---------------------------------------------------------------------------------------------------------------------- */

/* Types that are prepared as fast as a cell is found in a table larger than the cache: what they were as they came is not kept. */
static bool remembers_cells(enum field_type t)
{
    return t != FIELD_ID && t != FIELD_PHONE && t != FIELD_CLK;
}

uint32_t dict_value(struct dict *d, struct str cell)
{
    uint32_t id;
    dict_values(d, &cell, 1, &id);
    return id;
}

/* Cells nobody has seen yet, with their canonical texts one behind the other in d->texts. */
struct waiting {
    struct value v;
    uint64_t raw, hash; /* of the cell, of the text */
    size_t from, n;     /* of the text in d->texts */
    uint32_t out;       /* which cell it is */
};

/* The first slot a text may stand in, then the value it names, then that value's text: each asked for while the others are on their way. */
static void fetch(const struct dict *d, const struct waiting *w, size_t n)
{
    uint32_t seen[DICT_BATCH];
    for (size_t i = 0; i < n; i++) {
        uint64_t slot = d->slots ? d->slots[slot_of(d, w[i].hash)] : SLOT_EMPTY;
        seen[i] = slot != SLOT_EMPTY && ((slot ^ w[i].hash) & SLOT_HEAD) == 0 ? (uint32_t)slot : NO_VALUE;
        if (seen[i]) {
            __builtin_prefetch(&d->values.v[seen[i]]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (seen[i]) {
            __builtin_prefetch(entry_of(d, &d->values.v[seen[i]]));
        }
    }
}

static void settle(struct dict *d, struct waiting *w, size_t n, bool remember, uint32_t *out)
{
    fetch(d, w, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t id = w[i].n ? find_or_add(d, str_n(d->texts.p + w[i].from, w[i].n), w[i].hash, &w[i].v) : NO_VALUE;
        out[w[i].out] = id;
        if (remember) {
            map64_put(&d->raw, w[i].raw, id);
        }
    }
}

void dict_values(struct dict *d, const struct str *cells, size_t n, uint32_t *out)
{
    struct waiting w[DICT_BATCH];
    uint64_t raw[DICT_BATCH];
    bool remember = remembers_cells(d->type), again = false;
    size_t waiting = 0;
    BUG_ON(n > DICT_BATCH);
    for (size_t i = 0; i < n && remember; i++) {
        /* 64 bits of a good hash stand for the cell: ten million cells collide with a chance of 1 in 300,000 */
        raw[i] = cells[i].n ? hash64_str(cells[i]) : 0;
        map64_prefetch(&d->raw, raw[i]);
    }
    strbuf_clear(&d->texts);
    for (size_t i = 0; i < n; i++) {
        uint32_t known = cells[i].n == 0 ? NO_VALUE : remember ? map64_get(&d->raw, raw[i]) : MAP_NONE;
        if (known != MAP_NONE) {
            out[i] = known;
            again |= known >= WAITING;
            continue;
        }
        if (remember) {
            map64_put(&d->raw, raw[i], WAITING + (uint32_t)waiting);
        }
        struct waiting *x = &w[waiting++];
        *x = (struct waiting){.raw = remember ? raw[i] : 0, .from = d->texts.n, .out = (uint32_t)i};
        if (prepare_cell(d->type, d->order, cells[i], &d->text, &x->v)) {
            strbuf_adds(&d->texts, strbuf_str(&d->text));
        }
        x->n = d->texts.n - x->from;
        x->hash = x->n ? hash64(d->texts.p + x->from, x->n) : 0;
        if (d->slots) {
            __builtin_prefetch(&d->slots[slot_of(d, x->hash)]);
        }
    }
    settle(d, w, waiting, remember, out);
    for (size_t i = 0; i < n && again; i++) {
        out[i] = out[i] >= WAITING ? out[w[out[i] - WAITING].out] : out[i];
    }
}

void dict_init(struct dict *d, enum field_type type, enum date_order order)
{
    d->type = type;
    d->order = order;
    (void)vec_add(&d->values);
}

void dict_seal(struct dict *d)
{
    map64_release(&d->raw);
    strbuf_release(&d->text);
    strbuf_release(&d->texts);
    free(d->slots);
    d->slots = NULL;
}

void dict_release(struct dict *d)
{
    dict_seal(d);
    for (size_t i = 0; i < d->chunks.n; i++) {
        free(d->chunks.v[i]);
    }
    vec_release(&d->chunks);
    vec_release(&d->values);
    vec_release(&d->long_forms);
    vec_release(&d->places);
    vec_release(&d->wide);
    free(d->forms);
    *d = (struct dict){.n_forms = 0};
}
