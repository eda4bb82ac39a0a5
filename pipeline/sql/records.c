/* SPDX-License-Identifier: Apache-2.0 */
/* links, and two tables a source: its records in force on the night, each with its person, and under NAME_各次 every accepted delivery as it came. */
#include "base/store/segment.h"
#include "matchers/identifier.h"
#include "pipeline/column_mask.h"
#include "pipeline/attr_text.h"
#include "pipeline/ingest/catalogue.h"
#include "pipeline/row_reader.h"
#include "base/text/mask.h"
#include "pipeline/sql/tables.h"

struct part { /* one file */
    const struct source *source;
    int input; /* of the night; -1: of a delivery, whoever its people are */
    int64_t delivery;
    daynum data_date;
    const char *scope, *name, *segment; /* segment NULL: to be found by xxh128 */
    const char *xxh128;
    /* once the files were looked at: */
    size_t first_block;
    struct seg_range *ranges; /* [block of the file x columns of the source], of number columns; NULL for links */
};

struct records {
    struct sql_site *q;
    const struct source *source; /* NULL: links, of every source */
    bool deliveries;             /* the table of every delivery */
    struct part *parts;
    size_t n_parts, n_blocks;
    bool looked_at;
};

enum record_column { R_SOURCE, R_DELIVERY, R_DATE, R_SCOPE, R_FILE, R_LINE, R_KEY, R_PERSON, R_PERSON_REF, R_HOME, R_HOME_REF, R_HOW, R_COUNT };
static const struct {
    const char *name;
    enum vtable_type type;
    bool links, in_force, deliveries; /* which tables have it */
} fixed[R_COUNT] = {
    [R_SOURCE] = {"数据源", VTABLE_TEXT, true, false, false},   [R_DELIVERY] = {"交付", VTABLE_INT, true, true, true},
    [R_DATE] = {"数据日期", VTABLE_DAY, true, true, true},      [R_SCOPE] = {"范围", VTABLE_TEXT, true, true, true},
    [R_FILE] = {"文件", VTABLE_TEXT, true, true, true},         [R_LINE] = {"行", VTABLE_INT, true, true, true},
    [R_KEY] = {"记录键", VTABLE_TEXT, false, true, true},
    [R_PERSON] = {"人序", VTABLE_INT, true, true, false},       [R_PERSON_REF] = {"人", VTABLE_TEXT, true, true, false},
    [R_HOME] = {"户序", VTABLE_INT, true, true, false},         [R_HOME_REF] = {"户", VTABLE_TEXT, true, true, false},
    [R_HOW] = {"归并依据", VTABLE_TEXT, true, true, false},
};

static bool has(const struct records *r, int column)
{
    return !r->source ? fixed[column].links : r->deliveries ? fixed[column].deliveries : fixed[column].in_force;
}

/* Position of a fixed column in this table; it is there (has). */
static size_t place(const struct records *r, int column)
{
    size_t at = 0;
    for (int c = 0; c < column; c++) {
        at += has(r, c);
    }
    return at;
}

static bool asked(const struct records *r, int column, const bool *wanted)
{
    return has(r, column) && wanted[place(r, column)];
}

static bool is_number(enum column_type t)
{
    return t == COL_DATE || t == COL_MONTH || t == COL_MONEY || t == COL_INTEGER;
}

/* --- files -------------------------------------------------------------------------------------------------------------------- */

static void keep_ranges(struct records *r, struct part *p, const struct seg_reader *seg)
{
    size_t width = source_width(r->source);
    p->ranges = arena_array(&r->q->arena, struct seg_range, seg_blocks(seg) * width + 1);
    for (size_t c = 0; c < width; c++) {
        AUTO_STRBUF name = STRBUF_INIT;
        strbuf_adds(&name, r->source->columns[c].name);
        int at = is_number(r->source->columns[c].type) ? seg_column(seg, strbuf_z(&name)) : -1;
        for (size_t b = 0; b < seg_blocks(seg); b++) {
            struct seg_range none = {0, 0, (uint32_t)seg_block_rows(seg, b)};
            p->ranges[b * width + c] = at < 0 ? none : seg_block_range(seg, b, (size_t)at);
        }
    }
}

