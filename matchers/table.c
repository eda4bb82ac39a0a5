/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/table.h"

#include "base/core/share.h"

void link_table_init(struct link_table *t, const struct field *fields, unsigned n)
{
    BUG_ON(n == 0 || n > LINK_FIELDS);
    t->n_fields = n;
    for (unsigned f = 0; f < n; f++) {
        int partner = fields[f].partner;
        t->fields[f] = fields[f];
        t->dict_of[f] = (uint8_t)(partner >= 0 && (unsigned)partner < f ? (unsigned)partner : f);
        dict_init(&t->dicts[f], fields[f].type, fields[f].order);
    }
}

uint32_t link_table_value(struct link_table *t, unsigned field, struct str cell)
{
    return cell.n ? dict_value(&t->dicts[t->dict_of[field]], cell) : NO_VALUE;
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
    uint8_t order[LINK_FIELDS]; /* of dictionaries */
};

/* The fields of a dictionary row by row, as if cell by cell. */
static void fill_fields(const struct filling *x, const uint8_t *fields, unsigned n_fields, struct dict *d)
{
    struct str cell[DICT_BATCH];
    uint32_t id[DICT_BATCH], rows = DICT_BATCH / n_fields, k = x->t->n_fields;
    for (uint32_t first = 0; first < x->n; first += rows) {
        uint32_t n = MIN(x->n - first, rows);
        for (uint32_t i = 0, at = 0; i < n; i++) {
            for (unsigned f = 0; f < n_fields; f++) {
                cell[at++] = x->cell(x->ctx, first + i, fields[f]);
            }
        }
        dict_values(d, cell, (size_t)n * n_fields, id);
        for (uint32_t i = 0, at = 0; i < n; i++) {
            for (unsigned f = 0; f < n_fields; f++) {
                x->ids[(size_t)(first + i) * k + fields[f]] = id[at++];
            }
        }
    }
}

static void fill_dict(void *ctx, unsigned item)
{
    const struct filling *x = ctx;
    uint8_t fields[LINK_FIELDS];
    unsigned n = 0;
    for (unsigned f = 0; f < x->t->n_fields; f++) {
        if (x->t->dict_of[f] == x->order[item]) {
            fields[n++] = (uint8_t)f;
        }
    }
    if (n) {
        fill_fields(x, fields, n, &x->t->dicts[x->order[item]]);
    }
}

/* What takes longest first, so that no thread is left alone with it at the end. */
static void fill_order(const struct link_table *t, uint8_t *order)
{
    static const uint8_t ease[FIELD_TYPE_COUNT] = {[FIELD_NAME] = 0, [FIELD_ADDRESS] = 1, [FIELD_TEXT] = 2, [FIELD_ID] = 3,   [FIELD_PHONE] = 4, [FIELD_LATIN] = 5,
                                                   [FIELD_CODE] = 6, [FIELD_CLK] = 7,     [FIELD_AREA] = 8, [FIELD_DATE] = 9, [FIELD_SEX] = 10};
    for (unsigned f = 0; f < t->n_fields; f++) {
        unsigned at = f;
        while (at > 0 && ease[t->fields[order[at - 1]].type] > ease[t->fields[f].type]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = (uint8_t)f;
    }
}

void link_table_fill(struct link_table *t, unsigned source, uint32_t n, unsigned threads, link_cell cell, const void *ctx)
{
    uint32_t first = t->n;
    static const uint32_t none[LINK_FIELDS];
    for (uint32_t i = 0; i < n; i++) {
        link_table_add(t, source, i, none);
    }
    struct filling x = {.t = t, .ids = t->ids.v + (size_t)first * t->n_fields, .n = n, .cell = cell, .ctx = ctx};
    fill_order(t, x.order);
    share_out(t->n_fields, threads, fill_dict, &x);
}

static void seal_dict(void *ctx, unsigned f)
{
    struct link_table *t = ctx;
    uint32_t *freq = xcalloc(link_dict(t, f)->values.n, sizeof(*freq));
    for (uint32_t i = 0; i < t->n; i++) {
        freq[link_row(t, i)[f]]++;
    }
    t->freq[f] = freq;
}

void link_table_seal(struct link_table *t)
{
    for (unsigned f = 0; f < t->n_fields; f++) {
        dict_seal(&t->dicts[f]);
    }
    share_out(t->n_fields, share_threads(), seal_dict, t);
}

void link_table_release(struct link_table *t)
{
    for (unsigned f = 0; f < t->n_fields; f++) {
        dict_release(&t->dicts[f]);
        free(t->freq[f]);
    }
    vec_release(&t->ids);
    vec_release(&t->row);
    vec_release(&t->source);
    *t = (struct link_table){.n = 0};
}

static uint64_t text_content(const struct link_table *t, unsigned field, uint32_t value)
{
    struct str text = value_text(link_dict(t, field), value);
    return hash64_seed(text.n ? text.p : "", text.n, field + 1);
}

static uint64_t with_content(uint64_t row, uint64_t text)
{
    return hash_mix(row ^ text);
}

uint64_t link_row_content(const struct link_table *t, uint32_t row)
{
    const uint32_t *ids = link_row(t, row);
    uint64_t h = t->source.v[row] + 1u;
    for (unsigned f = 0; f < t->n_fields; f++) {
        h = with_content(h, text_content(t, f, ids[f]));
    }
    return h;
}

struct contents {
    const struct link_table *t;
    uint64_t *of_value; /* under the field at hand */
    unsigned field;
    uint64_t *out;
};

#define CONTENT_SLICE 65536 /* values, rows a thread takes at a time */

static void value_contents(void *ctx, unsigned slice)
{
    const struct contents *c = ctx;
    uint32_t from = slice * CONTENT_SLICE, n = (uint32_t)link_dict(c->t, c->field)->values.n;
    for (uint32_t v = from; v < MIN(n, from + CONTENT_SLICE); v++) {
        c->of_value[v] = text_content(c->t, c->field, v);
    }
}

static void row_contents(void *ctx, unsigned slice)
{
    const struct contents *c = ctx;
    uint32_t from = slice * CONTENT_SLICE;
    for (uint32_t i = from; i < MIN(c->t->n, from + CONTENT_SLICE); i++) {
        c->out[i] = with_content(c->field ? c->out[i] : c->t->source.v[i] + 1u, c->of_value[link_row(c->t, i)[c->field]]);
    }
}

void link_contents(const struct link_table *t, unsigned threads, uint64_t *out)
{
    size_t most = 0;
    for (unsigned f = 0; f < t->n_fields; f++) {
        most = MAX(most, link_dict(t, f)->values.n);
    }
    struct contents c = {t, xmalloc(most * sizeof(*c.of_value)), 0, out};
    for (; c.field < t->n_fields; c.field++) {
        share_out((unsigned)(link_dict(t, c.field)->values.n / CONTENT_SLICE + 1), threads, value_contents, &c);
        share_out(t->n / CONTENT_SLICE + 1, threads, row_contents, &c);
    }
    free(c.of_value);
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
