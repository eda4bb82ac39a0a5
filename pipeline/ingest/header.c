/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the header among the first rows, on one row or up to three, and which field is which column. */
#include <stdlib.h>

#include "base/text/fold.h"
#include "pipeline/ingest/layout.h"

#define STRANGE_SHOWN 6 /* headers named in a message */

void header_fold(struct str cell, struct strbuf *out)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    strbuf_clear(out);
    struct str c = cell_clean(cell, &scratch, NULL);
    while (c.n > 0 && c.p[0] == '*') { /* the mark of an obligatory field in a template */
        c = str_sub(c, 1, c.n);
    }
    fold_label(c, out);
}

/* --- one header against one column --------------------------------------------------------------------------------- */

static const char *const unit_tails[] = {"(元)", "(万元)", "(分)"};
static const int64_t unit_sizes[] = {100, 1000000, 1};

/* Which unit_tails a folded header ends with, -1 for none. */
static int unit_tail(struct str folded)
{
    for (size_t i = 0; i < ARRAY_LEN(unit_tails); i++) {
        if (str_ends(folded, str_of(unit_tails[i]))) {
            return (int)i;
        }
    }
    return -1;
}

static struct str without_unit(struct str folded, int tail)
{
    return tail >= 0 ? str_sub(folded, 0, folded.n - strlen(unit_tails[tail])) : folded;
}

/* `姓名#2` declares the second field that is headed 姓名: the header without the mark and its number, 0 when there is none. */
static struct str without_number(struct str declared, size_t *out_number)
{
    size_t at = declared.n;
    *out_number = 0;
    while (at > 0 && is_digit((unsigned char)declared.p[at - 1])) {
        at--;
    }
    if (at < 2 || at == declared.n || declared.n - at > 3 || declared.p[at - 1] != '#') {
        return declared;
    }
    for (size_t i = at; i < declared.n; i++) {
        *out_number = *out_number * 10 + (size_t)(declared.p[i] - '0');
    }
    return str_sub(declared, 0, at - 1);
}

/* 总费用(元) is 总费用 when the column's unit agrees. */
static bool is_header(const struct source_column *c, struct str declared, struct str folded)
{
    int tail = unit_tail(folded);
    return str_eq(declared, folded) || (c->type == COL_MONEY && tail >= 0 && unit_sizes[tail] == c->unit && str_eq(declared, without_unit(folded, tail)));
}

/* --- the rows at the head of the file ------------------------------------------------------------------------------- */

typedef VEC(struct header_row) head_rows;

static void keep_row(const struct record *rec, struct arena *a, head_rows *rows)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    struct header_row row = {.line = rec->line, .n = rec->fields.n};
    row.shown = arena_array(a, struct str, row.n + 1);
    row.folded = arena_array(a, struct str, row.n + 1);
    for (size_t f = 0; f < row.n; f++) {
        row.shown[f] = arena_str(a, cell_clean(rec->fields.v[f], &scratch, NULL));
        header_fold(rec->fields.v[f], &scratch);
        row.folded[f] = arena_str(a, strbuf_str(&scratch));
        row.n_named = scratch.n > 0 ? f + 1 : row.n_named;
    }
    vec_push(rows, row);
}

static void read_rows(struct str head, enum encoding encoding, size_t bom, char delimiter, struct arena *a, head_rows *rows)
{
    struct memory_source m = {head};
    struct reader *r;
    struct record rec = {0};
    struct err ignored;
    bool more = true;
    if (reader_open(memory_source(&m), encoding, bom, delimiter, &r, &ignored) != ST_OK) {
        return;
    }
    for (int i = 0; i < HEADER_SEARCH_RECORDS && more; i++) {
        if (reader_next(r, &rec, &more, &ignored) == ST_OK && more && rec.bad == VALUE_OK && !record_is_blank(&rec)) {
            keep_row(&rec, a, rows);
        }
    }
    vec_release(&rec.fields);
    reader_close(r);
}

