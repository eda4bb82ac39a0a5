/* SPDX-License-Identifier: Apache-2.0 */
/* One street's list of N households (default 5000), .xlsx and .pdf with a form each, on one core. usage: bench_lists [N [DIR]] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/core/file.h"
#include "pipeline/report/doorstep.h"
#include "tests/lib/report_fixture.h"

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The fixture's rows over and over; every fourth household has two warnings. */
static void fill(struct list_row *rows, size_t households, const struct list *from)
{
    size_t n = 0;
    for (size_t h = 0; h < households; h++) {
        for (size_t k = 0; k < 1 + (h % 4 == 0); k++) {
            rows[n] = from->rows.v[(h + k) % from->rows.n];
            rows[n].visit = (uint32_t)h + 1;
            rows[n].opens_visit = k == 0;
            rows[n].community = STR("990101001001");
            n++;
        }
    }
}

int main(int argc, char **argv)
{
    size_t households = argc > 1 ? strtoul(argv[1], NULL, 10) : 5000, n = households + (households + 3) / 4;
    struct report_fixture *f = report_fixture_new();
    struct list list = {0};
    struct doorstep *paper;
    const char *font;
    struct err err;
    f->report.out_dir = argc > 2 ? argv[2] : f->dir;
    f->report.scratch_dir = f->report.out_dir;
    BUG_ON(list_load(&f->report, &list, &err) != ST_OK);
    struct list_row *rows = xcalloc(n, sizeof(*rows));
    fill(rows, households, &list);
    struct xlsx_sheet sheet = {"走访清单", "东风街道 走访清单", "2026-03-02-4-990101001", rows, n, (uint32_t)households};
    double start = cpu_seconds();
    BUG_ON(xlsx_write(&f->report, "bench.xlsx", &sheet, 1, &err) != ST_OK);
    double xlsx = cpu_seconds();
    enum doorstep_fonts fonts = doorstep_new(&paper, &font);
    BUG_ON(paper && doorstep_write(paper, &f->report, "bench.pdf", &sheet, &err) != ST_OK);
    printf("%zu households: xlsx %.2f s, pdf %.2f s of one core%s\n", households, xlsx - start, cpu_seconds() - xlsx, fonts < DOORSTEP_COMMON ? " (no pages)" : "");
    doorstep_free(paper);
    free(rows);
    list_release(&list);
    report_fixture_free(f);
    return 0;
}
