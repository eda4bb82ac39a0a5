/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/shipped_schema.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/core/file.h"

static void must(enum status status, const struct err *err)
{
    if (status != ST_OK) {
        fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

const struct shipped *shipped(void)
{
    static struct shipped s;
    static struct arena arena;
    if (!s.sources) {
        struct err err;
        AUTO_STRBUF sources = STRBUF_INIT;
        AUTO_STRBUF people = STRBUF_INIT;
        must(file_read_all("sources.yaml", 1 << 20, &sources, &err), &err);
        must(file_read_all("people.yaml", 1 << 20, &people, &err), &err);
        must(sources_load(strbuf_str(&sources), "sources.yaml", &s.sources, &err), &err);
        must(people_load(strbuf_str(&people), "people.yaml", STR(""), "id_aliases.csv", s.sources, &s.people, &err), &err);
        schema_build(&arena, s.sources, s.people, NULL, &s.schema);
    }
    return &s;
}

const struct rules_schema *shipped_schema(void)
{
    return &shipped()->schema.rules;
}