/* --- what the fields are called ------------------------------------------------------------------------------------- */

struct field_names {
    size_t n;
    struct str *own;    /* the lowest cell that is not blank */
    struct str *joined; /* nearest group and own cell; empty where there is no group */
    struct str *full;   /* every group above and own cell, where there are two */
    struct str *over;   /* the cell above where it stands over this one alone (a unit or a code is below), else empty */
    struct str *shown;
    bool *taken;        /* a column is called by a joined name: the own cell alone means nothing else */
};

static struct str cell_of(const struct header_row *row, struct str *cells, size_t f)
{
    return f < row->n ? cells[f] : str_n("", 0);
}

static struct str put_together(struct str group, struct str cell, const char *between, struct arena *a)
{
    return group.n == 0 ? cell : cell.n == 0 ? group : str_of(arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(group), between, STR_ARG(cell)));
}

/* Groups of a field at every level above its own cell: a merged cell leaves its text in its first field alone, so what stands to the left still holds,
   until something begins on a higher level. */
struct groups {
    struct str folded[HEADER_ROWS_MAX], shown[HEADER_ROWS_MAX]; /* by level, 0 the lowest row */
};

static void carry_groups(struct groups *g, const struct header_row *rows, size_t n_rows, size_t f)
{
    for (size_t k = n_rows; k-- > 0;) {
        struct str here = cell_of(&rows[k], rows[k].folded, f);
        if (here.n == 0) {
            continue;
        }
        g->folded[k] = here;
        g->shown[k] = cell_of(&rows[k], rows[k].shown, f);
        for (size_t below = 0; below < k; below++) {
            g->folded[below] = g->shown[below] = str_n("", 0);
        }
    }
}

static void name_field(struct field_names *out, const struct groups *g, const struct header_row *rows, size_t n_rows, size_t f, struct arena *a)
{
    size_t own = 0, near;
    while (own + 1 < n_rows && cell_of(&rows[own], rows[own].folded, f).n == 0) {
        own++;
    }
    out->own[f] = cell_of(&rows[own], rows[own].folded, f);
    out->shown[f] = cell_of(&rows[own], rows[own].shown, f);
    if (out->own[f].n == 0) {
        return;
    }
    for (near = own + 1; near < n_rows && g->folded[near].n == 0; near++) {
    }
    if (near < n_rows) {
        bool leads = cell_of(&rows[near], rows[near].folded, f + 1).n == 0 && cell_of(&rows[own], rows[own].folded, f + 1).n > 0;
        out->over[f] = leads ? str_n("", 0) : cell_of(&rows[near], rows[near].folded, f);
        out->joined[f] = put_together(g->folded[near], out->own[f], "", a);
        out->shown[f] = put_together(g->shown[near], out->shown[f], " ", a);
    }
    if (near + 1 < n_rows && g->folded[near + 1].n > 0) {
        out->full[f] = put_together(g->folded[near + 1], out->joined[f], "", a);
        out->shown[f] = put_together(g->shown[near + 1], out->shown[f], " ", a);
    }
}

/* `rows` from the lowest up. */
static void name_fields(const struct header_row *rows, size_t n_rows, struct arena *a, struct field_names *out)
{
    struct groups groups = {{{NULL, 0}}, {{NULL, 0}}};
    out->n = 0;
    for (size_t k = 0; k < n_rows; k++) {
        out->n = MAX(out->n, rows[k].n);
    }
    struct str **lists[] = {&out->own, &out->joined, &out->full, &out->over, &out->shown};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        *lists[i] = arena_array(a, struct str, out->n + 1);
    }
    out->taken = arena_array(a, bool, out->n + 1);
    for (size_t f = 0; f < out->n; f++) {
        carry_groups(&groups, rows, n_rows, f);
        name_field(out, &groups, rows, n_rows, f, a);
    }
}

