/* SPDX-License-Identifier: Apache-2.0 */
/* YAML with positions: an immutable tree in which scalars stay text. A small, strict part of YAML: one document, block or flow
   style, no anchors, aliases, tags or merge keys, no duplicate keys, no tabs for indentation. Every problem is a diagnostic with line
   and column. Holds the only use of libyaml. */
#ifndef MOPAI_TEXT_YAML_H
#define MOPAI_TEXT_YAML_H

#include "base/text/diag.h"

struct yaml_limits {
    size_t bytes;        /* of the file */
    size_t nodes;
    size_t depth;
    size_t scalar_bytes; /* of one scalar */
};
#define YAML_LIMITS_DEFAULT ((struct yaml_limits){8u << 20, 400000, 24, 64u << 10})

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

/* Lines and columns count from 1, columns in code points; the end is exclusive. */
struct yaml_node;
struct yaml_pair {
    const struct yaml_node *key, *value; /* key->kind is YAML_TEXT */
};
struct yaml_node {
    enum yaml_kind kind;
    bool quoted; /* '..', "..", | and >: never read as empty, number or flag by accident */
    bool block;  /* | or > */
    uint32_t line, column, end_line, end_column;
    struct str text;                      /* YAML_TEXT; an unquoted empty value, ~ and null are kept as written */
    size_t n;                             /* items or pairs */
    const struct yaml_node *const *items; /* YAML_LIST */
    const struct yaml_pair *pairs;        /* YAML_MAP, in file order */
};

struct yaml_doc {
    struct arena arena;
    struct diag_list *diags; /* borrowed; getters report here */
    uint32_t file;           /* number within diags */
    struct str source;       /* the decoded text, owned by the arena */
    const struct yaml_node *root; /* NULL after errors of form */
};
#define AUTO_YAML struct yaml_doc CLEANUP(yaml_release)

/* Reads `bytes` (called `name` in messages) into *doc ({0} before). false when there is no usable tree; the reasons are in *diags:
   E101 encoding, E102 tab, E103 full-width colon, E104 duplicate key, E106 anchor, alias, tag, second document, E107 limit, E108 syntax.
   A file in GBK is named as such and not read. */
bool yaml_parse(struct yaml_doc *doc, const char *name, struct str bytes, const struct yaml_limits *limits, struct diag_list *diags);
/* Reads the file first. ST_MISSING or ST_IO when it cannot be read; problems of form are in *diags and return ST_OK with doc->root NULL. */
enum status yaml_parse_file(struct yaml_doc *doc, const char *path, const char *name, struct diag_list *diags, struct err *err) MUST_CHECK;
void yaml_release(struct yaml_doc *doc);

struct diag_at yaml_at(const struct yaml_doc *doc, const struct yaml_node *node);
/* The place of `length` bytes at byte `offset` of a scalar's text, inside its quotes or block when it can be told, else the node. */
struct diag_at yaml_at_part(const struct yaml_doc *doc, const struct yaml_node *node, size_t offset, size_t length);
/* diag_add at a node. */
void yaml_problem(const struct yaml_doc *doc, const struct yaml_node *node, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* --- looking up and reading ---------------------------------------------------------------------------------------
   `map` may be NULL (then everything is absent and silent). A getter returns true only when the key is there and the value is right;
   a wrong value is reported (E110 wrong kind, E111 wrong value), an absent one only with YAML_REQUIRED (E109). Texts are borrowed
   from the document. An unquoted empty value counts as absent. */
enum yaml_need { YAML_OPTIONAL, YAML_REQUIRED };

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key); /* value or NULL */
const struct yaml_pair *yaml_get_pair(const struct yaml_node *map, struct str key);
bool yaml_is_empty(const struct yaml_node *node); /* NULL, or an unquoted empty scalar, ~, null */

bool yaml_text(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, struct str *out_text);
bool yaml_int(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, int64_t *out_value);
/* As yaml_int within lo..hi. */
bool yaml_int_in(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, int64_t lo, int64_t hi, int64_t *out_value);
/* yes no true false on off 是 否 */
bool yaml_flag(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, bool *out_flag);
/* One of `words` (NULL-terminated); *out_index is its position. Unknown words get a did-you-mean. */
bool yaml_choice(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need,
                 const char *const *words, int *out_index);
bool yaml_map(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, const struct yaml_node **out_map);
bool yaml_list(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, const struct yaml_node **out_list);

/* A list of texts, or one text standing for a list of one. Nodes keep their positions; texts are node->text. */
struct yaml_texts {
    const struct yaml_node *const *v;
    size_t n;
};
bool yaml_texts(const struct yaml_doc *doc, const struct yaml_node *map, const char *key, enum yaml_need need, struct yaml_texts *out_texts);

/* The same for a node at hand instead of a key of a map; `what` names it in messages. */
bool yaml_as_text(const struct yaml_doc *doc, const struct yaml_node *node, const char *what, struct str *out_text);
bool yaml_as_int(const struct yaml_doc *doc, const struct yaml_node *node, const char *what, int64_t *out_value);
bool yaml_as_map(const struct yaml_doc *doc, const struct yaml_node *node, const char *what);
bool yaml_as_list(const struct yaml_doc *doc, const struct yaml_node *node, const char *what);

/* Reports (E105) every key of `map` that is not in `allowed` (NULL-terminated), with a did-you-mean. true when all are known. */
bool yaml_check_keys(const struct yaml_doc *doc, const struct yaml_node *map, const char *const *allowed);

#endif
