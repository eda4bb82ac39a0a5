/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/shipped.h"

static const struct {
    const char *name;
    struct str text;
} files[] = {
#define X(name, body) {name, {body, sizeof(body) - 1}},
#include "shipped.inc"
#undef X
};

struct str shipped_text(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        if (strcmp(files[i].name, name) == 0) {
            return files[i].text;
        }
    }
    return (struct str){NULL, 0};
}
