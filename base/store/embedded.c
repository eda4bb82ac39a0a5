/* SPDX-License-Identifier: Apache-2.0 */
#include "base/store/embedded.h"

#include <stdio.h>
#include <string.h>

#include "base/core/bug.h"

/* A schema file is one literal far beyond the 4095 characters that C promises; gcc and clang have no such limit. */
#pragma GCC diagnostic ignored "-Woverlength-strings"

struct named_text {
    const char *name, *text;
};

static const struct named_text statements[STMT_COUNT + 1] = {
#define X(name, sql) [STMT_##name] = {#name, sql},
#include "statements.inc"
#undef X
};

static const struct named_text schemas[] = {
#define X(name, text) {name, text},
#include "schemas.inc"
#undef X
};

const char *statement_name(enum stmt_id id)
{
    BUG_ON((int)id < 0 || id >= STMT_COUNT);
    return statements[id].name;
}

const char *statement_text(enum stmt_id id)
{
    BUG_ON((int)id < 0 || id >= STMT_COUNT);
    return statements[id].text;
}

const char *schema_text(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(schemas); i++) {
        if (strcmp(schemas[i].name, name) == 0) {
            return schemas[i].text;
        }
    }
    return NULL;
}

const char *ledger_migration(int version)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "ledger-%03d.sql", version);
    return schema_text(name);
}
