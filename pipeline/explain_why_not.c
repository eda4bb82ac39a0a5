/* SPDX-License-Identifier: Apache-2.0 */
/* What may be a person's and is not: questions open, what people parted, records with the number and another name, nobody's records with the name, namesakes; and
   for each why not. `explain pair` weighs one of them afresh. */
#include "base/core/file.h"
#include "base/store/db.h"
#include "base/store/segment.h"
#include "matchers/identifier.h"
#include "pipeline/explain_private.h"
#include "pipeline/link_how.h"
#include "pipeline/row_reader.h"
#include "pipeline/site.h"

#define SHOWN 20 /* of each kind */

struct why_not {
    struct explain *x;
    uint32_t person;
    struct str name;
    int64_t anchor, birth;
    struct link_made_list asked; /* questions about anybody */
    bool any;
};

static void add_place(const struct why_not *w, size_t input, int64_t line)
{
    const struct night_input *in = &w->x->inputs[input];
    strbuf_addf(w->x->out, TR("  " STR_FMT " %s 第%lld行", "  " STR_FMT " %s line %lld"), STR_ARG(w->x->site->sources->v[in->source].label), in->name, (long long)line);
}

static void add_title(struct why_not *w, bool first, const char *zh_or_en)
{
    w->any = true;
    strbuf_addz(w->x->out, first ? zh_or_en : "");
}

/* --- questions, and what people said ------------------------------------------------------------------------------------------------------ */

static void add_asked(struct why_not *w, const struct link_made_list *made, int asked)
{
    struct strbuf *out = w->x->out;
    size_t n = 0;
    for (size_t i = 0; i < made->n; i++) {
        const struct link_made_row *m = &made->v[i];
        if (m->person_row != (int64_t)w->person || (size_t)m->input >= w->x->n_inputs) {
            continue;
        }
        add_title(w, n == 0, asked == 1 ? TR("等人核对的（mopai review list）\n", "people are asked (mopai review list)\n")
                                        : TR("人工核对或走访说不是此人的，信息变了才重新判断\n", "people or a visit said it is another; judged anew when either side changes\n"));
        if (n++ >= SHOWN) {
            continue;
        }
        add_place(w, (size_t)m->input, m->line);
        if (asked == 1) {
            strbuf_addz(out, "  ");
            link_how_bits(m->made.weight, out);
            strbuf_addf(out, TR(" 分，把握 %d.%04d%%，不到 %d.%04d%%；", ", probability %d.%04d%%, below %d.%04d%%; "), m->made.probability / 10000, m->made.probability % 10000,
                        w->x->site->people->link_threshold / 10000, w->x->site->people->link_threshold % 10000);
            link_how_text(&m->made, out);
            size_t before = out->n;
            strbuf_addz(out, TR("；不利的：", "; against: "));
            size_t empty = out->n;
            link_how_against(&m->made, out);
            out->n = out->n == empty ? before : out->n;
        }
        strbuf_addc(out, '\n');
    }
    if (n > SHOWN) {
        strbuf_addf(out, TR("  另有 %zu 条\n", "  and %zu more\n"), n - SHOWN);
    }
}

static enum status add_conflicts(struct why_not *w, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct db *night = NULL;
    size_t n = 0;
    enum status status;
    bool row;
    TRY(db_open(path_join(&a, w->x->run_dir, "night.db"), DB_READ, &night, err));
    {
        AUTO_STMT q = stmt_use(night, STMT_LIST_CONFLICTS_OF_PERSON);
        stmt_bind_int(q, ":person_row", w->person);
        while ((status = stmt_step(q, &row, err)) == ST_OK && row) {
            size_t input = (size_t)stmt_int(q, 0);
            add_title(w, n == 0, TR("写着此人号码、姓名却对不上的：姓名的每个字都不同，号码不作数\n", "with this person's number and another name: every character differs, the number does not count\n"));
            if (n++ < SHOWN && input < w->x->n_inputs) {
                add_place(w, input, stmt_int(q, 1));
                strbuf_addz(w->x->out, stmt_int(q, 2) < 0 ? TR("  未归人\n", "  nobody's\n") : TR("  另成一人\n", "  a person of its own\n"));
            }
        }
    }
    db_abandon(night);
    if (n > SHOWN) {
        strbuf_addf(w->x->out, TR("  另有 %zu 条\n", "  and %zu more\n"), n - SHOWN);
    }
    return status;
}

/* --- nobody's records of this name ------------------------------------------------------------------------------------------------------- */

static void add_nobody(struct why_not *w, size_t input, const struct source *s, const struct row_reader *r, size_t i, int64_t line)
{
    uint64_t id = row_id(r, s->person[ROLE_ID].column, i);
    add_place(w, input, line);
    strbuf_addf(w->x->out, "  %s\n",
                s->person[ROLE_ID].column < 0 ? TR("没有号码列，只凭姓名不归", "no column for a number: a name alone joins nobody")
                : ident_key(id)               ? TR("写的是另一个有效号码：两个不同的号码不合", "another valid number: two different numbers never join")
                                              : ident_reason_text(ident_reason(id)));
}

