/* SPDX-License-Identifier: Apache-2.0 */
/* What the evidence for a candidate is worth: Fellegi and Sunter's weights (log2 of m / u, in 1/256 bit) as model.yaml has them; the prior and how rare a name is
   are counted in tonight's registers instead. The odds are against "somebody no register has who bears this name": the share of rows with a sound number that no register knows, and how many
   persons bear the name, say how likely that is. A unique name in registers that know everybody is worth a lot; a common one, or registers that know a
   tenth of the people, nothing. Candidates with numbers of their own are two persons and share the probability. */
#include "matchers/identifier.h"
#include "matchers/bits.h"
#include "matchers/compare.h"
#include "pipeline/link_loose.h"

#define BITS(x) ((int32_t)((x) * MODEL_BIT))

/* A repaired number has said the birth date already. */
#define BIRTH_REPAIRED_MOST  BITS(4)
#define BIRTH_REPAIRED_LEAST BITS(-5)

/* Levels of the model for what name_compare says. */
static const uint8_t name_levels[] = {
    [NAME_LEVEL_UNKNOWN] = LEVEL_MISSING,  [NAME_LEVEL_SAME] = NAME_L_SAME,       [NAME_LEVEL_VARIANT] = NAME_L_WEAK,  [NAME_LEVEL_TONE] = NAME_L_TONE,
    [NAME_LEVEL_PINYIN] = NAME_L_SOUND,    [NAME_LEVEL_SWAPPED] = NAME_L_SWAPPED, [NAME_LEVEL_ALIKE] = NAME_L_LOOKS,   [NAME_LEVEL_PART] = NAME_L_PART,
    [NAME_LEVEL_ONE] = NAME_L_ONE,         [NAME_LEVEL_SURNAME] = NAME_L_SURNAME, [NAME_LEVEL_GIVEN] = NAME_L_GIVEN,   [NAME_LEVEL_NONE] = NAME_L_DIFFERENT,
    [NAME_LEVEL_LATIN] = NAME_L_DIFFERENT, [NAME_LEVEL_COUNT] = LEVEL_MISSING};

unsigned link_name_level(uint8_t likeness)
{
    return name_levels[likeness];
}

typedef VEC(int32_t) int32_list;

struct weigher {
    const struct link *l;
    const struct loose_table *t;
    const struct model *m;
    int32_t name_same;    /* log2 of how often a person's name is written the same: how rare it is, is counted tonight */
    int32_t birth_month;  /* the same month, where a row tells no day */
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
    const int32_t *n = w->m->numbers;
    bool doubt = x->kind == LOOSE_DOUBTFUL;
    switch ((enum id_evidence)c->id) {
    case ID_REPAIRS:
        return n[NUMBER_DIGIT + c->slip - REPAIR_DIGIT];
    case ID_FAR:
        return n[NUMBER_FAR];
    case ID_OTHER:
        return n[NUMBER_OTHER];
    case ID_OF_ANOTHER:
        return doubt ? n[NUMBER_DOUBT] - w->size : n[NUMBER_OF_ANOTHER];
    case ID_OF_HOUSEMATE:
        return doubt ? n[NUMBER_DOUBT_HOUSE] : n[NUMBER_OF_HOUSEMATE] + w->size;
    case ID_SAYS_NOTHING:
    case ID_ITS_OWN:
        break;
    }
    return 0;
}

/* Against whom the candidate stands: a stranger, one of so many; or the one whose number the row bears. */
static int32_t prior(const struct weigher *w, const struct loose *x, const struct candidate *c)
{
    bool held = c->id == ID_OF_ANOTHER || c->id == ID_OF_HOUSEMATE;
    return (held ? 0 : (x->kind == LOOSE_RECORD || x->kind == LOOSE_SECOND ? w->known_else : w->known_there)[x->source]) - w->size;
}

/* A name that is the same is worth what it is rare: one of tonight's persons of that name, instead of any of them. */
static int32_t name_weight(const struct weigher *w, const struct candidate *c, uint32_t namesakes)
{
    unsigned level = link_name_level(c->name);
    return level == NAME_L_SAME ? w->name_same + w->size - bits_of(MAX((double)namesakes, 0.5)) : w->m->fields[LF_NAME].weight[level];
}

static int32_t birth_weight(const struct weigher *w, const struct loose *x, const struct candidate *c)
{
    bool month = x->said.birth && x->said.birth % 100 == 0 && c->birth == DATE_L_YEAR_MONTH;
    int32_t v = month ? w->birth_month : w->m->fields[LF_BIRTH].weight[c->birth];
    return c->id == ID_REPAIRS ? MAX(MIN(v, BIRTH_REPAIRED_MOST), BIRTH_REPAIRED_LEAST) : v;
}

