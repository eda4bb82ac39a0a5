/* SPDX-License-Identifier: Apache-2.0 */
/* persons.seg, households.seg, link-NNNNN.seg and the rows of night.db. Texts are fetched for a bounded number of persons at a time. */
#include "base/core/file.h"
#include "base/store/db.h"
#include "pipeline/ingest/ingest.h"
#include "pipeline/link_private.h"
#include "pipeline/population_columns.h"

#define CHUNK_PERSONS (1u << 19)

enum text { TEXT_NAME, TEXT_ADDRESS, TEXT_HUKOU_ADDRESS, TEXT_PHONE, TEXT_NUMBER, TEXT_COUNT };
static const enum kept text_field[] = {KEPT_NAME, KEPT_ADDRESS, KEPT_HUKOU_ADDRESS, KEPT_PHONE};
static const enum person_role text_role[] = {ROLE_NAME, ROLE_ADDRESS, ROLE_HUKOU_ADDRESS, ROLE_PHONE};

struct texts { /* of persons first .. first + n - 1 of persons.seg */
    uint32_t first, n;
    uint32_t *at[TEXT_COUNT];  /* offset into pool, 0: none */
    uint16_t *len[TEXT_COUNT];
    struct strbuf pool;
};

static void texts_release(struct texts *t)
{
    for (int k = 0; k < TEXT_COUNT; k++) {
        free(t->at[k]);
        free(t->len[k]);
    }
    strbuf_release(&t->pool);
}

static void texts_start(struct texts *t, uint32_t first, uint32_t n)
{
    for (int k = 0; k < TEXT_COUNT; k++) {
        t->at[k] = xrealloc(t->at[k], (n + 1u) * sizeof(**t->at));
        t->len[k] = xrealloc(t->len[k], (n + 1u) * sizeof(**t->len));
        memset(t->at[k], 0, (n + 1u) * sizeof(**t->at));
    }
    strbuf_clear(&t->pool);
    strbuf_addc(&t->pool, 0);
    t->first = first;
    t->n = n;
}

static void texts_put(struct texts *t, int k, uint32_t row, struct str s)
{
    BUG_ON(t->pool.n + s.n > UINT32_MAX);
    t->at[k][row - t->first] = (uint32_t)t->pool.n;
    t->len[k][row - t->first] = (uint16_t)MIN(s.n, UINT16_MAX);
    strbuf_add(&t->pool, s.p, MIN(s.n, UINT16_MAX));
}

static struct str texts_get(const struct texts *t, int k, uint32_t row)
{
    uint32_t at = t->at[k][row - t->first];
    return at ? str_n(t->pool.p + at, t->len[k][row - t->first]) : (struct str){NULL, 0};
}

static bool same_record(struct where w, uint32_t input, uint64_t row)
{
    return w.input == input && w.row == row;
}

/* "户号" of the unit row, columns joined by -. */
static void put_number(struct texts *t, const struct row_reader *r, size_t i, uint32_t row)
{
    AUTO_STRBUF b = STRBUF_INIT;
    for (size_t k = 0; k < r->source->unit.n_number; k++) {
        strbuf_addz(&b, k ? "-" : "");
        strbuf_adds(&b, row_text(r, r->source->unit.number[k], i));
    }
    texts_put(t, TEXT_NUMBER, row, strbuf_str(&b));
}

static void take_row(const struct link *l, struct texts *t, uint32_t input, const struct row_reader *r, size_t i, uint32_t p)
{
    uint32_t row = l->row[p];
    uint64_t here = r->start + i;
    for (int k = 0; k < TEXT_NUMBER; k++) {
        if (same_record(l->field[text_field[k]][p], input, here)) {
            texts_put(t, k, row, row_text(r, r->source->person[text_role[k]].column, i));
        }
    }
    uint32_t h = l->homes.household[p];
    int rank = link_home_rank(l, h);
    if (rank >= 0 && l->home_head[h] == p && same_record(l->unit[rank][p].from, input, here)) {
        put_number(t, r, i, row);
    }
}

/* Does any row of the block belong to a person of the chunk? */
static bool block_matters(const struct link *l, const struct texts *t, const int32_t *person, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (person[i] >= 0 && l->row[person[i]] - t->first < t->n) {
            return true; /* on the first row, when there is one chunk */
        }
    }
    return false;
}

