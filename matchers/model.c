/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/model.h"

void model_release(struct model *m)
{
    arena_release(&m->arena);
    *m = (struct model){.n_fields = 0};
}

int32_t model_term(const struct model_field *f, struct str text, int32_t otherwise)
{
    size_t lo = 0, hi = f->n_terms;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = str_cmp(f->terms[mid].text, text);
        if (c == 0) {
            return f->terms[mid].add;
        }
        lo = c < 0 ? mid + 1 : lo;
        hi = c < 0 ? hi : mid;
    }
    return otherwise;
}

/* --- logarithms --------------------------------------------------------------------------------------------------------------- */

#define BITS_LIMIT 64

/* Exponent first, then one binary digit of the mantissa's logarithm at a time by squaring: IEEE multiplications only, the same everywhere. */
int32_t bits_of(double ratio)
{
    int32_t whole = 0, part = 0;
    BUG_ON(!(ratio > 0));
    while (ratio >= 2 && whole < BITS_LIMIT) {
        ratio /= 2, whole++;
    }
    while (ratio < 1 && whole > -BITS_LIMIT) {
        ratio *= 2, whole--;
    }
    if (ratio >= 2 || ratio < 1) {
        return whole * MODEL_BIT;
    }
    for (int i = 0; i < 9; i++) { /* eight binary places and one to round by */
        ratio *= ratio;
        part = part * 2 + (ratio >= 2);
        ratio = ratio >= 2 ? ratio / 2 : ratio;
    }
    return whole * MODEL_BIT + (part + 1) / 2;
}

/* 2^(weight / 256) */
static double power_of(int32_t weight)
{
    static const double roots[8] = {1.0027112750502025, 1.0054299011128027, 1.0108892860517005, 1.0218971486541166,
                                    1.0442737824274138, 1.0905077326652577, 1.189207115002721,  1.4142135623730951}; /* 2^(1/256), 2^(1/128) ... 2^(1/2) */
    int32_t whole = (int32_t)((uint32_t)(weight + BITS_LIMIT * MODEL_BIT) / MODEL_BIT) - BITS_LIMIT;
    uint32_t part = (uint32_t)(weight - whole * MODEL_BIT);
    double x = 1;
    for (int i = 0; i < 8; i++) {
        x *= part >> i & 1 ? roots[i] : 1;
    }
    for (; whole > 0; whole--) {
        x *= 2;
    }
    for (; whole < 0; whole++) {
        x /= 2;
    }
    return x;
}

uint32_t probability_ppm(int32_t weight)
{
    weight = MAX(MIN(weight, BITS_LIMIT * MODEL_BIT), -BITS_LIMIT * MODEL_BIT);
    return (uint32_t)(1e6 / (1 + power_of(-weight)) + 0.5);
}

int32_t weight_of_ppm(uint32_t ppm)
{
    ppm = MAX(1u, MIN(ppm, 999999u));
    return bits_of((double)ppm / (1e6 - (double)ppm));
}

/* --- model.yaml out ------------------------------------------------------------------------------------------------------------- */

static void put_quoted(struct strbuf *out, struct str s)
{
    strbuf_addc(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        strbuf_addz(out, s.p[i] == '\'' ? "'" : "");
        strbuf_addc(out, s.p[i]);
    }
    strbuf_addc(out, '\'');
}

static void write_field(const struct model *m, const struct model_field *f, struct strbuf *out)
{
    unsigned n;
    const struct level *levels = compare_levels(f->type, &n);
    strbuf_addz(out, "  - name: ");
    put_quoted(out, f->name);
    strbuf_addf(out, "\n    type: %s\n    scored: %s\n", field_type_word(f->type), f->scored ? "yes" : "no");
    if (f->partner >= 0) {
        strbuf_addz(out, "    partner: ");
        put_quoted(out, m->fields[f->partner].name);
        strbuf_addc(out, '\n');
    }
    strbuf_addz(out, "    levels:   # weight in 1/256 bit; m, u in 1/1,000,000,000\n");
    for (unsigned l = 1; l < n; l++) {
        strbuf_addf(out, "      %s: {weight: %d, m: %u, u: %u}\n", levels[l].word, f->weight[l], f->m[l], f->u[l]);
    }
    strbuf_addz(out, "    by_rows: [");
    for (unsigned i = 0; i < TERM_ROWS; i++) {
        strbuf_addf(out, "%s%d", i ? ", " : "", f->by_rows[i]);
    }
    strbuf_addz(out, f->n_terms ? "]\n    terms:\n" : "]\n");
    for (uint32_t i = 0; i < f->n_terms; i++) {
        strbuf_addz(out, "      ");
        put_quoted(out, f->terms[i].text);
        strbuf_addf(out, ": %d\n", f->terms[i].add);
    }
}

