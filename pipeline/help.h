/* SPDX-License-Identifier: Apache-2.0 */
/* What --help prints, made from the command table, so that help and behaviour cannot part. */
#ifndef MOPAI_PIPELINE_HELP_H
#define MOPAI_PIPELINE_HELP_H

#include <stdio.h>

#include "pipeline/command.h"

void help_first_steps(FILE *out);                       /* `mopai` alone */
void help_overview(FILE *out);                          /* `mopai --help` */
void help_command(FILE *out, const struct command *c);  /* `mopai run --help` */
void help_man_options(FILE *out);                       /* the generated part of mopai(1), mdoc */
/* The command whose name is nearest to `word`, NULL when none is near. */
const struct command *help_nearest(const char *word);

#endif
