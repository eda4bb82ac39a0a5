/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/raw_text.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/store/raw.h"
#include "pipeline/ingest/xlsx.h"

struct raw_text {
    struct raw_reader *raw;
    struct xlsx *sheet; /* NULL: the bytes themselves */
};

static bool is_archive(const struct raw_reader *r)
{
    char magic[4];
    return raw_fd(r) >= 0 && pread(raw_fd(r), magic, sizeof(magic), 0) == sizeof(magic) && memcmp(magic, "PK\3\4", sizeof(magic)) == 0;
}

enum status raw_text_open(const char *raw_dir, const char *xxh128, struct str sheet, struct raw_text **out, struct err *err)
{
    struct raw_text *t = xcalloc(1, sizeof(*t));
    struct zip *zip = NULL;
    enum status status = raw_open(raw_dir, xxh128, &t->raw, err);
    if (status == ST_OK && is_archive(t->raw)) {
        status = zip_open(raw_fd(t->raw), TR("工作簿", "workbook"), &zip, err);
        status = status == ST_OK ? xlsx_open(zip, TR("工作簿", "workbook"), sheet, &t->sheet, err) : status;
    }
    if (status != ST_OK) {
        raw_text_close(t);
        return status;
    }
    *out = t;
    return ST_OK;
}

enum status raw_text_read(void *raw_text, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    struct raw_text *t = raw_text;
    return t->sheet ? xlsx_read(t->sheet, buf, cap, out_n, err) : raw_read(t->raw, buf, cap, out_n, err);
}

struct byte_source raw_text_bytes(struct raw_text *t)
{
    return (struct byte_source){raw_text_read, t};
}

bool raw_text_is_sheet(const struct raw_text *t)
{
    return t->sheet != NULL;
}

struct str raw_text_notes(const struct raw_text *t)
{
    return t->sheet ? xlsx_notes(t->sheet) : str_n("", 0);
}

void raw_text_close(struct raw_text *t)
{
    if (t) {
        xlsx_close(t->sheet);
        raw_close(t->raw);
        free(t);
    }
}
