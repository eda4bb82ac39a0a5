/* SPDX-License-Identifier: Apache-2.0 */
/* What became of persons and households since the last published night, and which warnings follow whom. The link stage proposes both in night.db; publishing
   appends them to the ledger (entity_event; warning_move, and warning.entity is the new one). A warning's history shows its moves (list_warning_history.sql).

     merged   records known as two persons are one (link_merge.c), or all who were left of a household live in another one
     split    records known as one person are two, or a household's members live in two and one of these is new (the old id stays with most of them)
     moved    a person went from one household that goes on to another one that was there before

   A warning follows the entity that was merged; after a split or a move it goes to whom all its evidence (the rows its last event told) is about tonight,
   and stays where it is when that is several or nobody. It does not go where a warning of the same rule and key stands already: then its entity is gone, and
   the life cycle clears it with the cause 家庭变化. Closed warnings follow too, so that a visit keeps its quiet time. */
#ifndef MOPAI_PIPELINE_LINK_MOVES_H
#define MOPAI_PIPELINE_LINK_MOVES_H

#include "pipeline/night.h"

struct warning_move {
    int64_t warning_no, from, to; /* stable ids */
};
struct warning_moves {
    struct warning_move *v; /* by warning number */
    size_t n;
};
/* Of the night whose night.db is n->db: what fold_read applies to the warnings of the ledger before anything is decided. */
enum status warning_moves_read(struct night *n, struct warning_moves *out, struct err *err) MUST_CHECK;
void warning_moves_release(struct warning_moves *m);
/* The entity of a warning tonight: where it moved, else `entity`. */
int64_t warning_moved(const struct warning_moves *m, int64_t warning_no, int64_t entity);

#endif
