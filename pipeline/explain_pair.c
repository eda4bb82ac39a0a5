/* SPDX-License-Identifier: Apache-2.0 */
/* Why two records, or a record and a person, or two persons are one person or are not: both sides field by field, the weights as the night's own code gives them
   (link_want.h), and for those that are not together what stands against it and what would have to be different. */
#include <stdlib.h>

#include "base/core/file.h"
#include "base/store/segment.h"
#include "matchers/bits.h"
#include "matchers/identifier.h"
#include "pipeline/explain.h"
#include "pipeline/link_want.h"
#include "pipeline/review_rows.h"
#include "pipeline/site.h"

#define ROWS_MOST 200 /* of a person's records that are weighed */

struct side {
    bool record;
    size_t input;
    uint32_t row;       /* of the record */
    int32_t person;     /* row of persons.seg; below 0: nobody */
    struct review_side says;
};
struct pair {
    struct explain *x;
    struct side a, b;   /* a: what is weighed; b: whom it may be */
    struct link_want want;
    VEC(struct want_row) rows;
    const char *svg;
};

/* --- who is meant ---------------------------------------------------------------------------------------------------------------------- */

/* FILE:LINE; else a person. */
static enum status read_side(struct explain *x, struct str ref, struct side *out, struct err *err)
{
    size_t colon = ref.n;
    while (colon > 0 && ref.p[colon - 1] != ':') {
        colon--;
    }
    *out = (struct side){.record = colon > 1};
    if (!out->record) {
        uint32_t row;
        TRY(explain_find_person(x, ref, &row, err));
        out->person = (int32_t)row;
        return review_person_side(x, row, x->arena, &out->says, err);
    }
    TRY(explain_locate(x, str_sub(ref, 0, colon - 1), str_sub(ref, colon, ref.n), &out->input, &out->row, &out->person, err));
    return review_record_side(x, out->input, out->row, x->arena, &out->says, err);
}

static bool take_row(void *ctx, size_t input, uint32_t row)
{
    struct pair *p = ctx;
    vec_push(&p->rows, (struct want_row){(uint32_t)input, row});
    return p->rows.n < ROWS_MOST;
}

/* The record is weighed against a person; of two persons the one without a number of its own against the other. */
static enum status settle_sides(struct pair *p, struct err *err)
{
    bool swap = (!p->a.record && p->b.record) || (p->a.record && p->b.record && p->b.person < 0) ||
                (!p->a.record && !p->b.record && ident_key(p->b.says.id) == 0 && ident_key(p->a.says.id) != 0);
    if (swap) {
        struct side a = p->a;
        p->a = p->b;
        p->b = a;
    }
    if (p->b.person < 0) {
        return err_set(err, ST_NOT_FOUND, "%s", TR("两条记录都没有归到人：只有名册能认定有这个人，没有可以归到的人", "both records are nobody's: only registers found persons, there is nobody to join"));
    }
    if (p->a.record) {
        vec_push(&p->rows, (struct want_row){(uint32_t)p->a.input, p->a.row});
        return ST_OK;
    }
    return links_of_person(p->x->run_dir, p->x->n_inputs, (uint32_t)p->a.person, take_row, p, err);
}

/* --- the night once more, as far as the pair needs it ------------------------------------------------------------------------------------ */

static enum status mark_superseded(struct explain *x, size_t input, struct night_input *in, struct err *err)
{
    enum { CHUNK = 65536 };
    struct link_reader *links;
    int32_t *v = xmalloc(CHUNK * sizeof(*v));
    uint8_t *bits = NULL;
    enum status status = link_open(x->run_dir, input, &links, err);
    for (int64_t at = 0; status == ST_OK && at < in->rows; at += CHUNK) {
        uint32_t n = (uint32_t)MIN(in->rows - at, (int64_t)CHUNK);
        status = link_read(links, (uint32_t)at, n, v, err);
        for (uint32_t i = 0; i < n && status == ST_OK; i++) {
            if (v[i] == LINK_SUPERSEDED) {
                bits = bits ? bits : arena_array(x->arena, uint8_t, in->rows / 8 + 1);
                bits[(at + i) >> 3] |= (uint8_t)(1u << ((at + i) & 7));
            }
        }
    }
    if (status == ST_OK) {
        link_close(links);
    }
    in->superseded = bits;
    free(v);
    return status;
}

