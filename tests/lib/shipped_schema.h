/* SPDX-License-Identifier: Apache-2.0 */
/* What a new site's rules are compiled against: sources.yaml and people.yaml as shipped. Read once, from the repository's root; never freed. */
#ifndef MOPAI_TESTS_SHIPPED_SCHEMA_H
#define MOPAI_TESTS_SHIPPED_SCHEMA_H

#include "pipeline/schema.h"

struct shipped {
    struct sources *sources;
    struct people *people;
    struct schema schema;
};
/* Stops the program with the message when a shipped file cannot be read. */
const struct shipped *shipped(void);
const struct rules_schema *shipped_schema(void);

#endif
