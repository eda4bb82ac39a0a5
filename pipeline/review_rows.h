/* SPDX-License-Identifier: Apache-2.0 */
/* A record and a person of the last night beside each other, field by field, in words a clerk knows: for review (lists, files to fill in) and explain pair. */
#ifndef MOPAI_PIPELINE_REVIEW_ROWS_H
#define MOPAI_PIPELINE_REVIEW_ROWS_H

#include "pipeline/explain.h"
#include "pipeline/link_how.h"

enum review_field { REVIEW_NAME, REVIEW_ID, REVIEW_SEX, REVIEW_BIRTH, REVIEW_PHONE, REVIEW_ADDRESS, REVIEW_UNIT, REVIEW_FIELDS };
const char *review_field_word(enum review_field f);

struct review_side { /* what one side says; "" where it says nothing. Identifiers masked unless x->reveal */
    struct str text[REVIEW_FIELDS];
    uint64_t id;        /* the word, to compare by */
};
enum status review_record_side(struct explain *x, size_t input, uint32_t row, struct arena *a, struct review_side *out, struct err *err) MUST_CHECK;
enum status review_person_side(struct explain *x, uint32_t person, struct arena *a, struct review_side *out, struct err *err) MUST_CHECK;
/* 相同, 同音, 不同, 一方没填 ...: a word, never a colour alone. */
const char *review_verdict(enum review_field f, const struct review_side *a, const struct review_side *b);

struct review_row {
    char number[REF_MAX], person[REF_MAX];
    const struct source *source;
    const struct night_input *in;
    int64_t line;
    struct link_made made;
    struct review_side record, other;
    struct str because, against, sure; /* sure: 0.8123 */
};
/* The open questions of the last night, those whose answer tells most first. */
enum status review_questions(struct explain *x, struct link_made_list *out, struct err *err) MUST_CHECK;
enum status review_row_read(struct explain *x, const struct link_made_row *m, struct arena *a, struct review_row *out, struct err *err) MUST_CHECK;

/* review_export.c: all questions as CSV lines with a header, into `out`. */
enum status review_csv(struct explain *x, struct strbuf *out, struct err *err) MUST_CHECK;

#endif