static enum status gather_input(const struct link *l, struct texts *t, uint32_t input, struct err *err)
{
    const struct night_input *in = &l->night->inputs[input];
    const struct source *s = &l->sources->v[in->source];
    AUTO_ARENA a = ARENA_INIT;
    AUTO_ROWS r = {.seg = NULL};
    AUTO_PART part = {.l = NULL};
    int32_t *person = arena_array(&a, int32_t, SEG_BLOCK_ROWS);
    TRY(link_part_open(&part, l, input, err));
    TRY(row_reader_open(&r, in->segment, s, err));
    for (int k = 0; k < TEXT_NUMBER; k++) {
        row_reader_want(&r, s->person[text_role[k]].column);
    }
    for (size_t k = 0; k < s->unit.n_number; k++) {
        row_reader_want(&r, s->unit.number[k]);
    }
    for (size_t b = 0; b < seg_blocks(r.seg); b++) {
        size_t n = seg_block_rows(r.seg, b);
        TRY(link_part_rows(&part, seg_block_start(r.seg, b), n, person, err));
        if (!block_matters(l, t, person, n)) {
            continue;
        }
        TRY(row_reader_block(&r, b, err));
        for (size_t i = 0; i < n; i++) {
            if (person[i] >= 0 && l->row[person[i]] - t->first < t->n) {
                take_row(l, t, input, &r, i, (uint32_t)person[i]);
            }
        }
    }
    return ST_OK;
}

/* Sources whose records say who somebody is and where: those that register persons, and those people.yaml names, such as 走访. */
static bool says_who(const struct link *l, size_t source)
{
    bool named = l->sources->v[source].registers_persons;
    for (size_t i = 0; i < l->people->n_identity_sources; i++) {
        named = named || (size_t)l->people->identity_sources[i] == source;
    }
    return named;
}

static enum status gather(const struct link *l, struct texts *t, struct err *err)
{
    for (uint32_t i = 0; i < l->night->n_inputs; i++) {
        if (says_who(l, l->night->inputs[i].source)) {
            TRY(gather_input(l, t, i, err));
        }
    }
    return ST_OK;
}

/* --- attributes with coverage ----------------------------------------------------------------------------------------------- */

static bool speaks(const struct link *l, uint32_t p, int source)
{
    return source < 64 && (l->covers[p] >> source & 1);
}

static bool all_speak(const struct link *l, const struct people_attr *a, uint32_t p)
{
    for (size_t f = 0; f < a->n_from; f++) {
        if (!speaks(l, p, a->from[f].source)) {
            return false;
        }
    }
    return a->n_from > 0;
}

static int64_t scalar_of(const struct link *l, const struct lane *lane, uint32_t p)
{
    const struct people_attr *a = &l->people->attrs[lane->attr];
    if (lane->from[p].input != NO_INPUT) {
        return lane->v64 ? lane->v64[p] : lane->v32[p];
    }
    return all_speak(l, a, p) ? a->absent : ATTR_UNKNOWN;
}

/* Values an item of the source can give. */
static uint64_t can_say(const struct people_attr *a, int source)
{
    uint64_t all = a->n_values >= 63 ? (uint64_t)INT64_MAX : ((uint64_t)1 << a->n_values) - 1, can = 0;
    for (size_t f = 0; f < a->n_from; f++) {
        if (a->from[f].source == source) {
            can |= a->from[f].column < 0 ? (uint64_t)a->from[f].constant : all;
        }
    }
    return can;
}

/* Surely and possibly in. With `precedence` the first source that speaks about the person decides what it can say; else all are united. */
static void set_of(const struct link *l, const struct lane *lane, uint32_t p, int64_t *lo, int64_t *hi)
{
    const struct people_attr *a = &l->people->attrs[lane->attr];
    uint64_t open = a->n_values >= 63 ? (uint64_t)INT64_MAX : ((uint64_t)1 << a->n_values) - 1, sure = 0, maybe = 0;
    for (size_t k = 0; k < lane->n_masks; k++) {
        uint64_t can = can_say(a, lane->mask_source[k]), says = lane->mask[k][p] & (a->survive == SURVIVE_PRECEDENCE ? open : UINT64_MAX);
        sure |= says;
        if (speaks(l, p, lane->mask_source[k])) {
            open &= a->survive == SURVIVE_PRECEDENCE ? ~can : UINT64_MAX;
        } else if (a->survive != SURVIVE_PRECEDENCE) {
            maybe |= can;
        }
    }
    maybe |= a->survive == SURVIVE_PRECEDENCE ? open : 0;
    *lo = (int64_t)sure;
    *hi = a->absent == ATTR_UNKNOWN && sure == 0 ? (int64_t)(sure | maybe | open) : (int64_t)(sure | maybe);
}

