/* SPDX-License-Identifier: Apache-2.0 */
/* The bases of households beside each other: how many households hold living members whom another basis puts elsewhere. A basis disagrees about a household
   when one of its units holds somebody of it and somebody of another one, or when it has members of the household in two units. */
#include "base/store/db.h"
#include "pipeline/link_private.h"

#define NO_HOME UINT32_MAX

static uint32_t living_unit(const struct link *l, int rank, uint32_t p)
{
    const struct unit_row *u = &l->unit[rank][p];
    return link_member(l, p) == MEMBER_LIVING && !u->left ? u->unit : NO_UNIT;
}

/* Bits of households, by number. */
static void mark_differing(const struct link *l, int rank, uint8_t *differs)
{
    size_t units = l->unit_id[rank].n, homes = l->homes.n_households;
    uint32_t *home = xmalloc((units + 1) * sizeof(*home)), *unit = xmalloc((homes + 1) * sizeof(*unit));
    memset(home, 0xFF, (units + 1) * sizeof(*home));
    memset(unit, 0xFF, (homes + 1) * sizeof(*unit));
    for (uint32_t p = 0; p < l->n; p++) {
        uint32_t u = living_unit(l, rank, p), h = l->homes.household[p];
        if (u == NO_UNIT) {
            continue;
        }
        if (home[u] != NO_HOME && home[u] != h) {
            differs[h] = differs[home[u]] = 1;
        }
        differs[h] |= unit[h] != NO_UNIT && unit[h] != u;
        home[u] = h;
        unit[h] = u;
    }
    free(home);
    free(unit);
}

enum status link_write_bases(const struct link *l, struct err *err)
{
    static const char *const names[] = {[UNIT_ASSISTED] = "basis_differs_assisted", [UNIT_HUKOU] = "basis_differs_hukou", [UNIT_INSURED] = "basis_differs_insured"};
    uint8_t *differs = xmalloc(l->homes.n_households + 1u);
    enum status status = ST_OK;
    for (size_t k = 0; k < l->people->n_basis_order && k < UNIT_RANKS && status == ST_OK; k++) {
        int64_t n = 0;
        memset(differs, 0, l->homes.n_households + 1u);
        mark_differing(l, (int)k, differs);
        for (uint32_t h = 0; h < l->homes.n_households; h++) {
            n += differs[h];
        }
        AUTO_STMT s = stmt_use(l->night->db, STMT_REPLACE_FIGURE);
        stmt_bind_z(s, ":name", names[l->people->basis_order[k]]);
        stmt_bind_int(s, ":value", n);
        status = stmt_run(s, err);
    }
    free(differs);
    return status;
}
