/* SPDX-License-Identifier: Apache-2.0 */
#include "base/core/json_out.h"

struct json_out json_out_to(struct strbuf *b)
{
    return (struct json_out){.b = b, .first = true};
}

static void new_line(struct json_out *j)
{
    strbuf_addc(j->b, '\n');
    for (int i = 0; i < j->depth; i++) {
        strbuf_addz(j->b, "  ");
    }
}

/* Before a value or a key: the comma and the line, unless the value follows its key. */
static void before(struct json_out *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (!j->first) {
        strbuf_addc(j->b, ',');
    }
    if (j->depth) {
        new_line(j);
    }
    j->first = false;
}

void json_open(struct json_out *j, char bracket)
{
    before(j);
    strbuf_addc(j->b, bracket);
    j->depth++;
    j->first = true;
}

void json_close(struct json_out *j, char bracket)
{
    j->depth--;
    if (!j->first) {
        new_line(j);
    }
    strbuf_addc(j->b, bracket);
    j->first = false;
    if (j->depth == 0) {
        strbuf_addc(j->b, '\n');
    }
}

/* What needs no escape is added in one piece: bodies of events are the better part of what a night writes. */
static void quoted(struct strbuf *b, struct str s)
{
    size_t plain = 0; /* start of what is not yet added */
    strbuf_addc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != 0x7F && c != '"' && c != '\\') {
            continue;
        }
        strbuf_add(b, s.p + plain, i - plain);
        plain = i + 1;
        if (c == '"' || c == '\\') {
            strbuf_addc(b, '\\');
            strbuf_addc(b, (char)c);
        } else {
            strbuf_addf(b, "\\u%04x", c);
        }
    }
    strbuf_add(b, s.p + plain, s.n - plain);
    strbuf_addc(b, '"');
}

void json_key(struct json_out *j, const char *key)
{
    before(j);
    quoted(j->b, str_of(key));
    strbuf_addz(j->b, ": ");
    j->after_key = true;
}

void json_str(struct json_out *j, struct str s)
{
    before(j);
    quoted(j->b, s);
}

void json_z(struct json_out *j, const char *z)
{
    json_str(j, str_of(z));
}

void json_int(struct json_out *j, int64_t v)
{
    before(j);
    strbuf_addi(j->b, v);
}

void json_number(struct json_out *j, struct str digits)
{
    before(j);
    bool finite = digits.n > 0 && is_digit((unsigned char)digits.p[digits.n - 1]);
    strbuf_adds(j->b, finite ? digits : STR("null"));
}

void json_bool(struct json_out *j, bool v)
{
    before(j);
    strbuf_addz(j->b, v ? "true" : "false");
}

void json_null(struct json_out *j)
{
    before(j);
    strbuf_addz(j->b, "null");
}

void json_kz(struct json_out *j, const char *key, const char *z)
{
    json_key(j, key);
    json_z(j, z);
}

void json_ki(struct json_out *j, const char *key, int64_t v)
{
    json_key(j, key);
    json_int(j, v);
}

void json_ks(struct json_out *j, const char *key, struct str s)
{
    json_key(j, key);
    json_str(j, s);
}
