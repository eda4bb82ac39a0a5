/* SPDX-License-Identifier: Apache-2.0 */
/* What cells look like in every workbook we write. Formats belong to the workbook. */
#ifndef MOPAI_REPORT_XLSX_FORMAT_H
#define MOPAI_REPORT_XLSX_FORMAT_H

#include <xlsxwriter.h>

lxw_format *xlsx_plain(lxw_workbook *wb, double size);
lxw_format *xlsx_framed(lxw_workbook *wb); /* 10.5 points, a thin frame, wrapped, text */

#endif
