/* SPDX-License-Identifier: Apache-2.0 */
/* Visit lists as workbooks, in the memory of one row (constant_memory). Every text cell is a string, never a formula. Holds the only use of libxlsxwriter. */
#ifndef MOPAI_REPORT_XLSX_H
#define MOPAI_REPORT_XLSX_H

#include "pipeline/report/list.h"

/* One sheet of rows plus the sheet 说明 with the outcome words that the drop-down offers. */
struct xlsx_sheet {
    const char *name, *title, *number; /* sheet tab, printed title, list number */
    const struct list_row *rows;
    size_t n;
    uint32_t households;
};
enum status xlsx_write(struct report *r, const char *file_name, const struct xlsx_sheet *sheets, size_t n, struct err *err) MUST_CHECK;

#endif
