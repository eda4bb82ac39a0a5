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

/* <row> as <x:row>, in a sheet of which every element has a name of letters. */
static void add_prefixed(struct strbuf *out, struct str xml)
{
    for (size_t i = 0; i < xml.n; i++) {
        strbuf_addc(out, xml.p[i]);
        if (xml.p[i] == '<' && i + 1 < xml.n) {
            strbuf_addz(out, xml.p[i + 1] == '/' ? "/x:" : "x:");
            i += xml.p[i + 1] == '/';
        }
    }
}

static struct str part_name(char *out, const char *name, bool backslash)
{
    size_t n = 0;
    for (; name[n]; n++) {
        out[n] = backslash && name[n] == '/' ? '\\' : name[n];
    }
    out[n] = 0;
    return str_n(out, n);
}

void workbook_write_as(const char *path, const struct workbook_xml *w, struct str way)
{
    const bool strict = str_eqz(way, "strict"), absolute = str_eqz(way, "absolute"), cover = str_eqz(way, "cover"), renamed = str_eqz(way, "renamed");
    const bool backslash = str_eqz(way, "backslash"), prefixed = str_eqz(way, "prefixed"), bare = str_eqz(way, "bare"), locked = str_eqz(way, "protected");
    const char *main_ns = strict ? "http://purl.oclc.org/ooxml/spreadsheetml/main" : "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const char *rel = strict ? "http://purl.oclc.org/ooxml/officeDocument/relationships" : REL, *root = absolute ? "/xl/" : "", *slash = backslash ? "\\" : "/";
    AUTO_STRBUF book = STRBUF_INIT, sheet = STRBUF_INIT, plain = STRBUF_INIT, shared = STRBUF_INIT, styles = STRBUF_INIT, relations = STRBUF_INIT, package = STRBUF_INIT;
    strbuf_addf(&book, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<workbook xmlns=\"%s\" xmlns:r=\"%s\"%s><workbookPr " STR_FMT "/><sheets>", main_ns, rel,
                strict ? " conformance=\"strict\"" : "", STR_ARG(w->properties));
    strbuf_addf(&book, "%s<sheet name=\"走访清单\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>", cover ? "<sheet name=\"封面\" sheetId=\"2\" r:id=\"rId2\"/>" : "");
    strbuf_addf(&plain, "<sheetData>" STR_FMT "</sheetData>%s" STR_FMT, STR_ARG(w->rows), locked ? "<sheetProtection sheet=\"1\" objects=\"1\" scenarios=\"1\"/>" : "", STR_ARG(w->after));
    if (prefixed) {
        strbuf_addf(&sheet, "<x:worksheet xmlns:x=\"%s\">", main_ns);
        add_prefixed(&sheet, strbuf_str(&plain));
        strbuf_addz(&sheet, "</x:worksheet>");
    } else {
        strbuf_addf(&sheet, "<worksheet xmlns=\"%s\"><sheetPr filterMode=\"1\"/><dimension ref=\"A1:D9\"/>%s</worksheet>", main_ns, strbuf_z(&plain));
    }
    strbuf_addf(&shared, "<sst xmlns=\"%s\">" STR_FMT "</sst>", main_ns, STR_ARG(w->shared));
    strbuf_addf(&styles, "<styleSheet xmlns=\"%s\"><numFmts>" STR_FMT "</numFmts><cellXfs><xf numFmtId=\"0\"/>" STR_FMT "</cellXfs></styleSheet>", main_ns, STR_ARG(w->formats),
                STR_ARG(w->styles));
    strbuf_addf(&relations, "<Relationships><Relationship Id=\"rId1\" Type=\"%s/worksheet\" Target=\"%sworksheets%ssheet1.xml\"/>"
                            "<Relationship Id=\"rId2\" Type=\"%s/worksheet\" Target=\"%sworksheets%ssheet2.xml\"/>", rel, root, slash, rel, root, slash);
    if (!bare) {
        strbuf_addf(&relations, "<Relationship Id=\"rId3\" Type=\"%s/sharedStrings\" Target=\"%ssharedStrings.xml\"/><Relationship Id=\"rId4\" Type=\"%s/styles\" Target=\"%sstyles.xml\"/>", rel,
                    root, rel, root);
    }
    strbuf_addz(&relations, "</Relationships>");
    strbuf_addf(&package, "<Relationships><Relationship Id=\"rId1\" Type=\"%s/officeDocument\" Target=\"%sxl%s%s\"/></Relationships>", rel, absolute ? "/" : "", slash,
                renamed ? "workbook2.xml" : "workbook.xml");
    const struct {
        const char *name;
        struct str bytes;
        bool left_out;
    } parts[] = {{"[Content_Types].xml", STR("<Types/>"), false}, {"_rels/.rels", strbuf_str(&package), false},
                 {renamed ? "xl/workbook2.xml" : "xl/workbook.xml", strbuf_str(&book), false},
                 {renamed ? "xl/_rels/workbook2.xml.rels" : "xl/_rels/workbook.xml.rels", strbuf_str(&relations), false},
                 {"xl/worksheets/sheet1.xml", strbuf_str(&sheet), false},
                 {"xl/worksheets/sheet2.xml", STR("<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>填表说明</t></is></c></row></sheetData></worksheet>"), !cover},
                 {backslash ? "xl/SharedStrings.xml" : "xl/sharedStrings.xml", strbuf_str(&shared), bare}, {"xl/styles.xml", strbuf_str(&styles), bare}};
    struct packed members[ARRAY_LEN(parts)];
    char names[ARRAY_LEN(parts)][64];
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!parts[i].left_out) {
            members[n] = (struct packed){part_name(names[i], parts[i].name, backslash).p, parts[i].bytes, NULL};
            n++;
        }
    }
    zip_write(path, members, n);
}
