/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "pipeline/ingest/table_text.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/store/raw.h"
#include "pipeline/ingest/arrival.h"
#include "pipeline/ingest/xlsx.h"

static enum status read_sheet(const char *path, size_t limit, struct strbuf *out, struct err *err)
{
    enum { STEP = 1 << 18 };
    int fd;
    struct zip *zip;
    struct xlsx *sheet = NULL;
    TRY(raw_source_open(path, &fd, err));
    enum status status = zip_open(fd, path, &zip, err);
    status = status == ST_OK ? xlsx_open(zip, path, STR(""), &sheet, err) : status;
    strbuf_clear(out);
    for (size_t n = STEP; status == ST_OK && n == STEP;) {
        strbuf_reserve(out, STEP);
        status = xlsx_read(sheet, out->p + out->n, STEP, &n, err);
        out->n += status == ST_OK ? n : 0;
        if (out->n > limit) {
            status = err_set(err, ST_INPUT, TR("“%s”过大，上限 %zu 字节", "'%s' is too large, limit %zu bytes"), path, limit);
        }
    }
    xlsx_close(sheet);
    (void)close(fd);
    return status;
}

enum status table_text_read(const char *path, size_t limit, struct strbuf *out, bool *out_sheet, struct err *err)
{
    char *real = realpath(path, NULL);
    struct arrival a = {.path = real};
    enum status status = arrival_open(real ? real : path, path, &a, err);
    if (status == ST_OK && a.parts.n > 1) {
        status = err_set(err, ST_INPUT, TR("%s：压缩包里有 %zu 个文件，不知道用哪一个；请先解开", "%s: %zu files in the archive, unpack it and name one"), path, a.parts.n);
    }
    status = status == ST_OK ? arrival_read_all(&a, 0, limit, out, err) : status;
    *out_sheet = status == ST_OK && str_starts(strbuf_str(out), STR("PK\3\4"));
    if (*out_sheet && a.packing != PACKED_NOT) {
        status = err_set(err, ST_INPUT, TR("%s：里面是工作簿；请先解开", "%s: a workbook inside an archive; unpack it first"), path);
    } else if (*out_sheet) {
        status = read_sheet(real, limit, out, err);
    }
    arrival_release(&a);
    free(real);
    return status;
}
