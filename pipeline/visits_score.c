/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/visits_score.h"

#include "base/store/db.h"

/* Columns of list_visit_spells.sql. */
enum { S_WARNING, S_KIND, S_AS_OF, S_STREET, S_DUE, S_UNTIL, S_VISIT_DAY, S_VISITOR };

enum spell_state { SPELL_NONE, SPELL_OPEN, SPELL_VISITED, SPELL_OFF_IN_TIME, SPELL_OFF_LATE };
struct spell {
    enum spell_state state;
    daynum due, visit_day;
    struct str street, visitor;
};

static enum spell_end end_of(const struct spell *s, daynum today)
{
    switch (s->state) {
    case SPELL_VISITED:
        return s->visit_day <= s->due ? SPELL_IN_TIME : SPELL_LATE;
    case SPELL_OFF_IN_TIME:
        return SPELL_EXCUSED;
    case SPELL_OFF_LATE:
        return SPELL_MISSED;
    case SPELL_NONE:
    case SPELL_OPEN:
        break;
    }
    return s->due < today ? SPELL_MISSED : SPELL_AHEAD;
}

static monthnum quarter_of(daynum day) { return day_month(day) - day_month(day) % 3; }

static struct visit_score *row_at(struct visit_card *c, monthnum quarter, struct str street, struct str visitor)
{
    AUTO_STRBUF key = STRBUF_INIT;
    strbuf_addf(&key, "%d\t" STR_FMT "\t" STR_FMT, (int)quarter, STR_ARG(street), STR_ARG(visitor));
    uint32_t at = strmap_add(&c->known, strbuf_str(&key));
    if (at == c->rows.n) {
        vec_push(&c->rows, (struct visit_score){.quarter = quarter, .street = arena_str(&c->arena, street), .visitor = arena_str(&c->arena, visitor)});
    }
    return &c->rows.v[at];
}

static void count_spell(struct visit_card *c, const struct spell *s)
{
    if (s->state == SPELL_NONE || s->due == DAY_MISSING) { /* events of old did not say when it was due */
        return;
    }
    enum spell_end end = end_of(s, c->today);
    monthnum quarter = quarter_of(s->due);
    struct visit_score *street = row_at(c, quarter, s->street, STR(""));
    street->n[end]++;
    street->due_passed |= s->due < c->today;
    if (s->visitor.n > 0 && (end == SPELL_IN_TIME || end == SPELL_LATE)) {
        row_at(c, quarter, s->street, s->visitor)->n[end]++;
    }
}

/* --- events ------------------------------------------------------------------------------------------------------------------ */

static void take_visit(struct arena *a, struct spell *s, const struct stmt *q)
{
    daynum day = stmt_day(q, S_VISIT_DAY);
    bool excuse_stands = s->state == SPELL_OFF_IN_TIME && day > s->due;
    if (s->state != SPELL_NONE && day != DAY_MISSING && !excuse_stands) { /* of several the newest: a corrected sheet */
        s->state = SPELL_VISITED;
        s->visit_day = day;
        s->visitor = arena_str(a, stmt_text(q, S_VISITOR));
    }
}

static void take_event(struct visit_card *c, struct spell *s, const struct stmt *q)
{
    struct str kind = stmt_text(q, S_KIND);
    daynum day = stmt_day(q, S_AS_OF), due;
    enum spell_state off = day != DAY_MISSING && day <= s->due ? SPELL_OFF_IN_TIME : SPELL_OFF_LATE;
    if (str_eqz(kind, "new")) {
        count_spell(c, s);
        *s = (struct spell){.state = SPELL_OPEN, .due = DAY_MISSING, .visit_day = DAY_MISSING, .street = arena_str(&c->arena, stmt_text(q, S_STREET))};
    }
    if (str_eqz(kind, "visited") || str_eqz(kind, "closed")) {
        take_visit(&c->arena, s, q);
    } else if (str_eqz(kind, "reopened")) {
        *s = s->state == SPELL_VISITED ? (struct spell){off, s->due, DAY_MISSING, s->street, STR("")} : *s;
    } else if (s->state != SPELL_OPEN) {
        return;
    } else if (str_eqz(kind, "extended")) {
        s->due = stmt_day(q, S_UNTIL);
    } else if (str_eqz(kind, "new") || str_eqz(kind, "level")) {
        s->due = day_parse_iso(stmt_text(q, S_DUE), &due) ? due : s->due;
    } else {
        s->state = off;
    }
}

static enum status read_spells(struct db *ledger, int64_t mark, struct visit_card *c, struct err *err)
{
    struct spell s = {.state = SPELL_NONE};
    int64_t warning = 0;
    AUTO_STMT q = stmt_use(ledger, STMT_LIST_VISIT_SPELLS);
    stmt_bind_int(q, ":mark", mark);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row || stmt_int(q, S_WARNING) != warning) {
            count_spell(c, &s);
            s.state = SPELL_NONE;
        }
        if (!row) {
            return ST_OK;
        }
        warning = stmt_int(q, S_WARNING);
        take_event(c, &s, q);
    }
}

/* --- the quarter ------------------------------------------------------------------------------------------------------------- */

static int compare_rows(const void *a, const void *b)
{
    const struct visit_score *x = a, *y = b;
    int c = (x->street.n == 0) - (y->street.n == 0); /* the district last */
    c = c ? c : str_cmp(x->street, y->street);
    return c ? c : str_cmp(x->visitor, y->visitor);
}

static void keep_quarter(struct visit_card *c, monthnum asked)
{
    size_t n = 0;
    c->quarter = asked;
    for (size_t i = 0; asked == MONTH_MISSING && i < c->rows.n; i++) {
        const struct visit_score *s = &c->rows.v[i];
        c->quarter = s->due_passed && s->quarter > c->quarter ? s->quarter : c->quarter;
    }
    for (size_t i = 0; i < c->rows.n; i++) {
        if (c->rows.v[i].quarter == c->quarter) {
            c->rows.v[n++] = c->rows.v[i];
        }
    }
    c->rows.n = n;
    vec_sort(&c->rows, compare_rows);
}

enum status visit_card_read(struct db *ledger, int64_t mark, daynum today, monthnum quarter, struct visit_card *out, struct err *err)
{
    *out = (struct visit_card){.today = today, .quarter = MONTH_MISSING};
    TRY(read_spells(ledger, mark, out, err));
    keep_quarter(out, quarter);
    return ST_OK;
}

void visit_card_release(struct visit_card *c)
{
    vec_release(&c->rows);
    strmap_release(&c->known);
    arena_release(&c->arena);
}

struct share visit_score_share(const struct visit_score *s, int64_t *out_n)
{
    *out_n = s->n[SPELL_IN_TIME] + s->n[SPELL_LATE] + s->n[SPELL_MISSED]; /* nobody's name stands for a visit that was not made */
    return wilson((uint64_t)s->n[SPELL_IN_TIME], (uint64_t)*out_n);
}

char visit_score_grade(const struct visit_score *s, const struct rules_grades *lines)
{
    int64_t n;
    (void)visit_score_share(s, &n);
    if (n < VISIT_SCORE_ENOUGH) {
        return '-';
    }
    char grade = 'A';
    for (size_t i = 0; i < ARRAY_LEN(lines->lines) && s->n[SPELL_IN_TIME] * 100 < lines->lines[i] * n; i++) {
        grade++; /* exact: no rounding lifts anybody over a line */
    }
    return grade;
}
