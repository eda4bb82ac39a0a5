/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a delivered file: a header is found or not, and then every record goes somewhere. The control sum is checked by the code itself (BUG_ON). */
#include "pipeline/ingest/typing.h"

#include "base/core/bug.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char text[] = "format: 1\n"
                           "sources:\n"
                           "  - {id: a, label: a, department: a, files: [a], kind: append, key: [a, 'b|c'], person: {id: b, name: c},\n"
                           "     columns: {a: {type: token}, b: {type: id_number}, c: {type: name}, d: {type: date, month_as: last}, e: {type: money, bad: reject},\n"
                           "               f: {type: code, codes: {1: x, 2: y}}, g: {type: flag}, h: {type: phone}, i: {type: month}, j: {type: integer}}}\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct sources *sources;
    struct err err;
    if (!sources && sources_load(str_of(text), "a", &sources, &err) != ST_OK) {
        BUG(err.text);
    }
    struct str in = str_n((const char *)bytes, n);
    struct memory_source m = {in};
    struct typed_file t;
    const struct typing_job job = {.source = &sources->v[0], .bytes = memory_source(&m), .head = str_sub(in, 0, HEADER_SEARCH_BYTES),
                                   .whole = n <= HEADER_SEARCH_BYTES};
    BUG_ON(type_bytes(&job, &t, &err) != ST_OK);
    BUG_ON(t.usable != (t.why.n == 0));
    typed_file_release(&t);
    return 0;
}
