/* SPDX-License-Identifier: Apache-2.0 */
/* The link stage: persons over the registers, every row to its person, every value weighed, then areas and households, then the files. */
#include "base/core/log.h"
#include "pipeline/link_private.h"
#include "pipeline/link_want.h"

static void *missing_array(size_t n, size_t size)
{
    void *p = xmalloc((n + 1) * size);
    memset(p, 0xFF, (n + 1) * size); /* -1: AREA_NONE, NO_UNIT, NO_RECORD */
    return p;
}

static enum status number_records(struct link *l, struct err *err)
{
    const struct night *night = l->night;
    uint64_t pages = 0;
    for (size_t i = 0; i < night->n_inputs; i++) {
        pages += ((uint64_t)night->inputs[i].rows + RECORD_PAGE - 1) / RECORD_PAGE;
    }
    if (pages >= UINT32_MAX / RECORD_PAGE) {
        return err_set(err, ST_INPUT, TR("一夜的记录太多：%llu 万行以上", "too many records for one night: more than %llu0 thousand"), (unsigned long long)pages * RECORD_PAGE / 10000);
    }
    l->first_page = xmalloc((night->n_inputs + 1) * sizeof(*l->first_page));
    l->input_of = xmalloc((pages + 1) * sizeof(*l->input_of));
    uint32_t page = 0;
    for (uint32_t i = 0; i < night->n_inputs; i++) {
        l->first_page[i] = page;
        for (uint64_t n = ((uint64_t)night->inputs[i].rows + RECORD_PAGE - 1) / RECORD_PAGE; n > 0; n--) {
            l->input_of[page++] = i;
        }
    }
    return ST_OK;
}

/* Does any source of the night tell this? Sex and birth are in numbers too, areas in addresses. */
static bool is_told(const struct link *l, enum kept f)
{
    static const enum person_role roles[] = {[KEPT_NAME] = ROLE_NAME, [KEPT_ADDRESS] = ROLE_ADDRESS, [KEPT_HUKOU_ADDRESS] = ROLE_HUKOU_ADDRESS, [KEPT_PHONE] = ROLE_PHONE};
    if (f == KEPT_SEX || f == KEPT_BIRTH || f == KEPT_AREA || f == KEPT_NAME) {
        return true;
    }
    for (size_t i = 0; i < l->night->n_inputs && f != KEPT_DEATH; i++) {
        if (l->sources->v[l->night->inputs[i].source].person[roles[f]].column >= 0) {
            return true;
        }
    }
    return false;
}

/* Everything by person that is filled after it is known how many there are. */
static void make_arrays(struct link *l)
{
    size_t n = l->n;
    l->sex = xcalloc(n + 1, 1);
    l->birth = xmalloc((n + 1) * sizeof(*l->birth));
    for (size_t i = 0; i <= n; i++) {
        l->birth[i] = DAY_MISSING;
    }
    l->records = xcalloc(n + 1, sizeof(*l->records));
    l->street = missing_array(n, sizeof(*l->street));
    l->community = missing_array(n, sizeof(*l->community));
    l->hukou_street = missing_array(n, sizeof(*l->hukou_street));
    l->hukou_community = missing_array(n, sizeof(*l->hukou_community));
    l->area_basis = xcalloc(n + 1, 1);
    l->place = l->people->by_address ? xcalloc(n + 1, sizeof(*l->place)) : NULL;
    for (int f = 0; f < KEPT_COUNT; f++) {
        l->field[f] = is_told(l, (enum kept)f) ? missing_array(n, sizeof(record_no)) : NULL;
    }
    for (size_t k = 0; k < UNIT_RANKS && k < l->people->n_basis_order; k++) {
        l->unit[k] = missing_array(n, sizeof(struct unit_row));
        for (size_t i = 0; i <= n; i++) {
            l->unit[k][i].relation = 0;
            l->unit[k][i].head = l->unit[k][i].left = false;
        }
    }
    link_make_lanes(l);
}

static void release_lanes(struct link *l)
{
    for (size_t k = 0; k < l->n_lanes; k++) {
        struct lane *lane = &l->lanes[k];
        free(lane->v32);
        free(lane->v64);
        free(lane->from);
        free(lane->when);
        free(lane->item);
        for (size_t m = 0; m < lane->n_masks; m++) {
            free(lane->mask[m]);
        }
    }
    free(l->lanes);
}