static enum status weigh(struct pair *p, struct err *err)
{
    struct explain *x = p->x;
    const char *tmp = getenv("TMPDIR");
    char *dir = arena_printf(x->arena, "%s/mopai-pair-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    struct night n = {.site = x->site, .number = x->night + 1, .as_of = x->as_of, .mark_event = INT64_MAX, .mark_visit = INT64_MAX, .inputs = x->inputs,
                      .n_inputs = x->n_inputs, .run_dir = dir, .prev_as_of = DAY_MISSING};
    int64_t anchor;
    for (size_t i = 0; i < x->n_inputs; i++) {
        TRY(mark_superseded(x, i, &x->inputs[i], err));
    }
    TRY(population_person_one(x->pop, P_ANCHOR, (uint32_t)p->b.person, &anchor, err));
    p->want = (struct link_want){.rows = p->rows.v, .n_rows = p->rows.n, .other = (uint64_t)anchor};
    if (!mkdtemp(dir)) {
        return err_errno(err, ST_IO, TR("建不了临时目录“%s”", "cannot make '%s'"), dir);
    }
    enum status status = link_want_pair(&n, &p->want, err);
    struct err ignored;
    enum status removed = file_remove_tree(dir, &ignored);
    arena_release(&n.arena);
    return status != ST_OK || removed == ST_OK ? status : err_set(err, removed, "%s", ignored.text);
}

/* --- what is said ------------------------------------------------------------------------------------------------------------------------ */

static enum status add_side(struct pair *p, const struct side *s, const char *mark, struct err *err)
{
    struct explain *x = p->x;
    strbuf_addf(x->out, "%s  ", mark);
    if (!s->record) {
        return explain_person_line(x, (uint32_t)s->person, err);
    }
    const struct night_input *in = &x->inputs[s->input];
    AUTO_SEG seg = NULL;
    int64_t line = 0;
    TRY(seg_open(in->segment, &seg, err));
    TRY(seg_fetch_i64(seg, s->row, (size_t)seg_column(seg, SEG_LINE), &line, err));
    strbuf_addf(x->out, TR("记录 " STR_FMT " %s 第%lld行", "record " STR_FMT " %s line %lld"), STR_ARG(x->site->sources->v[in->source].label), in->name, (long long)line);
    if (s->person < 0) {
        strbuf_addz(x->out, s->person == LINK_SUPERSEDED ? TR("（已被新的数据取代）\n", " (superseded)\n") : TR("（未归人）\n", " (nobody's)\n"));
        return ST_OK;
    }
    strbuf_addz(x->out, TR("（归到 ", " (linked to "));
    int64_t id;
    char ref[REF_MAX];
    TRY(population_person_one(x->pop, P_ID, (uint32_t)s->person, &id, err));
    person_ref(x->site->key, (uint64_t)id, ref);
    strbuf_addf(x->out, TR("%s）\n", "%s)\n"), ref);
    return ST_OK;
}

static void add_fields(struct pair *p)
{
    strbuf_addz(p->x->out, TR("逐项对照（甲 | 乙）\n", "field by field (A | B)\n"));
    for (int f = 0; f < REVIEW_FIELDS; f++) {
        struct str a = p->a.says.text[f], b = p->b.says.text[f];
        if (a.n || b.n) {
            strbuf_addf(p->x->out, "  %s  " STR_FMT "  |  " STR_FMT "  → %s\n", review_field_word((enum review_field)f), STR_ARG(a.n ? a : STR("—")), STR_ARG(b.n ? b : STR("—")),
                        review_verdict((enum review_field)f, &p->a.says, &p->b.says));
        }
    }
}

static void add_bits(struct strbuf *out, const char *text, int32_t bits, const char *end)
{
    strbuf_addz(out, text);
    link_how_bits(bits, out);
    strbuf_addz(out, end);
}