/* Which of the equal headers this field has, from 1, when the source tells them apart by number; else 0. */
static size_t numbered(const struct source *s, const struct field_names *names, size_t field)
{
    bool told = false;
    size_t nth = 0, n;
    for (size_t c = 0; c < s->n_columns && !told; c++) {
        for (size_t i = 0; i < s->columns[c].n_headers && !told; i++) {
            struct str base = without_number(s->columns[c].headers[i], &n);
            told = n > 0 && is_header(&s->columns[c], base, names->own[field]);
        }
    }
    for (size_t f = 0; told && f <= field; f++) {
        nth += str_eq(names->own[f], names->own[field]);
    }
    return nth;
}

/* Position among a column's accepted headers, -1 when none. Where equal headers are told apart, a header without a number means the first. */
static int header_rank(const struct source_column *c, struct str folded, size_t nth)
{
    for (size_t i = 0; i < c->n_headers; i++) {
        size_t number;
        struct str base = without_number(c->headers[i], &number);
        if (is_header(c, base, folded) ? number == nth || (number == 0 && nth == 1) : str_eq(c->headers[i], folded)) {
            return (int)i;
        }
    }
    return -1;
}

/* By the longer of the joined names first. */
static int joined_rank(const struct source_column *c, const struct field_names *names, size_t f)
{
    int full = names->full[f].n > 0 ? header_rank(c, names->full[f], 0) : -1;
    return full >= 0 ? full : header_rank(c, names->joined[f], 0);
}

static void find_taken(const struct source *s, struct field_names *names)
{
    for (size_t f = 0; f < names->n; f++) {
        for (size_t c = 0; c < s->n_columns && names->joined[f].n > 0 && !names->taken[f]; c++) {
            names->taken[f] = joined_rank(&s->columns[c], names, f) >= 0;
        }
    }
}

/* --- a try ---------------------------------------------------------------------------------------------------------- */

struct header_try {
    size_t matched, missing;
    int64_t line;
    struct strbuf why, strange;
};

static void try_release(struct header_try *t)
{
    strbuf_release(&t->why);
    strbuf_release(&t->strange);
}

static void claim(const struct source *s, struct layout *l, const struct field_names *names, size_t f, size_t c, int r, int *rank, struct header_try *t)
{
    if (l->field_of[c] >= 0 && r == rank[c]) {
        strbuf_addf(&t->why, TR("列“" STR_FMT "”在表头里出现两次（第 %d、%zu 列），请在它的 header 里写 " STR_FMT "#1 或 #2 说明用哪一个；",
                                "column '" STR_FMT "' is in the header twice (fields %d and %zu), say which with header: [" STR_FMT "#1] or #2; "),
                    STR_ARG(s->columns[c].name), l->field_of[c] + 1, f + 1, STR_ARG(names->own[f]));
        t->missing++;
    } else if (l->field_of[c] < 0 || r < rank[c]) {
        t->matched += l->field_of[c] < 0;
        l->field_of[c] = (int)f;
        l->headers[c] = names->shown[f];
        rank[c] = r;
    }
}

/* 年收入(元) for a column declared in 万元: left out, and said. */
static void note_wrong_unit(const struct source *s, struct layout *l, const struct field_names *names, size_t f)
{
    int tail = unit_tail(names->own[f]);
    for (size_t c = 0; c < s->n_columns && tail >= 0 && l->notes; c++) {
        const struct source_column *col = &s->columns[c];
        if (col->type == COL_MONEY && l->field_of[c] < 0 && header_rank(col, without_unit(names->own[f], tail), 0) >= 0) {
            strbuf_addf(l->notes, TR("表头“" STR_FMT "”的单位与 sources.yaml 里“" STR_FMT "”的 unit 不同，这一列没有读；请核对金额，再改 unit\n",
                                     "header '" STR_FMT "' has another unit than column '" STR_FMT "' in sources.yaml; it was not read: check the amounts, then correct the unit\n"),
                        STR_ARG(names->shown[f]), STR_ARG(col->name));
        }
    }
}

