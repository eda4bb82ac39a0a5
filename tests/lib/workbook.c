/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/workbook.h"

#include <minizip/zip.h>

#include "base/core/bug.h"

void zip_write(const char *path, const struct packed *members, size_t n)
{
    zipFile z = zipOpen64(path, APPEND_STATUS_CREATE);
    BUG_ON(!z);
    for (size_t i = 0; i < n; i++) {
        const struct packed *m = &members[i];
        uLong crc = crc32(0, (const Bytef *)m->bytes.p, (uInt)m->bytes.n);
        BUG_ON(zipOpenNewFileInZip3_64(z, m->name, NULL, NULL, 0, NULL, 0, NULL, Z_DEFLATED, 6, 0, -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, m->password,
                                       crc, 0) != ZIP_OK);
        BUG_ON(zipWriteInFileInZip(z, m->bytes.p, (unsigned)m->bytes.n) != ZIP_OK);
        BUG_ON(zipCloseFileInZip(z) != ZIP_OK);
    }
    BUG_ON(zipClose(z, NULL) != ZIP_OK);
}

#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define REL  "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

void workbook_write(const char *path, const struct workbook_xml *w)
{
    AUTO_STRBUF book = STRBUF_INIT;
    AUTO_STRBUF sheet = STRBUF_INIT;
    AUTO_STRBUF shared = STRBUF_INIT;
    AUTO_STRBUF styles = STRBUF_INIT;
    strbuf_addf(&book, "<workbook " MAIN " xmlns:r=\"" REL "\"><workbookPr " STR_FMT "/><sheets><sheet name=\"封面\" sheetId=\"3\" state=\"hidden\" r:id=\"rId5\"/>"
                       "<sheet name=\"人员\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"说明\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>",
                STR_ARG(w->properties));
    strbuf_addf(&sheet, "<worksheet " MAIN "><sheetData>" STR_FMT "</sheetData>" STR_FMT "</worksheet>", STR_ARG(w->rows), STR_ARG(w->after));
    strbuf_addf(&shared, "<sst " MAIN ">" STR_FMT "</sst>", STR_ARG(w->shared));
    strbuf_addf(&styles, "<styleSheet " MAIN "><numFmts>" STR_FMT "</numFmts><cellXfs><xf numFmtId=\"0\"/>" STR_FMT "</cellXfs></styleSheet>",
                STR_ARG(w->formats), STR_ARG(w->styles));
    static const char relations[] = "<Relationships><Relationship Id=\"rId1\" Type=\"" REL "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
                                    "<Relationship Id=\"rId2\" Type=\"" REL "/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"
                                    "<Relationship Id=\"rId5\" Type=\"" REL "/worksheet\" Target=\"worksheets/sheet2.xml\"/>"
                                    "<Relationship Id=\"rId3\" Type=\"" REL "/sharedStrings\" Target=\"sharedStrings.xml\"/>"
                                    "<Relationship Id=\"rId4\" Type=\"" REL "/styles\" Target=\"styles.xml\"/></Relationships>";
    AUTO_STRBUF second = STRBUF_INIT;
    strbuf_addf(&second, "<worksheet " MAIN "><sheetData>" STR_FMT "</sheetData></worksheet>",
                STR_ARG(w->second.n ? w->second : STR("<row r=\"1\"><c r=\"A1\"><v>2</v></c></row>")));
    const struct packed members[] = {{"[Content_Types].xml", STR("<Types/>"), NULL},
                                     {"xl/workbook.xml", strbuf_str(&book), NULL},
                                     {"xl/_rels/workbook.xml.rels", str_of(relations), NULL},
                                     {"xl/worksheets/sheet1.xml", strbuf_str(&sheet), NULL},
                                     {"xl/worksheets/sheet2.xml", strbuf_str(&second), NULL},
                                     {"xl/sharedStrings.xml", strbuf_str(&shared), NULL},
                                     {"xl/styles.xml", strbuf_str(&styles), NULL}};
    zip_write(path, members, ARRAY_LEN(members));
}