/* --- persons.seg --------------------------------------------------------------------------------------------------------------- */

static int64_t pack_where(struct where w)
{
    return w.input == NO_INPUT ? INT64_MIN : (int64_t)((uint64_t)w.input << 32 | w.row);
}

static const struct unit_row *unit_of(const struct link *l, uint32_t p)
{
    int rank = link_home_rank(l, l->homes.household[p]);
    return rank < 0 || l->homes.how[p] != HOW_UNIT ? NULL : &l->unit[rank][p];
}

static enum member_reason reason_of(const struct link *l, uint32_t p)
{
    static const enum member_reason of[] = {[HOW_UNIT] = REASON_UNIT, [HOW_TAKEN_IN] = REASON_TAKEN_IN, [HOW_ADDRESS] = REASON_ADDRESS, [HOW_ALONE] = REASON_ALONE};
    return link_member(l, p) == MEMBER_FORMER ? REASON_LAST_SEEN : of[l->homes.how[p]];
}

static void put_fixed(const struct link *l, struct seg_writer *w, uint32_t p)
{
    const int64_t values[] = {
        [P_HOUSEHOLD] = l->home_row[l->homes.household[p]],
        [P_STATE] = link_state(l, p),
        [P_MEMBER] = link_member(l, p),
        [P_REASON] = reason_of(l, p),
        [P_SEX] = l->sex[p],
        [P_BIRTH] = l->birth[p],
        [P_DEATH] = l->flags[p] & PF_DEAD ? l->death[p] : DAY_MISSING,
        [P_DEATH_SOURCES] = __builtin_popcountll(l->dead_in[p]),
        [P_SUSPECT] = (l->flags[p] & PF_SUSPECT) != 0,
        [P_STREET] = l->street[p],
        [P_COMMUNITY] = l->community[p],
        [P_AREA_BASIS] = l->area_basis[p],
        [P_AWAY] = (l->flags[p] & PF_AWAY) != 0,
        [P_COVERS] = 0,
        [P_RECORDS] = l->records[p],
        [P_CONFLICTS] = __builtin_popcountll(l->disagree[p]),
    };
    seg_put_u64(w, P_ANCHOR, l->anchor[p]);
    seg_put_u64(w, P_ID, l->id[p]);
    for (int c = P_HOUSEHOLD; c < P_NAME; c++) {
        if (c == P_COVERS) {
            seg_put_u64(w, P_COVERS, l->covers[p]);
        } else {
            seg_put_i64(w, (size_t)c, values[c] == DAY_MISSING ? INT32_MIN : values[c]);
        }
    }
}

static void put_texts(const struct link *l, struct seg_writer *w, const struct texts *t, uint32_t p)
{
    const struct unit_row *u = unit_of(l, p);
    struct str name = texts_get(t, TEXT_NAME, l->row[p]);
    seg_put_text(w, P_NAME, name.n ? name : link_name(l, p));
    seg_put_text(w, P_RELATION, u ? l->relations.texts[u->relation] : (struct str){NULL, 0});
    seg_put_text(w, P_ADDRESS, texts_get(t, TEXT_ADDRESS, l->row[p]));
    seg_put_text(w, P_HUKOU_ADDRESS, texts_get(t, TEXT_HUKOU_ADDRESS, l->row[p]));
    seg_put_text(w, P_PHONE, texts_get(t, TEXT_PHONE, l->row[p]));
}

