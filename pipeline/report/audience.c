/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/audience.h"

#include "base/text/mask.h"

static struct str replaced(struct arena *a, struct str s, struct str what, struct str with)
{
    AUTO_STRBUF b = STRBUF_INIT;
    while (what.n > 0) {
        size_t at = str_find(s, what);
        strbuf_adds(&b, str_sub(s, 0, MIN(at, s.n)));
        if (at >= s.n) {
            break;
        }
        strbuf_adds(&b, with);
        s = str_sub(s, at + what.n, s.n);
    }
    return what.n > 0 ? arena_str(a, strbuf_str(&b)) : s;
}

/* A sentence names the person, the head or a member. */
static struct str without_names(struct arena *a, struct str s, const struct list_row *l)
{
    s = replaced(a, s, l->person.name, mask_text(MASK_NAME, l->person.name, a));
    s = replaced(a, s, l->home.head, mask_text(MASK_NAME, l->home.head, a));
    for (size_t i = 0; i < l->home.n_members; i++) {
        s = replaced(a, s, l->home.members[i].name, mask_text(MASK_NAME, l->home.members[i].name, a));
    }
    return s;
}

static struct str shown_as(struct arena *a, enum rules_shown how, struct str s, enum mask_kind mask)
{
    return how == RULES_SHOWN ? s : how == RULES_MASKED ? mask_text(mask, s, a) : STR("");
}

static void hide_person(struct arena *a, const enum rules_shown *how, struct list_person *p)
{
    p->name = shown_as(a, how[RULES_NAME], p->name, MASK_NAME);
    p->phone = shown_as(a, how[RULES_PHONE], p->phone, MASK_PHONE);
    p->address = shown_as(a, how[RULES_ADDRESS], p->address, MASK_ADDRESS);
    p->hukou_address = shown_as(a, how[RULES_ADDRESS], p->hukou_address, MASK_ADDRESS);
    p->age = how[RULES_AGE] == RULES_SHOWN ? p->age : -1;
    p->programmes = how[RULES_BENEFITS] == RULES_SHOWN ? p->programmes : STR("");
}

void audience_apply(struct report *r, enum rules_audience whom, struct list_row *l)
{
    const enum rules_shown *how = r->meta->shown[whom];
    struct arena *a = &r->arena;
    bool everything = true;
    for (int d = 0; d < RULES_DETAILS; d++) {
        everything = everything && how[d] == RULES_SHOWN;
    }
    if (everything) {
        return;
    }
    if (how[RULES_NAME] != RULES_SHOWN) {
        l->say = without_names(a, l->say, l);
        l->ask = without_names(a, l->ask, l);
    }
    struct list_person *members = arena_array(a, struct list_person, l->home.n_members + 1);
    for (size_t i = 0; i < l->home.n_members; i++) {
        members[i] = l->home.members[i];
        hide_person(a, how, &members[i]);
    }
    l->home.members = members;
    l->home.head = shown_as(a, how[RULES_NAME], l->home.head, MASK_NAME);
    l->home.address = shown_as(a, how[RULES_ADDRESS], l->home.address, MASK_ADDRESS);
    l->door = shown_as(a, how[RULES_ADDRESS], l->door, MASK_ADDRESS);
    hide_person(a, how, &l->person);
}
