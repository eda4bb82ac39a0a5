/* SPDX-License-Identifier: Apache-2.0 */
/* The list of commands. A new command is one row in commands.c. */
#ifndef MOPAI_PIPELINE_COMMANDS_H
#define MOPAI_PIPELINE_COMMANDS_H

#include "pipeline/command.h"

const struct command *const *commands_all(void); /* ends with NULL */

#endif
