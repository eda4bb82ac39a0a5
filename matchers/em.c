/* SPDX-License-Identifier: Apache-2.0 */
#include "matchers/em.h"

/* --- patterns ------------------------------------------------------------------------------------------------------------------ */

struct counting {
    const struct link_table *t;
    struct map64 index;
    pattern_counts *out;
};

static void count_pairs(void *ctx, const struct pair *pairs, size_t n)
{
    struct counting *c = ctx;
    for (size_t i = 0; i < n; i++) {
        uint64_t pattern = compare_rows(c->t, pairs[i].a, pairs[i].b);
        uint32_t at = map64_get_or_put(&c->index, pattern, (uint32_t)c->out->n);
        if (at == c->out->n) {
            vec_push(c->out, (struct pattern_count){pattern, 0});
        }
        c->out->v[at].n++;
    }
}

static int pattern_order(const void *a, const void *b)
{
    const struct pattern_count *x = a, *y = b;
    return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

/* A block's own number, the same in any row order: which blocks a sample takes must not depend on it. */
static uint64_t block_content(const struct blocks *b, const struct block_list *l, uint32_t block)
{
    uint64_t h = 0;
    for (uint32_t i = l->start[block]; i < l->start[block + 1]; i++) {
        h += hash_mix(link_row_content(b->table, l->rows[i]));
    }
    return hash_mix(h);
}

void count_patterns(const struct blocks *b, unsigned recipe, enum pair_choice choice, uint64_t most, pattern_counts *out)
{
    struct counting c = {.t = b->table, .out = out};
    const struct block_list *l = &b->list[recipe];
    uint64_t pairs = b->report[recipe].pairs, one_in = most && b->recipe[recipe].n ? (pairs + most - 1) / most : 1;
    vec_clear(out);
    for (uint32_t k = 0; k < l->n; k++) {
        if (one_in <= 1 || block_content(b, l, k) % one_in == 0) {
            blocks_pairs(b, recipe, k, k + 1, choice, count_pairs, &c);
        }
    }
    map64_release(&c.index);
    vec_sort(out, pattern_order);
}

/* --- u: between any two rows --------------------------------------------------------------------------------------------------------- */

struct weighted {
    uint64_t order; /* hash of the text: the same order in every run */
    uint32_t value, rows;
};

static int weighted_order(const void *a, const void *b)
{
    const struct weighted *x = a, *y = b;
    return x->order != y->order ? (x->order < y->order ? -1 : 1) : 0;
}

/* Pairs of rows that agree on a value, and pairs where both have one: all, less those within a source without doubles. */
static void exact_pairs(const struct link_table *t, unsigned field, double *out_same, double *out_both)
{
    const struct dict *d = link_dict(t, field);
    double same = 0, both = 0, n = 0;
    for (uint32_t v = 1; v < d->values.n; v++) {
        double f = t->freq[field][v];
        same += f * (f - 1) / 2;
        n += f;
    }
    both = n * (n - 1) / 2;
    uint32_t *rows = xcalloc(d->values.n, sizeof(*rows));
    for (unsigned s = 0; s < t->n_sources; s++) {
        if (!(t->no_doubles >> s & 1)) {
            continue;
        }
        memset(rows, 0, d->values.n * sizeof(*rows));
        n = 0;
        for (uint32_t i = 0; i < t->n; i++) {
            rows[link_row(t, i)[field]] += t->source.v[i] == s;
        }
        for (uint32_t v = 1; v < d->values.n; v++) {
            double f = rows[v];
            same -= f * (f - 1) / 2;
            n += f;
        }
        both -= n * (n - 1) / 2;
    }
    free(rows);
    *out_same = same;
    *out_both = both;
}

struct values_seen {
    struct weighted *v;
    uint64_t *upto; /* rows of v[0 .. i] */
    uint32_t n;
    uint64_t rows;
};

static struct values_seen see_values(const struct link_table *t, unsigned field)
{
    const struct dict *d = link_dict(t, field);
    struct values_seen s = {xmalloc(d->values.n * sizeof(*s.v)), xmalloc(d->values.n * sizeof(*s.upto)), 0, 0};
    for (uint32_t v = 1; v < d->values.n; v++) {
        if (t->freq[field][v]) {
            s.v[s.n++] = (struct weighted){hash64_str(value_text(d, v)), v, t->freq[field][v]};
        }
    }
    qsort(s.v, s.n, sizeof(*s.v), weighted_order);
    for (uint32_t i = 0; i < s.n; i++) {
        s.upto[i] = s.rows += s.v[i].rows;
    }
    return s;
}

static uint32_t value_at(const struct values_seen *s, uint64_t row)
{
    uint32_t lo = 0, hi = s->n - 1;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        lo = s->upto[mid] > row ? lo : mid + 1;
        hi = s->upto[mid] > row ? mid : hi;
    }
    return s->v[lo].value;
}

