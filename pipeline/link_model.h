/* SPDX-License-Identifier: Apache-2.0 */
/* The site's model.yaml: what the night weighs evidence with. Fields are what rows say of their person, in the order of enum link_field; numbers are what the
   identity number says (matchers/model.h). A site without the file has the one that ships with the program. */
#ifndef MOPAI_PIPELINE_LINK_MODEL_H
#define MOPAI_PIPELINE_LINK_MODEL_H

#include "matchers/model.h"

enum link_field { LF_NAME, LF_BIRTH, LF_SEX, LF_PHONE, LF_PLACE, LF_UNIT, LF_HABIT, LF_COUNT };
struct link_field_kind {
    const char *zh, *en; /* zh: as in model.yaml */
    enum field_type type;
};
extern const struct link_field_kind link_fields[LF_COUNT];

/* Ways a row meets the persons it may be, the surest first: what `watch` of the model and the plan are told by. */
enum link_way { WAY_NUMBER, WAY_NAME, WAY_SOUND, WAY_UNIT, WAY_HABIT, WAY_COUNT };
struct link_way_word {
    const char *zh, *en; /* zh: as in model.yaml */
};
extern const struct link_way_word link_ways[WAY_COUNT];

/* Reads and checks. ST_CONFIG with every problem, line and column, in *err. link_model_free it. */
enum status link_model_load(struct str text, const char *path, struct model **out, struct err *err) MUST_CHECK;
void link_model_free(struct model *m); /* NULL is fine */
/* What a common value takes off "the same"; 0 for values the model does not list. */
int32_t link_model_term(const struct model *m, enum link_field f, struct str canonical);

#endif
