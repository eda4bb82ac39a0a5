/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/csv_out.h"

struct csv_out csv_out_to(struct strbuf *b)
{
    return (struct csv_out){b, true};
}

static void next_cell(struct csv_out *c)
{
    if (!c->at_start) {
        strbuf_addc(c->b, ',');
    }
    c->at_start = false;
}

void csv_text(struct csv_out *c, struct str s)
{
    next_cell(c);
    bool formula = s.n && strchr("=+-@\t", s.p[0]);
    bool quote = false;
    for (size_t i = 0; i < s.n && !quote; i++) {
        quote = s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
    }
    if (quote) {
        strbuf_addc(c->b, '"');
    }
    if (formula) {
        strbuf_addc(c->b, '\'');
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') {
            strbuf_addc(c->b, '"');
        }
        strbuf_addc(c->b, s.p[i]);
    }
    if (quote) {
        strbuf_addc(c->b, '"');
    }
}

void csv_z(struct csv_out *c, const char *z)
{
    csv_text(c, str_of(z));
}

void csv_int(struct csv_out *c, int64_t v)
{
    next_cell(c);
    strbuf_addi(c->b, v);
}

void csv_fen(struct csv_out *c, fen v)
{
    next_cell(c);
    strbuf_add_fen(c->b, v);
}

void csv_day(struct csv_out *c, daynum v)
{
    next_cell(c);
    strbuf_add_day(c->b, v);
}

void csv_empty(struct csv_out *c)
{
    next_cell(c);
}

void csv_end_row(struct csv_out *c)
{
    strbuf_addz(c->b, "\r\n");
    c->at_start = true;
}