/* Blocks of every file, counted at first use: a site has thousands of files and a query needs few of them. */
static enum status look_at(struct records *r, struct err *err)
{
    for (size_t i = 0; i < r->n_parts && !r->looked_at; i++) {
        struct part *p = &r->parts[i];
        AUTO_SEG seg = NULL;
        if (p->segment) {
            TRY(seg_open(p->segment, &seg, err));
        } else {
            TRY(catalogue_segment(r->q->site, p->source, p->xxh128, p->name, &r->q->arena, &p->segment, &seg, err));
        }
        p->first_block = r->n_blocks;
        if (r->source) {
            keep_ranges(r, p, seg);
        }
        r->n_blocks += seg_blocks(seg);
    }
    r->looked_at = true;
    return ST_OK;
}

static const struct part *part_of(const struct records *r, size_t block)
{
    size_t i = r->n_parts; /* files without rows have no block: the last file that begins here or before has it */
    while (i > 1 && r->parts[i - 1].first_block > block) {
        i--;
    }
    return &r->parts[i - 1];
}

/* --- one block ------------------------------------------------------------------------------------------------------------------ */

struct reading {
    struct records *r;
    const struct part *part;
    struct row_reader rows;
    int32_t *person;  /* of every row of the segment's block; NULL for deliveries */
    uint32_t *kept;   /* rows in force */
    struct vtable_block *b;
};

static void constant_text(struct reading *g, int column, struct str s, const bool *wanted)
{
    if (asked(g->r, column, wanted)) {
        struct str *out = vtable_texts(g->b, place(g->r, column));
        for (size_t i = 0; i < g->b->rows; i++) {
            out[i] = s;
        }
    }
}

static void constant_num(struct reading *g, int column, int64_t v, const bool *wanted)
{
    if (asked(g->r, column, wanted)) {
        int64_t *out = vtable_nums(g->b, place(g->r, column));
        for (size_t i = 0; i < g->b->rows; i++) {
            out[i] = v;
        }
    }
}

static enum status read_links(struct reading *g, struct err *err)
{
    size_t n = g->rows.rows;
    struct link_reader *links;
    g->kept = arena_array(&g->b->arena, uint32_t, n + 1);
    if (g->part->input < 0) {
        for (size_t i = 0; i < n; i++) {
            g->kept[g->b->rows++] = (uint32_t)i;
        }
        return ST_OK;
    }
    g->person = arena_array(&g->b->arena, int32_t, n + 1);
    TRY(link_open(g->r->q->x.run_dir, (size_t)g->part->input, &links, err));
    enum status status = link_read(links, (uint32_t)g->rows.start, (uint32_t)n, g->person, err);
    link_close(links);
    for (size_t i = 0; i < n && status == ST_OK; i++) {
        if (g->person[i] != LINK_SUPERSEDED) {
            g->kept[g->b->rows++] = (uint32_t)i;
        }
    }
    return status;
}

static enum status fill_line(struct reading *g, const bool *wanted, struct err *err)
{
    if (!asked(g->r, R_LINE, wanted)) {
        return ST_OK;
    }
    int64_t *all = arena_array(&g->b->arena, int64_t, g->rows.rows + 1), *out = vtable_nums(g->b, place(g->r, R_LINE));
    TRY(seg_read_i64(g->rows.seg, g->rows.block, (size_t)seg_column(g->rows.seg, SEG_LINE), all, err));
    for (size_t i = 0; i < g->b->rows; i++) {
        out[i] = all[g->kept[i]];
    }
    return ST_OK;
}

/* The record key as an opaque word: the same in every delivery, and nothing can be read from it (HMAC, as of persons). */
static void fill_key(struct reading *g, const bool *wanted)
{
    if (!asked(g->r, R_KEY, wanted)) {
        return;
    }
    struct str *out = vtable_texts(g->b, place(g->r, R_KEY));
    for (size_t i = 0; i < g->b->rows; i++) {
        char ref[REF_MAX];
        uint64_t key = g->rows.key[g->kept[i]];
        if (key) { /* 0: a blank key */
            person_ref(g->r->q->site->key, key, ref);
            ref[0] = 'K';
            out[i] = arena_str(&g->b->arena, str_of(ref));
        }
    }
}

