/* SPDX-License-Identifier: Apache-2.0 */
/* A commented entry for sources.yaml, made from one export nobody has described: what an analyst starts from. */
#ifndef MOPAI_PIPELINE_SOURCES_GUESS_H
#define MOPAI_PIPELINE_SOURCES_GUESS_H

#include "base/core/status.h"
#include "base/core/str.h"

/* Appends the entry, indented to stand under `sources:`. No cell of a person's data is written: labels of code tables and counts only.
   ST_MISSING, ST_INPUT: the file cannot be read as a table. */
enum status sources_guess(const char *path, struct strbuf *out, struct err *err) MUST_CHECK;
/* A word as YAML reads it back: quoted where it must be. */
void yaml_add_word(struct strbuf *b, struct str s);

#endif
