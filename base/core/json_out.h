/* SPDX-License-Identifier: Apache-2.0 */
/* JSON written into a buffer, two-space indent, keys in the order given. Commas are its own business. */
#ifndef MOPAI_CORE_JSON_OUT_H
#define MOPAI_CORE_JSON_OUT_H

#include "base/core/str.h"

struct json_out {
    struct strbuf *b;
    int depth;
    bool first, after_key;
};
struct json_out json_out_to(struct strbuf *b);
void json_open(struct json_out *j, char bracket);  /* '{' or '[' */
void json_close(struct json_out *j, char bracket); /* '}' or ']' */
void json_key(struct json_out *j, const char *key);
void json_str(struct json_out *j, struct str s);
void json_z(struct json_out *j, const char *z);
void json_int(struct json_out *j, int64_t v);
/* A number as it is written, with a point or an exponent; null when it is none JSON knows (Inf). */
void json_number(struct json_out *j, struct str digits);
void json_bool(struct json_out *j, bool v);
void json_null(struct json_out *j);
/* key and value in one call */
void json_kz(struct json_out *j, const char *key, const char *z);
void json_ki(struct json_out *j, const char *key, int64_t v);
void json_ks(struct json_out *j, const char *key, struct str s);

#endif
