/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that read workbooks; nobody else includes this. Members of the archive as XML events; the only user of expat. */
#ifndef MOPAI_INGEST_XLSX_XML_H
#define MOPAI_INGEST_XLSX_XML_H

#include "pipeline/ingest/unzip.h"

/* Names come without their namespace prefix. attributes: name, value, name, value, NULL. */
struct xml_events {
    void (*start)(void *ctx, const char *name, const char **attributes);
    void (*end)(void *ctx, const char *name);
    void (*text)(void *ctx, struct str text); /* pieces of any length */
    void *ctx;
};
struct xml;
struct xml *xml_new(const struct xml_events *events);
/* False when it is no well-formed XML, or declares a document type (which no workbook needs and attacks do). */
bool xml_feed(struct xml *x, struct str bytes, bool last);
void xml_free(struct xml *x); /* NULL is fine */
/* Value of an attribute, whatever its prefix; NULL when it is not there. */
const char *xml_attribute(const char **attributes, const char *name);
/* A whole member of the archive. ST_INPUT when it is damaged. */
enum status xml_read_member(struct zip *z, size_t i, const char *file, const struct xml_events *events, struct err *err) MUST_CHECK;
enum status xml_damaged(const char *file, const char *member, struct err *err);

#endif