static void write_part(const struct model *m, const struct recipe_part *p, struct strbuf *out)
{
    strbuf_addz(out, "{field: ");
    put_quoted(out, m->fields[p->field].name);
    strbuf_addf(out, ", by: %s}", transform_word((enum transform)p->transform));
}

static void write_recipe(const struct model *m, const struct recipe *r, struct strbuf *out)
{
    strbuf_addz(out, "  - parts: [");
    for (unsigned i = 0; i < r->n; i++) {
        strbuf_addz(out, i ? ", " : "");
        write_part(m, &r->part[i], out);
    }
    strbuf_addz(out, "]\n");
    if (r->has_spare) {
        strbuf_addz(out, "    spare: ");
        write_part(m, &r->spare, out);
        strbuf_addc(out, '\n');
    }
}

static const char *const number_words[NUMBER_COUNT] = {"digit", "swap",  "lost",       "extra",        "tail",  "old",        "swap_ten",
                                                       "far",   "other", "of_another", "of_housemate", "doubt", "doubt_house"};

const char *number_evidence_word(enum number_evidence n)
{
    return number_words[n];
}

static void write_numbers(const struct model *m, struct strbuf *out)
{
    strbuf_addz(out, "numbers:   # what the identity number of a row says of somebody who is not found by it\n");
    for (unsigned i = 0; i < NUMBER_COUNT; i++) {
        strbuf_addf(out, "  %s: %d\n", number_words[i], m->numbers[i]);
    }
    strbuf_addz(out, m->n_watch ? "watch:   # how pairs looked when it was trained; same: per million of pairs where both sides have the field, in order of the fields\n" : "");
    for (unsigned i = 0; i < m->n_watch; i++) {
        const struct model_watch *w = &m->watch[i];
        strbuf_addz(out, "  - {by: ");
        put_quoted(out, w->by);
        strbuf_addf(out, ", entries: %llu, pairs: %llu, links: %llu, same: [", (unsigned long long)w->entries, (unsigned long long)w->pairs, (unsigned long long)w->links);
        for (unsigned f = 0; f < m->n_fields; f++) {
            strbuf_addf(out, "%s%u", f ? ", " : "", w->same[f]);
        }
        strbuf_addz(out, "]}\n");
    }
}

void model_write(const struct model *m, struct strbuf *out)
{
    strbuf_addf(out,
                "format: 1\n"
                "# trained on %llu rows, %llu pairs, about %llu links among them; %u rounds, %s\n"
                "rows: %llu\npairs: %llu\nexpected: %llu\nrounds: %u\nconverged: %s\n"
                "# weights of a pair in 1/256 bit: before anything is compared, from which a person looks at it, from which it is a link\n"
                "prior: %d\nreview: %d\nthreshold: %d\ncap: %u\nfields:\n",
                (unsigned long long)m->rows, (unsigned long long)m->pairs, (unsigned long long)m->expected, m->rounds, m->converged ? "converged" : "not converged",
                (unsigned long long)m->rows, (unsigned long long)m->pairs, (unsigned long long)m->expected, m->rounds, m->converged ? "yes" : "no", m->prior, m->review,
                m->threshold, m->cap);
    for (unsigned f = 0; f < m->n_fields; f++) {
        write_field(m, &m->fields[f], out);
    }
    if (m->has_numbers) {
        write_numbers(m, out);
    }
    strbuf_addz(out, m->n_recipes ? "recipes:\n" : "recipes: []\n");
    for (unsigned r = 0; r < m->n_recipes; r++) {
        write_recipe(m, &m->recipes[r], out);
    }
}
