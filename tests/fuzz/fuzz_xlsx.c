/* SPDX-License-Identifier: Apache-2.0 */
/* The XML inside a workbook: rows, what follows them, shared strings, formats, styles and properties, divided by bytes FF. Read whole and again in small
   pieces: the same text, a line for each row, no field beyond what a sheet can hold. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/core/bug.h"
#include "pipeline/ingest/xlsx.h"
#include "tests/lib/workbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static enum status read_book(const char *path, size_t chunk, struct strbuf *out)
{
    struct zip *z;
    struct xlsx *x;
    struct err err;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    BUG_ON(fd < 0);
    enum status status = zip_open(fd, "a", &z, &err);
    status = status == ST_OK ? xlsx_open(z, "a", STR(""), &x, &err) : status;
    if (status == ST_OK) {
        for (size_t got = chunk; status == ST_OK && got == chunk;) {
            strbuf_reserve(out, chunk);
            status = xlsx_read(x, out->p + out->n, chunk, &got, &err);
            out->n += status == ST_OK ? got : 0;
        }
        xlsx_close(x);
    }
    (void)close(fd);
    BUG_ON(status != ST_OK && status != ST_INPUT);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static char path[64];
    struct str rest = str_n((const char *)bytes, n), part[6] = {{"", 0}};
    AUTO_STRBUF whole = STRBUF_INIT;
    AUTO_STRBUF pieces = STRBUF_INIT;
    if (!path[0]) {
        int fd = memfd_create("fuzz", 0);
        BUG_ON(fd < 0);
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    for (size_t i = 0; i < 6 && str_split(&rest, '\xFF', &part[i]); i++) {
    }
    const struct workbook_xml w = {part[0], part[1], part[2], part[3], part[4], part[5], {NULL, 0}};
    workbook_write(path, &w);
    enum status status = read_book(path, 65536, &whole);
    BUG_ON(read_book(path, 61, &pieces) != status);
    BUG_ON(status == ST_OK && !str_eq(strbuf_str(&whole), strbuf_str(&pieces)));
    BUG_ON(status == ST_OK && whole.n > 0 && whole.p[whole.n - 1] != '\n');
    return 0;
}