static void fill_person(struct reading *g, const bool *wanted)
{
    const struct records *r = g->r;
    struct sql_site *q = r->q;
    struct vtable_block *b = g->b;
    int64_t *who = asked(r, R_PERSON, wanted) ? vtable_nums(b, place(r, R_PERSON)) : NULL;
    int64_t *home = asked(r, R_HOME, wanted) ? vtable_nums(b, place(r, R_HOME)) : NULL;
    struct str *ref = asked(r, R_PERSON_REF, wanted) ? vtable_texts(b, place(r, R_PERSON_REF)) : NULL;
    struct str *home_ref = asked(r, R_HOME_REF, wanted) ? vtable_texts(b, place(r, R_HOME_REF)) : NULL;
    struct str *how = asked(r, R_HOW, wanted) ? vtable_texts(b, place(r, R_HOW)) : NULL;
    for (size_t i = 0; i < b->rows; i++) {
        int32_t person = g->person[g->kept[i]];
        bool linked = person >= 0;
        if (who) {
            who[i] = linked ? person : VTABLE_NULL;
        }
        if (home) {
            home[i] = linked ? q->person_home[person] : VTABLE_NULL;
        }
        if (ref && linked) {
            ref[i] = sql_person_ref(q, &b->arena, q->person_id[person]);
        }
        if (home_ref && linked) {
            home_ref[i] = sql_household_ref(q, &b->arena, q->home_id[q->person_home[person]]);
        }
        if (how) {
            uint64_t id = row_id(&g->rows, g->part->source->person[ROLE_ID].column, g->kept[i]);
            how[i] = str_of(link_how(g->part->source->registers_persons, person, id));
        }
    }
}

/* --- a source's own columns ------------------------------------------------------------------------------------------------------- */

static void fill_text(struct reading *g, size_t c, struct str *out)
{
    const struct seg_text *t = &g->rows.columns[c].text;
    struct arena *a = &g->b->arena;
    enum mask_kind mask = g->r->q->reveal ? MASK_NONE : column_mask(g->r->source, c);
    struct str *dict = arena_array(a, struct str, t->n_dict + 1);
    for (size_t i = 0; i < t->n_dict; i++) {
        struct str s = mask_text(mask, t->dict[i], a);
        dict[i] = s.p == t->dict[i].p ? arena_str(a, s) : s;
    }
    for (size_t i = 0; i < g->b->rows; i++) {
        out[i] = dict[t->codes[g->kept[i]]];
    }
}

static struct str ident_cell(struct reading *g, const struct source_column *col, uint64_t id, struct str raw)
{
    struct arena *a = &g->b->arena;
    char text[IDENT_TEXT_MAX];
    if (!g->r->q->reveal) {
        return sql_hidden_ident(a, id, raw);
    }
    size_t n = col->type == COL_CERTIFICATE && raw.n ? 0 : ident_print(id, text);
    return arena_str(a, n ? str_n(text, n) : raw);
}

static enum status fill_ident(struct reading *g, size_t c, struct str *out, struct err *err)
{
    const struct source_column *col = &g->r->source->columns[c];
    struct seg_text raw = {0};
    AUTO_STRBUF name = STRBUF_INIT;
    strbuf_adds(&name, col->name);
    strbuf_addz(&name, SEG_RAW);
    int at = seg_column(g->rows.seg, strbuf_z(&name));
    enum status status = at >= 0 ? seg_read_text(g->rows.seg, g->rows.block, (size_t)at, &raw, err) : ST_OK;
    for (size_t i = 0; i < g->b->rows && status == ST_OK; i++) {
        size_t row = g->kept[i];
        out[i] = ident_cell(g, col, row_id(&g->rows, (int)c, row), at >= 0 ? seg_text_at(&raw, row) : (struct str){NULL, 0});
    }
    seg_text_release(&raw);
    return status;
}

static enum vtable_type sql_type(enum column_type t)
{
    return t == COL_DATE ? VTABLE_DAY : t == COL_MONTH ? VTABLE_MONTH : t == COL_MONEY ? VTABLE_MONEY : t == COL_INTEGER ? VTABLE_INT : VTABLE_TEXT;
}

