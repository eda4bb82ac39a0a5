/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an archive or a workbook: listed, every member read, the first sheet read to its end; within the limits, and never a crash. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/core/bug.h"
#include "pipeline/ingest/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void read_members(struct zip *z)
{
    static char buf[65536];
    struct err err;
    for (size_t i = 0; i < zip_count(z) && i < 64; i++) {
        size_t got = sizeof(buf);
        if (zip_member_open(z, i, &err) == ST_OK) {
            while (got == sizeof(buf) && zip_member_read(z, buf, sizeof(buf), &got, &err) == ST_OK) {
            }
        }
    }
}

static void read_sheet(struct zip *z)
{
    static char buf[65536];
    struct xlsx *x;
    struct err err;
    size_t got = sizeof(buf);
    if (xlsx_open(z, "a", STR(""), &x, &err) == ST_OK) {
        while (got == sizeof(buf) && xlsx_read(x, buf, sizeof(buf), &got, &err) == ST_OK) {
        }
        xlsx_close(x);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct zip *z;
    struct err err;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    BUG_ON(fd < 0 || write(fd, bytes, n) != (ssize_t)n);
    if (zip_open(fd, "a", &z, &err) == ST_OK) {
        read_members(z);
        zip_close(z);
    }
    if (zip_open(fd, "a", &z, &err) == ST_OK) {
        read_sheet(z);
    }
    (void)close(fd);
    return 0;
}
