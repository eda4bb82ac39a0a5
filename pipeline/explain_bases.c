/* SPDX-License-Identifier: Apache-2.0 */
/* What each basis says of a household: the units its members stand in tonight, and who else stands there. Two passes over the registers that have units. */
#include "pipeline/explain.h"
#include "pipeline/row_reader.h"
#include "pipeline/site.h"

struct stand { /* a person in a unit */
    uint32_t unit;      /* of units.texts */
    uint32_t person;
    enum unit_kind kind;
};
struct bases {
    struct explain *x;
    uint32_t first, end; /* persons of the household */
    struct strmap units; /* "kind|number" */
    VEC(struct stand) stands;
    bool all;            /* second pass: everybody in the units found */
};

static enum status take_row(struct bases *b, const struct source *s, const struct row_reader *r, size_t i, uint32_t person)
{
    AUTO_STRBUF key = STRBUF_INIT;
    bool any = false;
    strbuf_addf(&key, "%d", (int)s->unit.kind);
    for (size_t k = 0; k < s->unit.n_number; k++) {
        struct str text = str_trim(row_text(r, s->unit.number[k], i));
        any = any || text.n;
        strbuf_addc(&key, '|');
        strbuf_adds(&key, text);
    }
    bool own = person >= b->first && person < b->end;
    if (any && !b->all && own) {
        strmap_add(&b->units, strbuf_str(&key));
    } else if (any && b->all) {
        uint32_t unit = strmap_get(&b->units, strbuf_str(&key));
        if (unit != MAP_NONE) {
            vec_push(&b->stands, (struct stand){unit, person, s->unit.kind});
        }
    }
    return ST_OK;
}

static enum status read_input(struct bases *b, size_t input, int32_t *person, struct err *err)
{
    const struct night_input *in = &b->x->inputs[input];
    const struct source *s = &b->x->site->sources->v[in->source];
    struct link_reader *links;
    AUTO_ROWS r = {.seg = NULL};
    TRY(row_reader_open(&r, in->segment, s, err));
    for (size_t k = 0; k < s->unit.n_number; k++) {
        row_reader_want(&r, s->unit.number[k]);
    }
    TRY(link_open(b->x->run_dir, input, &links, err));
    enum status status = ST_OK;
    for (bool more = true; status == ST_OK;) {
        status = row_reader_next(&r, &more, err);
        if (status != ST_OK || !more) {
            break;
        }
        status = link_read(links, (uint32_t)r.start, (uint32_t)r.rows, person, err);
        for (size_t i = 0; i < r.rows && status == ST_OK; i++) {
            status = person[i] < 0 ? ST_OK : take_row(b, s, &r, i, (uint32_t)person[i]);
        }
    }
    link_close(links);
    return status;
}

static enum status read_registers(struct bases *b, int32_t *person, struct err *err)
{
    for (size_t i = 0; i < b->x->n_inputs; i++) {
        const struct source *s = &b->x->site->sources->v[b->x->inputs[i].source];
        if (s->registers_persons && s->unit.kind != UNIT_NONE) {
            TRY(read_input(b, i, person, err));
        }
    }
    return ST_OK;
}

static int by_unit(const void *x, const void *y)
{
    const struct stand *a = x, *b = y;
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->unit != b->unit) {
        return a->unit < b->unit ? -1 : 1;
    }
    return a->person < b->person ? -1 : a->person > b->person;
}

/* "  户籍户 0001：本户 3 人；另有别户的人：P-... 王五" */
static enum status add_unit(struct bases *b, const struct stand *v, size_t n, struct err *err)
{
    struct explain *x = b->x;
    struct str number = b->units.texts[v->unit];
    size_t own = 0;
    number = str_sub(number, str_find(number, STR("|")) + 1, number.n);
    for (size_t i = 0; i < n; i++) {
        own += v[i].person >= b->first && v[i].person < b->end && (i == 0 || v[i].person != v[i - 1].person);
    }
    strbuf_addf(x->out, TR("  %s " STR_FMT "：本户 %zu 人", "  %s " STR_FMT ": %zu of this household"), unit_kind_label(v->kind), STR_ARG(number), own);
    bool others = false;
    for (size_t i = 0; i < n; i++) {
        bool away = (v[i].person < b->first || v[i].person >= b->end) && (i == 0 || v[i].person != v[i - 1].person);
        if (away) {
            strbuf_addz(x->out, others ? "    " : TR("，另有别户的人：\n    ", ", and of others:\n    "));
            TRY(explain_person_line(x, v[i].person, err));
            others = true;
        }
    }
    strbuf_addz(x->out, others ? "" : TR("，没有别户的人\n", ", nobody of others\n"));
    return ST_OK;
}

static enum status add_all(struct bases *b, struct err *err)
{
    enum unit_kind kind = UNIT_NONE;
    size_t of_kind = 0;
    vec_sort(&b->stands, by_unit);
    strbuf_addz(b->x->out, b->stands.n ? TR("各依据对照\n", "the bases beside each other\n") : "");
    for (size_t i = 0, n; i < b->stands.n; i += n) {
        for (n = 1; i + n < b->stands.n && b->stands.v[i + n].unit == b->stands.v[i].unit; n++) {
        }
        of_kind = b->stands.v[i].kind == kind ? of_kind + 1 : 1;
        kind = b->stands.v[i].kind;
        TRY(add_unit(b, &b->stands.v[i], n, err));
        bool last = i + n == b->stands.n || b->stands.v[i + n].kind != kind;
        if (last && of_kind > 1) {
            strbuf_addf(b->x->out, TR("  本户的人分在 %zu 个%s里\n", "  the household stands in %zu units: %s\n"), of_kind, unit_kind_label(kind));
        }
    }
    return ST_OK;
}

enum status explain_bases(struct explain *x, uint32_t household, struct err *err)
{
    int64_t first, n;
    TRY(population_household_one(x->pop, H_FIRST, household, &first, err));
    TRY(population_household_one(x->pop, H_PERSONS, household, &n, err));
    struct bases b = {.x = x, .first = (uint32_t)first, .end = (uint32_t)(first + n)};
    int32_t *person = xmalloc(SEG_BLOCK_ROWS * sizeof(*person));
    enum status status = read_registers(&b, person, err);
    b.all = true;
    status = status == ST_OK && b.units.n ? read_registers(&b, person, err) : status;
    status = status == ST_OK ? add_all(&b, err) : status;
    free(person);
    strmap_release(&b.units);
    vec_release(&b.stands);
    return status;
}
