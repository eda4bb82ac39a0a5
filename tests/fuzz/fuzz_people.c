/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as people.yaml (and, behind a NUL, id_aliases.csv): read or refused with messages, never a crash. */
#include <stdint.h>

#include "pipeline/people.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sources_text[] = "format: 1\nsources:\n  - id: cl\n    label: 残疾证\n    department: 残联\n    files: [\"cl_{date}.csv\"]\n    kind: snapshot\n    key: [证号]\n"
                                   "    registers: persons\n    person: {id: 证号, name: 姓名}\n    columns:\n      证号: {type: disability_certificate, required: true}\n"
                                   "      姓名: {type: name}\n      残疾等级: {type: code, codes: {1: 一级, 2: 二级}}\n      到期: {type: date}\n      补贴: {type: flag}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sources *sources; /* the same for every input */
    struct err err;
    struct people *p = NULL;
    struct str text = str_n((const char *)data, size);
    size_t cut = str_find(text, str_n("", 1));
    if (!sources && sources_load(STR(sources_text), "sources.yaml", &sources, &err) != ST_OK) {
        return 0;
    }
    struct str aliases = cut < text.n ? str_sub(text, cut + 1, text.n) : (struct str){NULL, 0};
    if (people_load(str_sub(text, 0, cut), "people.yaml", aliases, "id_aliases.csv", sources, &p, &err) == ST_OK) {
        people_free(p);
    }
    return 0;
}
