/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as two names, divided by a line feed: comparison is symmetric, a name is the same as itself or says nothing, keys keep within bounds. */
#include <stdint.h>
#include <string.h>

#include "base/core/bug.h"
#include "base/text/name_compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_n((const char *)data, size), first, second = STR("");
    struct name_form a, b;
    uint64_t keys[NAME_SOUND_KEYS];
    if (str_split(&rest, '\n', &first)) {
        second = rest;
    }
    name_form_make(first, &a);
    name_form_make(second, &b);
    enum name_likeness l = name_compare(&a, &b), self = name_compare(&a, &a);
    BUG_ON(l != name_compare(&b, &a) || l >= NAME_LEVEL_COUNT);
    BUG_ON(self != NAME_LEVEL_UNKNOWN && self != NAME_LEVEL_SAME && !a.unreadable);
    BUG_ON(a.n > NAME_FORM_CODES || a.n_parts > NAME_FORM_PARTS || a.surname > a.n);
    BUG_ON(name_sound_keys(&a, keys) > NAME_SOUND_KEYS);
    BUG_ON((name_initial_key(&a) == 0) != (a.script == NAME_SCRIPT_NONE || a.script == NAME_SCRIPT_LATIN));
    (void)name_sorted_key(&b);
    return 0;
}