static void list_strange(const struct source *s, const struct layout *l, const struct field_names *names, struct strbuf *out)
{
    for (size_t f = 0; f < names->n; f++) {
        bool claimed = names->own[f].n == 0;
        for (size_t c = 0; c < s->n_columns && !claimed; c++) {
            claimed = l->field_of[c] == (int)f;
        }
        if (!claimed) {
            strbuf_addf(out, STR_FMT "\n", STR_ARG(names->shown[f]));
        }
    }
}

/* Maps the fields of a header that is supposed to be out->rows. */
static void map_fields(const struct source *s, const struct field_names *names, struct layout *out, int *rank, struct header_try *t)
{
    for (size_t f = 0; f < names->n; f++) {
        size_t nth = names->own[f].n > 0 ? numbered(s, names, f) : 0;
        for (size_t c = 0; c < s->n_columns && names->own[f].n > 0; c++) {
            int r = names->taken[f] ? joined_rank(&s->columns[c], names, f) : header_rank(&s->columns[c], names->own[f], nth);
            r = r < 0 && !names->taken[f] && names->over[f].n > 0 ? header_rank(&s->columns[c], names->over[f], 0) : r;
            if (r >= 0) {
                claim(s, out, names, f, c, r, rank, t);
            }
        }
    }
}

/* Maps `n` rows, the first of which is rows[0], as if they were the header. */
static void try_header(const struct source *s, const struct header_row *rows, size_t n, struct arena *a, struct layout *out, struct header_try *t)
{
    struct field_names names;
    *out = (struct layout){.first_line = rows[0].line, .header_line = rows[n - 1].line, .n_rows = n};
    for (size_t k = 0; k < n; k++) {
        out->rows[k] = rows[n - 1 - k];
        out->n_named = MAX(out->n_named, rows[k].n_named);
    }
    name_fields(out->rows, n, a, &names);
    find_taken(s, &names);
    out->n_fields = names.n;
    out->field_of = arena_array(a, int, s->n_columns + 1);
    out->headers = arena_array(a, struct str, s->n_columns + 1);
    int *rank = arena_array(a, int, s->n_columns + 1);
    for (size_t c = 0; c < s->n_columns; c++) {
        out->field_of[c] = -1;
    }
    t->line = out->header_line;
    map_fields(s, &names, out, rank, t);
    for (size_t c = 0; c < s->n_columns; c++) {
        if ((s->columns[c].required || s->columns[c].needed) && out->field_of[c] < 0) {
            t->missing++;
            strbuf_addf(&t->why, TR("缺少必需的列“" STR_FMT "”；", "required column '" STR_FMT "' is missing; "), STR_ARG(s->columns[c].name));
        }
    }
    list_strange(s, out, &names, &t->strange);
}

static bool has_digit(struct str s)
{
    size_t i = 0;
    while (i < s.n && !is_digit((unsigned char)s.p[i])) {
        i++;
    }
    return i < s.n;
}

bool header_is_field_code(struct str s)
{
    size_t i = 0;
    while (i < s.n && (is_alpha((unsigned char)s.p[i]) || s.p[i] == '_')) {
        i++;
    }
    return i == s.n;
}

bool header_is_unit(struct str s)
{
    static const char *const units[] = {"元", "万元", "分", "角", "人", "人次", "户", "岁", "天", "次", "年", "月", "日", "个", "张", "级", "平方米", "㎡", "%"};
    s = str_starts(s, STR("单位:")) ? str_sub(s, strlen("单位:"), s.n) : s;
    if (s.n > 2 && s.p[0] == '(' && s.p[s.n - 1] == ')') {
        s = str_n(s.p + 1, s.n - 2);
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (str_eqz(s, units[i])) {
            return true;
        }
    }
    return false;
}