/* What stands against it that no weight can outdo. */
static int add_conflicts(struct pair *p)
{
    const struct link_want *w = &p->want;
    struct strbuf *out = p->x->out;
    int n = 0;
    if (w->two_numbers) {
        n++;
        strbuf_addz(out, TR("  · 两个有效而不同的号码：机器永远不合。确是换了号或登记了两次，写进 id_aliases.csv；号码写错的，请部门更正\n",
                            "  · two valid, different numbers never become one person: a changed number goes into id_aliases.csv, a wrong one back to the department\n"));
    }
    if (w->said == REVIEW_DIFFERENT) {
        n++;
        strbuf_addz(out, TR("  · 人工核对（或走访）说不是同一人：记录或此人的信息变了，或改口为同一人，才重新判断\n",
                            "  · people (or a visit) said they are two: judged anew when what either says changes, or when people say otherwise\n"));
    }
    if (w->name_forbids) {
        n++;
        strbuf_addz(out, TR("  · 姓名毫无相同之处：别的再像也不归。曾用名请部门写进名册\n", "  · the names share nothing: whatever else agrees joins nobody\n"));
    } else if (!w->decisive && !w->two_numbers) {
        n++;
        strbuf_addz(out, TR("  · 姓名只有一半相同，或号码就是别人的：机器不能定，只能问人\n", "  · half a name, or somebody else's number: only people may decide\n"));
    }
    return n;
}

static enum status add_rivals(struct pair *p, struct err *err)
{
    const struct link_want *w = &p->want;
    for (size_t i = 0; i < w->n_rivals; i++) {
        uint32_t row;
        struct err none;
        if (w->rival[i].weight < w->made.weight - 10 * MODEL_BIT || explain_find_anchor(p->x, w->rival[i].anchor, &row, &none) != ST_OK) {
            continue;
        }
        add_bits(p->x->out, TR("  · 也可能是别人（", "  · it may be somebody else ("), w->rival[i].weight, TR(" 分）：", "): "));
        TRY(explain_person_line(p->x, row, err));
    }
    return ST_OK;
}

/* Which single agreement would be enough, and what it is worth. */
static void add_would(struct pair *p)
{
    const struct link_want *w = &p->want;
    struct strbuf *out = p->x->out;
    bool any = false;
    for (int f = 0; f < WANT_FIELDS; f++) {
        if (w->would[f] <= 0) {
            continue;
        }
        strbuf_addz(out, any ? "" : TR("要怎样才够（只改一项）\n", "what would be enough (one thing different)\n"));
        any = true;
        add_bits(out, "  ", w->would[f], TR(" 分  ", "  "));
        strbuf_addf(out, TR("%s若相同：把握 %d.%04d%%，%s\n", "%s the same: %d.%04d%%, %s\n"), link_part_word(want_part((enum want_field)f)), w->would_probability[f] / 10000,
                    w->would_probability[f] % 10000, w->would_probability[f] >= w->threshold ? TR("够了", "enough") : TR("还不够", "not enough"));
    }
}

static enum status add_why_not(struct pair *p, struct err *err)
{
    const struct link_want *w = &p->want;
    struct strbuf *out = p->x->out;
    strbuf_addz(out, TR("没有归到一起，因为\n", "they are not together, because\n"));
    int conflicts = add_conflicts(p);
    int32_t missing = weight_of_ppm((uint32_t)w->threshold) - w->made.weight;
    if (!w->met) {
        strbuf_addz(out, TR("  · 夜里没有比较过这一对：姓名的写法和读音、号码（差一位以内）、登记户都对不上\n",
                            "  · the night never compares them: neither name (as written or sounding), number (within a slip) nor unit is common\n"));
    }
    if (w->made.probability < w->threshold) {
        strbuf_addf(out, TR("  · 把握 %d.%04d%%，不到 %d.%04d%%（people.yaml 的 linkage: cost）", "  · probability %d.%04d%%, below %d.%04d%% (linkage: cost in people.yaml)"),
                    w->made.probability / 10000, w->made.probability % 10000, w->threshold / 10000, w->threshold % 10000);
        add_bits(out, missing > 0 ? TR("，还差 ", ", short of ") : TR("，分数够了，但别的人选也像（多 ", ", enough but for other candidates ("), abs(missing),
                 missing > 0 ? TR(" 分\n", "\n") : TR(" 分）\n", " more)\n"));
    } else if (conflicts == 0) {
        strbuf_addz(out, TR("  · 分数够了：下一夜会归到一起，或这是今晚之后的答复\n", "  · the weight is enough: the next night joins them, or people answered since\n"));
    }
    TRY(add_rivals(p, err));
    if (conflicts == 0 && w->made.probability < w->threshold) {
        add_would(p);
    }
    return ST_OK;
}

