/* SPDX-License-Identifier: Apache-2.0 */
/* From counts to weights: see link_train.h. */
#include <stdlib.h>

#include "matchers/compare.h"
#include "matchers/em.h"
#include "matchers/identifier.h"
#include "pipeline/link_loose.h"
#include "pipeline/link_train.h"
#include "pipeline/shipped.h"

#define LEAN         20.0 /* the usual m counts as so many pairs, */
#define LEAN_SHARE   9.0  /* and as one for so many counted: unsure rows are worse kept than those whose number is right */
#define U_SAMPLES    2000000
#define U_LEAN       10   /* u of different values is by a tenth the usual one */
#define EM_FEWEST    30   /* expected links; fewer show nothing */
#define EM_ROUNDS    50
#define EM_STILL     4    /* 1/256 bit */
#define NUMBER_LEAN  50   /* candidates' worth of the usual weight of what a number says */
#define TERM_LEAST   (2 * MODEL_BIT)
#define SITE_TERMS   2000

static double usual_sum(enum field_type type, unsigned *out_levels)
{
    const struct level *levels = compare_levels(type, out_levels);
    double sum = 0;
    for (unsigned l = LEVEL_SAME; l < *out_levels; l++) {
        sum += levels[l].usual;
    }
    return sum;
}

/* Anchors are chosen by name: what they say of names that differ outright is not believed, the usual values stand there. */
static bool believed(enum link_field f, unsigned level)
{
    return f != LF_NAME || level <= NAME_L_PART;
}

static void set_m(struct link_training *t, enum link_field f, const double *count)
{
    unsigned n;
    struct model_field *mf = &t->model.fields[f];
    double usual = usual_sum(mf->type, &n), sum = 0, fixed = 0, lean = 0;
    const struct level *levels = compare_levels(mf->type, &n);
    for (unsigned l = LEVEL_SAME; l < n; l++) {
        lean += count[l] / LEAN_SHARE;
    }
    lean = MAX(lean, LEAN);
    for (unsigned l = LEVEL_SAME; l < n; l++) {
        sum += believed(f, l) ? count[l] + lean * levels[l].usual / usual : 0;
        fixed += believed(f, l) ? 0 : levels[l].usual / usual;
    }
    for (unsigned l = LEVEL_SAME; l < n; l++) {
        double m = believed(f, l) ? (1 - fixed) * (count[l] + lean * levels[l].usual / usual) / sum : levels[l].usual / usual;
        mf->m[l] = (uint32_t)(m * 1e9 + 0.5);
    }
}

static void set_u(const struct link_table *table, struct link_training *t, enum link_field f)
{
    unsigned n;
    double share[LEVELS_MAX];
    struct em_options o = EM_OPTIONS_DEFAULT;
    struct model_field *mf = &t->model.fields[f];
    o.seed = TRAIN_SEED;
    o.samples = U_SAMPLES;
    level_shares(table, f, &o, share);
    compare_levels(mf->type, &n);
    double pairs = (double)table->n * (table->n ? table->n - 1.0 : 0) / 2;
    for (unsigned l = LEVEL_SAME; l < n; l++) {
        double usual = (1 - share[LEVEL_SAME]) * usual_share(mf->type, l); /* rare levels: no sample shows how rare */
        double u = l == LEVEL_SAME ? MAX(share[l], 1 / (pairs + 1e4)) : share[l] + (usual - share[l]) / U_LEAN;
        mf->u[l] = (uint32_t)(MIN(u, 1) * 1e9 + 0.5);
    }
}

/* No likeness is worth as much as being the same, and to differ outright never speaks for one person. */
static void set_weights(struct model_field *mf)
{
    unsigned n;
    compare_levels(mf->type, &n);
    for (unsigned l = LEVEL_SAME; l < n; l++) {
        mf->weight[l] = bits_of(MAX(mf->m[l], 1u) / (double)MAX(mf->u[l], 1u));
        mf->weight[l] = l > LEVEL_SAME ? MIN(mf->weight[l], mf->weight[LEVEL_SAME] - MODEL_BIT) : mf->weight[l];
    }
    mf->weight[n - 1] = MIN(mf->weight[n - 1], 0);
}

