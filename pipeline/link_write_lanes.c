/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of people.yaml as they are written: where no row says anything, a source that covers the person says "absent". */
#include "pipeline/link_write.h"

/* Values an item of the source can give. */
static uint64_t can_say(const struct people_attr *a, int source, uint64_t all)
{
    uint64_t can = 0;
    for (size_t f = 0; f < a->n_from; f++) {
        if (a->from[f].source == source) {
            can |= a->from[f].column < 0 ? (uint64_t)a->from[f].constant : all;
        }
    }
    return can;
}

void link_view_lane(const struct link *l, const struct lane *lane, struct lane_view *out)
{
    const struct people_attr *a = &l->people->attrs[lane->attr];
    *out = (struct lane_view){.lane = lane, .attr = a, .never_all = a->n_from == 0};
    out->all = a->n_values >= 63 ? (uint64_t)INT64_MAX : ((uint64_t)1 << a->n_values) - 1;
    for (size_t f = 0; f < a->n_from; f++) {
        out->never_all |= a->from[f].source >= 64;
        out->sources |= (uint64_t)1 << MIN(a->from[f].source, 63);
    }
    for (size_t k = 0; k < lane->n_masks; k++) {
        out->can[k] = can_say(a, lane->mask_source[k], out->all);
    }
}

int64_t link_lane_scalar(const struct link *l, const struct lane_view *v, uint32_t p)
{
    const struct lane *lane = v->lane;
    int64_t said = lane->v64 ? lane->v64[p] : lane->v32[p] == INT32_MIN ? INT64_MIN : lane->v32[p];
    if (said != INT64_MIN) {
        return said;
    }
    return !v->never_all && (l->covers[p] & v->sources) == v->sources ? v->attr->absent : ATTR_UNKNOWN;
}

/* With `precedence` the first source that speaks about the person decides what it can say; else all are united. */
void link_lane_set(const struct link *l, const struct lane_view *v, uint32_t p, int64_t *lo, int64_t *hi)
{
    const struct lane *lane = v->lane;
    bool first_decides = v->attr->survive == SURVIVE_PRECEDENCE;
    uint64_t open = v->all, sure = 0, maybe = 0;
    for (size_t k = 0; k < lane->n_masks; k++) {
        int source = lane->mask_source[k];
        sure |= lane->mask[k][p] & (first_decides ? open : UINT64_MAX);
        if (source < 64 && (l->covers[p] >> source & 1)) {
            open &= first_decides ? ~v->can[k] : UINT64_MAX;
        } else if (!first_decides) {
            maybe |= v->can[k];
        }
    }
    maybe |= first_decides ? open : 0;
    *lo = (int64_t)sure;
    *hi = v->attr->absent == ATTR_UNKNOWN && sure == 0 ? (int64_t)(sure | maybe | open) : (int64_t)(sure | maybe);
}
