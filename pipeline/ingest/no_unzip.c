/* SPDX-License-Identifier: Apache-2.0 */
/* In place of unzip.c and the reader of workbooks when the program is built with XLSX=0. */
#include "pipeline/ingest/unzip.h"
#include "pipeline/ingest/xlsx.h"

enum status zip_open(int fd, const char *name, struct zip **out, struct err *err)
{
    (void)fd, (void)out;
    return err_set(err, ST_INPUT, TR("%s：本程序编译时没有带上 .xlsx 和 .zip 的读取；请另存为 CSV 再送", "%s: this build reads neither .xlsx nor .zip; save it as CSV"), name);
}

/* Nobody has an archive in this build. */
size_t zip_count(const struct zip *z)
{
    (void)z;
    return 0;
}

const struct zip_member *zip_member(const struct zip *z, size_t i)
{
    (void)z, (void)i;
    BUG("no archive");
}

int zip_find(const struct zip *z, const char *name)
{
    (void)z, (void)name;
    return -1;
}

void zip_close(struct zip *z)
{
    BUG_ON(z);
}

enum status zip_member_open(struct zip *z, size_t i, struct err *err)
{
    (void)z, (void)i, (void)err;
    BUG("no archive");
}

enum status zip_member_read(struct zip *z, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    (void)z, (void)buf, (void)cap, (void)out_n, (void)err;
    BUG("no archive");
}

void zip_member_close(struct zip *z)
{
    BUG_ON(z);
}

bool xlsx_is(const struct zip *z)
{
    (void)z;
    return false;
}

enum status xlsx_open(struct zip *z, const char *file, struct str sheet, struct xlsx **out, struct err *err)
{
    (void)z, (void)file, (void)sheet, (void)out, (void)err;
    BUG("no archive");
}

enum status xlsx_read(void *xlsx, void *buf, size_t cap, size_t *out_n, struct err *err)
{
    (void)xlsx, (void)buf, (void)cap, (void)out_n, (void)err;
    BUG("no archive");
}

const char *xlsx_sheet(const struct xlsx *x, size_t i)
{
    (void)x, (void)i;
    return NULL;
}

struct str xlsx_notes(const struct xlsx *x)
{
    (void)x;
    return str_n("", 0);
}

void xlsx_close(struct xlsx *x)
{
    BUG_ON(x);
}