static enum status fill_column(struct reading *g, size_t c, size_t at, struct err *err)
{
    enum column_type type = g->r->source->columns[c].type;
    bool there = g->rows.columns[c].there;
    if (is_number(type)) {
        int64_t *out = vtable_nums(g->b, at);
        for (size_t i = 0; i < g->b->rows; i++) {
            out[i] = there ? row_num(&g->rows, (int)c, g->kept[i]) : VTABLE_NULL;
        }
        return ST_OK;
    }
    struct str *out = vtable_texts(g->b, at);
    if (!there) {
        return ST_OK;
    }
    if (row_is_id(type)) {
        return fill_ident(g, c, out, err);
    }
    if (row_is_text(type)) {
        fill_text(g, c, out);
        return ST_OK;
    }
    for (size_t i = 0; i < g->b->rows; i++) { /* a flag */
        int64_t v = row_num(&g->rows, (int)c, g->kept[i]);
        out[i] = v == INT64_MIN ? (struct str){NULL, 0} : v ? STR("是") : STR("否");
    }
    return ST_OK;
}

static enum status fill_block(struct reading *g, size_t block, const bool *wanted, struct err *err)
{
    struct records *r = g->r;
    const struct part *p = g->part;
    size_t first = place(r, R_COUNT), width = r->source ? source_width(r->source) : 0;
    for (size_t c = 0; c < width; c++) {
        g->rows.columns[c].wanted = wanted[first + c];
    }
    if (asked(r, R_HOW, wanted)) {
        row_reader_want(&g->rows, p->source->person[ROLE_ID].column);
    }
    TRY(row_reader_block(&g->rows, block - p->first_block, err));
    TRY(read_links(g, err));
    constant_text(g, R_SOURCE, p->source->label, wanted);
    constant_num(g, R_DELIVERY, p->delivery, wanted);
    constant_num(g, R_DATE, p->data_date == DAY_MISSING ? VTABLE_NULL : p->data_date, wanted);
    constant_text(g, R_SCOPE, str_of(p->scope), wanted);
    constant_text(g, R_FILE, str_of(p->name), wanted);
    TRY(fill_line(g, wanted, err));
    fill_key(g, wanted);
    if (g->person) {
        fill_person(g, wanted);
    }
    for (size_t c = 0; c < width; c++) {
        if (wanted[first + c]) {
            TRY(fill_column(g, c, first + c, err));
        }
    }
    return ST_OK;
}

static enum status load_records(void *ctx, size_t block, const bool *wanted, struct vtable_block *b, struct err *err)
{
    struct records *r = ctx;
    TRY(look_at(r, err));
    b->end = block >= r->n_blocks;
    if (b->end) {
        return ST_OK;
    }
    TRY(sql_need_rows(r->q, err));
    struct reading g = {.r = r, .part = part_of(r, block), .b = b};
    TRY(row_reader_open(&g.rows, g.part->segment, g.part->source, err));
    enum status status = fill_block(&g, block, wanted, err);
    row_reader_close(&g.rows);
    return status;
}

static void range_of_file(const struct part *p, int c, struct vtable_range *out)
{
    if (c == R_SOURCE || c == R_SCOPE || c == R_FILE) {
        *out = (struct vtable_range){.known = true, .text = c == R_SOURCE ? p->source->label : str_of(c == R_SCOPE ? p->scope : p->name)};
    } else if (c == R_DELIVERY || c == R_DATE) {
        int64_t v = c == R_DELIVERY ? p->delivery : p->data_date;
        *out = (struct vtable_range){.known = true, .min = v, .max = v};
    }
}

static void range_records(const void *ctx, size_t block, size_t column, struct vtable_range *out)
{
    const struct records *r = ctx;
    if (!r->looked_at || block >= r->n_blocks) {
        return;
    }
    const struct part *p = part_of(r, block);
    size_t first = place(r, R_COUNT);
    for (int c = 0; c < R_COUNT; c++) {
        if (has(r, c) && place(r, c) == column) {
            range_of_file(p, c, out);
        }
    }
    if (column >= first && is_number(r->source->columns[column - first].type)) {
        struct seg_range seg = p->ranges[(block - p->first_block) * source_width(r->source) + column - first];
        bool any = seg.min != 0 || seg.max != 0 || seg.missing == 0; /* 0, 0 also stands for "all are missing": then nothing is known */
        *out = (struct vtable_range){.known = any, .min = seg.min, .max = seg.max};
    }
}

