/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an identifier and as a certificate: a word comes out, it explains itself, prints within bounds, and what prints reads back as the same person. */
#include <stdint.h>

#include "base/text/mask.h"
#include "base/core/bug.h"
#include "matchers/identifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str cell = str_n((const char *)data, size);
    struct certificate c;
    char text[IDENT_TEXT_MAX], mask[IDENT_TEXT_MAX];
    AUTO_STRBUF masked = STRBUF_INIT;
    uint64_t id = ident_parse(cell);
    size_t n = ident_print(id, text);
    BUG_ON(n >= IDENT_TEXT_MAX || ident_mask(id, mask) != n);
    BUG_ON((ident_reason(id) == IDENT_OK) != (ident_key(id) != 0));
    BUG_ON(ident_key(id) != 0 && ident_key(ident_parse(str_n(text, n))) != ident_key(id));
    BUG_ON(certificate_parse(cell, &c) != (ident_key(c.id) != 0));
    mask_add(MASK_ID, cell, &masked);
    (void)ident_reason_text(ident_reason(id));
    return 0;
}
