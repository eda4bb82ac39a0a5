/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/table.h"

#include "base/text/clk.h"
#include "base/text/utf8.h"
#include "matchers/prepare.h"
#include "base/core/share.h"

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

void link_table_init(struct link_table *t, const struct field *fields, unsigned n)
{
    BUG_ON(n == 0 || n > LINK_FIELDS);
    t->n_fields = n;
    for (unsigned f = 0; f < n; f++) {
        int partner = fields[f].partner;
        t->fields[f] = fields[f];
        t->dict_of[f] = (uint8_t)(partner >= 0 && (unsigned)partner < f ? (unsigned)partner : f);
        t->dicts[f].type = fields[f].type;
        t->dicts[f].order = fields[f].order;
        (void)vec_add(&t->dicts[f].values);
    }
}

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

static void add_codes(struct dict *d, struct str text, struct value *v)
{
    const char *p = text.p, *end = str_end(text);
    struct clk clk;
    v->at = (uint32_t)d->codes.n;
    if (d->type == FIELD_CLK && clk_parse(text, &clk)) {
        for (v->n = 0; v->n < CLK_WORDS; v->n++) {
            vec_push(&d->codes, clk.word[v->n]);
        }
        return;
    }
    for (v->n = 0; p < end && v->n < VALUE_CODES; v->n++) {
        uint16_t code = code_of(d, utf8_next(&p, end));
        v->letters |= (uint32_t)1 << (code * 0x9E37u >> 11 & 31);
        v->digits = v->digits << 4 | (code & 15u);
        vec_push(&d->codes, code);
    }
    for (unsigned i = 0; (d->type == FIELD_TEXT || d->type == FIELD_ADDRESS) && i + 1 < v->n; i++) {
        const uint16_t *p2 = value_codes(d, v) + i;
        v->word |= (uint64_t)1 << (hash_mix((uint64_t)p2[0] << 16 | p2[1]) >> 58);
    }
    v->sound = d->type == FIELD_LATIN ? phonetic_key((struct codes){value_codes(d, v), v->n}) : 0;
}

/* Of the canonical text, so that it is the same whichever spelling came first. */
static void add_form(struct dict *d, uint32_t id, struct str text)
{
    if (d->type == FIELD_NAME) {
        while (d->forms.n <= id) {
            (void)vec_add(&d->forms);
        }
        name_form_make(text, &d->forms.v[id]);
    } else if (d->type == FIELD_ADDRESS) {
        struct address a;
        while (d->places.n <= id) {
            (void)vec_add(&d->places);
        }
        address_parse(text, &a);
        address_form_make(&a, &d->places.v[id]);
    }
}

static uint32_t prepared(struct dict *d, struct str cell)
{
    struct value v;
    if (!prepare_cell(d->type, d->order, cell, &d->text, &v)) {
        return NO_VALUE;
    }
    uint32_t id = strmap_add(&d->texts, strbuf_str(&d->text)) + 1;
    if (id == d->values.n) {
        add_codes(d, strbuf_str(&d->text), &v);
        vec_push(&d->values, v);
        add_form(d, id, strbuf_str(&d->text));
    }
    return id;
}

/* Types that are prepared as fast as a cell is found in a table larger than the cache: what they were as they came is not kept. */
static bool remembers_cells(enum field_type t)
{
    return t != FIELD_ID && t != FIELD_PHONE && t != FIELD_CLK;
}

static uint32_t remembered(struct dict *d, struct str cell, uint64_t raw)
{
    uint32_t id = map64_get(&d->raw, raw);
    if (id == MAP_NONE) {
        id = prepared(d, cell);
        map64_put(&d->raw, raw, id);
    }
    return id;
}

uint32_t link_table_value(struct link_table *t, unsigned field, struct str cell)
{
    struct dict *d = &t->dicts[t->dict_of[field]];
    if (cell.n == 0) {
        return NO_VALUE;
    }
    /* 64 bits of a good hash stand for the cell: ten million cells collide with a chance of 1 in 300,000 */
    return remembers_cells(d->type) ? remembered(d, cell, hash64_str(cell)) : prepared(d, cell);
}

void link_table_add(struct link_table *t, unsigned source, uint32_t row, const uint32_t *ids)
{
    BUG_ON(source >= LINK_SOURCES);
    vec_reserve(&t->ids, t->n_fields);
    memcpy(t->ids.v + t->ids.n, ids, t->n_fields * sizeof(*ids));
    t->ids.n += t->n_fields;
    vec_push(&t->row, row);
    vec_push(&t->source, (uint8_t)source);
    t->n++;
    t->n_sources = MAX(t->n_sources, source + 1);
}