/* --- the tables --------------------------------------------------------------------------------------------------------------------- */

static void add_table(struct sql_site *q, struct records *r, const char *name, const char *also, uint64_t rows)
{
    sql_columns columns = {0};
    for (int c = 0; c < R_COUNT; c++) {
        if (has(r, c)) {
            sql_column(q, &columns, str_of(fixed[c].name), fixed[c].type);
        }
    }
    for (size_t c = 0; r->source && c < source_width(r->source); c++) {
        sql_column(q, &columns, r->source->columns[c].name, sql_type(r->source->columns[c].type));
    }
    sql_table(q, name, also, &columns, rows, r, load_records, range_records);
    vec_release(&columns);
}

/* What the ledger says about an input's delivery; the list of inputs in night.db has only its number. */
static enum status describe_input(struct sql_site *q, size_t input, struct part *out, struct err *err)
{
    const struct night_input *in = &q->x.inputs[input];
    *out = (struct part){.source = &q->site->sources->v[in->source], .input = (int)input, .delivery = in->delivery_id, .data_date = DAY_MISSING, .scope = "",
                         .name = in->name, .segment = in->segment};
    AUTO_STMT s = stmt_use(q->site->ledger, STMT_SELECT_DELIVERY);
    bool row;
    stmt_bind_int(s, ":delivery", in->delivery_id);
    TRY(stmt_one(s, &row, err));
    if (row) {
        out->scope = arena_z(&q->arena, stmt_text(s, 1));
        out->data_date = stmt_day(s, 2);
    }
    return ST_OK;
}

static void add_in_force(struct sql_site *q, const struct part *all, const struct source *source)
{
    struct records *r = arena_new(&q->arena, struct records);
    uint64_t rows = 0;
    *r = (struct records){.q = q, .source = source, .parts = arena_array(&q->arena, struct part, q->x.n_inputs + 1)};
    for (size_t i = 0; i < q->x.n_inputs; i++) {
        if (!source || all[i].source == source) {
            r->parts[r->n_parts++] = all[i];
            rows += (uint64_t)q->x.inputs[i].rows;
        }
    }
    add_table(q, r, source ? arena_z(&q->arena, source->label) : "links", source ? arena_z(&q->arena, source->id) : "归并", rows);
}

static enum status add_deliveries(struct sql_site *q, const struct source *source, struct err *err)
{
    struct records *r = arena_new(&q->arena, struct records);
    struct delivered_list list;
    uint64_t rows = 0;
    size_t n = 0;
    TRY(catalogue_accepted(q->site->ledger, source->id, DAY_FOREVER, &q->arena, &list, err));
    for (size_t i = 0; i < list.n; i++) {
        n += list.v[i].n_files;
    }
    *r = (struct records){.q = q, .source = source, .deliveries = true, .parts = arena_array(&q->arena, struct part, n + 1)};
    for (size_t i = 0; i < list.n; i++) {
        for (size_t f = 0; f < list.v[i].n_files; f++) {
            const struct delivered_file *file = &list.v[i].files[f];
            r->parts[r->n_parts++] = (struct part){.source = source, .input = -1, .delivery = list.v[i].id, .data_date = list.v[i].date,
                                                   .scope = list.v[i].scope, .name = file->name, .xxh128 = file->xxh128};
            rows += (uint64_t)file->typed;
        }
    }
    add_table(q, r, arena_printf(&q->arena, STR_FMT "_各次", STR_ARG(source->label)), arena_printf(&q->arena, STR_FMT "_all", STR_ARG(source->id)), rows);
    return ST_OK;
}

enum status sql_add_records(struct sql_site *q, struct err *err)
{
    struct part *all = arena_array(&q->arena, struct part, q->x.n_inputs + 1);
    for (size_t i = 0; i < q->x.n_inputs; i++) {
        TRY(describe_input(q, i, &all[i], err));
    }
    add_in_force(q, all, NULL);
    for (size_t i = 0; i < q->site->sources->n; i++) {
        add_in_force(q, all, &q->site->sources->v[i]);
        TRY(add_deliveries(q, &q->site->sources->v[i], err));
    }
    return ST_OK;
}