/* Levels of two different values: every pair of them, or a sample of rows. */
static double different_levels(const struct link_table *t, unsigned field, const struct em_options *o, double out[LEVELS_MAX])
{
    const struct dict *d = link_dict(t, field);
    struct values_seen s = see_values(t, field);
    double sum = 0;
    if ((uint64_t)s.n * s.n / 2 <= o->samples) {
        for (uint32_t i = 0; i < s.n; i++) {
            for (uint32_t j = i + 1; j < s.n; j++) {
                double w = (double)s.v[i].rows * s.v[j].rows;
                out[compare_values(d, s.v[i].value, s.v[j].value)] += w;
                sum += w;
            }
        }
    } else {
        for (uint64_t i = 0, state = o->seed + field; i < o->samples; i++) {
            uint32_t a = value_at(&s, hash_mix(state + 2 * i) % s.rows), b = value_at(&s, hash_mix(state + 2 * i + 1) % s.rows);
            if (a != b) {
                out[compare_values(d, a, b)] += 1;
                sum += 1;
            }
        }
    }
    free(s.v);
    free(s.upto);
    return sum;
}

/* Two persons at random, as far as it is known without looking: a list of ten rows cannot show that identity numbers hardly ever meet by accident, nor how
   seldom two of its names sound alike. `same`: how often they agree; birth dates: eighty years of days, evened out; names: Chinese full names, Latin given
   names and surnames. `pairs`: as how many pairs that counts, few where lists differ much. `near`: per million of two different values, the other levels
   but the last (measured over 60 million pairs of the synthetic district; Latin, text, code: of the usual registers, rounded). */
static const struct usual_chance {
    double same, pairs;
    uint32_t near[LEVELS_MAX];
} usual_chance[FIELD_TYPE_COUNT] = {
    [FIELD_ID] = {1e-8, 20000, {[ID_ONE_EDIT] = 5, [ID_PART] = 5, [ID_DIFFERENT] = 10000}},
    [FIELD_NAME] = {1e-4, 20000, {[NAME_L_WEAK] = 10, [NAME_L_TONE] = 10, [NAME_L_SOUND] = 10, [NAME_L_SWAPPED] = 5, [NAME_L_LOOKS] = 30, [NAME_L_PART] = 10,
                                  [NAME_L_ONE] = 350, [NAME_L_SURNAME] = 35000, [NAME_L_GIVEN] = 150}},
    [FIELD_LATIN] = {2e-3, 20000, {[LATIN_SWAPPED] = 500, [LATIN_ONE_EDIT] = 3000, [LATIN_NICKNAME] = 500, [LATIN_SOUND] = 2000, [LATIN_CLOSE] = 5000,
                                   [LATIN_SHORT] = 5000, [LATIN_FAR] = 50000}},
    [FIELD_DATE] = {4e-5, 20000, {[DATE_L_SWAPPED] = 20, [DATE_L_ONE_DIGIT] = 1000, [DATE_L_YEAR_MONTH] = 600, [DATE_L_MONTH_DAY] = 2200,
                                  [DATE_L_TWO_DIGITS] = 9400, [DATE_L_YEAR] = 8200}},
    [FIELD_SEX] = {0.5, 200, {0}},
    [FIELD_PHONE] = {1e-6, 20000, {[PHONE_L_ONE_DIGIT] = 90, [PHONE_L_TWO_DIGITS] = 700}},
    [FIELD_ADDRESS] = {1e-4, 20000, {[ADDRESS_DOOR] = 20, [ADDRESS_NEAR] = 20, [ADDRESS_CLOSE] = 60, [ADDRESS_PART] = 9400}},
    [FIELD_AREA] = {0.1, 200, {[AREA_INSIDE] = 20000}},
    [FIELD_TEXT] = {0.02, 200, {[TEXT_SWAPPED] = 500, [TEXT_NEAR] = 1000, [TEXT_CLOSE] = 5000, [TEXT_PART] = 20000}},
    [FIELD_CODE] = {0.05, 200, {[CODE_SWAPPED] = 1000, [CODE_ONE_EDIT] = 10000}},
    [FIELD_CLK] = {1e-5, 200, {[CLK_HIGH] = 10, [CLK_CLOSE] = 100, [CLK_NEAR] = 3000}},
};
#define NEAR_PAIRS 200.0 /* what is known of different values counts as so many pairs of them */

