/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text/yaml.h"

#include <yaml.h>

#include "base/core/file.h"
#include "base/core/map.h"
#include "base/text/encoding.h"
#include "base/text/utf8.h"

#define FULL_WIDTH_COLON "："

struct frame {
    struct yaml_node *node;
    size_t first; /* of its children in `pending` */
};
struct builder {
    struct yaml_doc *doc;
    const struct yaml_limits *limits;
    VEC(struct frame) frames;
    VEC(const struct yaml_node *) pending; /* children of all open containers; keys and values of a map alternate */
    struct yaml_node *root;
    size_t nodes, documents;
    bool failed; /* no usable tree */
};

static void builder_release(struct builder *b)
{
    vec_release(&b->frames);
    vec_release(&b->pending);
}

void yaml_release(struct yaml_doc *doc)
{
    if (doc) {
        arena_release(&doc->arena);
    }
}

/* --- the text before libyaml sees it --------------------------------------------------------------------------------- */

static struct diag_at at_whole_file(const struct yaml_doc *doc)
{
    return (struct diag_at){doc->file, 0, 0, 0};
}

static bool check_encoding(struct yaml_doc *doc, struct str bytes)
{
    size_t good = utf8_valid_head(bytes);
    bool nul = bytes.n && memchr(bytes.p, 0, bytes.n);
    if (good == bytes.n && !nul) {
        return true;
    }
    struct encoding_verdict v;
    encoding_detect(bytes, true, ENC_UNKNOWN, &v);
    if (v.encoding != ENC_UNKNOWN && v.encoding != ENC_UTF8) {
        diag_add(doc->diags, "E101", at_whole_file(doc),
                 TR("文件是 %s 编码，请在编辑器中另存为 UTF-8", "the file is %s; save it again as UTF-8"),
                 v.encoding == ENC_GB18030 ? "GBK/GB18030" : encoding_name(v.encoding));
        return false;
    }
    const char *hit = nul ? memchr(bytes.p, 0, bytes.n) : NULL;
    size_t bad = hit ? MIN(good, (size_t)(hit - bytes.p)) : good;
    uint32_t line = 1;
    for (size_t i = 0; i < bad; i++) {
        line += bytes.p[i] == '\n';
    }
    diag_add(doc->diags, "E101", at_whole_file(doc),
             TR("第 %u 行有不是 UTF-8 的字节，请另存为 UTF-8", "line %u holds bytes that are not UTF-8; save the file as UTF-8"), line);
    return false;
}

/* Tabs that indent, and line ends that editors do not count: reported for every line. */
static bool check_lines(struct yaml_doc *doc)
{
    size_t before = doc->diags->errors;
    struct str rest = doc->source, line;
    for (uint32_t number = 1; str_split(&rest, '\n', &line); number++) {
        if (line.n && line.p[line.n - 1] == '\r') {
            line.n--;
        }
        size_t i = 0;
        while (i < line.n && line.p[i] == ' ') {
            i++;
        }
        if (i < line.n && line.p[i] == '\t' && str_trim(line).n) {
            diag_add(doc->diags, "E102", (struct diag_at){doc->file, number, (uint32_t)i + 1, 1},
                     TR("缩进里有制表符（Tab），请改用空格", "a tab in the indentation; use spaces"));
        }
        size_t odd = MIN(str_find(line, STR("\r")), str_find(line, STR("\xC2\x85")));
        odd = MIN(odd, MIN(str_find(line, STR("\xE2\x80\xA8")), str_find(line, STR("\xE2\x80\xA9"))));
        if (odd < line.n) {
            diag_add(doc->diags, "E108", (struct diag_at){doc->file, number, (uint32_t)utf8_length(str_sub(line, 0, odd)) + 1, 1},
                     TR("这里有看不见的换行符，请删除", "an invisible line separator; delete it"));
        }
    }
    return doc->diags->errors == before;
}

/* --- events to nodes ------------------------------------------------------------------------------------------------- */

static void refuse(struct builder *b, const yaml_event_t *e, const char *code, const char *message)
{
    struct diag_at at = {b->doc->file, (uint32_t)e->start_mark.line + 1, (uint32_t)e->start_mark.column + 1, 1};
    if (e->end_mark.line == e->start_mark.line && e->end_mark.column > e->start_mark.column) {
        at.length = (uint32_t)(e->end_mark.column - e->start_mark.column);
    }
    diag_add(b->doc->diags, code, at, "%s", message);
    b->failed = true;
}