/* --- common values ------------------------------------------------------------------------------------------------------- */

static int by_add(const void *x, const void *y)
{
    const struct model_term *a = x, *b = y;
    return a->add != b->add ? (a->add < b->add ? -1 : 1) : str_cmp(a->text, b->text);
}

static int by_text(const void *x, const void *y)
{
    return str_cmp(((const struct model_term *)x)->text, ((const struct model_term *)y)->text);
}

static void set_terms(const struct link_table *table, struct link_training *t, enum link_field f)
{
    struct model_field *mf = &t->model.fields[f];
    const struct dict *d = &table->dicts[f];
    VEC(struct model_term) v = {.n = 0};
    double rows = 0;
    for (uint32_t i = 1; i < d->values.n; i++) {
        rows += table->freq[f][i];
    }
    for (uint32_t i = 1; i < d->values.n; i++) {
        uint32_t had = table->freq[f][i];
        int32_t add = had < TERM_ROWS ? 0 : bits_of(mf->u[LEVEL_SAME] / 1e9 * rows / had);
        if (add <= -TERM_LEAST) {
            vec_push(&v, (struct model_term){value_text(d, i), add});
        }
    }
    vec_sort(&v, by_add);
    mf->n_terms = (uint32_t)MIN(v.n, (size_t)SITE_TERMS);
    mf->terms = arena_array(&t->model.arena, struct model_term, mf->n_terms);
    for (uint32_t i = 0; i < mf->n_terms; i++) {
        mf->terms[i] = (struct model_term){arena_str(&t->model.arena, v.v[i].text), v.v[i].add};
    }
    vec_release(&v);
    if (mf->n_terms) {
        qsort(mf->terms, mf->n_terms, sizeof(*mf->terms), by_text);
    }
}

/* --- EM over candidates ---------------------------------------------------------------------------------------------------- */

unsigned candidate_level(const struct candidate *c, enum link_field f)
{
    static const uint8_t says[] = {[SAYS_NOTHING] = LEVEL_MISSING, [SAYS_SAME] = CODE_SAME, [SAYS_NEAR] = CODE_ONE_EDIT, [SAYS_OTHER] = CODE_DIFFERENT};
    switch (f) {
    case LF_NAME: return link_name_level(c->name);
    case LF_BIRTH: return c->birth;
    case LF_SEX: return c->sex;
    case LF_PHONE: return c->phone;
    case LF_PLACE: return c->place;
    case LF_UNIT: return says[c->unit];
    case LF_HABIT: return says[c->habit];
    case LF_COUNT: break;
    }
    return LEVEL_MISSING;
}

/* NUMBER_COUNT: it says nothing. */
static enum number_evidence number_of(const struct loose_table *t, const struct candidate *c)
{
    bool doubt = t->v.v[c->loose].kind == LOOSE_DOUBTFUL;
    switch ((enum id_evidence)c->id) {
    case ID_REPAIRS: return (enum number_evidence)(NUMBER_DIGIT + c->slip - REPAIR_DIGIT);
    case ID_FAR: return NUMBER_FAR;
    case ID_OTHER: return NUMBER_OTHER;
    case ID_OF_ANOTHER: return doubt ? NUMBER_DOUBT : NUMBER_OF_ANOTHER;
    case ID_OF_HOUSEMATE: return doubt ? NUMBER_DOUBT_HOUSE : NUMBER_OF_HOUSEMATE;
    case ID_SAYS_NOTHING:
    case ID_ITS_OWN: break;
    }
    return NUMBER_COUNT;
}

struct em_sums { /* per million */
    int64_t level[LF_COUNT][LEVELS_MAX];
    int64_t links, others, yes[NUMBER_COUNT], no[NUMBER_COUNT];
};

