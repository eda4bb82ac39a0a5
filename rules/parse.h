/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the parser: what its two files share. */
#ifndef MOPAI_RULES_PARSE_H
#define MOPAI_RULES_PARSE_H

#include "rules/literal.h"

struct px {
    struct compiler *c;
    const struct yaml_node *node;
    struct str src; /* in the rule set's arena */
    struct lexer lx;
    struct token t; /* looked at, not taken */
    struct scope sc;
    int depth, folds, nodes;
    size_t base; /* where the text begins in the node's */
};


void px_next(struct px *p);
struct diag_at px_at_token(const struct px *p, const struct token *t);
struct diag_at px_at(const struct px *p, size_t from, size_t to);
/* All faults of form go through these: the token in hand is shown as it stands. Return NULL. */
struct expr *px_fault(struct px *p, const char *code, const char *message);
struct expr *px_fault_from(struct px *p, size_t from, const char *code, const char *message); /* from there up to the token in hand */
struct expr *px_wanted(struct px *p, const char *wanted);
struct expr *px_types(struct px *p, const struct expr *a, const struct expr *b, size_t from, const char *zh, const char *en);
struct expr *px_node(struct px *p, enum ex_op op, enum rules_type type, struct expr *a, struct expr *b); /* NULL past LIMIT_NODES */

/* A name where it stands; `like` says what its neighbour is, so that 低保 is found among its values. The word is not taken. */
struct expr *px_resolve(struct px *p, struct str word, const struct expr *like);
struct expr *px_value_name(struct px *p, struct str word, const struct expr *like); /* a value of like's enumeration, 无 or 长期; else NULL, silently */
struct expr *px_sum(struct px *p, const struct expr *like);
struct expr *px_add(struct px *p, struct expr *a, struct expr *b, bool plus, size_t from);
void px_lift_int(struct expr *e, enum rules_type want); /* a whole-number constant becomes a ratio */
struct expr *px_or(struct px *p);

#endif
