/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with units. */
#ifndef MOPAI_RULES_LITERAL_H
#define MOPAI_RULES_LITERAL_H

#include "rules/compiler.h"
#include "rules/lex.h"

enum literal_fault { LITERAL_OK, LITERAL_UNIT, LITERAL_INEXACT };
/* `within`: the unit may end in 内 (于 90天内). INEXACT: more decimals than the unit has, or out of range. */
enum literal_fault literal_number(const struct token *t, bool within, enum rules_type *out_type, int64_t *out_value);

#endif
