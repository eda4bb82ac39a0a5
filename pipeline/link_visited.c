/* SPDX-License-Identifier: Apache-2.0 */
/* A visit found that the data of a warning is another person's (串人): the rows the warning told are kept apart from whom it is about, until what the rows or the
   person say changes. Which of them: those that more than their number put there (no usable number, somebody else's, a name written otherwise); when there are
   none, those of sources that found nobody: events are registered under a wrong number more often than registers are wrong about who somebody is. The night
   that first reads such a visit works this out from the evidence in the ledger and proposes the rows as answers to questions (ledger link_review); the nights
   after it read them there. */
#include "base/store/db.h"
#include "matchers/identifier.h"
#include "pipeline/link_loose.h"
#include "rules/warning_number.h"

#define OUTCOME_ANOTHER "串人"

struct visit {
    int64_t warning_no;
    daynum day;
    struct str reviewer, file;
    bool person;
    uint64_t entity;
};

struct told_question { /* a row of the warning and whom it would be kept apart from */
    uint64_t question, anchor;
    bool loose, event;
};
typedef VEC(struct told_question) question_list;

/* Of a row that more than its number put somewhere: all rows that say the same stand and fall together. */
static uint64_t said_question(struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t i, uint32_t p, enum status *status, struct err *err)
{
    AUTO_STRBUF scratch = STRBUF_INIT;
    struct said said;
    struct str raw = {NULL, 0};
    said_read(l, ids->source, r, i, NULL, &said, &scratch);
    if (ident_kind(said.id) == IDENT_UNUSABLE) {
        *status = loose_raw(ids, l, r, i, &raw, err);
    }
    return link_question_of(l, ids->source, str_trim(row_text(r, ids->name, i)), raw, &said, p);
}

/* Of a row with the person's number and name: this very record, as long as it says what it says. */
static uint64_t row_question(const struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t i, uint32_t p)
{
    return hash_mix(ids->salt ^ hash_mix(r->key[i] ^ hash_mix(r->content[i] ^ hash_mix(l->anchor[p] ^ hash64_str(link_name(l, p))))));
}

bool link_said_apart(const struct link *l, const struct row_ids *ids, const struct row_reader *r, size_t i, uint32_t p)
{
    return map64_get(&l->visited, l->anchor[p]) != MAP_NONE && link_reviewed(l, row_question(l, ids, r, i, p)) == REVIEW_DIFFERENT;
}

/* --- the rows of a visit -------------------------------------------------------------------------------------------------------------- */

/* Who the warning is about: a person by id or by what the ledger calls so. */
static uint32_t person_of_id(const struct link *l, const struct id_alias *aliases, size_t n, uint64_t id)
{
    uint32_t p = map64_get(&l->by_id, id);
    for (size_t i = 0; i < n && p == MAP_NONE; i++) {
        p = aliases[i].id == id ? map64_get(&l->by_id, aliases[i].natural) : p;
    }
    return p; /* MAP_NONE is NO_PERSON */
}

static enum status take_row(struct link *l, uint32_t subject, int64_t file, uint64_t row, question_list *out, struct err *err)
{
    AUTO_ROWS r = {.seg = NULL};
    struct told_row t;
    enum name_verdict name;
    enum status status = ST_OK;
    TRY(link_told_row(l, file, row, &r, &t, err));
    if (!t.found) {
        return ST_OK;
    }
    uint32_t by_number = link_person_of_row(l, &t.ids, &r, t.i, &name), p = subject == NO_PERSON ? by_number : subject;
    if (p == NO_PERSON) {
        return ST_OK; /* of a household nobody knows whom the row was put to */
    }
    bool sure = by_number == p && (name == NAME_SAME || name == NAME_VARIANT || name == NAME_UNKNOWN);
    uint64_t question = sure ? row_question(l, &t.ids, &r, t.i, p) : said_question(l, &t.ids, &r, t.i, p, &status, err);
    vec_push(out, (struct told_question){question, l->anchor[p], !sure, !t.ids.registers});
    return status;
}

