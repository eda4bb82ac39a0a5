/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a person as a tree of links: which the number placed, which what they say, with weights; the weakest link, and what would part it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/core/file.h"
#include "base/store/segment.h"
#include "matchers/bits.h"
#include "matchers/identifier.h"
#include "pipeline/explain_private.h"
#include "pipeline/link_how.h"
#include "pipeline/row_reader.h"
#include "pipeline/site.h"

#define NUMBERED_SHOWN 4  /* records of one source that the number placed */
#define MADE_SHOWN     20 /* links by weight, weakest first */

struct leaf { /* a record */
    size_t input;
    uint32_t row;
    int64_t line;
    struct str name;
    bool numbered, other_name;           /* numbered: it bears a usable number */
    const struct link_made_row *made;    /* NULL: placed by its number, or its own register record */
};
struct cluster {
    struct explain *x;
    uint32_t person;
    struct str name;     /* of the person */
    VEC(struct leaf) v;  /* by source of sources.yaml, input and row */
    VEC(uint32_t) made;  /* those with weights, weakest first */
    struct link_made_list links;
    int32_t line;        /* weight from which rows join */
};

/* --- reading --------------------------------------------------------------------------------------------------------------------------- */

static bool take_leaf(void *ctx, size_t input, uint32_t row)
{
    struct cluster *c = ctx;
    vec_push(&c->v, (struct leaf){.input = input, .row = row, .made = link_made_find(&c->links, (int64_t)input, row)});
    return true;
}

/* Line, name and number of the leaves of one input, which stand together. */
static enum status read_leaves(struct cluster *c, struct leaf *v, size_t n, struct err *err)
{
    const struct night_input *in = &c->x->inputs[v->input];
    const struct source *s = &c->x->site->sources->v[in->source];
    AUTO_ROWS r = {.seg = NULL};
    int name = s->person[ROLE_NAME].column, id = s->person[ROLE_ID].column;
    TRY(row_reader_open(&r, in->segment, s, err));
    row_reader_want(&r, name);
    row_reader_want(&r, id);
    int line = seg_column(r.seg, SEG_LINE);
    for (size_t i = 0; i < n; i++) {
        size_t block = seg_block_of(r.seg, v[i].row);
        if (r.block != block) {
            TRY(row_reader_block(&r, block, err));
        }
        size_t k = (size_t)(v[i].row - r.start);
        v[i].name = arena_str(c->x->arena, str_trim(row_text(&r, name, k)));
        v[i].numbered = ident_key(row_id(&r, id, k)) != 0;
        v[i].other_name = v[i].name.n && !str_eq(v[i].name, c->name);
        TRY(seg_fetch_i64(r.seg, v[i].row, (size_t)line, &v[i].line, err));
    }
    return ST_OK;
}

static enum status read_cluster(struct cluster *c, struct err *err)
{
    TRY(population_person_text(c->x->pop, P_NAME, c->person, c->x->arena, &c->name, err));
    TRY(link_made_read(c->x->run_dir, -1, 0, &c->links, err));
    TRY(links_of_person(c->x->run_dir, c->x->n_inputs, c->person, take_leaf, c, err));
    for (size_t i = 0, n; i < c->v.n; i += n) {
        for (n = 1; i + n < c->v.n && c->v.v[i + n].input == c->v.v[i].input; n++) {
        }
        TRY(read_leaves(c, c->v.v + i, n, err));
    }
    for (size_t i = 0; i < c->v.n; i++) {
        if (c->v.v[i].made) {
            vec_push(&c->made, (uint32_t)i);
        }
    }
    for (size_t i = 1; i < c->made.n; i++) { /* few: weakest first, else as they stand */
        for (size_t k = i; k > 0 && c->v.v[c->made.v[k]].made->made.weight < c->v.v[c->made.v[k - 1]].made->made.weight; k--) {
            uint32_t t = c->made.v[k];
            c->made.v[k] = c->made.v[k - 1];
            c->made.v[k - 1] = t;
        }
    }
    return ST_OK;
}