/* Relatives share all but the name: pairs of half a name neither count as links nor as strangers. */
static void expect(const struct loose_table *t, const candidate_list *list, struct em_sums *s)
{
    *s = (struct em_sums){.links = 0};
    for (size_t i = 0; i < list->n; i++) {
        const struct candidate *c = &list->v[i];
        enum number_evidence number = number_of(t, c);
        if (!loose_named(c)) {
            continue;
        }
        int64_t yes = c->probability, no = 1000000 - yes;
        bool blocked = c->id == ID_REPAIRS; /* met by the number: says nothing of how others' numbers look */
        s->links += blocked ? 0 : yes;
        s->others += blocked ? 0 : no;
        if (number != NUMBER_COUNT && !blocked) {
            s->yes[number] += yes;
            s->no[number] += no;
        }
        for (unsigned f = LF_SEX; f < LF_COUNT; f++) {
            s->level[f][candidate_level(c, (enum link_field)f)] += yes;
        }
    }
}

/* What numbers say, as far as it can be seen: a repaired one is weighed by the size of the number space, and that another's number is borne by the registers. */
static void learn_numbers(struct link_training *t, const struct em_sums *s, const int32_t usual[NUMBER_COUNT])
{
    static const uint8_t learned[] = {NUMBER_FAR, NUMBER_OTHER};
    for (size_t i = 0; i < ARRAY_LEN(learned); i++) {
        unsigned k = learned[i];
        int64_t seen = (s->yes[k] + s->no[k]) / 1000000;
        double m = (double)(s->yes[k] + 500000) / (double)(s->links + 1000000), u = (double)(s->no[k] + 500000) / (double)(s->others + 1000000);
        int64_t found = MIN(bits_of(m / u), 0); /* another number never speaks for one person */
        t->model.numbers[k] = (int32_t)((found * seen + (int64_t)usual[k] * NUMBER_LEAN) / (seen + NUMBER_LEAN));
    }
}

static void learn_fields(struct link_training *t, const struct em_sums *s)
{
    for (unsigned f = LF_SEX; f < LF_COUNT; f++) {
        double count[LEVELS_MAX] = {0};
        int64_t sum = 0;
        for (unsigned l = LEVEL_SAME; l < LEVELS_MAX; l++) {
            count[l] = (double)s->level[f][l] / 1e6;
            sum += s->level[f][l] / 1000000;
        }
        if (t->field[f].from == TRAINED_ON_ANCHORS) {
            continue;
        }
        t->field[f].from = sum >= EM_FEWEST ? TRAINED_BY_EM : TRAINED_NOT;
        for (unsigned l = LEVEL_SAME; l < LEVELS_MAX; l++) {
            t->field[f].count[l] = sum >= EM_FEWEST ? (uint64_t)s->level[f][l] / 1000000 : 0;
            count[l] = sum >= EM_FEWEST ? count[l] : 0;
        }
        set_m(t, (enum link_field)f, count);
        set_weights(&t->model.fields[f]);
    }
}

static int32_t largest_change(const struct model *m, int32_t before[LF_COUNT][LEVELS_MAX], int32_t numbers[NUMBER_COUNT])
{
    int32_t most = 0;
    for (unsigned f = 0; f < LF_COUNT; f++) {
        for (unsigned l = 0; l < LEVELS_MAX; l++) {
            most = MAX(most, MAX(m->fields[f].weight[l] - before[f][l], before[f][l] - m->fields[f].weight[l]));
            before[f][l] = m->fields[f].weight[l];
        }
    }
    for (unsigned k = 0; k < NUMBER_COUNT; k++) {
        most = MAX(most, MAX(m->numbers[k] - numbers[k], numbers[k] - m->numbers[k]));
        numbers[k] = m->numbers[k];
    }
    return most;
}