static enum status nobody_of_input(struct why_not *w, size_t input, size_t *n, struct err *err)
{
    const struct source *s = &w->x->site->sources->v[w->x->inputs[input].source];
    int name = s->person[ROLE_NAME].column;
    if (name < 0) {
        return ST_OK;
    }
    AUTO_ROWS r = {.seg = NULL};
    struct link_reader *links;
    int32_t *person = arena_array(w->x->arena, int32_t, SEG_BLOCK_ROWS);
    TRY(row_reader_open(&r, w->x->inputs[input].segment, s, err));
    row_reader_want(&r, name);
    row_reader_want(&r, s->person[ROLE_ID].column);
    TRY(link_open(w->x->run_dir, input, &links, err));
    enum status status = ST_OK;
    for (bool more; status == ST_OK;) {
        status = row_reader_next(&r, &more, err);
        if (status != ST_OK || !more) {
            break;
        }
        status = link_read(links, (uint32_t)r.start, (uint32_t)r.rows, person, err);
        for (size_t i = 0; i < r.rows && status == ST_OK; i++) {
            int64_t line;
            bool asked = link_made_find(&w->asked, (int64_t)input, (int64_t)(r.start + i)) != NULL;
            if (person[i] != LINK_NONE || asked || !str_eq(str_trim(row_text(&r, name, i)), w->name)) {
                continue;
            }
            add_title(w, *n == 0, TR("同名而未归人的\n", "nobody's, of the same name\n"));
            if ((*n)++ < SHOWN) {
                status = seg_fetch_i64(r.seg, r.start + i, (size_t)seg_column(r.seg, SEG_LINE), &line, err);
                add_nobody(w, input, s, &r, i, status == ST_OK ? line : 0);
            }
        }
    }
    link_close(links);
    return status;
}

/* --- namesakes --------------------------------------------------------------------------------------------------------------------------- */

static enum status add_namesakes(struct why_not *w, struct err *err)
{
    size_t n = 0;
    for (uint32_t p = 0; p < population_persons(w->x->pop) && w->name.n; p++) {
        AUTO_ARENA scratch = ARENA_INIT;
        struct str name;
        int64_t anchor, birth;
        TRY(population_person_text(w->x->pop, P_NAME, p, &scratch, &name, err));
        if (p == w->person || !str_eq(name, w->name)) {
            continue;
        }
        add_title(w, n == 0, TR("同名的另一人\n", "others of the same name\n"));
        if (n++ >= SHOWN) {
            continue;
        }
        TRY(population_person_one(w->x->pop, P_ANCHOR, p, &anchor, err));
        TRY(population_person_one(w->x->pop, P_BIRTH, p, &birth, err));
        bool numbers = ident_key((uint64_t)anchor) && ident_key((uint64_t)w->anchor), same_day = birth != INT64_MIN && birth == w->birth;
        strbuf_addf(w->x->out, "  %s%s  ", numbers ? TR("两个不同的有效号码", "two different valid numbers") : TR("有一方没有号码，说的又不够", "one has no number, and too little else"),
                    same_day ? TR("，出生日期相同", ", born the same day") : "");
        TRY(explain_person_line(w->x, p, err));
    }
    if (n > SHOWN) {
        strbuf_addf(w->x->out, TR("  另有 %zu 人\n", "  and %zu more\n"), n - SHOWN);
    }
    return ST_OK;
}

static enum status add_nobodys(struct why_not *w, struct err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < w->x->n_inputs && w->name.n; i++) {
        TRY(nobody_of_input(w, i, &n, err));
    }
    if (n > SHOWN) {
        strbuf_addf(w->x->out, TR("  另有 %zu 条\n", "  and %zu more\n"), n - SHOWN);
    }
    return ST_OK;
}

enum status explain_why_not(struct explain *x, struct str ref, struct err *err)
{
    struct why_not w = {.x = x};
    AUTO_MADE said = {NULL, 0};
    TRY(explain_find_person(x, ref, &w.person, err));
    TRY(explain_person_line(x, w.person, err));
    TRY(population_person_text(x->pop, P_NAME, w.person, x->arena, &w.name, err));
    TRY(population_person_one(x->pop, P_ANCHOR, w.person, &w.anchor, err));
    TRY(population_person_one(x->pop, P_BIRTH, w.person, &w.birth, err));
    TRY(link_made_read(x->run_dir, -1, 2, &said, err));
    TRY(link_made_read(x->run_dir, -1, 1, &w.asked, err));
    add_asked(&w, &w.asked, 1);
    add_asked(&w, &said, 2);
    enum status status = add_conflicts(&w, err);
    status = status == ST_OK ? add_nobodys(&w, err) : status;
    link_made_release(&w.asked);
    TRY(status);
    TRY(add_namesakes(&w, err));
    strbuf_addz(x->out, w.any ? TR("要看其中一条差在哪里：mopai explain pair 文件名:行号 P-…\n", "what one of them lacks: mopai explain pair FILE:LINE P-...\n")
                              : TR("没有可能是此人而没有归到的：没有待核对的，没有同名的未归人记录，也没有同名的人\n", "nothing else may be this person's: no question, no record and no person of this name\n"));
    return ST_OK;
}