static void put_lanes(const struct link *l, struct seg_writer *w, uint32_t p)
{
    size_t c = P_COLUMN_COUNT;
    for (int f = 0; f < KEPT_COUNT; f++) {
        seg_put_i64(w, c++, pack_where(l->field[f][p]));
    }
    for (size_t k = 0; k < l->n_lanes; k++) {
        const struct lane *lane = &l->lanes[k];
        int64_t lo, hi;
        if (lane->n_masks) {
            set_of(l, lane, p, &lo, &hi);
            seg_put_i64(w, c++, lo);
            seg_put_i64(w, c++, pack_where(lane->from[p]));
            seg_put_i64(w, c++, hi);
        } else {
            seg_put_i64(w, c++, lane->v64 ? scalar_of(l, lane, p) : population_narrow(scalar_of(l, lane, p)));
            seg_put_i64(w, c++, pack_where(lane->from[p]));
        }
    }
}

/* --- households.seg ------------------------------------------------------------------------------------------------------------- */

static uint32_t living_of(const struct link *l, uint32_t h)
{
    uint32_t n = 0;
    for (uint32_t i = l->home_first[h]; i < l->home_first[h + 1]; i++) {
        n += link_member(l, l->sorted[i]) == MEMBER_LIVING;
    }
    return n;
}

static struct str home_address(const struct link *l, const struct texts *t, uint32_t h)
{
    for (int k = TEXT_ADDRESS; k <= TEXT_HUKOU_ADDRESS; k++) {
        for (uint32_t i = l->home_first[h]; i < l->home_first[h + 1]; i++) {
            struct str s = texts_get(t, k, l->row[l->sorted[i]]);
            if (s.n) {
                return s;
            }
        }
    }
    return (struct str){NULL, 0};
}

static enum household_basis basis_of(const struct link *l, uint32_t h)
{
    unsigned rank = l->homes.rank[h];
    if (rank >= UNIT_RANKS) {
        return rank == UNIT_RANKS ? BASIS_ADDRESS : BASIS_NONE;
    }
    switch (l->people->basis_order[rank]) {
    case UNIT_ASSISTED:
        return BASIS_ASSISTED;
    case UNIT_HUKOU:
        return BASIS_HUKOU;
    case UNIT_INSURED:
        return BASIS_INSURED;
    case UNIT_NONE:
        break;
    }
    return BASIS_NONE;
}

/* The strongest value among living members and who has it. A member without a known value could only be stronger: that is not held against the others,
   but when nobody has a value and one is unknown, or who belongs to the household is, the household is unknown. */
static int64_t strongest(const struct link *l, const struct lane *lane, uint32_t h, int64_t *out_row)
{
    BUG_ON(!lane);
    const struct people_attr *a = &l->people->attrs[lane->attr];
    int64_t best = ATTR_UNKNOWN;
    bool unknown = basis_of(l, h) == BASIS_NONE;
    *out_row = INT64_MIN;
    for (uint32_t i = l->home_first[h]; i < l->home_first[h + 1]; i++) {
        uint32_t p = l->sorted[i];
        int64_t v = link_member(l, p) == MEMBER_LIVING ? scalar_of(l, lane, p) : a->absent;
        unknown = unknown || v == ATTR_UNKNOWN;
        if (v != ATTR_UNKNOWN && v != ATTR_NOTHING && v != a->absent && (best == ATTR_UNKNOWN || v < best)) {
            best = v;
            *out_row = l->row[p];
        }
    }
    return best != ATTR_UNKNOWN ? best : unknown ? ATTR_UNKNOWN : a->absent;
}

static const struct lane *lane_of(const struct link *l, int attr)
{
    for (size_t k = 0; k < l->n_lanes; k++) {
        if (l->lanes[k].attr == attr) {
            return &l->lanes[k];
        }
    }
    return NULL;
}

