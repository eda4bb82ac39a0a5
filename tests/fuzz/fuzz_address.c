/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as two addresses, divided by a line feed: parts lie within the text, comparison and walking order are symmetric, an address never differs from itself. */
#include <stdint.h>

#include "base/core/bug.h"
#include "base/text/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_n((const char *)data, size), first = STR("");
    struct address a, b;
    struct address_form x, y;
    (void)str_split(&rest, '\n', &first);
    address_parse(first, &a);
    address_parse(rest, &b);
    for (int p = 0; p < ADDRESS_PART_COUNT; p++) {
        BUG_ON((size_t)a.part[p].at + a.part[p].n > sizeof(a.text));
    }
    address_form_make(&a, &x);
    address_form_make(&b, &y);
    BUG_ON(address_compare(&x, &y) != address_compare(&y, &x));
    BUG_ON(address_compare(&x, &x) == ADDRESS_LIKE_DIFFERS);
    BUG_ON(address_walk_cmp(&x, &y) != -address_walk_cmp(&y, &x) || address_walk_cmp(&x, &x) != 0);
    return 0;
}