static void em(const struct link *l, const struct loose_table *t, candidate_list *list, const struct model *usual, struct link_training *out)
{
    int32_t before[LF_COUNT][LEVELS_MAX] = {{0}}, numbers[NUMBER_COUNT] = {0};
    struct em_sums s;
    (void)largest_change(&out->model, before, numbers);
    for (out->model.rounds = 0; out->model.rounds < EM_ROUNDS && !out->model.converged; out->model.rounds++) {
        link_weigh(l, t, &out->model, list);
        expect(t, list, &s);
        learn_numbers(out, &s, usual->numbers);
        learn_fields(out, &s);
        out->model.converged = largest_change(&out->model, before, numbers) <= EM_STILL;
    }
    link_weigh(l, t, &out->model, list);
    expect(t, list, &s);
    out->model.expected = (uint64_t)(s.links / 1000000);
    for (size_t i = 0; i < list->n; i++) {
        enum number_evidence k = number_of(t, &list->v[i]);
        if (k != NUMBER_COUNT) {
            out->number_count[k]++;
        }
    }
}

/* What thresholds would do: each row to its likeliest candidate. */
static void try_costs(const struct loose_table *t, const candidate_list *list, struct link_training *out)
{
    static const int64_t costs[TRAIN_COSTS] = {3, 10, 30, 100, 300, 1000};
    for (unsigned i = 0; i < TRAIN_COSTS; i++) {
        struct train_cost *c = &out->costs[i];
        *c = (struct train_cost){.cost = costs[i]};
        for (size_t k = 0, n; k < list->n; k += n) {
            const struct candidate *v = &list->v[k], *best = NULL;
            for (n = 0; k + n < list->n && v[n].loose == v->loose; n++) {
                best = loose_named(&v[n]) && (!best || v[n].probability > best->probability) ? &v[n] : best;
            }
            int64_t rows = t->v.v[v->loose].rows;
            if (best && best->probability >= costs[i] * 1000000 / (costs[i] + 1)) {
                c->made += rows;
                c->wrong += rows * (1000000 - best->probability);
            } else if (best) {
                c->missed += rows * best->probability;
            }
        }
    }
}

/* --- all of it --------------------------------------------------------------------------------------------------------------- */

static void start(const struct link_table *table, struct link_training *t, const struct model *usual)
{
    struct model *m = &t->model;
    *m = (struct model){.n_fields = LF_COUNT, .has_numbers = true, .rows = t->rows, .pairs = t->candidates};
    memcpy(m->numbers, usual->numbers, sizeof(m->numbers));
    for (unsigned f = 0; f < LF_COUNT; f++) {
        double count[LEVELS_MAX] = {0};
        m->fields[f] = (struct model_field){.name = str_of(link_fields[f].zh), .type = link_fields[f].type, .partner = -1, .scored = true};
        t->field[f].from = t->field[f].anchors >= ANCHORS_FEWEST ? TRAINED_ON_ANCHORS : TRAINED_NOT;
        for (unsigned l = LEVEL_SAME; l < LEVELS_MAX && t->field[f].from == TRAINED_ON_ANCHORS; l++) {
            count[l] = (double)t->field[f].count[l];
        }
        set_u(table, t, (enum link_field)f);
        set_m(t, (enum link_field)f, count);
        set_weights(&m->fields[f]);
        if (f == LF_PHONE || f == LF_PLACE || f == LF_BIRTH) {
            set_terms(table, t, (enum link_field)f);
        }
    }
}

enum status link_estimate(const struct link *l, const struct loose_table *t, candidate_list *list, const struct link_table *table, struct link_training *out,
                          struct err *err)
{
    struct model *usual; /* not the site's: training twice on the same data gives the same */
    TRY(link_model_load(shipped_text("model.yaml"), "model.yaml", &usual, err));
    start(table, out, usual);
    out->model.threshold = weight_of_ppm((uint32_t)(out->cost ? out->cost * 1000000 / (out->cost + 1) : l->people->link_threshold));
    out->model.review = 0;
    em(l, t, list, usual, out);
    try_costs(t, list, out);
    link_watch_fill(list, l->people->link_threshold, &out->model);
    link_model_free(usual);
    return ST_OK;
}