static void put_home(const struct link *l, struct seg_writer *w, const struct texts *t, uint32_t h)
{
    uint32_t n = l->home_first[h + 1] - l->home_first[h], first = l->row[l->sorted[l->home_first[h]]];
    seg_put_u64(w, H_ID, l->home_id[h]);
    seg_put_u64(w, H_NATURAL, l->homes.natural[h]);
    seg_put_i64(w, H_BASIS, basis_of(l, h));
    seg_put_i64(w, H_FIRST, first);
    seg_put_i64(w, H_PERSONS, n);
    seg_put_i64(w, H_LIVING, living_of(l, h));
    seg_put_i64(w, H_HEAD, l->row[l->home_head[h]]);
    seg_put_i64(w, H_STREET, l->home_street[h]);
    seg_put_i64(w, H_COMMUNITY, l->home_community[h]);
    seg_put_i64(w, H_AREA_BASIS, l->home_area_basis[h]);
    seg_put_text(w, H_NUMBER, texts_get(t, TEXT_NUMBER, l->row[l->home_head[h]]));
    seg_put_text(w, H_ADDRESS, home_address(l, t, h));
    size_t c = H_COLUMN_COUNT;
    for (size_t a = 0; a < l->people->n_attrs; a++) {
        const struct people_attr *attr = &l->people->attrs[a];
        if (attr->entity == ATTR_HOUSEHOLD && attr->builtin == ATTR_CONFIGURED) {
            int64_t row;
            seg_put_i64(w, c++, population_narrow(strongest(l, lane_of(l, attr->of_person_attr), h, &row)));
            seg_put_i64(w, c++, population_narrow(row));
        }
    }
    seg_end_row(w);
}

/* --- all of it --------------------------------------------------------------------------------------------------------------------- */

static enum status write_chunks(const struct link *l, struct seg_writer *persons, struct seg_writer *homes, struct texts *t, struct err *err)
{
    for (uint32_t h = 0, n = l->homes.n_households, row = 0; h < n;) {
        uint32_t from = h, count = 0;
        while (h < n && (count == 0 || count < CHUNK_PERSONS)) {
            count += l->home_first[l->home_order[h] + 1] - l->home_first[l->home_order[h]];
            h++;
        }
        texts_start(t, row, count);
        TRY(gather(l, t, err));
        for (uint32_t k = from; k < h; k++) {
            uint32_t home = l->home_order[k];
            for (uint32_t i = l->home_first[home]; i < l->home_first[home + 1]; i++) {
                put_fixed(l, persons, l->sorted[i]);
                put_texts(l, persons, t, l->sorted[i]);
                put_lanes(l, persons, l->sorted[i]);
                seg_end_row(persons);
            }
            put_home(l, homes, t, home);
        }
        row += count;
    }
    return ST_OK;
}

static enum status write_population(const struct link *l, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct population_columns cols;
    struct seg_writer *persons, *homes;
    struct texts t = {.n = 0};
    population_columns_make(l->people, &a, &cols);
    TRY(seg_writer_open(path_join(&a, l->night->run_dir, PERSONS_SEG), cols.person, cols.n_person, &persons, err));
    enum status status = seg_writer_open(path_join(&a, l->night->run_dir, HOUSEHOLDS_SEG), cols.household, cols.n_household, &homes, err);
    if (status != ST_OK) {
        seg_writer_abandon(persons);
        return status;
    }
    status = write_chunks(l, persons, homes, &t, err);
    texts_release(&t);
    if (status != ST_OK) {
        seg_writer_abandon(persons);
        seg_writer_abandon(homes);
        return status;
    }
    status = seg_writer_close(persons, STR("{}"), err);
    if (status != ST_OK) {
        seg_writer_abandon(homes);
        return status;
    }
    return seg_writer_close(homes, STR("{}"), err);
}

/* Person numbers become rows of persons.seg. */
static enum status write_links(const struct link *l, uint32_t input, int32_t *buf, struct err *err)
{
    static const struct seg_column column = {"person", SEG_I32};
    AUTO_ARENA a = ARENA_INIT;
    AUTO_PART part = {.l = NULL};
    struct seg_writer *w;
    TRY(link_part_open(&part, l, input, err));
    TRY(seg_writer_open(link_path(&a, l->night->run_dir, input), &column, 1, &w, err));
    for (uint64_t at = 0, rows = seg_rows(part.seg), n; at < rows; at += n) {
        n = MIN(rows - at, SEG_BLOCK_ROWS);
        enum status status = link_part_rows(&part, at, (size_t)n, buf, err);
        if (status != ST_OK) {
            seg_writer_abandon(w);
            return status;
        }
        for (size_t i = 0; i < n; i++) {
            buf[i] = buf[i] >= 0 ? (int32_t)l->row[buf[i]] : buf[i];
        }
        seg_write_columns(w, (const void *const[]){buf}, (size_t)n);
    }
    TRY(seg_writer_close(w, STR("{}"), err));
    return file_unlink(link_part_path(&a, l, input), err);
}

