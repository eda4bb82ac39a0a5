/* SPDX-License-Identifier: Apache-2.0 */
/* English given names that stand for one another (Robert, Bob, Rob). The commonest groups; a public-domain fact of usage, not a copy of any list. */
#ifndef MOPAI_MATCHERS_NICKNAME_H
#define MOPAI_MATCHERS_NICKNAME_H

#include "base/core/str.h"

/* One bit a group the folded name is in; 0: in none. Two names stand for one another when they share a bit. */
uint64_t nickname_groups(struct str name);

#endif