struct filling {
    struct link_table *t;
    uint32_t *ids; /* of the first row */
    uint32_t n;
    link_cell cell;
    const void *ctx;
};

#define FILL_ROWS 64 /* cells hashed, and asked for, before the first of them is looked up */

static void fill_rows(const struct filling *x, unsigned f, uint32_t first, uint32_t n)
{
    struct dict *d = &x->t->dicts[x->t->dict_of[f]];
    uint32_t *ids = x->ids + (size_t)first * x->t->n_fields + f;
    struct str cell[FILL_ROWS];
    uint64_t raw[FILL_ROWS];
    for (uint32_t i = 0; i < n; i++) {
        cell[i] = x->cell(x->ctx, first + i, f);
        raw[i] = cell[i].n ? hash64_str(cell[i]) : 0;
        map64_prefetch(&d->raw, raw[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        ids[(size_t)i * x->t->n_fields] = cell[i].n ? remembered(d, cell[i], raw[i]) : NO_VALUE;
    }
}

/* Fields that share a dictionary row by row, as if cell by cell. The last fields first: addresses, which take longest, mostly stand behind. */
static void fill_dict(void *ctx, unsigned item)
{
    const struct filling *x = ctx;
    unsigned k = x->t->n_fields, dict = k - 1 - item, last = dict;
    for (unsigned f = dict + 1; f < k; f++) {
        last = x->t->dict_of[f] == dict ? f : last;
    }
    bool alone = x->t->dict_of[dict] == dict && last == dict && remembers_cells(x->t->dicts[dict].type);
    for (uint32_t i = 0; i < x->n && alone; i += FILL_ROWS) {
        fill_rows(x, dict, i, MIN(x->n - i, FILL_ROWS));
    }
    for (uint32_t i = 0; i < x->n && !alone && x->t->dict_of[dict] == dict; i++) {
        for (unsigned f = dict; f <= last; f++) {
            if (x->t->dict_of[f] == dict) {
                x->ids[(size_t)i * k + f] = link_table_value(x->t, f, x->cell(x->ctx, i, f));
            }
        }
    }
}

void link_table_fill(struct link_table *t, unsigned source, uint32_t n, unsigned threads, link_cell cell, const void *ctx)
{
    uint32_t first = t->n;
    static const uint32_t none[LINK_FIELDS];
    for (uint32_t i = 0; i < n; i++) {
        link_table_add(t, source, i, none);
    }
    struct filling x = {t, t->ids.v + (size_t)first * t->n_fields, n, cell, ctx};
    share_out(t->n_fields, threads, fill_dict, &x);
}

void link_table_seal(struct link_table *t)
{
    for (unsigned f = 0; f < t->n_fields; f++) {
        t->freq[f] = xcalloc(link_dict(t, f)->values.n, sizeof(uint32_t));
        map64_release(&t->dicts[f].raw);
    }
    for (uint32_t i = 0; i < t->n; i++) {
        const uint32_t *row = link_row(t, i);
        for (unsigned f = 0; f < t->n_fields; f++) {
            t->freq[f][row[f]]++;
        }
    }
}

void link_table_release(struct link_table *t)
{
    for (unsigned f = 0; f < t->n_fields; f++) {
        strmap_release(&t->dicts[f].texts);
        vec_release(&t->dicts[f].values);
        vec_release(&t->dicts[f].codes);
        vec_release(&t->dicts[f].forms);
        vec_release(&t->dicts[f].places);
        vec_release(&t->dicts[f].wide);
        map64_release(&t->dicts[f].raw);
        strbuf_release(&t->dicts[f].text);
        free(t->freq[f]);
    }
    vec_release(&t->ids);
    vec_release(&t->row);
    vec_release(&t->source);
    *t = (struct link_table){.n = 0};
}

uint64_t link_row_content(const struct link_table *t, uint32_t row)
{
    const uint32_t *ids = link_row(t, row);
    uint64_t h = t->source.v[row] + 1u;
    for (unsigned f = 0; f < t->n_fields; f++) {
        struct str text = value_text(link_dict(t, f), ids[f]);
        h = hash64_seed(text.n ? text.p : "", text.n, h + f);
    }
    return h;
}

uint64_t link_pairs_possible(const struct link_table *t)
{
    uint64_t rows[LINK_SOURCES] = {0}, pairs = (uint64_t)t->n * (t->n ? t->n - 1 : 0) / 2;
    for (uint32_t i = 0; i < t->n; i++) {
        rows[t->source.v[i]]++;
    }
    for (unsigned s = 0; s < t->n_sources; s++) {
        if (t->no_doubles >> s & 1 && rows[s]) {
            pairs -= rows[s] * (rows[s] - 1) / 2;
        }
    }
    return pairs;
}
