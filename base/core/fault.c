/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/fault.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool armed, stop;
    int error;
    unsigned long at;
    atomic_ulong passed;
    const char *count_file;
} fault;

/* The count goes out with stdio on purpose: it must not be a fault point itself. */
static void write_count(void)
{
    FILE *f = fopen(fault.count_file, "w");
    if (f) {
        fprintf(f, "%lu\n", atomic_load(&fault.passed));
        (void)fclose(f);
    }
}

void fault_init(void)
{
    const char *text = getenv("MOPAI_FAULT");
    fault.count_file = getenv("MOPAI_FAULT_COUNT");
    if (fault.count_file) {
        fault.armed = true;
        (void)atexit(write_count);
    }
    const char *colon = text ? strchr(text, ':') : NULL;
    if (!colon) {
        return;
    }
    fault.armed = true;
    fault.at = strtoul(colon + 1, NULL, 10);
    fault.stop = strncmp(text, "stop:", 5) == 0;
    fault.error = strncmp(text, "enospc:", 7) == 0 ? ENOSPC : strncmp(text, "eio:", 4) == 0 ? EIO : 0;
}

int fault_point(enum fault_op op)
{
    (void)op;
    if (__builtin_expect(!fault.armed, 1)) {
        return 0;
    }
    if (atomic_fetch_add(&fault.passed, 1) + 1 != fault.at) {
        return 0;
    }
    if (fault.stop) {
        (void)raise(SIGSTOP);
    }
    return fault.error;
}
