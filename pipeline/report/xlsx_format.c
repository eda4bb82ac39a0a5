/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/report/xlsx_format.h"

lxw_format *xlsx_plain(lxw_workbook *wb, double size)
{
    lxw_format *f = workbook_add_format(wb);
    format_set_font_name(f, "宋体");
    format_set_font_size(f, size);
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    return f;
}

lxw_format *xlsx_framed(lxw_workbook *wb)
{
    lxw_format *f = xlsx_plain(wb, 10.5);
    format_set_border(f, LXW_BORDER_THIN);
    format_set_border_color(f, 0x8C8C8C);
    format_set_text_wrap(f);
    format_set_num_format(f, "@");
    return f;
}