/* Does the cell stand under a group, or under nothing? `upper` is the row above. */
static bool is_leaf(const struct header_row *upper, const struct header_row *row, size_t f)
{
    bool bare = cell_of(upper, upper->folded, f).n == 0;
    return bare || (cell_of(upper, upper->folded, f + 1).n == 0 && cell_of(row, row->folded, f + 1).n > 0);
}

/* Below a whole header: the leaves of merged cells or units, with every required column blank; or the codes of the fields. No number in either. */
static bool is_under_header(const struct source *s, const struct layout *l, const struct header_row *row)
{
    bool leaves = true, codes = true;
    size_t filled = 0;
    for (size_t c = 0; c < s->n_columns; c++) {
        size_t f = (size_t)l->field_of[c];
        leaves = leaves && !(s->columns[c].required && f < row->n && row->folded[f].n > 0);
    }
    for (size_t f = 0; f < row->n; f++) {
        if (has_digit(row->folded[f])) {
            return false;
        }
        codes = codes && header_is_field_code(row->folded[f]);
        leaves = leaves && (row->folded[f].n == 0 || header_is_unit(row->folded[f]) || is_leaf(&l->rows[0], row, f));
        filled += row->folded[f].n > 0;
    }
    struct record rec = {.fields = {row->shown, row->n, row->n}};
    AUTO_STRBUF scratch = STRBUF_INIT;
    return (leaves ? filled > 0 : codes && filled > 1 && filled == l->n_named) && layout_row_kind(l, s, &rec, &scratch) == ROW_DATA;
}

/* One supposed header and how well it does. */
struct header_guess {
    struct layout layout;
    struct header_try t;
};

/* Columns recognised by `n` rows from row `i` on, 0 when a required one is missing or there are not so many rows. */
static size_t guess_header(const struct source *s, const head_rows *rows, size_t i, size_t n, struct arena *a, struct header_guess *g)
{
    *g = (struct header_guess){.t = {.why = STRBUF_INIT, .strange = STRBUF_INIT}};
    if (i + n > rows->n) {
        return 0;
    }
    try_header(s, &rows->v[i], n, a, &g->layout, &g->t);
    return g->t.missing == 0 ? g->t.matched : 0;
}

static size_t guess_quietly(const struct source *s, const head_rows *rows, size_t i, size_t n, struct arena *a)
{
    struct header_guess g;
    size_t matched = guess_header(s, rows, i, n, a, &g);
    try_release(&g.t);
    return matched;
}

/* How many rows from row `i` on are the header: more rows only when they say more than fewer, and than those below alone; or when the next one holds units. */
static size_t header_rows(const struct source *s, const head_rows *rows, size_t i, struct arena *a, struct header_guess g[HEADER_ROWS_MAX + 1])
{
    size_t matched[HEADER_ROWS_MAX + 1] = {0}, take = 1, rival = 0;
    for (size_t n = 1; n <= HEADER_ROWS_MAX; n++) {
        matched[n] = guess_header(s, rows, i, n, a, &g[n]);
    }
    for (size_t n = 2; n <= HEADER_ROWS_MAX; n++) {
        rival = MAX(rival, matched[n - 1]);
        for (size_t k = 1; k < n && matched[n] > rival; k++) {
            for (size_t below = i + 1; below + k <= i + n; below++) {
                rival = MAX(rival, guess_quietly(s, rows, below, k, a));
            }
        }
        take = matched[n] > rival ? n : take;
    }
    bool units = take < HEADER_ROWS_MAX && i + take < rows->n && matched[take] > 0 && matched[take + 1] == matched[take] &&
                 is_under_header(s, &g[take].layout, &rows->v[i + take]);
    return take + units;
}