double usual_share(enum field_type type, unsigned l)
{
    unsigned levels;
    compare_levels(type, &levels);
    double near = 0;
    for (unsigned k = LEVEL_SAME + 1; k + 1 < levels; k++) {
        near += usual_chance[type].near[k] / 1e6;
    }
    return l + 1 == levels ? 1 - near : usual_chance[type].near[l] / 1e6;
}

void level_shares(const struct link_table *t, unsigned field, const struct em_options *o, double out[LEVELS_MAX])
{
    unsigned n, swapped = compare_swapped_level(t->fields[field].type);
    double same, both, other[LEVELS_MAX] = {0};
    compare_levels(t->fields[field].type, &n);
    memset(out, 0, LEVELS_MAX * sizeof(*out));
    exact_pairs(t, field, &same, &both);
    double sum = different_levels(t, field, o, other);
    double share = both > 0 ? same / both : 0;
    out[LEVEL_SAME] = share;
    for (unsigned l = LEVEL_SAME + 1; l < n; l++) { /* a level never seen is rare and not impossible */
        out[l] = (1 - share) * (other[l] + NEAR_PAIRS * usual_share(t->fields[field].type, l)) / (sum + NEAR_PAIRS);
    }
    int p = t->fields[field].partner;
    if (p >= 0 && swapped) { /* crosswise: this one's values in that one's column, both ways */
        double cross = 0, rows = t->n ? t->n : 1;
        for (uint32_t v = 1; v < link_dict(t, field)->values.n; v++) {
            cross += (double)t->freq[field][v] * t->freq[p][v]; /* whole numbers: the same sum in any order */
        }
        cross /= rows * rows;
        out[swapped] = MAX(out[swapped], MAX(cross * cross, 1e-8));
    }
}

/* --- m: EM over patterns --------------------------------------------------------------------------------------------------------------- */

struct training {
    const struct link_table *t;
    const struct blocks *b;
    const struct em_options *o;
    struct em_report *r;
    pattern_counts every[RECIPES_MAX], first; /* first: the union of recipes, each pair once */
    uint32_t blocked[RECIPES_MAX];            /* fields left out of a recipe's evidence */
    double share[RECIPES_MAX], p[LINK_FIELDS][LEVELS_MAX]; /* share of matches in a recipe; levels between any two rows */
    unsigned levels[LINK_FIELDS];
};

static double likelihood_ratio(const struct training *x, uint64_t pattern, uint32_t without)
{
    double ratio = 1;
    for (unsigned f = 0; f < x->t->n_fields; f++) {
        unsigned l = pattern_level(pattern, f);
        if (l != LEVEL_MISSING && !(without >> f & 1)) {
            ratio *= x->r->m[f][l] / x->r->u[f][l];
        }
    }
    return ratio;
}

static double posterior(double share, double ratio)
{
    double yes = share * ratio;
    return yes / (yes + (1 - share));
}

/* An identifying field that differs in most "matches" is the household's optimum, not the person's. */
#define DIFFERS_AT_MOST 0.4

static bool identifying(enum field_type t)
{
    return t == FIELD_ID || t == FIELD_NAME || t == FIELD_LATIN || t == FIELD_DATE;
}

/* Two valid, different numbers of one person: double registration, 0.2 % of persons. A table in which it looks common has namesakes. */
#define CONFLICT_AT_MOST 0.002