static struct yaml_node *node_new(struct builder *b, const yaml_event_t *e, enum yaml_kind kind)
{
    struct yaml_node *node = arena_new(&b->doc->arena, struct yaml_node);
    node->kind = kind;
    node->line = (uint32_t)e->start_mark.line + 1;
    node->column = (uint32_t)e->start_mark.column + 1;
    node->end_line = (uint32_t)e->end_mark.line + 1;
    node->end_column = (uint32_t)e->end_mark.column + 1;
    if (b->frames.n) {
        vec_push(&b->pending, node);
    } else {
        b->root = node;
    }
    if (++b->nodes == b->limits->nodes + 1) {
        refuse(b, e, "E107", TR("文件内容过多", "too many values in the file"));
    }
    return node;
}

static void container_open(struct builder *b, const yaml_event_t *e, enum yaml_kind kind, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor || tag) {
        refuse(b, e, "E106", TR("不支持锚点（&）和标签（!），请写出内容", "anchors (&) and tags (!) are not supported; write it out"));
    }
    struct yaml_node *node = node_new(b, e, kind);
    if (b->frames.n >= b->limits->depth) {
        refuse(b, e, "E107", TR("嵌套过深", "nested too deeply"));
        return;
    }
    vec_push(&b->frames, (struct frame){node, b->pending.n});
}

static void check_pairs(struct builder *b, const struct yaml_node *map)
{
    struct strmap seen = {0};
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key;
        if (key->kind != YAML_TEXT) {
            yaml_problem(b->doc, key, "E108", TR("键必须是一段文字", "a key must be plain text"));
            b->failed = true;
            continue;
        }
        if (str_eqz(key->text, "<<") && !key->quoted) {
            yaml_problem(b->doc, key, "E106", TR("不支持合并键 <<，请写出内容", "merge keys << are not supported; write it out"));
            b->failed = true;
        }
        size_t before = seen.n;
        uint32_t number = strmap_add(&seen, key->text);
        if (number < before) {
            const struct yaml_node *first = yaml_get_pair(map, key->text)->key;
            yaml_problem(b->doc, key, "E104", TR("键“" STR_FMT "”重复，第 %u 行已有", "key '" STR_FMT "' repeated, first on line %u"),
                         STR_ARG(key->text), first->line);
            b->failed = true;
        }
    }
    strmap_release(&seen);
}

static void container_close(struct builder *b, const yaml_event_t *e)
{
    struct frame f = b->frames.v[--b->frames.n];
    struct yaml_node *node = f.node;
    size_t n = b->pending.n - f.first;
    node->end_line = (uint32_t)e->end_mark.line + 1;
    node->end_column = (uint32_t)e->end_mark.column + 1;
    const struct yaml_node **children = arena_array(&b->doc->arena, const struct yaml_node *, n + 1);
    for (size_t i = 0; i < n; i++) {
        children[i] = b->pending.v[f.first + i];
    }
    b->pending.n = f.first;
    if (node->kind == YAML_LIST) {
        node->items = children;
        node->n = n;
        return;
    }
    struct yaml_pair *pairs = arena_array(&b->doc->arena, struct yaml_pair, n / 2 + 1);
    for (size_t i = 0; i + 1 < n; i += 2) {
        pairs[i / 2] = (struct yaml_pair){children[i], children[i + 1]};
    }
    node->pairs = pairs;
    node->n = n / 2;
    check_pairs(b, node);
}

static void scalar(struct builder *b, const yaml_event_t *e)
{
    if (e->data.scalar.anchor || e->data.scalar.tag) {
        refuse(b, e, "E106", TR("不支持锚点（&）和标签（!），请写出内容", "anchors (&) and tags (!) are not supported; write it out"));
    }
    if (e->data.scalar.length > b->limits->scalar_bytes) {
        refuse(b, e, "E107", TR("一段文字过长", "a text is too long"));
        return;
    }
    struct yaml_node *node = node_new(b, e, YAML_TEXT);
    node->text = arena_str(&b->doc->arena, str_n((const char *)e->data.scalar.value, e->data.scalar.length));
    node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->block = e->data.scalar.style == YAML_LITERAL_SCALAR_STYLE || e->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
    if (str_find(node->text, str_n("", 1)) < node->text.n) {
        refuse(b, e, "E108", TR("文字里有空字符", "a NUL character in the text"));
    }
}