/* --- the tree ---------------------------------------------------------------------------------------------------------------------------- */

static const struct source *source_of(const struct cluster *c, const struct leaf *f)
{
    return &c->x->site->sources->v[c->x->inputs[f->input].source];
}

static void add_leaf_place(const struct cluster *c, const struct leaf *f)
{
    strbuf_addf(c->x->out, TR(STR_FMT " %s 第%lld行", STR_FMT " %s line %lld"), STR_ARG(source_of(c, f)->label), c->x->inputs[f->input].name, (long long)f->line);
}

static void add_numbered_leaf(const struct cluster *c, const struct leaf *f, const char *stem, bool last)
{
    strbuf_addf(c->x->out, "%s%s", stem, last ? "└─ " : "├─ ");
    add_leaf_place(c, f);
    if (f->name.n) {
        strbuf_addf(c->x->out, "  " STR_FMT, STR_ARG(f->name));
    }
    strbuf_addz(c->x->out, f->other_name ? TR("（姓名写法不同）", " (name written otherwise)") : "");
    strbuf_addz(c->x->out, f->numbered ? "" : TR("（没有可用号码：这条记录就是此人）", " (no usable number: the record is the person)"));
    strbuf_addc(c->x->out, '\n');
}

/* Sources in the order of the inputs; of each the first few records, those with another name before the others. */
static void add_numbered(const struct cluster *c)
{
    size_t left = c->v.n - c->made.n; /* placed by number, not yet told */
    for (size_t i = 0, n; i < c->v.n; i += n) {
        size_t count = 0, shown = 0;
        for (n = 0; i + n < c->v.n && source_of(c, &c->v.v[i + n]) == source_of(c, &c->v.v[i]); n++) {
            count += !c->v.v[i + n].made;
        }
        if (count == 0) {
            continue;
        }
        left -= count;
        bool last = left == 0 && c->made.n == 0;
        const char *stem = last ? "   " : "│  ";
        strbuf_addf(c->x->out, TR("%s─ " STR_FMT "，凭号码 %zu 条\n", "%s─ " STR_FMT ", %zu by number\n"), last ? "└" : "├", STR_ARG(source_of(c, &c->v.v[i])->label), count);
        for (int turn = 0; turn < 2; turn++) {
            for (size_t k = i; k < i + n && shown < NUMBERED_SHOWN; k++) {
                const struct leaf *f = &c->v.v[k];
                if (!f->made && f->other_name == (turn == 0)) {
                    shown++;
                    add_numbered_leaf(c, f, stem, shown == count);
                }
            }
        }
        if (count > shown) {
            strbuf_addf(c->x->out, TR("%s└─ 另有 %zu 条\n", "%s└─ and %zu more\n"), stem, count - shown);
        }
    }
}

static void add_weight(const struct cluster *c, const struct link_made *m)
{
    link_how_bits(m->weight, c->x->out);
    strbuf_addf(c->x->out, TR(" 分，把握 %d.%04d%%", ", probability %d.%04d%%"), m->probability / 10000, m->probability % 10000);
}

static void add_made(const struct cluster *c)
{
    struct strbuf *out = c->x->out;
    if (c->made.n) {
        strbuf_addf(out, TR("└─ 凭各项信息 %zu 条，最弱的在前\n", "└─ %zu by what they say, weakest first\n"), c->made.n);
    }
    for (size_t i = 0; i < MIN(c->made.n, (size_t)MADE_SHOWN); i++) {
        const struct leaf *f = &c->v.v[c->made.v[i]];
        strbuf_addz(out, i + 1 == c->made.n ? "   └─ " : "   ├─ ");
        add_leaf_place(c, f);
        strbuf_addf(out, f->name.n ? "  " STR_FMT "  " : "  ", STR_ARG(f->name));
        add_weight(c, &f->made->made);
        strbuf_addz(out, TR("；", "; "));
        link_how_text(&f->made->made, out);
        strbuf_addc(out, '\n');
    }
    if (c->made.n > MADE_SHOWN) {
        strbuf_addf(out, TR("   └─ 另有 %zu 条\n", "   └─ and %zu more\n"), c->made.n - MADE_SHOWN);
    }
}

