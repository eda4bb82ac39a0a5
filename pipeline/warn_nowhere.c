/* SPDX-License-Identifier: Apache-2.0 */
/* The stages say what they notice through warn_add, which the command line (main.c) collects and prints. Whoever links them without it, the extension, a test,
   a fuzz target, gets this one from the library instead: said to nobody. */
#include "pipeline/command.h"

void warn_add(enum status w, const char *fmt, ...)
{
    (void)w;
    (void)fmt;
}
