/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/tsv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/core/bug.h"

void tsv_open(struct tsv *t, const char *name)
{
    *t = (struct tsv){0};
    (void)snprintf(t->name, sizeof(t->name), "tests/data/%s", name);
    FILE *f = fopen(t->name, "rb");
    BUG_ON(!f);
    BUG_ON(fseek(f, 0, SEEK_END) != 0);
    long size = ftell(f);
    BUG_ON(size < 0);
    rewind(f);
    t->text = xmalloc((size_t)size + 1);
    BUG_ON(fread(t->text, 1, (size_t)size, f) != (size_t)size);
    t->text[size] = 0;
    (void)fclose(f);
    t->next = t->text;
}

static int hex_value(char c)
{
    return is_digit((unsigned char)c) ? c - '0' : to_lower(c) - 'a' + 10;
}

static struct str unescape(char *field)
{
    char *to = field;
    for (const char *p = field; *p; p++) {
        if (*p != '\\') {
            *to++ = *p;
            continue;
        }
        switch (*++p) {
        case 't':
            *to++ = '\t';
            break;
        case 'n':
            *to++ = '\n';
            break;
        case 'r':
            *to++ = '\r';
            break;
        case '0':
            break;
        case 'x':
            *to++ = (char)(hex_value(p[1]) * 16 + hex_value(p[2]));
            p += 2;
            break;
        default:
            *to++ = *p;
        }
    }
    *to = 0;
    return str_n(field, (size_t)(to - field));
}

bool tsv_next(struct tsv *t)
{
    while (*t->next) {
        char *line = t->next, *end = strchr(line, '\n');
        t->next = end ? end + 1 : line + strlen(line);
        t->line++;
        if (end) {
            *end = 0;
        }
        if (!*line || *line == '#') {
            continue;
        }
        t->n = 0;
        while (line) {
            char *tab = strchr(line, '\t');
            if (tab) {
                *tab = 0;
            }
            BUG_ON(t->n == TSV_FIELDS);
            t->f[t->n++] = unescape(line);
            line = tab ? tab + 1 : NULL;
        }
        return true;
    }
    return false;
}

void tsv_close(struct tsv *t)
{
    free(t->text);
    t->text = NULL;
}

void tsv_fail(const struct tsv *t, const char *what, struct str got)
{
    (void)fprintf(stderr, "%s:%d: %s: got '" STR_FMT "'\n", t->name, t->line, what, STR_ARG(got));
}