static enum status add_weights(struct pair *p, struct err *err)
{
    const struct link_want *w = &p->want;
    struct strbuf *out = p->x->out;
    if (!w->weighed) {
        strbuf_addz(out, TR("  没有可比的记录\n", "  nothing to compare\n"));
        return ST_OK;
    }
    strbuf_addz(out, TR("权重（1 分是一倍的可能）：", "weights (each point doubles the odds): "));
    link_how_text(&w->made, out);
    strbuf_addc(out, '\n');
    link_how_waterfall(&w->made, "  ", out);
    return p->a.person >= 0 && p->a.person == p->b.person ? ST_OK : add_why_not(p, err);
}

static enum status add_together(struct pair *p, struct err *err)
{
    struct explain *x = p->x;
    strbuf_addz(x->out, TR("归到一起，因为\n", "they are together, because\n"));
    AUTO_MADE made = {NULL, 0};
    TRY(link_made_read(x->run_dir, p->a.record ? (int64_t)p->a.input : -1, 0, &made, err));
    const struct link_made_row *m = p->a.record ? link_made_find(&made, (int64_t)p->a.input, p->a.row) : NULL;
    if (!m) {
        strbuf_addz(x->out, p->a.record ? TR("  证件号就是此人的，姓名不矛盾：凭号码归并，不用计分\n", "  the number is this person's and the name does not contradict: no weighing needed\n")
                                        : TR("  是同一个人\n", "  they are the same person\n"));
        return ST_OK;
    }
    strbuf_addz(x->out, "  ");
    link_how_text(&m->made, x->out);
    strbuf_addc(x->out, '\n');
    link_how_waterfall(&m->made, "    ", x->out);
    p->want.made = m->made;
    p->want.weighed = true;
    p->want.threshold = x->site->people->link_threshold;
    return ST_OK;
}

static enum status write_svg(struct pair *p, struct err *err)
{
    AUTO_STRBUF svg = STRBUF_INIT;
    if (!p->svg) {
        return ST_OK;
    }
    if (!p->want.weighed) {
        return err_set(err, ST_NOT_FOUND, "%s", TR("这一对没有计分，画不出图", "this pair has no weights to draw"));
    }
    link_how_svg(&p->want.made, weight_of_ppm((uint32_t)p->want.threshold), str_of(TR("这一对的权重，逐项相加（1 分是一倍的可能）", "weight of the pair, part by part (a point doubles the odds)")), &svg);
    return file_write_atomic(p->svg, strbuf_str(&svg), err);
}

static enum status explain_sides(struct pair *p, struct str a, struct str b, struct err *err)
{
    struct explain *x = p->x;
    TRY(read_side(x, a, &p->a, err));
    TRY(read_side(x, b, &p->b, err));
    TRY(settle_sides(p, err));
    TRY(add_side(p, &p->a, TR("甲", "A"), err));
    TRY(add_side(p, &p->b, TR("乙", "B"), err));
    add_fields(p);
    if (p->a.person >= 0 && p->a.person == p->b.person) {
        TRY(add_together(p, err));
    } else {
        TRY(weigh(p, err));
        TRY(add_weights(p, err));
    }
    return write_svg(p, err);
}

enum status explain_pair(struct explain *x, struct str a, struct str b, const char *svg, struct err *err)
{
    struct pair p = {.x = x, .svg = svg};
    enum status status = explain_sides(&p, a, b, err);
    vec_release(&p.rows);
    return status;
}