static enum status write_conflicts(const struct link *l, struct err *err)
{
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_IDENTITY_CONFLICT);
    AUTO_SEG r = NULL;
    for (size_t i = 0; i < l->conflicts.n; i++) { /* in the order of inputs and rows */
        const struct conflict *c = &l->conflicts.v[i];
        int64_t line = 0;
        if (i == 0 || c->from.input != c[-1].from.input) {
            seg_close(r);
            r = NULL;
            TRY(seg_open(l->night->inputs[c->from.input].segment, &r, err));
        }
        TRY(seg_fetch_i64(r, c->from.row, (size_t)seg_column(r, SEG_LINE), &line, err));
        stmt_bind_int(s, ":input", c->from.input);
        stmt_bind_int(s, ":row", c->from.row);
        stmt_bind_int(s, ":line", line);
        stmt_bind_int(s, ":person_row", l->row[c->holder]);
        stmt_bind_int(s, ":apart_row", c->apart == NO_PERSON ? -1 : (int64_t)l->row[c->apart]);
        stmt_bind_z(s, ":reason", TR("同号不同名", "same number, another name"));
        TRY(stmt_run(s, err));
    }
    return ST_OK;
}

static enum status write_made(const struct link *l, const struct made *v, size_t n, int asked, struct err *err)
{
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_LINK_MADE);
    AUTO_SEG r = NULL;
    for (size_t i = 0; i < n; i++) {
        int64_t line = 0;
        if (i == 0 || v[i].from.input != v[i - 1].from.input) {
            seg_close(r);
            r = NULL;
            TRY(seg_open(l->night->inputs[v[i].from.input].segment, &r, err));
        }
        TRY(seg_fetch_i64(r, v[i].from.row, (size_t)seg_column(r, SEG_LINE), &line, err));
        stmt_bind_int(s, ":input", v[i].from.input);
        stmt_bind_int(s, ":row", v[i].from.row);
        stmt_bind_int(s, ":line", line);
        stmt_bind_int(s, ":asked", asked);
        stmt_bind_int(s, ":person_row", l->row[v[i].person]);
        stmt_bind_int(s, ":how", v[i].by.how);
        stmt_bind_int(s, ":slip", v[i].by.slip);
        stmt_bind_int(s, ":because", v[i].by.because);
        stmt_bind_int(s, ":weight", v[i].by.weight);
        stmt_bind_int(s, ":probability", v[i].by.probability);
        AUTO_STRBUF parts = STRBUF_INIT;
        for (int k = 0; k < PART_COUNT; k++) {
            strbuf_addf(&parts, "%s%d", k ? "," : "", v[i].by.part[k]);
        }
        stmt_bind_text(s, ":parts", strbuf_str(&parts));
        stmt_bind_int(s, ":question", (int64_t)v[i].by.question);
        TRY(stmt_run(s, err));
    }
    return ST_OK;
}

static enum status count_source(const struct link *l, size_t source, struct file_counts *sum, struct err *err)
{
    *sum = (struct file_counts){0};
    for (size_t i = 0; i < l->night->n_inputs; i++) {
        struct file_counts c;
        if (l->night->inputs[i].source != source) {
            continue;
        }
        TRY(input_file_counts(l->night->site, l->night->inputs[i].file_id, &c, err));
        sum->records += c.records;
        sum->typed += c.typed;
        sum->rejected += c.rejected;
        sum->set_aside += c.set_aside;
    }
    return ST_OK;
}

