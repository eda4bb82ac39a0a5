/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/sources_guess_private.h"

#define KEY_COMPANIONS 12

/* 序号 numbers the lines of a page, not the records. */
static bool is_line_number(const struct guess_column *c)
{
    return has(c->header, "序号") || has(c->header, "行号") || str_eqz(c->header, "NO") || str_eqz(c->header, "No") || str_eqz(c->header, "no");
}

static bool may_be_key(const struct guess_column *c)
{
    return c->at >= 0 && c->filled > 0 && c->fits == c->filled && !is_line_number(c) && c->type.type != COL_MONEY && c->type.type != COL_PHONE &&
           c->type.type != COL_ADDRESS && c->type.type != COL_FLAG && c->type.type != COL_INTEGER;
}

bool guess_name_stands_in(const struct guess *g, int c)
{
    return c == g->id && g->name >= 0 && column(g, c)->type.type == COL_ID_NUMBER;
}

static bool try_key(struct guess *g, const int *columns, size_t n)
{
    int at[KEY_COLUMNS_MAX];
    int64_t distinct, blank;
    for (size_t i = 0; i < n; i++) {
        at[i] = column(g, columns[i])->at;
    }
    guess_unique(&g->table, at, n, guess_name_stands_in(g, columns[0]) ? column(g, g->name)->at : -1, &distinct, &blank);
    bool unique = distinct * 100 >= g->table.rows * 99 && blank * 1000 <= g->table.rows;
    if (unique || g->n_key == 0 || distinct > g->key_distinct) {
        g->n_key = n, g->key_distinct = distinct, g->key_blank = blank, g->key_is_unique = unique;
        memcpy(g->key, columns, n * sizeof(*columns));
    }
    return unique;
}

static bool key_of_one(struct guess *g, bool numbered)
{
    static const char *const words[] = {"号", "编码", "流水", "ID", "id", "no", "NO"};
    for (int c = 0; c < (int)g->loose.n_columns; c++) {
        const struct guess_column *col = column(g, c);
        bool named = false;
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            named |= has(col->header, words[i]);
        }
        if (named == numbered && may_be_key(col) && col->type.type == COL_TOKEN && try_key(g, &c, 1)) {
            return true;
        }
    }
    return false;
}

/* Of equal company for the person's number, a month tells more about a row than a code or a number, these more than a day; a birth date nothing. */
static int key_rank(const struct guess *g, int c)
{
    static const enum column_type order[] = {COL_MONTH, COL_CODE, COL_TOKEN, COL_CERTIFICATE, COL_DATE, COL_TEXT, COL_AREA, COL_NAME, COL_ID_NUMBER};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        if (column(g, c)->type.type == order[i]) {
            return g->loose.types[column(g, c)->at] == LOOSE_BIRTH ? (int)ARRAY_LEN(order) : (int)i;
        }
    }
    return (int)ARRAY_LEN(order);
}

static void order_companions(const struct guess *g, int first, int *out, size_t *out_n)
{
    *out_n = 0;
    for (int rank = 0; rank <= 9; rank++) {
        for (int c = 0; c < (int)g->loose.n_columns; c++) {
            if (c != first && c != g->name && may_be_key(column(g, c)) && key_rank(g, c) == rank) {
                out[(*out_n)++] = c;
            }
        }
    }
}

/* The person's number or name with one column, then with two. */
static bool key_with_more(struct guess *g, int first)
{
    int with[LOOSE_MAX_COLUMNS], of[KEY_COLUMNS_MAX] = {first};
    size_t n;
    order_companions(g, first, with, &n);
    for (size_t i = 0; i < n; i++) {
        of[1] = with[i];
        if (try_key(g, of, 2)) {
            return true;
        }
    }
    n = MIN(n, KEY_COMPANIONS); /* pairs of the most telling ones only: a table of 200 columns has 20,000 */
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            of[1] = with[i], of[2] = with[k];
            if (try_key(g, of, 3)) {
                return true;
            }
        }
    }
    return false;
}

void guess_key(struct guess *g)
{
    int first = g->id >= 0 ? g->id : g->name;
    if (key_of_one(g, true)) {
        return;
    }
    if (first >= 0 && (try_key(g, &first, 1) || key_with_more(g, first))) {
        return;
    }
    if (key_of_one(g, false)) {
        return;
    }
    for (int c = 0; c < (int)g->loose.n_columns && !g->key_is_unique; c++) {
        if (may_be_key(column(g, c)) && try_key(g, &c, 1)) {
            return;
        }
    }
    for (int c = 0; c < (int)g->loose.n_columns && g->n_key == 0; c++) {
        if (column(g, c)->at >= 0) {
            (void)try_key(g, &c, 1);
        }
    }
}