static void hold(struct training *x, unsigned f)
{
    double *m = x->r->m[f];
    if (x->t->fields[f].type == FIELD_ID) {
        m[ID_CONFLICT] = MIN(m[ID_CONFLICT], CONFLICT_AT_MOST);
    }
    unsigned last = x->levels[f] - 1;
    for (unsigned l = LEVEL_SAME + 1; l <= last; l++) { /* to differ outright never speaks for one person: a handful of pairs may seem to say so */
        bool half = x->t->fields[f].type == FIELD_NAME && l >= NAME_L_SURNAME; /* half a name is what relatives share */
        if (l == last || half || (x->t->fields[f].type == FIELD_ID && l == ID_DIFFERENT)) {
            m[l] = MIN(m[l], x->r->u[f][l]);
        }
    }
    if (identifying(x->t->fields[f].type) && m[last] > DIFFERS_AT_MOST) {
        double rest = 1 - m[last];
        for (unsigned l = LEVEL_SAME; l < last; l++) {
            m[l] *= rest > 0 ? (1 - DIFFERS_AT_MOST) / rest : 0;
        }
        m[last] = DIFFERS_AT_MOST;
        x->r->held |= 1u << f;
    }
}

/* Expected counts to probabilities; the usual ones count as o->lean pairs. Returns the largest change. */
static double maximise(struct training *x, double count[LINK_FIELDS][LEVELS_MAX])
{
    double change = 0;
    x->r->held = 0;
    for (unsigned f = 0; f < x->t->n_fields; f++) {
        unsigned n;
        const struct level *levels = compare_levels(x->t->fields[f].type, &n);
        double sum = 0, usual = 0, before[LEVELS_MAX];
        memcpy(before, x->r->m[f], sizeof(before));
        for (unsigned l = LEVEL_SAME; l < n; l++) {
            sum += count[f][l];
            usual += levels[l].usual;
        }
        for (unsigned l = LEVEL_SAME; l < n; l++) {
            x->r->m[f][l] = (count[f][l] + x->o->lean * levels[l].usual / usual) / (sum + x->o->lean);
        }
        hold(x, f);
        for (unsigned l = LEVEL_SAME; l < n; l++) {
            double d = x->r->m[f][l] - before[l];
            change = MAX(change, d < 0 ? -d : d);
        }
    }
    return change;
}

static double one_round(struct training *x)
{
    double count[LINK_FIELDS][LEVELS_MAX] = {{0}};
    for (unsigned r = 0; r < x->b->n_recipes; r++) {
        double matches = 0, pairs = 0;
        for (size_t i = 0; i < x->every[r].n; i++) {
            const struct pattern_count *c = &x->every[r].v[i];
            double yes = (double)c->n * posterior(x->share[r], likelihood_ratio(x, c->pattern, x->blocked[r]));
            matches += yes;
            pairs += (double)c->n;
            for (unsigned f = 0; f < x->t->n_fields; f++) {
                count[f][pattern_level(c->pattern, f)] += x->blocked[r] >> f & 1 ? 0 : yes;
            }
        }
        x->share[r] = pairs > 0 ? MIN(MAX(matches / pairs, 1e-9), 1 - 1e-6) : x->share[r];
    }
    return maximise(x, count);
}

/* Three rows in ten have a second one: what a table of few pairs is taken for, counting as USUAL_PAIRS of them. */
#define USUAL_PAIRS 20.0

static double usual_links(const struct training *x)
{
    return MIN(0.3 * (double)x->r->possible, 0.3 * x->t->n);
}

/* The share of matches among all possible pairs, everything else fixed; returns the expected number of them. */
static double settle_prior(const struct training *x)
{
    double possible = (double)x->r->possible, expected = MAX(x->r->expected, 1.0);
    for (unsigned round = 0; round < 200; round++) {
        double share = MIN(expected / possible, 0.5), sum = 0;
        for (size_t i = 0; i < x->first.n; i++) {
            sum += (double)x->first.v[i].n * posterior(share, likelihood_ratio(x, x->first.v[i].pattern, 0));
        }
        sum = (possible * sum + USUAL_PAIRS * usual_links(x)) / (possible + USUAL_PAIRS);
        double change = sum > expected ? sum - expected : expected - sum;
        expected = MAX(sum, 0.5);
        if (change < 1e-6 * expected) {
            break;
        }
    }
    return expected;
}