static enum status write_sources(const struct link *l, struct err *err)
{
    static const char *const states[] = {[SOURCE_FRESH] = "fresh", [SOURCE_STALE] = "stale", [SOURCE_MISSING] = "missing"};
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_SOURCE_STATE);
    for (size_t k = 0; k < l->sources->n; k++) {
        const struct source *src = &l->sources->v[k];
        const struct night_source *ns = &l->night->sources[k];
        struct file_counts c;
        int64_t held = 0;
        TRY(count_source(l, k, &c, err));
        TRY(deliveries_held(l->night->site, k, &held, err));
        if (src->optional && ns->state == SOURCE_MISSING && held == 0) {
            continue; /* this site does not have it */
        }
        stmt_bind_text(s, ":source", src->id);
        stmt_bind_text(s, ":label", src->label);
        stmt_bind_text(s, ":department", src->department);
        stmt_bind_z(s, ":state", states[ns->state]);
        stmt_bind_day(s, ":data_date", ns->data_date);
        stmt_bind_day(s, ":due", ns->due);
        stmt_bind_int(s, ":records", c.records);
        stmt_bind_int(s, ":typed", c.typed);
        stmt_bind_int(s, ":rejected", c.rejected);
        stmt_bind_int(s, ":set_aside", c.set_aside);
        stmt_bind_int(s, ":linked", l->linked[k]);
        stmt_bind_int(s, ":unlinked", l->unlinked[k]);
        stmt_bind_int(s, ":held", held);
        TRY(stmt_run(s, err));
    }
    return ST_OK;
}

static enum status write_aliases(const struct link *l, const char *kind, const struct id_alias *v, size_t n, struct err *err)
{
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_PROPOSED_ALIAS);
    for (size_t i = 0; i < n; i++) {
        stmt_bind_z(s, ":kind", kind);
        stmt_bind_int(s, ":natural_id", (int64_t)v[i].natural);
        stmt_bind_int(s, ":id", (int64_t)v[i].id);
        TRY(stmt_run(s, err));
    }
    return ST_OK;
}

static enum status write_moves(const struct link *l, struct err *err)
{
    AUTO_STMT e = stmt_use(l->night->db, STMT_INSERT_PROPOSED_ENTITY_EVENT);
    for (size_t i = 0; i < l->events.n; i++) {
        const struct entity_event *v = &l->events.v[i];
        stmt_bind_int(e, ":ord", (int64_t)i + 1);
        stmt_bind_z(e, ":kind", link_change_word(v->change));
        stmt_bind_text(e, ":entity_kind", str_n(&v->kind, 1));
        stmt_bind_int(e, ":entity", (int64_t)v->entity);
        stmt_bind_int(e, ":from_id", (int64_t)v->from);
        stmt_bind_int(e, ":to_id", (int64_t)v->to);
        TRY(stmt_run(e, err));
    }
    AUTO_STMT w = stmt_use(l->night->db, STMT_INSERT_PROPOSED_WARNING_MOVE);
    for (size_t i = 0; i < l->follows.n; i++) {
        stmt_bind_int(w, ":warning_no", l->follows.v[i].warning_no);
        stmt_bind_int(w, ":from_entity", (int64_t)l->follows.v[i].from);
        stmt_bind_int(w, ":to_entity", (int64_t)l->follows.v[i].to);
        stmt_bind_z(w, ":cause", link_change_word(l->follows.v[i].cause));
        TRY(stmt_run(w, err));
    }
    return ST_OK;
}

static enum status write_night(const struct link *l, struct err *err)
{
    AUTO_TX tx = {0};
    TRY(tx_begin(&tx, l->night->db, err));
    TRY(write_conflicts(l, err));
    TRY(write_made(l, l->made.v, l->made.n, 0, err));
    TRY(write_made(l, l->doubt.v, l->doubt.n, 1, err));
    TRY(write_made(l, l->apart.v, l->apart.n, 2, err));
    TRY(link_write_visits(l, err));
    TRY(link_write_expected(l, err));
    TRY(link_write_bases(l, err));
    TRY(link_write_remodeled(l, err));
    TRY(write_sources(l, err));
    TRY(write_aliases(l, "P", l->new_persons, l->n_new_persons, err));
    TRY(write_aliases(l, "H", l->new_homes, l->n_new_homes, err));
    TRY(write_moves(l, err));
    return tx_commit(&tx, err);
}

enum status link_write(struct link *l, struct err *err)
{
    TRY(write_population(l, err));
    int32_t *buf = xmalloc(SEG_BLOCK_ROWS * sizeof(*buf));
    enum status status = ST_OK;
    for (uint32_t i = 0; i < l->night->n_inputs && status == ST_OK; i++) {
        status = write_links(l, i, buf, err);
    }
    free(buf);
    return status == ST_OK ? write_night(l, err) : status;
}
