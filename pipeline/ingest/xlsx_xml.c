/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/ingest/xlsx_xml.h"

#include <expat.h>
#include <stdlib.h>

#define XML_CHUNK 65536
#define XML_DEPTH 64 /* a worksheet nests six deep */

struct xml {
    XML_Parser parser;
    struct xml_events events;
    int depth;
};

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    struct xml *x = ctx;
    if (++x->depth > XML_DEPTH) {
        (void)XML_StopParser(x->parser, XML_FALSE);
        return;
    }
    if (x->events.start) {
        x->events.start(x->events.ctx, local(name), attributes);
    }
}

static void on_end(void *ctx, const XML_Char *name)
{
    struct xml *x = ctx;
    x->depth--;
    if (x->events.end) {
        x->events.end(x->events.ctx, local(name));
    }
}

static void on_text(void *ctx, const XML_Char *text, int n)
{
    struct xml *x = ctx;
    if (x->events.text) {
        x->events.text(x->events.ctx, str_n(text, (size_t)n));
    }
}

static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system, const XML_Char *public_id, int internal)
{
    struct xml *x = ctx;
    (void)name, (void)system, (void)public_id, (void)internal;
    (void)XML_StopParser(x->parser, XML_FALSE);
}

struct xml *xml_new(const struct xml_events *events)
{
    struct xml *x = xcalloc(1, sizeof(*x));
    x->events = *events;
    x->parser = XML_ParserCreate(NULL);
    BUG_ON(!x->parser);
    XML_SetHashSalt(x->parser, 1); /* the names in a workbook are few: no clock, no random numbers */
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    return x;
}

bool xml_feed(struct xml *x, struct str bytes, bool last)
{
    return XML_Parse(x->parser, bytes.p ? bytes.p : "", (int)bytes.n, last) == XML_STATUS_OK;
}

void xml_free(struct xml *x)
{
    if (x) {
        XML_ParserFree(x->parser);
        free(x);
    }
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2) {
        if (strcmp(local(attributes[0]), name) == 0) {
            return attributes[1];
        }
    }
    return NULL;
}

enum status xml_damaged(const char *file, const char *member, struct err *err)
{
    return err_set(err, ST_INPUT, TR("%s：工作簿里的 %s 已损坏；请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV 再送", "%s: %s inside the workbook is damaged; open it and save it as .xlsx or CSV again"),
                   file, member);
}

enum status xml_read_member(struct zip *z, size_t i, const char *file, const struct xml_events *events, struct err *err)
{
    TRY(zip_member_open(z, i, err));
    struct xml *x = xml_new(events);
    char *buf = xmalloc(XML_CHUNK);
    size_t n = XML_CHUNK;
    enum status status = ST_OK;
    while (status == ST_OK && n == XML_CHUNK) {
        status = zip_member_read(z, buf, XML_CHUNK, &n, err);
        if (status == ST_OK && !xml_feed(x, str_n(buf, n), n < XML_CHUNK)) {
            status = xml_damaged(file, zip_member(z, i)->name, err);
        }
    }
    free(buf);
    xml_free(x);
    zip_member_close(z);
    return status;
}
