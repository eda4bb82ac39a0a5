/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as sources.yaml: loaded or refused with words; file names are matched against whatever patterns came through. */
#include "pipeline/ingest/sources.h"

#include "base/core/bug.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const names[] = {"a_20260301.csv", "医保_结算_王庄镇_2026年3月1日(1).csv", "****", ""};
    struct sources *s;
    struct err err;
    if (n > 1 << 16) {
        return 0;
    }
    if (sources_load(str_n((const char *)bytes, n), "sources.yaml", &s, &err) != ST_OK) {
        BUG_ON(err.status != ST_CONFIG || err.text[0] == 0);
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct source_name out;
        if (sources_match(s, str_of(names[i]), &out)) {
            BUG_ON(out.source < 0 || (size_t)out.source >= s->n);
        }
    }
    sources_free(s);
    return 0;
}