/* u from the levels of any two rows, less what the matches among them contribute. What is left is never less than a thirtieth of it, nor than a tenth of
   a row: a table cannot show how rare a value is beyond its own size. Of a valid number it need not be shown. */
static void settle_u(struct training *x)
{
    double share = MIN(x->r->expected / (double)x->r->possible, 0.5);
    for (unsigned f = 0; f < x->t->n_fields; f++) {
        for (unsigned l = LEVEL_SAME; l < x->levels[f]; l++) {
            double p = x->p[f][l], u = (p - share * x->r->m[f][l]) / (1 - share);
            enum field_type type = x->t->fields[f].type;
            double least = 0.1 / (x->t->n + 1.0);
            u = MAX(MAX(u, p / 30), l == LEVEL_SAME ? least : MIN(least, usual_share(type, l)));
            const struct usual_chance *known = &usual_chance[type];
            double usual = l == LEVEL_SAME ? known->same : (1 - known->same) * usual_share(type, l);
            double pairs = l == LEVEL_SAME ? known->pairs : NEAR_PAIRS;
            u = (u * (double)x->r->possible + usual * pairs) / ((double)x->r->possible + pairs);
            x->r->u[f][l] = u;
        }
    }
}

static void start(struct training *x)
{
    const struct link_table *t = x->t;
    for (unsigned f = 0; f < t->n_fields; f++) {
        const struct level *levels = compare_levels(t->fields[f].type, &x->levels[f]);
        level_shares(t, f, x->o, x->p[f]);
        double usual = 0;
        for (unsigned l = LEVEL_SAME; l < x->levels[f]; l++) {
            usual += levels[l].usual;
        }
        for (unsigned l = LEVEL_SAME; l < x->levels[f]; l++) {
            x->r->m[f][l] = levels[l].usual / usual;
        }
    }
    x->r->expected = 0.05 * t->n;
    for (unsigned r = 0; r < x->b->n_recipes; r++) {
        const struct recipe *recipe = &x->b->recipe[r];
        for (unsigned i = 0; i < recipe->n; i++) {
            x->blocked[r] |= 1u << recipe->part[i].field;
        }
        x->share[r] = recipe->n ? 0.2 : MIN(0.5, 0.3 * t->n / (double)MAX(x->r->possible, 1u));
        count_patterns(x->b, r, PAIRS_EVERY, x->o->pairs, &x->every[r]);
    }
}

static void count_union(struct training *x)
{
    pattern_counts one = {.n = 0};
    if (x->b->n_recipes == 1 && x->b->recipe[0].n == 0) { /* compared whole: there is nothing to tell apart */
        vec_reserve(&x->first, x->every[0].n);
        memcpy(x->first.v, x->every[0].v, x->every[0].n * sizeof(*one.v));
        x->first.n = x->every[0].n;
        return;
    }
    for (unsigned r = 0; r < x->b->n_recipes; r++) {
        count_patterns(x->b, r, PAIRS_FIRST, 0, &one);
        vec_reserve(&x->first, one.n);
        memcpy(x->first.v + x->first.n, one.v, one.n * sizeof(*one.v));
        x->first.n += one.n;
    }
    vec_release(&one);
}

static void run(struct training *x)
{
    for (int outer = 0; outer < 5; outer++) { /* m given u, then the prior, then u without the matches' share */
        settle_u(x);
        x->r->converged = false;
        for (unsigned round = 0; round < x->o->rounds && !x->r->converged; round++) {
            x->r->change = one_round(x);
            x->r->rounds++;
            x->r->converged = x->r->change < 1e-4;
        }
        x->r->expected = settle_prior(x);
    }
}

/* --- weights ----------------------------------------------------------------------------------------------------------------------------- */

static bool has_terms(enum field_type t)
{
    return t != FIELD_SEX && t != FIELD_ID;
}

#define FEW_ROWS 3 /* of other persons: in a short table they may be chance, or one person's after all */

