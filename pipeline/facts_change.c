/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of an attribute, from the timeline of the one source it comes from: whose record it was is asked of tonight's links by record key, and
   of the anchors by identifier when the record is not in force any more. */
#include "base/store/segment.h"
#include "pipeline/facts_scan.h"

#define CHUNK 65536u

struct raw_change {
    struct change c;
    uint32_t who;      /* index into records */
    uint32_t next;     /* the record's next CHANGE_VALUE behind this one; UINT32_MAX when there is none */
};
struct record {
    uint64_t key, id;
    uint32_t person;   /* RULES_NO_ROW while unknown */
    uint32_t input, row; /* of the version in force; input UINT32_MAX when there is none */
    uint32_t value_change; /* the nearest CHANGE_VALUE seen while walking back in time */
};
struct collect {
    struct facts *f;
    const struct people_attr *attr;
    size_t source;
    int column;
    const char *column_name;
    struct arena arena;
    struct map64 by_key;
    VEC(struct raw_change) changes;
    VEC(struct record) records;
    struct seg_reader *seg; /* the segment asked last */
    uint32_t seg_input;
};

static void collect_release(struct collect *c)
{
    seg_close(c->seg);
    map64_release(&c->by_key);
    vec_release(&c->changes);
    vec_release(&c->records);
    arena_release(&c->arena);
}

static bool take_change(void *ctx, const struct change *ch)
{
    struct collect *c = ctx;
    if (ch->key == 0 || (ch->kind == CHANGE_VALUE && ch->column != c->column)) {
        return true;
    }
    uint32_t who = map64_get_or_put(&c->by_key, ch->key, (uint32_t)c->records.n);
    if (who == c->records.n) {
        vec_push(&c->records, (struct record){.key = ch->key, .person = RULES_NO_ROW, .input = UINT32_MAX, .value_change = UINT32_MAX});
    }
    if (ch->id) {
        c->records.v[who].id = people_current_id(c->f->night->site->people, ch->id);
    }
    struct raw_change r = {.c = *ch, .who = who};
    r.c.old = arena_str(&c->arena, ch->old);
    r.c.new_ = arena_str(&c->arena, ch->new_);
    vec_push(&c->changes, r);
    return true;
}

/* --- whose records they are ------------------------------------------------------------------------------------------- */

static enum status find_in_input(struct collect *c, size_t input, uint64_t *keys, int32_t *link, struct err *err)
{
    AUTO_SEG seg = NULL;
    struct link_reader *links = NULL;
    TRY(seg_open(c->f->night->inputs[input].segment, &seg, err));
    int col = seg_column(seg, SEG_KEY);
    TRY(link_open(c->f->night->run_dir, input, &links, err));
    enum status status = ST_OK;
    for (size_t b = 0; col >= 0 && status == ST_OK && b < seg_blocks(seg); b++) {
        uint32_t first = (uint32_t)seg_block_start(seg, b), n = (uint32_t)seg_block_rows(seg, b);
        status = seg_read_u64(seg, b, (size_t)col, keys, err);
        if (status == ST_OK) {
            status = link_read(links, first, n, link, err);
        }
        for (uint32_t i = 0; status == ST_OK && i < n; i++) {
            uint32_t who = link[i] >= 0 ? map64_get(&c->by_key, keys[i]) : MAP_NONE;
            if (who != MAP_NONE) {
                struct record *r = &c->records.v[who];
                r->person = (uint32_t)link[i], r->input = (uint32_t)input, r->row = first + i;
            }
        }
    }
    link_close(links);
    return status;
}

static enum status find_by_key(struct collect *c, struct err *err)
{
    uint64_t *keys = arena_array(&c->arena, uint64_t, SEG_BLOCK_ROWS);
    int32_t *link = arena_array(&c->arena, int32_t, SEG_BLOCK_ROWS);
    for (size_t i = 0; i < c->f->night->n_inputs; i++) {
        if (c->f->night->inputs[i].source == c->source) {
            TRY(find_in_input(c, i, keys, link, err));
        }
    }
    return ST_OK;
}

static enum status find_by_id(struct collect *c, struct err *err)
{
    struct map64 wanted = {0};
    for (uint32_t i = 0; i < c->records.n; i++) {
        if (c->records.v[i].person == RULES_NO_ROW && c->records.v[i].id) {
            map64_put(&wanted, c->records.v[i].id, i);
        }
    }
    int64_t *anchors = arena_array(&c->arena, int64_t, CHUNK);
    enum status status = ST_OK;
    for (uint32_t at = 0; wanted.n > 0 && status == ST_OK && at < c->f->n_persons; at += CHUNK) {
        uint32_t n = MIN(CHUNK, c->f->n_persons - at);
        status = population_person(c->f->pop, P_ANCHOR, at, n, anchors, err);
        for (uint32_t i = 0; status == ST_OK && i < n; i++) {
            uint32_t who = map64_get(&wanted, (uint64_t)anchors[i]);
            if (who != MAP_NONE) {
                c->records.v[who].person = at + i;
            }
        }
    }
    map64_release(&wanted);
    return status;
}

/* --- values ----------------------------------------------------------------------------------------------------------- */

static int32_t value_of(const struct collect *c, struct str text)
{
    int64_t v = people_attr_value(c->attr, &c->attr->from[0], text);
    return v < 0 || v > INT32_MAX ? -1 : (int32_t)v;
}