static void take_event(struct builder *b, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT:
        scalar(b, e);
        break;
    case YAML_SEQUENCE_START_EVENT:
        container_open(b, e, YAML_LIST, e->data.sequence_start.anchor, e->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        container_open(b, e, YAML_MAP, e->data.mapping_start.anchor, e->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        container_close(b, e);
        break;
    case YAML_ALIAS_EVENT:
        refuse(b, e, "E106", TR("不支持引用（*），请写出内容", "aliases (*) are not supported; write it out"));
        (void)node_new(b, e, YAML_TEXT);
        break;
    case YAML_DOCUMENT_START_EVENT:
        if (++b->documents > 1) {
            refuse(b, e, "E106", TR("一个文件只能有一份文档，请删去 ---", "only one document in a file; delete the ---"));
        }
        break;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    default:
        break;
    }
}

/* --- syntax errors in words ------------------------------------------------------------------------------------------ */

static struct str line_of(struct str source, uint32_t line)
{
    struct str rest = source, part = {NULL, 0};
    for (uint32_t i = 0; i < line; i++) {
        if (!str_split(&rest, '\n', &part)) {
            return (struct str){NULL, 0};
        }
    }
    return part;
}

/* Byte offset of a full-width colon that stands where a colon ends a key: the first colon of the line; SIZE_MAX when there is none. */
static size_t full_width_colon(struct str line)
{
    size_t wide = str_find(line, STR(FULL_WIDTH_COLON));
    size_t narrow = MIN(str_find(line, STR(": ")), str_find(line, STR("#")));
    return wide < line.n && wide < narrow ? wide : SIZE_MAX;
}

static void report_syntax(struct yaml_doc *doc, const yaml_parser_t *p)
{
    uint32_t last = (uint32_t)p->problem_mark.line + 1;
    /* a key without its colon runs on into the next line as one text, so the line before is looked at too */
    for (uint32_t line = last > 1 ? last - 1 : last; line <= last; line++) {
        struct str text = line_of(doc->source, line);
        size_t wide = full_width_colon(text);
        if (wide != SIZE_MAX) {
            diag_add(doc->diags, "E103", (struct diag_at){doc->file, line, (uint32_t)utf8_length(str_sub(text, 0, wide)) + 1, 1},
                     TR("用了全角冒号“：”，请改成半角“:”加一个空格", "a full-width colon; write ':' and a blank"));
            return;
        }
    }
    const char *problem = p->problem ? p->problem : "";
    const char *zh = "格式有误，检查缩进、冒号后的空格和引号";
    if (strstr(problem, "mapping values are not allowed")) {
        zh = "这里不该有“键: 值”，检查上一行的缩进；文字里有“: ”时请加引号";
    } else if (strstr(problem, "could not find expected ':'")) {
        zh = "缺少冒号，应写成“键: 值”（冒号后留一个空格）";
    } else if (strstr(problem, "cannot start any token")) {
        zh = "这个符号不能放在开头，请把整段文字加上引号";
    } else if (strstr(problem, "did not find expected key") || strstr(problem, "block end") || strstr(problem, "expected <document start>")) {
        zh = "缩进对不齐，同一层的键要左对齐";
    } else if (strstr(problem, "unexpected end of stream")) {
        zh = "引号没有成对";
    }
    struct diag_at at = {doc->file, last, (uint32_t)p->problem_mark.column + 1, 1};
    if (lang_get() == LANG_EN) {
        diag_add(doc->diags, "E108", at, "%s%s%s", p->context ? p->context : "", p->context ? ": " : "", problem);
    } else {
        diag_add(doc->diags, "E108", at, "%s", zh);
    }
}

static void parse_events(struct builder *b)
{
    struct yaml_doc *doc = b->doc;
    yaml_parser_t parser;
    BUG_ON(!yaml_parser_initialize(&parser));
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)(doc->source.n ? doc->source.p : ""), doc->source.n);
    for (bool end = false; !end;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            report_syntax(doc, &parser);
            b->failed = true;
            break;
        }
        end = event.type == YAML_STREAM_END_EVENT;
        size_t depth = b->frames.n;
        take_event(b, &event);
        /* beyond a limit the frames no longer follow the events: stop here */
        end = end || b->nodes > b->limits->nodes || (depth == b->frames.n && depth >= b->limits->depth && b->failed);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

