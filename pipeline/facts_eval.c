/* SPDX-License-Identifier: Apache-2.0 */
/* Rules over whole households, block by block in the order of their rows. */
#include "pipeline/facts.h"

#define PERSONS_A_BLOCK 1024u
#define BLOCKS_A_PIECE  64u

struct block_room {
    struct arena arena; /* of one block */
    int32_t *area;
};

/* Lanes of the needed attributes for n rows from `first`, in the room's arena. */
static enum status block_lanes(struct facts *f, struct block_room *room, const struct rules_attr_need *needs, size_t n_needs, uint32_t first,
                               uint32_t n, struct rules_lane *out, struct err *err)
{
    for (size_t i = 0; i < n_needs; i++) {
        const struct rules_attr *a = &f->schema->rules.attrs[needs[i].attr];
        if (a->type == RT_TEXT) {
            out[i] = (struct rules_lane){RULES_LANE_I64, NULL};
            continue;
        }
        int64_t *lo = arena_array(&room->arena, int64_t, n);
        struct val *sets = a->type == RT_SET ? arena_array(&room->arena, struct val, n) : NULL;
        TRY(facts_attr_lane(f, needs[i].attr, first, n, lo, sets, err));
        out[i] = sets ? (struct rules_lane){RULES_LANE_VAL, sets} : (struct rules_lane){RULES_LANE_I64, lo};
    }
    return ST_OK;
}

/* Households h .. h + n - 1, whose persons are n_persons rows from first_person. */
static enum status eval_households(struct facts *f, struct facts_run *r, struct block_room *room, uint32_t h, const struct rules_block *shape,
                                   enum rules_want want, rules_hit_fn *fn, void *ctx, struct err *err)
{
    const struct rules_inputs *in = ruleset_inputs(r->rules);
    struct rules_block b = *shape;
    uint32_t first_person = b.n_persons ? b.person[0] : 0;
    b.area = room->area;
    int64_t *street = arena_array(&room->arena, int64_t, b.n_households), *community = arena_array(&room->arena, int64_t, b.n_households);
    TRY(population_household(f->pop, H_STREET, h, b.n_households, street, err));
    TRY(population_household(f->pop, H_COMMUNITY, h, b.n_households, community, err));
    for (uint32_t i = 0; i < b.n_households; i++) {
        room->area[i] = (int32_t)(community[i] >= 0 ? community[i] : street[i] >= 0 ? street[i] : -1);
    }
    struct rules_lane *person = arena_array(&room->arena, struct rules_lane, in->n_person_attrs + 1);
    struct rules_lane *household = arena_array(&room->arena, struct rules_lane, in->n_household_attrs + 1);
    TRY(block_lanes(f, room, in->person_attrs, in->n_person_attrs, first_person, b.n_persons, person, err));
    TRY(block_lanes(f, room, in->household_attrs, in->n_household_attrs, h, b.n_households, household, err));
    b.person_attrs = person;
    b.household_attrs = household;
    rules_eval_block(r->run, &b, want, fn, ctx);
    return ST_OK;
}

/* How many households from h make a block, given their sizes, and their persons: whole ones, about PERSONS_A_BLOCK persons. */
static uint32_t block_of(const int64_t *sizes, uint32_t n, uint32_t *out_persons)
{
    uint32_t taken = 0, persons = 0;
    while (taken < n && (taken == 0 || persons + (uint64_t)sizes[taken] <= PERSONS_A_BLOCK)) {
        persons += (uint32_t)sizes[taken++];
    }
    *out_persons = persons;
    return taken;
}

static enum status evaluate_in(struct facts *f, struct facts_run *r, struct block_room *room, const struct facts_piece *piece, enum rules_want want,
                               rules_hit_fn *fn, void *ctx, struct err *err)
{
    uint32_t done = piece->household, person_at = piece->person, end = piece->household + piece->n_households;
    while (done < end) {
        arena_clear(&room->arena);
        uint32_t n = MIN(PERSONS_A_BLOCK, end - done), persons;
        int64_t *sizes = arena_array(&room->arena, int64_t, n);
        TRY(population_household(f->pop, H_PERSONS, done, n, sizes, err));
        uint32_t taken = block_of(sizes, n, &persons);
        uint32_t *person = arena_array(&room->arena, uint32_t, persons + 1u), *household = arena_array(&room->arena, uint32_t, taken);
        uint32_t *first = arena_array(&room->arena, uint32_t, taken + 1u);
        room->area = arena_array(&room->arena, int32_t, taken);
        for (uint32_t i = 0; i < persons; i++) {
            person[i] = person_at + i;
        }
        for (uint32_t i = 0; i < taken; i++) {
            household[i] = done + i;
            first[i + 1] = first[i] + (uint32_t)sizes[i];
        }
        struct rules_block shape = {.n_persons = persons, .n_households = taken, .person = person, .household = household, .first = first};
        TRY(eval_households(f, r, room, done, &shape, want, fn, ctx, err));
        done += taken;
        person_at += persons;
    }
    BUG_ON(person_at != piece->person + piece->n_persons); /* link promises persons household by household */
    return ST_OK;
}

enum status facts_evaluate_piece(struct facts *f, struct facts_run *r, const struct facts_piece *piece, enum rules_want want, rules_hit_fn *fn, void *ctx,
                                 struct err *err)
{
    struct block_room room = {.arena = ARENA_INIT};
    enum status status = evaluate_in(f, r, &room, piece, want, fn, ctx, err);
    arena_release(&room.arena);
    return status;
}

enum status facts_evaluate(struct facts *f, struct facts_run *r, enum rules_want want, rules_hit_fn *fn, void *ctx, struct err *err)
{
    struct facts_piece all = {.n_households = f->n_households, .n_persons = f->n_persons};
    return facts_evaluate_piece(f, r, &all, want, fn, ctx, err);
}

/* Cut where blocks end, so that the blocks of the pieces are those of the whole. */
enum status facts_cut(struct facts *f, facts_piece_list *out, struct err *err)
{
    int64_t sizes[PERSONS_A_BLOCK];
    struct facts_piece p = {0};
    uint32_t blocks = 0;
    for (uint32_t done = 0; done < f->n_households;) {
        uint32_t n = MIN(PERSONS_A_BLOCK, f->n_households - done), persons;
        TRY(population_household(f->pop, H_PERSONS, done, n, sizes, err));
        uint32_t taken = block_of(sizes, n, &persons);
        done += taken;
        p.n_households += taken;
        p.n_persons += persons;
        if (++blocks % BLOCKS_A_PIECE == 0 || done == f->n_households) {
            vec_push(out, p);
            p = (struct facts_piece){.household = done, .person = p.person + p.n_persons};
        }
    }
    return ST_OK;
}