/* The first row, alone or with those below it, that has all required columns. */
static bool find_in(const struct source *s, const head_rows *rows, struct arena *a, struct layout *out, struct header_try *best)
{
    bool found = false;
    for (size_t i = 0; i < rows->n && !found; i++) {
        struct header_guess g[HEADER_ROWS_MAX + 1];
        size_t take = header_rows(s, rows, i, a, g);
        struct header_try *t = &g[take].t;
        *out = g[take].layout;
        found = t->missing == 0 && t->matched > 0;
        if (found || t->matched > best->matched) {
            struct header_try swap = *best;
            *best = *t;
            *t = swap;
        }
        for (size_t n = 1; n <= HEADER_ROWS_MAX; n++) {
            try_release(&g[n].t);
        }
    }
    return found;
}

/* --- the words ------------------------------------------------------------------------------------------------------ */

static void say_strange(struct str strange, struct strbuf *why)
{
    struct str line;
    for (int n = 0; n < STRANGE_SHOWN && str_split(&strange, '\n', &line) && line.n > 0; n++) {
        strbuf_addf(why, "%s“" STR_FMT "”", n == 0 ? TR("表头里没有认出来的：", "headers not recognised: ") : TR("、", ", "), STR_ARG(line));
    }
    strbuf_addz(why, TR("；", "; "));
}

static void say_not_found(struct str head, const struct header_try *best, struct strbuf *why)
{
    bool one_line = head.n >= HEADER_SEARCH_BYTES && !memchr(head.p, '\n', head.n) && !memchr(head.p, '\r', head.n);
    if (one_line) {
        strbuf_addf(why, TR("第 1 行过了 %zu KiB 还没有换行，不像一张表；请核对是不是导出错了，或在 Excel/WPS 里另存为 CSV 再送",
                            "line 1 has no end within %zu KiB, this is no table; check the export, or save it as CSV again"), HEADER_SEARCH_BYTES >> 10);
    } else if (best->matched == 0) {
        strbuf_addf(why, TR("前 %d 行里没有一行像表头：columns 里的列名和 header 一个也没有认出来", "none of the first %d rows looks like the header: no column was recognised"),
                    HEADER_SEARCH_RECORDS);
    } else {
        strbuf_addf(why, TR("第 %lld 行最像表头，认出 %zu 列；", "line %lld looks most like the header, %zu columns recognised; "), (long long)best->line,
                    best->matched);
        strbuf_adds(why, strbuf_str(&best->why));
        if (best->strange.n > 0) {
            say_strange(strbuf_str(&best->strange), why);
        }
        strbuf_addz(why, TR("请核对导出，或把新表头补进 sources.yaml 的 header", "check the export, or add the new header to sources.yaml"));
    }
}

bool layout_find(const struct source *s, struct str head, enum encoding encoding, size_t bom, struct arena *a, struct layout *out, struct strbuf *why)
{
    static const char delimiters[] = {',', '\t', ';', '|'};
    struct header_try best = {.why = STRBUF_INIT, .strange = STRBUF_INIT};
    struct strbuf *notes = out->notes, *strange = out->strange;
    bool found = false;
    for (size_t i = 0; i < sizeof(delimiters) && !found; i++) {
        if (s->delimiter != 0 && s->delimiter != delimiters[i]) {
            continue;
        }
        head_rows rows = {0};
        read_rows(head, encoding, bom, delimiters[i], a, &rows);
        found = find_in(s, &rows, a, out, &best);
        out->delimiter = delimiters[i];
        vec_release(&rows);
    }
    out->notes = notes, out->strange = strange;
    if (!found) {
        say_not_found(head, &best, why);
    } else {
        struct field_names names;
        name_fields(out->rows, out->n_rows, a, &names);
        for (size_t f = 0; f < names.n; f++) {
            note_wrong_unit(s, out, &names, f);
        }
        if (strange) {
            strbuf_adds(strange, strbuf_str(&best.strange));
        }
    }
    try_release(&best);
    return found;
}