static void chain_changes(struct collect *c)
{
    for (size_t i = c->changes.n; i > 0; i--) {
        struct raw_change *r = &c->changes.v[i - 1];
        struct record *record = &c->records.v[r->who];
        r->next = record->value_change;
        if (r->c.kind == CHANGE_VALUE) {
            record->value_change = (uint32_t)(i - 1);
        }
    }
}

/* What a record said when it appeared: the old side of its next change, else what it says tonight. */
static enum status first_value(struct collect *c, const struct raw_change *appeared, int32_t *out, struct err *err)
{
    const struct record *r = &c->records.v[appeared->who];
    if (appeared->next != UINT32_MAX) {
        *out = value_of(c, c->changes.v[appeared->next].c.old);
        return ST_OK;
    }
    *out = -1;
    if (r->input == UINT32_MAX) {
        return ST_OK;
    }
    if (!c->seg || c->seg_input != r->input) {
        seg_close(c->seg);
        c->seg = NULL;
        TRY(seg_open(c->f->night->inputs[r->input].segment, &c->seg, err));
        c->seg_input = r->input;
    }
    int col = seg_column(c->seg, c->column_name);
    if (col >= 0 && seg_column_type(c->seg, (size_t)col) == SEG_TEXT) {
        struct str text;
        TRY(seg_fetch_text(c->seg, r->row, (size_t)col, &text, err));
        *out = value_of(c, text);
    }
    return ST_OK;
}

static enum status finish_change(struct collect *c, size_t at, struct facts_change *out, struct err *err)
{
    const struct raw_change *r = &c->changes.v[at];
    *out = (struct facts_change){.person = c->records.v[r->who].person, .day = r->c.date, .old_file = r->c.old_file, .new_file = r->c.new_file,
                                 .old_line = r->c.old_line, .new_line = r->c.new_line, .column = c->column, .source = c->source};
    if (r->c.kind == CHANGE_VALUE) {
        out->from = value_of(c, r->c.old);
        out->to = value_of(c, r->c.new_);
        return ST_OK;
    }
    out->from = r->c.kind == CHANGE_APPEARED ? value_of(c, STR("")) : -1;
    out->to = value_of(c, STR(""));
    return r->c.kind == CHANGE_APPEARED ? first_value(c, r, &out->to, err) : ST_OK;
}

static int cmp_change(const void *a, const void *b)
{
    const struct facts_change *x = a, *y = b;
    if (x->person != y->person) {
        return (x->person > y->person) - (x->person < y->person);
    }
    if (x->day != y->day) {
        return (x->day > y->day) - (x->day < y->day);
    }
    return x->new_file != y->new_file ? (x->new_file > y->new_file) - (x->new_file < y->new_file) : (x->new_line > y->new_line) - (x->new_line < y->new_line);
}

static void hand_over(struct facts_run *r, size_t change)
{
    facts_change_list *list = &r->changes[change];
    uint32_t n = (uint32_t)list->n;
    uint32_t *person = xmalloc((n + 1u) * sizeof(*person));
    int32_t *from = xmalloc((n + 1u) * sizeof(*from)), *to = xmalloc((n + 1u) * sizeof(*to));
    daynum *day = xmalloc((n + 1u) * sizeof(*day));
    for (uint32_t i = 0; i < n; i++) {
        person[i] = list->v[i].person, from[i] = list->v[i].from, to[i] = list->v[i].to, day[i] = list->v[i].day;
    }
    struct rules_change_block block = {.n = n, .person = person, .from = from, .to = to, .day = day};
    rules_change_rows(r->run, change, &block);
    free(person);
    free(from);
    free(to);
    free(day);
}

static enum status collect_all(struct collect *c, daynum from, facts_change_list *list, struct err *err)
{
    struct night *n = c->f->night;
    TRY(timeline_read(n->site, c->source, -1, from, n->as_of, take_change, c, err));
    if (c->changes.n == 0) {
        return ST_OK;
    }
    TRY(find_by_key(c, err));
    TRY(find_by_id(c, err));
    chain_changes(c);
    for (size_t i = 0; i < c->changes.n; i++) {
        struct facts_change out;
        if (c->records.v[c->changes.v[i].who].person != RULES_NO_ROW) {
            TRY(finish_change(c, i, &out, err));
            vec_push(list, out);
        }
    }
    vec_sort(list, cmp_change);
    return ST_OK;
}

enum status facts_changes_of(struct facts *f, int attr, daynum from, facts_change_list *out, struct err *err)
{
    const struct people_attr *a = &f->night->site->people->attrs[attr];
    BUG_ON(a->n_from == 0 || a->from[0].column < 0); /* people.yaml refuses a timeline without a column */
    struct collect c = {.f = f, .attr = a, .source = (size_t)a->from[0].source, .column = a->from[0].column};
    c.column_name = arena_z(&c.arena, f->night->site->sources->v[c.source].columns[c.column].name);
    enum status status = collect_all(&c, from, out, err);
    collect_release(&c);
    return status;
}

enum status facts_feed_change(struct facts *f, struct facts_run *r, size_t change, const struct facts_view *view, struct err *err)
{
    const struct rules_change *need = &ruleset_inputs(r->rules)->changes[change];
    size_t source = (size_t)f->night->site->people->attrs[need->attr].from[0].source;
    bool missing = view->without_source && view->without_source[source];
    uint8_t *covered = NULL;
    TRY(facts_cover(f, source, missing, &covered, err));
    rules_change_cover(r->run, change, false, covered);
    free(covered);
    if (missing) {
        return ST_OK;
    }
    TRY(facts_changes_of(f, need->attr, f->night->as_of - need->days_back, &r->changes[change], err));
    hand_over(r, change);
    return ST_OK;
}
