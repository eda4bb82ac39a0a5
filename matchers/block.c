/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/block.h"

#include "base/text/utf8.h"
#include "matchers/prepare.h"
#include "base/core/share.h"

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

/* Of a name in characters. By sound it is the first way to read it: a character of two readings may keep two namesakes apart here. */
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
    const uint16_t *p = value_codes(d, v);
    unsigned n = v->n, head = d->type == FIELD_ID ? 6 : 4;
    if (d->type == FIELD_NAME && !(v->flags & VALUE_LATIN) && (t == BY_VALUE || t == BY_SOUND || t == BY_INITIALS || t == BY_CHARACTERS)) {
        return key_name(&d->forms.v[value], t);
    }
    if (d->type == FIELD_CLK && t != BY_VALUE) {
        return t == BY_HEAD || t == BY_MIDDLE || t == BY_TAIL ? key_clk(p, t) : 0;
    }
    switch (t) {
    case BY_VALUE: {
        struct str text = value_text(d, value);
        return key_hash(text.p, text.n, BY_VALUE);
    }
    case BY_SOUND: return key_number(phonetic_key((struct codes){p, n}), t);
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

/* Keys of all values of a dictionary under one transform. */
static uint32_t *keys_of(const struct link_table *t, const struct recipe_part *p)
{
    const struct dict *d = link_dict(t, p->field);
    uint32_t *keys = xmalloc(d->values.n * sizeof(*keys));
    for (uint32_t v = 0; v < d->values.n; v++) {
        keys[v] = transform_key(d, v, (enum transform)p->transform);
    }
    return keys;
}

/* --- sorting rows into blocks ----------------------------------------------------------------------------------------------------- */

/* Key in the upper half, row in the lower: sorted by key, and rows ascend because the sort is stable. */
static void sort_keys(uint64_t *v, size_t n, uint64_t *scratch)
{
    uint64_t *from = v, *to = scratch;
    for (int shift = 32; shift < 64; shift += 8) {
        size_t at[257] = {0};
        for (size_t i = 0; i < n; i++) {
            at[(from[i] >> shift & 255) + 1]++;
        }
        for (int k = 0; k < 256; k++) {
            at[k + 1] += at[k];
        }
        for (size_t i = 0; i < n; i++) {
            to[at[from[i] >> shift & 255]++] = from[i];
        }
        uint64_t *swap = from;
        from = to, to = swap;
    }
}

struct keyed {
    uint64_t *v; /* key << 32 | row, sorted */
    size_t n;
};

/* Parts are added, so that given name and surname in each other's column have one key. */
static struct keyed keyed_rows(const struct link_table *t, const struct recipe *r)
{
    uint32_t *keys[RECIPE_PARTS];
    struct keyed k = {xmalloc((t->n + 1) * sizeof(*k.v)), 0};
    uint64_t *scratch = xmalloc((t->n + 1) * sizeof(*scratch));
    for (unsigned i = 0; i < r->n; i++) {
        keys[i] = keys_of(t, &r->part[i]);
    }
    for (uint32_t row = 0; row < t->n; row++) {
        const uint32_t *ids = link_row(t, row);
        uint64_t sum = 0;
        bool all = true;
        for (unsigned i = 0; i < r->n && all; i++) {
            uint32_t key = keys[i][ids[r->part[i].field]];
            sum += hash_mix((uint64_t)key << 8 | t->dict_of[r->part[i].field]);
            all = key != 0;
        }
        if (all) {
            k.v[k.n++] = (hash_mix(sum) & 0xFFFFFFFF00000000u) | row;
        }
    }
    sort_keys(k.v, k.n, scratch);
    for (unsigned i = 0; i < r->n; i++) {
        free(keys[i]);
    }
    free(scratch);
    return k;
}

/* Pairs within rows [p, p + n) that may be compared. */
static uint64_t pairs_in(const struct link_table *t, const uint64_t *p, size_t n)
{
    uint64_t all = (uint64_t)n * (n - 1) / 2, per_source[LINK_SOURCES] = {0};
    if (t->no_doubles == 0) {
        return all;
    }
    for (size_t i = 0; i < n; i++) {
        per_source[t->source.v[(uint32_t)p[i]]]++;
    }
    for (unsigned s = 0; s < t->n_sources; s++) {
        all -= t->no_doubles >> s & 1 && per_source[s] ? per_source[s] * (per_source[s] - 1) / 2 : 0;
    }
    return all;
}

struct making {
    const struct link_table *t;
    const uint32_t *spare_keys;
    unsigned spare_field;
    uint32_t cap;
    struct block_report *report;
    struct block_list *list; /* NULL: only the report */
    size_t used;             /* of list->rows */
};

static void take_block(struct making *m, const uint64_t *p, size_t n)
{
    uint64_t pairs = pairs_in(m->t, p, n);
    if (n < 2 || pairs == 0) {
        return;
    }
    m->report->blocks++;
    m->report->pairs += pairs;
    m->report->largest = MAX(m->report->largest, (uint32_t)n);
    if (m->list) {
        for (size_t i = 0; i < n; i++) {
            m->list->rows[m->used++] = (uint32_t)p[i];
        }
        m->list->start[++m->list->n] = (uint32_t)m->used;
    }
}

/* Over the cap: again by the spare key. Pairs of different spare keys are lost, and all pairs of a piece that is still too large. */
static void split_block(struct making *m, const uint64_t *p, size_t n)
{
    struct block_report *r = m->report;
    uint64_t before = r->pairs;
    r->split++;
    if (m->spare_keys) {
        uint64_t *v = xmalloc(2 * n * sizeof(*v));
        size_t k = 0;
        for (size_t i = 0; i < n; i++) {
            uint32_t key = m->spare_keys[link_row(m->t, (uint32_t)p[i])[m->spare_field]];
            if (key) {
                v[k++] = (uint64_t)key << 32 | (uint32_t)p[i];
            }
        }
        sort_keys(v, k, v + n);
        for (size_t i = 0, end; i < k; i = end) {
            for (end = i + 1; end < k && v[end] >> 32 == v[i] >> 32; end++) {
            }
            if (end - i <= m->cap) {
                take_block(m, v + i, end - i);
            } else {
                r->dropped++;
            }
        }
        free(v);
    } else {
        r->dropped++;
    }
    r->lost += pairs_in(m->t, p, n) - (r->pairs - before);
}

static void cut_blocks(struct making *m, const struct keyed *k)
{
    for (size_t i = 0, end; i < k->n; i = end) {
        for (end = i + 1; end < k->n && k->v[end] >> 32 == k->v[i] >> 32; end++) {
        }
        if (end - i < 2) {
            continue;
        }
        if (m->cap && end - i > m->cap) {
            split_block(m, k->v + i, end - i);
        } else {
            take_block(m, k->v + i, end - i);
        }
    }
}

static void make_recipe(const struct link_table *t, const struct recipe *r, uint32_t cap, struct block_report *report, struct block_list *list)
{
    struct keyed k = keyed_rows(t, r);
    uint32_t *spare = r->has_spare ? keys_of(t, &r->spare) : NULL;
    struct making m = {t, spare, r->spare.field, r->n ? cap : 0, report, list, 0};
    *report = (struct block_report){0};
    if (list) {
        list->rows = xmalloc((k.n + 1) * sizeof(uint32_t));
        list->start = xcalloc(k.n / 2 + 2, sizeof(uint32_t));
        list->n = 0;
    }
    cut_blocks(&m, &k);
    if (list) {
        list->rows = xrealloc(list->rows, (m.used + 1) * sizeof(uint32_t));
        list->start = xrealloc(list->start, ((size_t)list->n + 1) * sizeof(uint32_t));
    }
    free(k.v);
    free(spare);
}

struct block_report block_forecast(const struct link_table *t, const struct recipe *r, uint32_t cap)
{
    struct block_report report;
    make_recipe(t, r, cap, &report, NULL);
    return report;
}

struct making_all {
    struct blocks *out;
    uint32_t cap;
};

static void make_nth(void *ctx, unsigned r)
{
    const struct making_all *all = ctx;
    struct blocks *out = all->out;
    const struct block_list *l = &out->list[r];
    make_recipe(out->table, &out->recipe[r], all->cap, &out->report[r], &out->list[r]);
    for (uint32_t b = 0; b < l->n; b++) {
        for (uint32_t i = l->start[b]; i < l->start[b + 1]; i++) {
            out->block_of[(size_t)l->rows[i] * out->n_recipes + r] = b + 1;
        }
    }
}

#define NO_BLOCK 0x80000000u /* and the row: equal to no other row's */

static void leave_out(struct blocks *b, unsigned r)
{
    b->report[r].left_out = true;
    b->report[r].lost += b->report[r].pairs;
    b->report[r].pairs = 0;
    b->list[r].n = 0;
    for (uint32_t row = 0; row < b->table->n; row++) { /* or its pairs would count as met */
        b->block_of[(size_t)row * b->n_recipes + r] = NO_BLOCK | row;
    }
}

/* As matchers/plan.c: fewest pairs first, the three strictest in any case. */
static void keep_within(struct blocks *b, uint64_t total)
{
    uint64_t sum = 0;
    uint32_t taken = 0;
    for (unsigned i = 0; i < b->n_recipes; i++) {
        unsigned least = RECIPES_MAX;
        for (unsigned r = 0; r < b->n_recipes; r++) {
            bool fewer = least == RECIPES_MAX || b->report[r].pairs < b->report[least].pairs;
            least = !(taken >> r & 1) && fewer ? r : least;
        }
        taken |= 1u << least;
        sum += b->report[least].pairs;
        if (i >= 3 && sum > total) {
            leave_out(b, least);
        }
    }
}

void blocks_make(const struct link_table *t, const struct recipe *recipes, unsigned n, const struct block_options *o, struct blocks *out)
{
    BUG_ON(n > RECIPES_MAX);
    *out = (struct blocks){.table = t, .n_recipes = n};
    out->block_of = xmalloc(((size_t)t->n * n + 1) * sizeof(uint32_t));
    for (size_t row = 0, i = 0; row < t->n; row++) {
        for (unsigned r = 0; r < n; r++) {
            out->block_of[i++] = NO_BLOCK | (uint32_t)row;
        }
    }
    for (unsigned r = 0; r < n; r++) {
        out->recipe[r] = recipes[r];
    }
    share_out(n, o->threads, make_nth, &(struct making_all){out, o->cap});
    if (o->total_pairs) {
        keep_within(out, o->total_pairs);
    }
}

void blocks_release(struct blocks *b)
{
    for (unsigned r = 0; r < b->n_recipes; r++) {
        free(b->list[r].rows);
        free(b->list[r].start);
    }
    free(b->block_of);
    *b = (struct blocks){.n_recipes = 0};
}

/* --- pairs --------------------------------------------------------------------------------------------------------------------------- */

/* Without a way out of the loop, so that the compiler compares several recipes at once: most pairs met in none of them. Rows in no block of a recipe have
   numbers of their own there (blocks_make). */
static inline bool met_before(const uint32_t *p, const uint32_t *q, unsigned recipe)
{
    uint32_t met = 0;
    for (unsigned r = 0; r < recipe; r++) {
        met |= p[r] == q[r];
    }
    return met != 0;
}

void blocks_pairs(const struct blocks *b, unsigned recipe, uint32_t first, uint32_t last, enum pair_choice choice, pair_sink sink, void *ctx)
{
    struct pair batch[PAIR_BATCH];
    size_t n = 0;
    const struct block_list *l = &b->list[recipe];
    const bool no_doubles = b->table->no_doubles != 0;
    const unsigned before = choice == PAIRS_FIRST ? recipe : 0;
    for (uint32_t k = first; k < last; k++) {
        for (uint32_t i = l->start[k]; i < l->start[k + 1]; i++) {
            uint32_t x = l->rows[i];
            const uint32_t *met_x = b->block_of + (size_t)x * b->n_recipes;
            for (uint32_t j = i + 1; j < l->start[k + 1]; j++) {
                uint32_t y = l->rows[j];
                if ((no_doubles && !link_allowed(b->table, x, y)) || (before && met_before(met_x, b->block_of + (size_t)y * b->n_recipes, before))) {
                    continue;
                }
                batch[n++] = (struct pair){x, y};
                if (n == PAIR_BATCH) {
                    sink(ctx, batch, n);
                    n = 0;
                }
            }
        }
    }
    if (n) {
        sink(ctx, batch, n);
    }
}