/* --- the weakest link -------------------------------------------------------------------------------------------------------------------- */

/* Which single agreements it rests on: without any one of them the row stays below the line. */
static void add_rests_on(const struct cluster *c, const struct link_made *m, int32_t margin)
{
    struct strbuf *out = c->x->out;
    const char *before = TR("  缺了其中任何一项就会分开：", "  it would part without any one of: ");
    for (int i = PART_PRIOR + 1; i < PART_COUNT; i++) {
        if (m->part[i] > margin) {
            strbuf_addf(out, "%s%s ", before, link_part_word((enum made_part)i));
            link_how_bits(m->part[i], out);
            before = TR("、", ", ");
        }
    }
    strbuf_addz(out, before[0] == ' ' ? TR("  没有哪一项是非有不可的：要两项以上变了才会分开\n", "  it rests on no single agreement: two or more would have to change\n") : "\n");
}

static void add_apart_from_then(const struct cluster *c, const struct leaf *f)
{
    strbuf_addz(c->x->out, source_of(c, f)->registers_persons ? TR("  分开以后：这条名册记录另成一人\n", "  parted, this record of a register is a person of its own\n")
                                                              : TR("  分开以后：这条记录未归人\n", "  parted, this record is nobody's\n"));
}

static void add_weakest(const struct cluster *c)
{
    struct strbuf *out = c->x->out;
    const struct leaf *other = NULL;
    for (size_t i = 0; i < c->v.n && !other; i++) {
        other = c->v.v[i].other_name && !c->v.v[i].made ? &c->v.v[i] : NULL;
    }
    if (c->made.n) {
        const struct leaf *f = &c->v.v[c->made.v[0]];
        const struct link_made *m = &f->made->made;
        strbuf_addz(out, TR("最弱的一环：", "the weakest link: "));
        add_leaf_place(c, f);
        strbuf_addc(out, '\n');
        link_how_waterfall(m, "  ", out);
        if (m->how == MADE_BY_PEOPLE) {
            strbuf_addz(out, TR("  人工核对过，不靠分数：改口，或两边的信息变了才会分开\n", "  people decided, not the weight: it parts when they say otherwise or either side changes\n"));
        } else {
            strbuf_addz(out, TR("  超出归到一起的线 ", "  above the line by "));
            link_how_bits(m->weight - c->line, out);
            strbuf_addz(out, TR(" 分\n", "\n"));
            add_rests_on(c, m, m->weight - c->line);
        }
        add_apart_from_then(c, f);
    } else if (other) {
        strbuf_addz(out, TR("最弱的一环：凭号码，但姓名写法不同：", "the weakest link: by number, the name written otherwise: "));
        add_leaf_place(c, other);
        strbuf_addf(out, "  " STR_FMT "\n", STR_ARG(other->name));
    }
    strbuf_addz(out, TR("凭号码归到的，只有这些会把它分开：部门更正了号码；姓名（姓和名的每个字）都对不上；走访回填串人，或人工核对说不是同一人\n",
                        "what the number placed parts only when a department corrects the number, when every character of the name differs, or when a visit or a review says it is another\n"));
}

/* --- the picture ------------------------------------------------------------------------------------------------------------------------- */

enum { SVG_LEFT = 300, SVG_PLOT = 380, SVG_RIGHT = 90, SVG_ROW = 26, SVG_TOP = 46, SVG_BOTTOM = 40 };