/* Rows of other persons that have the value: those that have it, less the row itself and its own person's other rows. Where the table is too short to show
   how rare a value is (half a row of it is more than u), it is taken to be as rare as usual, until more than a few rows say otherwise. */
static int32_t term_of(double rows, double own, double u_same, double n)
{
    double others = rows - 1 - own;
    return bits_of(u_same / MAX(MAX(others, 0.5) / (n + 0.5 / u_same), (others - FEW_ROWS) / n));
}

static int term_order(const void *a, const void *b)
{
    return str_cmp(((const struct model_term *)a)->text, ((const struct model_term *)b)->text);
}

struct common {
    uint32_t rows, value;
};

static int common_order(const void *a, const void *b)
{
    const struct common *x = a, *y = b;
    return x->rows != y->rows ? (x->rows > y->rows ? -1 : 1) : (x->value > y->value) - (x->value < y->value);
}

static void set_terms(const struct training *x, unsigned f, struct model *out)
{
    const struct link_table *t = x->t;
    const struct dict *d = link_dict(t, f);
    struct model_field *mf = &out->fields[f];
    VEC(struct common) common = {.n = 0};
    double n = t->n ? t->n : 1, own = 2 * x->r->expected / n * x->r->m[f][LEVEL_SAME], u = x->r->u[f][LEVEL_SAME];
    for (uint32_t rows = 0; rows < TERM_ROWS; rows++) {
        mf->by_rows[rows] = term_of(rows, own, u, n);
    }
    for (uint32_t v = 1; v < d->values.n; v++) {
        if (t->freq[f][v] >= TERM_ROWS) {
            vec_push(&common, (struct common){t->freq[f][v], v});
        }
    }
    vec_sort(&common, common_order);
    mf->n_terms = (uint32_t)MIN(common.n, (size_t)TERMS_MAX);
    mf->terms = arena_array(&out->arena, struct model_term, mf->n_terms);
    for (uint32_t i = 0; i < mf->n_terms; i++) {
        mf->terms[i] = (struct model_term){arena_str(&out->arena, value_text(d, common.v[i].value)), term_of(common.v[i].rows, own, u, n)};
    }
    vec_release(&common);
    if (mf->n_terms) {
        qsort(mf->terms, mf->n_terms, sizeof(*mf->terms), term_order);
    }
}

static void set_field(const struct training *x, unsigned f, struct model *out)
{
    struct model_field *mf = &out->fields[f];
    *mf = (struct model_field){.name = str_of(x->t->fields[f].name), .type = x->t->fields[f].type, .partner = x->t->fields[f].partner, .scored = true};
    for (unsigned l = LEVEL_SAME; l < x->levels[f]; l++) {
        mf->m[l] = (uint32_t)(x->r->m[f][l] * 1e9 + 0.5);
        mf->u[l] = (uint32_t)(x->r->u[f][l] * 1e9 + 0.5);
        mf->weight[l] = bits_of(x->r->m[f][l] / x->r->u[f][l]);
    }
    if (has_terms(mf->type)) {
        set_terms(x, f, out);
    }
}

void em_train(const struct blocks *b, const struct em_options *o, struct model *out, struct em_report *report)
{
    struct training x = {.t = b->table, .b = b, .o = o, .r = report};
    *report = (struct em_report){.possible = MAX(link_pairs_possible(b->table), 1u)};
    start(&x);
    count_union(&x);
    run(&x);
    out->n_fields = b->table->n_fields;
    for (unsigned f = 0; f < out->n_fields; f++) {
        set_field(&x, f, out);
    }
    out->prior = bits_of(MAX(report->expected, 0.5) / ((double)report->possible + 1));
    out->n_recipes = b->n_recipes;
    memcpy(out->recipes, b->recipe, sizeof(out->recipes));
    out->rows = b->table->n;
    for (size_t i = 0; i < x.first.n; i++) {
        out->pairs += x.first.v[i].n;
    }
    out->expected = (uint64_t)(report->expected + 0.5);
    out->rounds = report->rounds;
    out->converged = report->converged;
    for (unsigned r = 0; r < b->n_recipes; r++) {
        vec_release(&x.every[r]);
    }
    vec_release(&x.first);
}
