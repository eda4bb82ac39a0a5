/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai explain`: the chain record -> link -> fact -> warning -> visit, as a person reads it, with file and line. A warning is told from the ledger alone;
   persons, households and records from the run of the last published night. */
#ifndef MOPAI_PIPELINE_EXPLAIN_H
#define MOPAI_PIPELINE_EXPLAIN_H

#include "pipeline/ingest/ingest.h"
#include "pipeline/population.h"

struct explain {
    struct site *site;
    struct arena *arena;
    struct strbuf *out;
    bool reveal;          /* identifiers in full; audited */
    /* of the last published night; pop NULL when its run is gone */
    const char *run_dir;
    daynum as_of;
    int64_t night;
    struct population *pop;
    struct night_input *inputs;
    size_t n_inputs;
};

enum status explain_warning(struct explain *x, struct str number, struct err *err) MUST_CHECK;
/* ref: P-..., or an identifier as typed. */
enum status explain_person(struct explain *x, struct str ref, struct err *err) MUST_CHECK;
/* ref: H-..., P-... or an identifier of a member. */
enum status explain_household(struct explain *x, struct str ref, struct err *err) MUST_CHECK;

/* What explain_household says of the household, followed by each of its warnings with its history and why, on one A4 in the file `path`: a PDF when it ends in
   .pdf, else a self-contained page. 0600. The case sheet. */
enum status explain_sheet(struct explain *x, struct str ref, const char *path, struct err *err) MUST_CHECK;

/* One line of a file used tonight: number, link, why nobody's, who has the same name; or why it was refused. */
enum status explain_record(struct explain *x, struct str file, struct str line, struct err *err) MUST_CHECK;

/* Two of them, each P-..., an identifier, or FILE:LINE: why they are one person, or what would have to be different. svg: a file for the picture, NULL. */
enum status explain_pair(struct explain *x, struct str a, struct str b, const char *svg, struct err *err) MUST_CHECK;

/* The records of a person as a tree of links with weights, the weakest, and what would part it. svg: a file for the picture, NULL. */
enum status explain_cluster(struct explain *x, struct str ref, const char *svg, struct err *err) MUST_CHECK;
/* What may be a person's and is not, and why. */
enum status explain_why_not(struct explain *x, struct str ref, struct err *err) MUST_CHECK;

/* --- pieces --- */
/* Where a line of a file used tonight is, and whose (as in the link file). */
enum status explain_locate(struct explain *x, struct str file, struct str line, size_t *out_input, uint32_t *out_row, int32_t *out_person, struct err *err)
    MUST_CHECK;
/* Row of the person whose anchor this is. */
enum status explain_find_anchor(struct explain *x, uint64_t anchor, uint32_t *out_row, struct err *err) MUST_CHECK;
/* "P-... 王某 男 45岁 在册  1201****" */
enum status explain_person_line(struct explain *x, uint32_t row, struct err *err) MUST_CHECK;
/* The run of x->night (0: the last published night) into run_dir, night, as_of, inputs and pop, for explain, export and SQL. ST_NOT_FOUND when there is
   none. */
enum status explain_open_run(struct explain *x, struct err *err) MUST_CHECK;
enum status explain_find_person(struct explain *x, struct str ref, uint32_t *out_row, struct err *err) MUST_CHECK;
/* explain_bases.c: the units of a household's members, and who else stands in them. */
enum status explain_bases(struct explain *x, uint32_t household, struct err *err) MUST_CHECK;
/* explain_moves.c: what became of a person or household, by stable id. */
enum status explain_moves(struct explain *x, uint64_t id, struct err *err) MUST_CHECK;
/* One line a warning of the entity. */
enum status explain_warnings_of(struct explain *x, char entity_kind, uint64_t entity, struct err *err) MUST_CHECK;
/* "残疾等级  二级  残疾证 cl_....csv 第 12 行「残疾等级」= 2": every attribute that is known, of a person or household row. */
enum status explain_attributes(struct explain *x, enum attr_entity entity, uint32_t row, struct err *err) MUST_CHECK;

#endif
