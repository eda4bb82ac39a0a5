/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what link_moves.c proposed. */
#include "base/core/vec.h"
#include "base/store/db.h"
#include "pipeline/link_moves.h"

enum status warning_moves_read(struct night *n, struct warning_moves *out, struct err *err)
{
    VEC(struct warning_move) v = {0};
    enum status status;
    bool row = true;
    AUTO_STMT q = stmt_use(n->db, STMT_LIST_PROPOSED_WARNING_MOVES);
    while ((status = stmt_step(q, &row, err)) == ST_OK && row) {
        vec_push(&v, (struct warning_move){stmt_int(q, 0), stmt_int(q, 1), stmt_int(q, 2)});
    }
    *out = (struct warning_moves){v.v, v.n};
    return status;
}

void warning_moves_release(struct warning_moves *m)
{
    free(m->v);
    *m = (struct warning_moves){NULL, 0};
}

int64_t warning_moved(const struct warning_moves *m, int64_t warning_no, int64_t entity)
{
    size_t lo = 0, hi = m->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        bool before = m->v[mid].warning_no < warning_no;
        lo = before ? mid + 1 : lo;
        hi = before ? hi : mid;
    }
    return lo < m->n && m->v[lo].warning_no == warning_no ? m->v[lo].to : entity;
}
