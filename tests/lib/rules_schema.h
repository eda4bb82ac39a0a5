/* SPDX-License-Identifier: Apache-2.0 */
/* A schema in the shipped shape for tests of rules/, by hand: no file is read. */
#ifndef MOPAI_TESTS_RULES_SCHEMA_H
#define MOPAI_TESTS_RULES_SCHEMA_H

#include "rules/rules.h"

const struct rules_schema *rules_test_schema(void);
/* The head every rules.yaml needs: format, meta with 红 橙 黄 蓝. */
extern const char rules_test_head[];

#endif