static enum status read_told(struct link *l, const struct visit *v, uint32_t subject, question_list *out, struct err *err)
{
    AUTO_STMT q = stmt_use(l->night->site->ledger, STMT_LIST_WARNING_ROWS_TOLD);
    stmt_bind_int(q, ":warning_no", v->warning_no);
    stmt_bind_int(q, ":mark", l->night->mark_event);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            return ST_OK;
        }
        TRY(take_row(l, subject, stmt_int(q, 0), (uint64_t)stmt_int(q, 1), out, err));
    }
}

static enum status take_visit(struct link *l, const struct visit *v, const struct id_alias *aliases, size_t n, struct err *err)
{
    question_list rows = {0};
    uint32_t subject = v->person ? person_of_id(l, aliases, n, v->entity) : NO_PERSON;
    enum status status = v->person && subject == NO_PERSON ? ST_OK : read_told(l, v, subject, &rows, err);
    bool loose = false;
    for (size_t i = 0; i < rows.n; i++) {
        loose = loose || rows.v[i].loose;
    }
    for (size_t i = 0; i < rows.n && status == ST_OK; i++) {
        const struct told_question *t = &rows.v[i];
        if (loose ? t->loose : t->event) {
            map64_put(&l->reviews, t->question, REVIEW_DIFFERENT);
            map64_put(&l->visited, t->anchor, 1);
            vec_push(&l->visits, (struct visited){t->question, t->anchor, v->warning_no, v->reviewer, v->file, v->day});
        }
    }
    vec_release(&rows);
    return status;
}

enum status link_read_visits(struct link *l, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct id_alias *aliases;
    size_t n;
    VEC(struct visit) visits = {0};
    enum status status;
    bool row = true;
    if (!l->night->site->ledger) {
        return ST_OK;
    }
    {
        AUTO_STMT q = stmt_use(l->night->site->ledger, STMT_LIST_VISITS_OF_OTHERS);
        stmt_bind_int(q, ":mark", l->night->mark_visit);
        stmt_bind_int(q, ":night", l->night->number);
        stmt_bind_z(q, ":outcome", OUTCOME_ANOTHER);
        while ((status = stmt_step(q, &row, err)) == ST_OK && row) {
            vec_push(&visits, (struct visit){.warning_no = stmt_int(q, 0), .day = stmt_day(q, 1), .reviewer = arena_str(&l->night->arena, stmt_text(q, 2)),
                                             .file = arena_str(&l->night->arena, stmt_text(q, 3)), .person = str_eqz(stmt_text(q, 4), "P"),
                                             .entity = (uint64_t)stmt_int(q, 5)});
        }
    }
    status = status == ST_OK ? link_person_aliases(l, &a, &aliases, &n, err) : status;
    for (size_t i = 0; i < visits.n && status == ST_OK; i++) {
        status = take_visit(l, &visits.v[i], aliases, n, err);
    }
    vec_release(&visits);
    return status;
}

enum status link_write_visits(const struct link *l, struct err *err)
{
    AUTO_STMT s = stmt_use(l->night->db, STMT_INSERT_PROPOSED_REVIEW);
    for (size_t i = 0; i < l->visits.n; i++) {
        const struct visited *v = &l->visits.v[i];
        AUTO_STRBUF note = STRBUF_INIT;
        strbuf_addz(&note, OUTCOME_ANOTHER " ");
        strbuf_add_warning_number(&note, v->warning_no);
        stmt_bind_int(s, ":question", (int64_t)v->question);
        stmt_bind_int(s, ":anchor", (int64_t)v->anchor);
        stmt_bind_text(s, ":reviewer", v->reviewer);
        stmt_bind_day(s, ":day", v->day);
        stmt_bind_text(s, ":note", strbuf_str(&note));
        stmt_bind_text(s, ":file", v->file);
        TRY(stmt_run(s, err));
    }
    return ST_OK;
}