static void svg_text(struct strbuf *out, int x, int y, const char *anchor, const char *text)
{
    strbuf_addf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    for (const char *p = text; *p; p++) { /* a label may hold what XML takes for markup */
        const char *name = *p == '<' ? "&lt;" : *p == '&' ? "&amp;" : NULL;
        if (name) {
            strbuf_addz(out, name);
        } else {
            strbuf_addc(out, *p);
        }
    }
    strbuf_addz(out, "</text>\n");
}

/* Nothing in it names anybody: source labels, line numbers, weights. */
static void cluster_svg(const struct cluster *c, struct strbuf *out)
{
    size_t shown = MIN(c->made.n, (size_t)MADE_SHOWN), rows = shown + 1;
    int32_t most = c->line;
    for (size_t i = 0; i < shown; i++) {
        most = MAX(most, c->v.v[c->made.v[i]].made->made.weight);
    }
    int width = SVG_LEFT + SVG_PLOT + SVG_RIGHT, bottom = SVG_TOP + (int)rows * SVG_ROW, line = SVG_LEFT + (int)((int64_t)MAX(c->line, 0) * SVG_PLOT / MAX(most, 1));
    strbuf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-size=\"13\" "
                     "font-family=\"'Noto Sans CJK SC','Microsoft YaHei',sans-serif\" role=\"img\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
                width, bottom + SVG_BOTTOM, width, bottom + SVG_BOTTOM);
    svg_text(out, 8, 22, "start", TR("一个人的记录怎样归到一起（1 分是一倍的可能）", "how the records of one person hang together (a point doubles the odds)"));
    strbuf_addf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#333\" stroke-dasharray=\"4 3\"/>\n", line, line, SVG_TOP - 8, bottom);
    svg_text(out, line, bottom + 16, "middle", TR("归到一起的线", "joined from here"));
    char text[1024];
    (void)snprintf(text, sizeof(text), TR("凭号码 %zu 条", "%zu by number"), c->v.n - c->made.n);
    svg_text(out, SVG_LEFT - 10, SVG_TOP + 14, "end", text);
    strbuf_addf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#333\"/>\n", SVG_LEFT, SVG_TOP, SVG_PLOT, SVG_ROW - 8);
    for (size_t i = 0; i < shown; i++) {
        const struct leaf *f = &c->v.v[c->made.v[i]];
        int y = SVG_TOP + ((int)i + 1) * SVG_ROW, w = (int)((int64_t)MAX(f->made->made.weight, 0) * SVG_PLOT / MAX(most, 1));
        AUTO_STRBUF bits = STRBUF_INIT;
        (void)snprintf(text, sizeof(text), TR(STR_FMT " 第%lld行", STR_FMT " line %lld"), STR_ARG(source_of(c, f)->label), (long long)f->line);
        svg_text(out, SVG_LEFT - 10, y + 14, "end", text);
        strbuf_addf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#1d4f8c\"/>\n", SVG_LEFT, y, MAX(w, 1), SVG_ROW - 8, i == 0 ? "#fff" : "#1d4f8c");
        link_how_bits(f->made->made.weight, &bits);
        svg_text(out, SVG_LEFT + SVG_PLOT + 12, y + 14, "start", strbuf_z(&bits));
    }
    strbuf_addz(out, "</svg>\n");
}

enum status explain_cluster(struct explain *x, struct str ref, const char *svg, struct err *err)
{
    struct cluster c = {.x = x, .line = weight_of_ppm((uint32_t)x->site->people->link_threshold)};
    AUTO_STRBUF picture = STRBUF_INIT;
    enum status status = explain_find_person(x, ref, &c.person, err);
    status = status == ST_OK ? explain_person_line(x, c.person, err) : status;
    status = status == ST_OK ? read_cluster(&c, err) : status;
    if (status == ST_OK) {
        add_numbered(&c);
        add_made(&c);
        add_weakest(&c);
        cluster_svg(&c, &picture);
        status = svg ? file_write_atomic(svg, strbuf_str(&picture), err) : ST_OK;
    }
    link_made_release(&c.links);
    vec_release(&c.v);
    vec_release(&c.made);
    return status;
}