static void release(struct link *l)
{
    void *const arrays[] = {l->anchor,   l->older,       l->record,      l->seen,      l->name_at,      l->sibling,      l->first_source,
                            l->flags,    l->sex,         l->birth,       l->records,     l->street,    l->community,    l->area_basis,   l->hukou_street,
                            l->hukou_community, l->place, l->covers,     l->first_page,  l->input_of,  l->home_id,      l->home_street,  l->home_community,
                            l->home_area_basis, l->home_first, l->sorted, l->living_then, l->new_tonight, l->before,    l->row,          l->linked,
                            l->unlinked, l->new_persons, l->new_homes};
    for (size_t i = 0; i < ARRAY_LEN(arrays); i++) {
        free(arrays[i]);
    }
    for (int f = 0; f < KEPT_COUNT; f++) {
        free(l->field[f]);
    }
    for (int k = 0; k < UNIT_RANKS; k++) {
        free(l->unit[k]);
        free(l->unit_then[k]);
        map64_release(&l->unit_number[k]);
        vec_release(&l->unit_id[k]);
    }
    release_lanes(l);
    map64_release(&l->by_id);
    map64_release(&l->id_at);
    vec_release(&l->ids);
    map64_release(&l->death_at);
    map64_release(&l->disagree_at);
    vec_release(&l->deaths);
    vec_release(&l->disagree);
    strbuf_release(&l->names);
    strmap_release(&l->relations);
    vec_release(&l->joined);
    vec_release(&l->events);
    vec_release(&l->follows);
    vec_release(&l->conflicts);
    vec_release(&l->made);
    vec_release(&l->doubt);
    vec_release(&l->apart);
    vec_release(&l->wanted);
    vec_release(&l->visits);
    map64_release(&l->visited);
    vec_release(&l->remodeled);
    map64_release(&l->reviews);
    free(l->now);
    vec_release(&l->gone);
    vec_release(&l->became);
    household_output_release(&l->homes);
}

/* What only the search for persons needed, and what only households needed: writing is where most is held at once. */
#define DROP(array) (free(array), (array) = NULL)

static void drop_search(struct link *l)
{
    map64_release(&l->by_id);
    DROP(l->sibling);
    DROP(l->older);
    DROP(l->place);
    DROP(l->before);
    DROP(l->living_then);
    DROP(l->new_tonight);
    for (int k = 0; k < UNIT_RANKS; k++) {
        DROP(l->unit_then[k]);
    }
}

static enum status run_steps(struct link *l, struct err *err)
{
    TRY(link_find_persons(l, err));
    TRY(link_read_reviews(l, err));
    TRY(link_read_visits(l, err));
    TRY(link_rows_find(l, err));
    TRY(link_find_gone(l, err));
    DROP(l->record);
    DROP(l->first_source);
    TRY(number_records(l, err));
    make_arrays(l);
    TRY(link_read_values(l, err));
    TRY(link_find_places(l, err));
    TRY(link_place_gone(l, err));
    TRY(link_find_then(l, err));
    link_take_over_records(l);
    TRY(link_form_homes(l, err));
    TRY(link_find_follows(l, err));
    drop_search(l);
    l->covers = xcalloc(l->n + 1u, sizeof(*l->covers));
    link_find_covers(l);
    DROP(l->hukou_street);
    DROP(l->hukou_community);
    DROP(l->seen);
    return link_write(l, err);
}

enum status link_want_pair(struct night *n, struct link_want *w, struct err *err)
{
    struct link l = {.night = n, .people = n->site->people, .sources = n->site->sources, .areas = &n->site->areas, .want = w};
    enum status status = link_find_persons(&l, err);
    status = status == ST_OK ? link_read_reviews(&l, err) : status;
    status = status == ST_OK ? link_read_visits(&l, err) : status;
    status = status == ST_OK ? link_rows_find(&l, err) : status;
    release(&l);
    return status;
}

enum status link_night(struct night *n, struct err *err)
{
    struct link l = {.night = n, .people = n->site->people, .sources = n->site->sources, .areas = &n->site->areas};
    l.linked = xcalloc(l.sources->n + 1, sizeof(*l.linked));
    l.unlinked = xcalloc(l.sources->n + 1, sizeof(*l.unlinked));
    enum status status = run_steps(&l, err);
    if (status == ST_OK) {
        log_event(LOG_INFO, "link", "night=%lld persons=%u households=%u conflicts=%zu aliases=%zu", (long long)n->number, l.n, l.homes.n_households,
                  l.conflicts.n, l.n_new_persons + l.n_new_homes);
    }
    release(&l);
    return status;
}
