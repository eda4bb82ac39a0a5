/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/header_change.h"

#include "base/store/segment.h"
#include "base/text/utf8.h"
#include "pipeline/command.h"

/* Characters of `a` that also stand in `b`, in thousandths of the shorter one's length. */
static size_t likeness(struct str a, struct str b)
{
    size_t common = 0, na = 0, nb = 0;
    for (const char *q = b.p; q < b.p + b.n; nb++) {
        (void)utf8_next(&q, b.p + b.n);
    }
    for (const char *p = a.p; p < a.p + a.n; na++) {
        const char *from = p;
        (void)utf8_next(&p, a.p + a.n);
        common += str_find(b, str_n(from, (size_t)(p - from))) < b.n;
    }
    size_t shorter = MIN(na, nb);
    return shorter > 0 ? MIN(common, shorter) * 1000 / shorter : 0;
}

struct str header_meant(struct str header, struct str strange)
{
    struct str best = {"", 0}, line;
    size_t most = 499;
    while (str_split(&strange, '\n', &line)) {
        size_t like = likeness(header, line);
        if (like > most) {
            most = like;
            best = line;
        }
    }
    return best;
}

enum status header_change_report(struct site *site, const struct source *s, const struct delivered_file *file, const struct delivered_file *before,
                                 struct str strange, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    AUTO_SEG now = NULL;
    AUTO_SEG then = NULL;
    TRY(catalogue_segment(site, s, file->xxh128, file->name, &a, NULL, &now, err));
    if (catalogue_segment(site, s, before->xxh128, before->name, &a, NULL, &then, NULL) != ST_OK) {
        return ST_OK; /* sources.yaml no longer reads it: nothing to compare with */
    }
    for (size_t c = 0; c < s->n_columns; c++) {
        struct str old, ignored;
        int field = segment_header(then, s->columns[c].name, &old);
        if (field < 0 || segment_header(now, s->columns[c].name, &ignored) >= 0) {
            continue;
        }
        struct str meant = header_meant(old, strange);
        if (meant.n > 0) {
            warn_add(ST_W_CHECK,
                     TR("%s：表头里没有“" STR_FMT "”了（%s 里在第 %d 列），这一列全部成为未知；新表头“" STR_FMT "”是不是改了名？是的话写进 sources.yaml 里“" STR_FMT "”的 header，再运行",
                        "%s: header '" STR_FMT "' is gone (%s has it in field %d), the column is unknown for every row; did you mean the new header '" STR_FMT "'? then add it to header of '" STR_FMT "' in sources.yaml and run again"),
                     file->name, STR_ARG(old), before->name, field + 1, STR_ARG(meant), STR_ARG(s->columns[c].name));
        } else {
            warn_add(ST_W_CHECK, TR("%s：表头里没有“" STR_FMT "”了（%s 里在第 %d 列），这一列全部成为未知；请向部门核实",
                                    "%s: header '" STR_FMT "' is gone (%s has it in field %d), the column is unknown for every row; ask the department"),
                     file->name, STR_ARG(old), before->name, field + 1);
        }
    }
    return ST_OK;
}
