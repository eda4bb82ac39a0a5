/* SPDX-License-Identifier: Apache-2.0 */
/* What the evidence for a candidate is worth: Fellegi and Sunter's weights (log2 of m / u, in 1/256 bit), the prior from tonight's registers instead of a
   constant. The odds are against "somebody no register has who bears this name": the share of rows with a sound number that no register knows, and how many
   persons bear the name, say how likely that is. A unique name in registers that know everybody is worth a lot; a common one, or registers that know a
   tenth of the people, nothing. Candidates with numbers of their own are two persons and share the probability. */
#include "matchers/identifier.h"
#include "matchers/bits.h"
#include "pipeline/link_loose.h"

#define BITS(x) ((int32_t)((x) * MODEL_BIT))

/* What is not counted tonight: m from the error rates of reference data (2 % of rows with a slip in a field), u from the size of the value space. */
static const int32_t names[] = {/* that the name is written so, and in this one of all such ways */
                                [NAME_LEVEL_UNKNOWN] = 0, [NAME_LEVEL_SAME] = 0, [NAME_LEVEL_VARIANT] = BITS(-7), [NAME_LEVEL_TONE] = BITS(-9),
                                [NAME_LEVEL_PINYIN] = BITS(-11), [NAME_LEVEL_SWAPPED] = BITS(-9), [NAME_LEVEL_ALIKE] = BITS(-10),
                                [NAME_LEVEL_PART] = BITS(-8), [NAME_LEVEL_ONE] = BITS(-13), [NAME_LEVEL_SURNAME] = BITS(-16),
                                [NAME_LEVEL_GIVEN] = BITS(-16), [NAME_LEVEL_NONE] = BITS(-20), [NAME_LEVEL_LATIN] = BITS(-16), [NAME_LEVEL_COUNT] = 0};
static const int32_t births[] = {0, BITS(14), 0, BITS(-6)};         /* a day in sixty years */
static const int32_t birth_months[] = {0, BITS(9), 0, BITS(-6)};    /* a month in sixty years */
static const int32_t births_repaired[] = {0, BITS(4), 0, BITS(-5)}; /* the number has said it already */
static const int32_t sexes[] = {0, BITS(1), 0, BITS(-6)};
static const int32_t phones[] = {0, BITS(12), 0, BITS(-1)};         /* families share one */
static const int32_t places[] = {0, BITS(11), 0, BITS(-0.5)};       /* people move, and write addresses in many ways */
static const int32_t habits[] = {0, BITS(9), 0, BITS(-2)};
static const int32_t unit_other = BITS(-4);
static const int32_t repairs[REPAIR_KIND_COUNT] = { /* some nine proposals among 1.5e8 numbers a district can have */
    [REPAIR_DIGIT] = BITS(23), [REPAIR_SWAP] = BITS(23), [REPAIR_LOST] = BITS(23), [REPAIR_EXTRA] = BITS(23),
    [REPAIR_TAIL] = BITS(20), [REPAIR_OLD] = BITS(19), [REPAIR_SWAP_TEN] = BITS(20)};
/* The number of somebody else: against "it is them, under another name". Half of such rows bear the number of somebody of the family. */
static const int32_t of_another = BITS(-3), of_housemate = BITS(-3.5), doubtful = BITS(4), doubtful_housemate = BITS(3);
static const int32_t far = BITS(-4), other = BITS(-9);

typedef VEC(int32_t) int32_list;

struct weigher {
    const struct link *l;
    const struct loose_table *t;
    int32_t size;         /* log2 of the persons */
    int32_t *known_there; /* [sources] rows: log2 odds that somebody of the source is in a register */
    int32_t *known_else;  /* [sources] records: that they are in another register too */
};

/* Odds of known to unknown, both counted one more, never surer than a thousand to one. */
static int32_t odds(int64_t known, int64_t unknown)
{
    int32_t bits = bits_of(((double)known + 1) / ((double)unknown + 1));
    return MAX(-BITS(10), MIN(bits, BITS(10)));
}

static void learn_priors(struct weigher *w)
{
    size_t n = w->l->sources->n;
    int64_t *alone = xcalloc(n + 1, sizeof(*alone)), *also = xcalloc(n + 1, sizeof(*also));
    for (uint32_t p = 0; p < w->l->n; p++) {
        uint64_t seen = ident_key(w->l->anchor[p]) ? w->l->seen[p] : 0;
        for (uint64_t rest = seen; rest; rest &= rest - 1) {
            size_t s = (size_t)__builtin_ctzll(rest);
            (seen & (seen - 1) ? also : alone)[MIN(s, n)]++;
        }
    }
    w->known_there = xmalloc((n + 1) * sizeof(*w->known_there));
    w->known_else = xmalloc((n + 1) * sizeof(*w->known_else));
    for (size_t s = 0; s < n; s++) {
        w->known_there[s] = odds(w->t->known[s], w->t->strangers[s]);
        w->known_else[s] = odds(also[s], alone[s]);
    }
    free(alone);
    free(also);
}

