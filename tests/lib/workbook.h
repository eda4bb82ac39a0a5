/* SPDX-License-Identifier: Apache-2.0 */
/* Small workbooks and archives for tests, from the XML inside them. */
#ifndef MOPAI_TESTS_WORKBOOK_H
#define MOPAI_TESTS_WORKBOOK_H

#include "base/core/str.h"

struct packed {
    const char *name;
    struct str bytes;
    const char *password; /* NULL: none */
};
/* Writes a .zip of n members; aborts when it cannot. */
void zip_write(const char *path, const struct packed *members, size_t n);
/* A workbook of the sheets 人员, 说明 and a hidden one. `rows`: inside sheetData of the first; `second`: of the second, "" for a single 2; `after`: behind it (mergeCells); `shared`: <si> elements; `formats`: <numFmt> elements;
   `styles`: <xf> elements of cellXfs; `properties`: attributes of workbookPr. */
struct workbook_xml {
    struct str rows, after, shared, formats, styles, properties, second;
};
void workbook_write(const char *path, const struct workbook_xml *w);
/* The same sheet as other programs pack it, one word of: strict (names and relations of ISO 29500 strict), absolute (targets from the root), cover (a visible
   sheet in front), renamed (the workbook is another part), backslash (names of parts as a careless program writes them), prefixed (x:row, x:c), bare (no styles,
   no shared strings), protected. Anything else is the usual way. One sheet, and `cover` one more. */
void workbook_write_as(const char *path, const struct workbook_xml *w, struct str way);

#endif