static int32_t field_weight(const struct weigher *w, enum link_field f, unsigned level, uint32_t value)
{
    int32_t v = w->m->fields[f].weight[level];
    return level == LEVEL_SAME ? v + link_model_term(w->m, f, value_text(&w->t->values.dicts[f], value)) : v;
}

static int32_t says_weight(const struct weigher *w, enum link_field f, uint8_t says)
{
    return says == SAYS_NOTHING ? 0 : w->m->fields[f].weight[says == SAYS_SAME ? CODE_SAME : CODE_DIFFERENT];
}

static void weigh(const struct weigher *w, const struct loose *x, struct candidate *c, uint32_t namesakes)
{
    bool kin = !loose_named(c); /* relatives share phone, address and unit, and half a name */
    int32_t phone = field_weight(w, LF_PHONE, c->phone, x->said.value[LF_PHONE]), place = field_weight(w, LF_PLACE, c->place, x->said.value[LF_PLACE]);
    int32_t unit = says_weight(w, LF_UNIT, c->unit);
    const int32_t parts[PART_COUNT] = {
        [PART_PRIOR] = prior(w, x, c),
        [PART_NAME] = name_weight(w, c, namesakes),
        [PART_NUMBER] = number_weight(w, x, c),
        [PART_BIRTH] = birth_weight(w, x, c),
        [PART_SEX] = w->m->fields[LF_SEX].weight[c->sex],
        [PART_PHONE] = kin ? MIN(phone, 0) : phone,
        [PART_PLACE] = kin ? MIN(place, 0) : place,
        [PART_UNIT] = kin ? MIN(unit, 0) : unit,
        [PART_HABIT] = says_weight(w, LF_HABIT, c->habit),
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

/* What the namesakes weigh together who were only counted: nothing but the name speaks for them, and a birth date that the row states speaks against. */
static int32_t counted_weight(const struct weigher *w, const struct loose *x, uint32_t namesakes)
{
    struct candidate one = {.name = NAME_LEVEL_SAME, .birth = x->said.value[LF_BIRTH] || x->number_birth ? DATE_L_DIFFERENT : LEVEL_MISSING};
    if (x->namesakes == 0) {
        return INT32_MIN;
    }
    weigh(w, x, &one, namesakes);
    return one.weight + bits_of((double)x->namesakes);
}

/* Those with numbers of their own share the probability; records without one may be the same person as another candidate and are judged alone. A common
   name brings hundreds of candidates: what the others weigh together is put together from those before one and those after it, not summed up for each. */
static void share(const struct link *l, struct candidate *v, size_t n, int32_t counted, int32_list *after)
{
    after->n = 0;
    vec_reserve(after, n + 1);
    after->v[n] = INT32_MIN; /* nobody */
    for (size_t k = n; k-- > 0;) {
        int32_t rest = after->v[k + 1];
        after->v[k] = !ident_key(l->anchor[v[k].person]) ? rest : rest == INT32_MIN ? v[k].weight : sum_of(rest, v[k].weight);
    }
    int32_t before = counted == INT32_MIN ? 0 : sum_of(0, counted); /* the stranger, those who were counted, and those before */
    for (size_t i = 0; i < n; i++) {
        bool rival = ident_key(l->anchor[v[i].person]) != 0;
        int32_t rest = !rival ? 0 : after->v[i + 1] == INT32_MIN ? before : sum_of(before, after->v[i + 1]);
        v[i].probability = (int32_t)probability_ppm(v[i].weight - rest);
        before = rival ? sum_of(before, v[i].weight) : before;
    }
}

void link_weigh(const struct link *l, const struct loose_table *t, const struct model *m, candidate_list *list)
{
    const struct model_field *birth = &m->fields[LF_BIRTH];
    struct weigher w = {.l = l, .t = t, .m = m, .size = bits_of((double)MAX(l->n, 1u))};
    w.name_same = bits_of(MAX(m->fields[LF_NAME].m[NAME_L_SAME] / 1e9, 1e-3));
    w.birth_month = bits_of(MAX(birth->m[DATE_L_SAME] / 1e9, 1e-3) / MAX((birth->u[DATE_L_SAME] + birth->u[DATE_L_YEAR_MONTH]) / 1e9, 1e-6));
    int32_list after = {0};
    learn_priors(&w);
    for (size_t i = 0, n; i < list->n; i += n) {
        struct candidate *v = &list->v[i];
        const struct loose *x = &t->v.v[v->loose];
        uint32_t namesakes = x->namesakes;
        for (n = 0; i + n < list->n && v[n].loose == v->loose; n++) {
            namesakes += (v[n].name == NAME_LEVEL_SAME || v[n].name == NAME_LEVEL_VARIANT) && ident_key(l->anchor[v[n].person]);
        }
        for (size_t k = 0; k < n; k++) {
            weigh(&w, x, &v[k], namesakes);
        }
        share(l, v, n, counted_weight(&w, x, namesakes), &after);
    }
    vec_release(&after);
    free(w.known_there);
    free(w.known_else);
}
