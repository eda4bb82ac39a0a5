/* SPDX-License-Identifier: Apache-2.0 */
/* households.seg, column by column. */
#include "pipeline/link_write.h"

static uint32_t living_of(const struct link *l, uint32_t h)
{
    uint32_t n = 0;
    for (uint32_t i = l->home_first[h]; i < l->home_first[h + 1]; i++) {
        n += link_member(l, l->sorted[i]) == MEMBER_LIVING;
    }
    return n;
}

static enum household_basis basis_of(const struct link *l, uint32_t h)
{
    unsigned rank = l->homes.rank[h];
    if (rank >= UNIT_RANKS) {
        return rank == UNIT_RANKS ? BASIS_ADDRESS : BASIS_NONE;
    }
    switch (l->people->basis_order[rank]) {
    case UNIT_ASSISTED:
        return BASIS_ASSISTED;
    case UNIT_HUKOU:
        return BASIS_HUKOU;
    case UNIT_INSURED:
        return BASIS_INSURED;
    case UNIT_NONE:
        break;
    }
    return BASIS_NONE;
}

/* The strongest value among living members and who has it. A member without a known value could only be stronger: that is not held against the others,
   but when nobody has a value and one is unknown, or who belongs to the household is, the household is unknown. */
static int64_t strongest(const struct link *l, const struct lane_view *lane, uint32_t h, int64_t *out_row)
{
    const struct people_attr *a = lane->attr;
    int64_t best = ATTR_UNKNOWN;
    bool unknown = basis_of(l, h) == BASIS_NONE;
    *out_row = INT64_MIN;
    for (uint32_t i = l->home_first[h]; i < l->home_first[h + 1]; i++) {
        uint32_t p = l->sorted[i];
        int64_t v = link_member(l, p) == MEMBER_LIVING ? link_lane_scalar(l, lane, p) : a->absent;
        unknown = unknown || v == ATTR_UNKNOWN;
        if (v != ATTR_UNKNOWN && v != ATTR_NOTHING && v != a->absent && (best == ATTR_UNKNOWN || v < best)) {
            best = v;
            *out_row = i;
        }
    }
    return best != ATTR_UNKNOWN ? best : unknown ? ATTR_UNKNOWN : a->absent;
}

static const struct lane_view *lane_of(const struct write_rows *w, int attr)
{
    for (size_t k = 0; k < w->l->n_lanes; k++) {
        if (w->l->lanes[k].attr == attr) {
            return &w->lanes[k];
        }
    }
    BUG("an attribute of households stands on none of persons");
}

#define EACH(type_, value_)                                                                                            \
    do {                                                                                                               \
        type_ *v = out;                                                                                                \
        for (uint32_t i = 0; i < n; i++) {                                                                             \
            uint32_t h = w->first + i;                                                                                 \
            v[i] = value_;                                                                                             \
        }                                                                                                              \
        return;                                                                                                        \
    } while (0)

static void fill_fixed(const struct write_rows *w, enum household_column col, size_t n, void *out)
{
    const struct link *l = w->l;
    switch (col) {
    case H_ID:
        EACH(uint64_t, l->home_id[h]);
    case H_NATURAL:
        EACH(uint64_t, l->homes.natural[h]);
    case H_BASIS:
        EACH(int32_t, (int32_t)basis_of(l, h));
    case H_FIRST:
    case H_HEAD:
        EACH(int32_t, (int32_t)l->home_first[h]);
    case H_PERSONS:
        EACH(int32_t, (int32_t)(l->home_first[h + 1] - l->home_first[h]));
    case H_LIVING:
        EACH(int32_t, (int32_t)living_of(l, h));
    case H_STREET:
        EACH(int32_t, l->home_street[h]);
    case H_COMMUNITY:
        EACH(int32_t, l->home_community[h]);
    case H_AREA_BASIS:
        EACH(int32_t, l->home_area_basis[h]);
    case H_NUMBER:
        EACH(struct str, link_text(w->texts, HOME_NUMBER, h));
    case H_ADDRESS:
        EACH(struct str, link_text(w->texts, HOME_ADDRESS, h));
    case H_COLUMN_COUNT:
        break;
    }
    BUG("household column");
}

static void fill_strongest(const struct write_rows *w, const struct lane_view *lane, bool whose, size_t n, void *out)
{
    int32_t *v = out;
    for (uint32_t i = 0; i < n; i++) {
        int64_t row, best = strongest(w->l, lane, w->first + i, &row);
        v[i] = (int32_t)population_narrow(whose ? row : best);
    }
}

void link_fill_home(void *write_rows, size_t col, size_t n, void *out)
{
    const struct write_rows *w = write_rows;
    const struct people *people = w->l->people;
    if (col < H_COLUMN_COUNT) {
        fill_fixed(w, (enum household_column)col, n, out);
        return;
    }
    col -= H_COLUMN_COUNT;
    for (size_t a = 0; a < people->n_attrs; a++) {
        if (people->attrs[a].entity != ATTR_HOUSEHOLD || people->attrs[a].builtin != ATTR_CONFIGURED) {
            continue;
        }
        if (col < 2) {
            fill_strongest(w, lane_of(w, people->attrs[a].of_person_attr), col == 1, n, out);
            return;
        }
        col -= 2;
    }
    BUG("household column");
}