static int32_t number_weight(const struct weigher *w, const struct loose *x, const struct candidate *c)
{
    bool doubt = x->kind == LOOSE_DOUBTFUL;
    switch ((enum id_evidence)c->id) {
    case ID_REPAIRS:
        return repairs[c->slip];
    case ID_FAR:
        return far;
    case ID_OTHER:
        return other;
    case ID_OF_ANOTHER:
        return doubt ? doubtful - w->size : of_another;
    case ID_OF_HOUSEMATE:
        return doubt ? doubtful_housemate : of_housemate + w->size;
    case ID_SAYS_NOTHING:
    case ID_ITS_OWN:
        break;
    }
    return 0;
}

/* Against whom the candidate stands: a stranger of that name, or the one whose number the row bears. */
static int32_t prior(const struct weigher *w, const struct loose *x, const struct candidate *c, uint32_t namesakes)
{
    int32_t rare = c->name == NAME_LEVEL_COUNT ? -w->size : -bits_of(MAX((double)namesakes, 0.5));
    if (c->id == ID_OF_ANOTHER || c->id == ID_OF_HOUSEMATE) {
        return rare;
    }
    return rare + (x->kind == LOOSE_RECORD || x->kind == LOOSE_SECOND ? w->known_else : w->known_there)[x->source];
}

static void weigh(const struct weigher *w, const struct loose *x, struct candidate *c, uint32_t namesakes)
{
    const int32_t *birth = c->id == ID_REPAIRS ? births_repaired : x->said.birth && x->said.birth % 100 == 0 ? birth_months : births;
    bool kin = !loose_named(c); /* relatives share phone, address and unit, and half a name */
    int32_t unit = c->unit == SAYS_SAME ? w->size - BITS(2) : c->unit == SAYS_OTHER ? unit_other : 0;
    const int32_t parts[PART_COUNT] = {
        [PART_PRIOR] = prior(w, x, c, namesakes),
        [PART_NAME] = names[c->name],
        [PART_NUMBER] = number_weight(w, x, c),
        [PART_BIRTH] = birth[c->birth],
        [PART_SEX] = sexes[c->sex],
        [PART_PHONE] = kin ? MIN(phones[c->phone], 0) : phones[c->phone],
        [PART_PLACE] = kin ? MIN(places[c->place], 0) : places[c->place],
        [PART_UNIT] = kin ? MIN(unit, 0) : unit,
        [PART_HABIT] = habits[c->habit],
    };
    c->weight = 0;
    for (int i = 0; i < PART_COUNT; i++) {
        c->part[i] = parts[i];
        c->weight += parts[i];
    }
}

/* Probabilities of at most 1: 2^a / (2^a + 2^b) is probability_ppm(a - b), so that log2(2^a + 2^b) is a minus its log2. */
static int32_t sum_of(int32_t a, int32_t b)
{
    int32_t most = MAX(a, b), apart = most - MIN(a, b);
    return most - bits_of((double)probability_ppm(apart) / 1e6);
}

/* Those with numbers of their own share the probability; records without one may be the same person as another candidate and are judged alone. A common
   name brings hundreds of candidates: what the others weigh together is put together from those before one and those after it, not summed up for each. */
static void share(const struct link *l, struct candidate *v, size_t n, int32_list *after)
{
    size_t rivals = 0; /* they come first */
    while (rivals < n && ident_key(l->anchor[v[rivals].person])) {
        rivals++;
    }
    after->n = 0;
    vec_reserve(after, rivals + 1);
    after->v[rivals] = INT32_MIN;
    for (size_t k = rivals; k-- > 0;) {
        after->v[k] = after->v[k + 1] == INT32_MIN ? v[k].weight : sum_of(after->v[k + 1], v[k].weight);
    }
    int32_t before = 0; /* the stranger, and those before */
    for (size_t i = 0; i < n; i++) {
        int32_t rest = i >= rivals ? before : after->v[i + 1] == INT32_MIN ? before : sum_of(before, after->v[i + 1]);
        v[i].probability = (int32_t)probability_ppm(v[i].weight - rest);
        before = i < rivals ? sum_of(before, v[i].weight) : before;
    }
}

void link_weigh(const struct link *l, const struct loose_table *t, candidate_list *list)
{
    struct weigher w = {.l = l, .t = t, .size = bits_of((double)MAX(l->n, 1u))};
    int32_list after = {0};
    learn_priors(&w);
    for (size_t i = 0, n; i < list->n; i += n) {
        struct candidate *v = &list->v[i];
        const struct loose *x = &t->v.v[v->loose];
        uint32_t namesakes = 0;
        for (n = 0; i + n < list->n && v[n].loose == v->loose; n++) {
            namesakes += (v[n].name == NAME_LEVEL_SAME || v[n].name == NAME_LEVEL_VARIANT) && ident_key(l->anchor[v[n].person]);
        }
        for (size_t k = 0; k < n; k++) {
            weigh(&w, x, &v[k], namesakes);
        }
        share(l, v, n, &after);
    }
    vec_release(&after);
    free(w.known_there);
    free(w.known_else);
}
