/* SPDX-License-Identifier: Apache-2.0 */
/* persons.seg, column by column: the persons of a block are known by their rows, and each column is gathered from its array. */
#include "pipeline/link_write.h"

/* As persons.seg has a record: input << 32 | row. */
static int64_t origin(const struct link *l, record_no r)
{
    struct where w;
    return r == NO_RECORD ? INT64_MIN : (w = link_where(l, r), (int64_t)((uint64_t)w.input << 32 | w.row));
}

static const struct death *death_of(const struct link *l, uint32_t p)
{
    return l->flags[p] & (PF_DEAD | PF_SUSPECT) ? link_death(l, p) : NULL;
}

static int32_t death_day(const struct link *l, uint32_t p)
{
    const struct death *d = death_of(l, p);
    return d && (l->flags[p] & PF_DEAD) ? d->day : DAY_MISSING;
}

static int death_sources(const struct link *l, uint32_t p)
{
    const struct death *d = death_of(l, p);
    return d ? __builtin_popcountll(d->in) : 0;
}

static record_no kept(const struct link *l, enum kept f, uint32_t p)
{
    const struct death *d = f == KEPT_DEATH ? death_of(l, p) : NULL;
    return d ? d->from : link_kept(l, f, p);
}

static uint64_t disagreements(const struct link *l, uint32_t p)
{
    return l->flags[p] & PF_DISAGREE ? l->disagree.v[map64_get(&l->disagree_at, p)] : 0;
}

static struct str relation_of(const struct link *l, uint32_t p)
{
    int rank = link_home_rank(l, l->homes.household[p]);
    return rank < 0 || l->homes.how[p] != HOW_UNIT ? (struct str){NULL, 0} : l->relations.texts[l->unit[rank][p].relation];
}

static enum member_reason reason_of(const struct link *l, uint32_t p)
{
    static const enum member_reason of[] = {[HOW_UNIT] = REASON_UNIT, [HOW_TAKEN_IN] = REASON_TAKEN_IN, [HOW_ADDRESS] = REASON_ADDRESS, [HOW_ALONE] = REASON_ALONE};
    return link_member(l, p) == MEMBER_FORMER ? REASON_LAST_SEEN : of[l->homes.how[p]];
}

static struct str name_of(const struct write_rows *w, uint32_t row, uint32_t p)
{
    struct str kept = link_text(w->texts, TEXT_NAME, row);
    return kept.n ? kept : link_name(w->l, p);
}

#define EACH(type_, value_)                                                                                            \
    do {                                                                                                               \
        type_ *v = out;                                                                                                \
        for (uint32_t i = 0; i < n; i++) {                                                                             \
            uint32_t p = who[i];                                                                                       \
            v[i] = (type_)(value_);                                                                                    \
        }                                                                                                              \
        return;                                                                                                        \
    } while (0)
#define EACH_TEXT(value_)                                                                                              \
    do {                                                                                                               \
        struct str *v = out;                                                                                           \
        for (uint32_t i = 0; i < n; i++) {                                                                             \
            uint32_t row = w->first + i, p = who[i];                                                                   \
            (void)p, (void)row;                                                                                        \
            v[i] = value_;                                                                                             \
        }                                                                                                              \
        return;                                                                                                        \
    } while (0)

/* The households of the rows: they stand in their order. */
static void fill_homes(const struct write_rows *w, size_t n, int32_t *out)
{
    const struct link *l = w->l;
    uint32_t h = l->homes.household[l->sorted[w->first]];
    for (uint32_t i = 0; i < n; i++) {
        h += w->first + i == l->home_first[h + 1];
        out[i] = (int32_t)h;
    }
}

static void fill_fixed(const struct write_rows *w, enum person_column col, const uint32_t *who, size_t n, void *out)
{
    const struct link *l = w->l;
    switch (col) {
    case P_ANCHOR:
        EACH(uint64_t, l->anchor[p]);
    case P_ID:
        EACH(uint64_t, link_id(l, p));
    case P_COVERS:
        EACH(uint64_t, l->covers[p]);
    case P_HOUSEHOLD:
        fill_homes(w, n, out);
        return;
    case P_STATE:
        EACH(int32_t, link_state(l, p));
    case P_MEMBER:
        EACH(int32_t, link_member(l, p));
    case P_REASON:
        EACH(int32_t, reason_of(l, p));
    case P_SEX:
        EACH(int32_t, l->sex[p]);
    case P_BIRTH:
        EACH(int32_t, l->birth[p]);
    case P_DEATH:
        EACH(int32_t, death_day(l, p));
    case P_DEATH_SOURCES:
        EACH(int32_t, death_sources(l, p));
    case P_SUSPECT:
        EACH(int32_t, (l->flags[p] & PF_SUSPECT) != 0);
    case P_STREET:
        EACH(int32_t, l->street[p]);
    case P_COMMUNITY:
        EACH(int32_t, l->community[p]);
    case P_AREA_BASIS:
        EACH(int32_t, l->area_basis[p]);
    case P_AWAY:
        EACH(int32_t, (l->flags[p] & PF_AWAY) != 0);
    case P_RECORDS:
        EACH(int32_t, l->records[p]);
    case P_CONFLICTS:
        EACH(int32_t, __builtin_popcountll(disagreements(l, p)));
    case P_NAME:
        EACH_TEXT(name_of(w, row, p));
    case P_RELATION:
        EACH_TEXT(relation_of(l, p));
    case P_ADDRESS:
        EACH_TEXT(link_text(w->texts, TEXT_ADDRESS, row));
    case P_HUKOU_ADDRESS:
        EACH_TEXT(link_text(w->texts, TEXT_HUKOU_ADDRESS, row));
    case P_PHONE:
        EACH_TEXT(link_text(w->texts, TEXT_PHONE, row));
    case P_COLUMN_COUNT:
        break;
    }
    BUG("person column");
}

enum lane_part { LANE_VALUE, LANE_FROM, LANE_MAYBE };

static void fill_lane(const struct link *l, const struct lane_view *lane, enum lane_part part, const uint32_t *who, size_t n, void *out)
{
    int64_t lo, hi;
    if (part == LANE_FROM) {
        EACH(int64_t, origin(l, lane->lane->from[p]));
    }
    if (lane->lane->n_masks) {
        EACH(int64_t, (link_lane_set(l, lane, p, &lo, &hi), part == LANE_VALUE ? lo : hi));
    }
    if (lane->lane->v64) {
        EACH(int64_t, link_lane_scalar(l, lane, p));
    }
    EACH(int32_t, population_narrow(link_lane_scalar(l, lane, p)));
}

/* Columns in the order of population_columns_make. */
void link_fill_person(void *write_rows, size_t col, size_t n, void *out)
{
    const struct write_rows *w = write_rows;
    const struct link *l = w->l;
    const uint32_t *who = l->sorted + w->first;
    if (col < P_COLUMN_COUNT) {
        fill_fixed(w, (enum person_column)col, who, n, out);
        return;
    }
    col -= P_COLUMN_COUNT;
    if (col < KEPT_COUNT) {
        EACH(int64_t, origin(l, kept(l, (enum kept)col, p)));
    }
    col -= KEPT_COUNT;
    for (size_t k = 0; k < l->n_lanes; k++) {
        size_t columns = l->lanes[k].n_masks ? 3 : 2;
        if (col < columns) {
            fill_lane(l, &w->lanes[k], (enum lane_part)col, who, n, out);
            return;
        }
        col -= columns;
    }
    BUG("person column");
}
