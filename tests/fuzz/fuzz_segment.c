/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a segment: an error or a segment that reads to its end, never a crash. Built for the fuzzer the reader skips checksums, so that
   mutations get past them. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/store/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void fetch_ends(struct seg_reader *r)
{
    struct err err;
    for (size_t col = 0; seg_rows(r) && col < seg_columns(r); col++) {
        struct str s;
        int64_t v;
        uint64_t last = seg_rows(r) - 1;
        enum status status = seg_column_type(r, col) == SEG_TEXT ? seg_fetch_text(r, last, col, &s, &err) : seg_fetch_i64(r, last, col, &v, &err);
        (void)status;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *dir = getenv("TMPDIR");
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/fuzz-segment-%ld", dir ? dir : "/tmp", (long)getpid());
    FILE *f = fopen(path, "wb");
    if (!f) {
        abort();
    }
    (void)fwrite(bytes, 1, n, f);
    (void)fclose(f);
    struct seg_reader *r = NULL;
    struct err err;
    if (seg_open(path, &r, &err) == ST_OK) {
        if (seg_check(r, &err) == ST_OK) {
            fetch_ends(r);
        }
        seg_close(r);
    }
    (void)unlink(path);
    return 0;
}