bool yaml_parse(struct yaml_doc *doc, const char *name, struct str bytes, const struct yaml_limits *limits, struct diag_list *diags)
{
    static const struct yaml_limits usual = {8u << 20, 400000, 24, 64u << 10};
    limits = limits ? limits : &usual;
    doc->diags = diags;
    doc->root = NULL;
    if (str_starts(bytes, STR("\xEF\xBB\xBF"))) {
        bytes = str_sub(bytes, 3, bytes.n);
    }
    bool fits = bytes.n <= limits->bytes;
    bool readable = fits && utf8_valid_head(bytes) == bytes.n;
    doc->file = diag_add_file(diags, name, readable ? bytes : (struct str){NULL, 0});
    if (!fits) {
        diag_add(diags, "E107", at_whole_file(doc), TR("文件过大，上限 %zu 字节", "the file is too large, limit %zu bytes"), limits->bytes);
        return false;
    }
    if (!check_encoding(doc, bytes)) {
        return false;
    }
    doc->source = arena_str(&doc->arena, bytes);
    if (!check_lines(doc)) {
        return false;
    }
    struct builder b = {.doc = doc, .limits = limits};
    parse_events(&b);
    if (!b.failed && !b.root) {
        diag_add(diags, "E108", at_whole_file(doc), TR("文件是空的", "the file is empty"));
    }
    doc->root = b.failed ? NULL : b.root;
    builder_release(&b);
    return doc->root != NULL;
}

enum status yaml_parse_file(struct yaml_doc *doc, const char *path, const char *name, struct diag_list *diags, struct err *err)
{
    AUTO_STRBUF bytes = STRBUF_INIT;
    TRY(file_read_all(path, YAML_LIMITS_DEFAULT.bytes + 4, &bytes, err));
    (void)yaml_parse(doc, name, strbuf_str(&bytes), NULL, diags);
    return ST_OK;
}

/* --- places ---------------------------------------------------------------------------------------------------------- */

struct diag_at yaml_at(const struct yaml_doc *doc, const struct yaml_node *node)
{
    struct diag_at at = {doc->file, node->line, node->column, 1};
    if (node->kind == YAML_MAP && node->n) {
        node = node->pairs[0].key; /* a map is shown by its first key */
        at.line = node->line;
        at.column = node->column;
    }
    if (node->end_line == node->line && node->end_column > node->column) {
        at.length = node->end_column - node->column;
    }
    return at;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Walks the source beside the scalar's text as long as both agree but for blanks and line ends: *at ends at byte `offset` of the text. */
static bool walk_to(const struct yaml_doc *doc, const struct yaml_node *node, size_t offset, struct diag_at *at)
{
    struct str line = line_of(doc->source, node->line);
    if (!line.p) {
        return false;
    }
    size_t j = (size_t)(line.p - doc->source.p) + utf8_offset(line, node->column - 1);
    const char *src = doc->source.p;
    if (node->block) {
        while (j < doc->source.n && src[j] != '\n') {
            j++;
        }
    } else {
        j += node->quoted ? 1 : 0;
    }
    for (size_t i = 0; i < offset || (i < node->text.n && !is_space(node->text.p[i]) && j < doc->source.n && is_space(src[j]));) {
        bool blank = j < doc->source.n && is_space(src[j]);
        if (i < offset && is_space(node->text.p[i])) {
            i++;
            while (j < doc->source.n && is_space(src[j])) {
                j++;
            }
        } else if (blank) {
            j++;
        } else if (j < doc->source.n && i < offset && node->text.p[i] == src[j]) {
            i++;
            j++;
        } else {
            return false;
        }
    }
    size_t start = j;
    while (start > 0 && src[start - 1] != '\n') {
        start--;
    }
    at->column = (uint32_t)utf8_length(str_n(src + start, j - start)) + 1;
    for (const char *p = line.p; p < src + start; p++) {
        at->line += *p == '\n';
    }
    return true;
}

struct diag_at yaml_at_part(const struct yaml_doc *doc, const struct yaml_node *node, size_t offset, size_t length)
{
    struct diag_at at = {doc->file, node->line, node->column, 1};
    if (node->kind != YAML_TEXT || !walk_to(doc, node, MIN(offset, node->text.n), &at)) {
        return yaml_at(doc, node);
    }
    at.length = (uint32_t)MAX(utf8_length(str_sub(node->text, offset, length)), 1);
    return at;
}

void yaml_problem(const struct yaml_doc *doc, const struct yaml_node *node, const char *code, const char *fmt, ...)
{
    AUTO_STRBUF text = STRBUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    diag_add(doc->diags, code, yaml_at(doc, node), "%s", strbuf_z(&text));
}
