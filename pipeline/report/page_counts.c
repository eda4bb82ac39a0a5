/* SPDX-License-Identifier: Apache-2.0 */
/* Counts whose small ones are hidden, and with them what else they could be reckoned from. A reader has the sums of a column (they stand on the page, exact) and may
   know this file. What is hidden is a whole class of values (all small ones; all zeros; all equal to the smallest large one) under one band, so that any exchange
   of two hidden values looks the same: a value is safe as soon as another hidden one of its column differs. Where the small ones are all equal, others join them. */
#include "pipeline/report/page.h"

static bool is_small(int64_t v) { return v > 0 && v < PAGE_HIDDEN; }
static int64_t band_above(int64_t v) { return (v / PAGE_HIDDEN + 1) * PAGE_HIDDEN; }

struct column {
    size_t small, zeros;
    int64_t sum, least, most; /* of the small ones */
    int64_t next;             /* the smallest that is not small, 0: none */
};

static struct column look(const struct counts *c, size_t k, const size_t *rows, size_t n)
{
    struct column s = {.least = PAGE_HIDDEN};
    for (size_t i = 0; i < n; i++) {
        int64_t v = c->v[rows[i] * c->columns + k];
        if (is_small(v)) {
            s.small++, s.sum += v;
            s.least = MIN(s.least, v), s.most = MAX(s.most, v);
        } else if (v == 0) {
            s.zeros++;
        } else if (s.next == 0 || v < s.next) {
            s.next = v;
        }
    }
    return s;
}

/* Hides in one column of these rows, whose sum is known. All ones could also be a two and a zero, so that then, too, zeros are hidden; all fours could be larger. */
static void protect(struct counts *c, size_t k, const size_t *rows, size_t n)
{
    const struct column s = look(c, k, rows, n);
    const bool equal = s.least == s.most, zeros = s.zeros > 0 && (equal || s.sum <= (int64_t)s.small + 1), next = equal && s.zeros == 0 && s.next > 0;
    const bool fours = equal && s.zeros == 0 && s.least == PAGE_HIDDEN - 1 && s.small > 1;
    const int64_t band = next ? band_above(s.next) : fours ? 2 * PAGE_HIDDEN : PAGE_HIDDEN;
    for (size_t i = 0; i < n && s.small > 0; i++) {
        int64_t v = c->v[rows[i] * c->columns + k];
        if (is_small(v) || (zeros && v == 0) || (next && v == s.next)) {
            c->band[rows[i] * c->columns + k] = band;
        }
    }
}

static size_t rows_of(const struct counts *c, const size_t *group, size_t g, size_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < c->rows; i++) {
        if (!group || group[i] == g) {
            out[n++] = i;
        }
    }
    return n;
}

void counts_init(struct counts *c, const int64_t *v, size_t rows, size_t columns, const char *const *labels)
{
    BUG_ON(columns > COUNTS_MAX);
    *c = (struct counts){.v = v, .rows = rows, .columns = columns, .labels = labels, .band = xcalloc(rows * columns + 1, sizeof(*c->band))};
    size_t *all = xcalloc(rows + 1, sizeof(*all));
    (void)rows_of(c, NULL, 0, all);
    for (size_t k = 0; k < columns; k++) {
        protect(c, k, all, rows);
    }
    free(all);
}

void counts_within(struct counts *c, size_t first, const size_t *group, const struct counts *sums)
{
    size_t *rows = xcalloc(c->rows + 1, sizeof(*rows));
    for (size_t g = 0; g < sums->rows; g++) {
        const size_t n = rows_of(c, group, g, rows);
        for (size_t k = 0; k < sums->columns; k++) {
            const int64_t hidden = sums->band[g * sums->columns + k];
            for (size_t i = 0; i < n; i++) {
                c->band[rows[i] * c->columns + first + k] = hidden; /* of a hidden sum nothing is told */
            }
            if (!hidden) {
                protect(c, first + k, rows, n);
            }
        }
    }
    free(rows);
}

void counts_release(struct counts *c)
{
    free(c->band);
    c->band = NULL;
}

bool counts_hidden(const struct counts *c, size_t row, size_t column) { return c->band[row * c->columns + column] > 0; }

int64_t counts_shown(const struct counts *c, size_t row, size_t column)
{
    return counts_hidden(c, row, column) ? 0 : c->v[row * c->columns + column];
}

void counts_text(struct strbuf *b, const struct counts *c, size_t row, size_t column)
{
    if (counts_hidden(c, row, column)) {
        strbuf_addf(b, "&lt;%lld", (long long)c->band[row * c->columns + column]);
    } else {
        html_count(b, c->v[row * c->columns + column]);
    }
}

void counts_cell(struct strbuf *b, const struct counts *c, size_t row, size_t column)
{
    if (!counts_hidden(c, row, column)) {
        html_number_cell(b, c->labels[column], c->v[row * c->columns + column]);
        return;
    }
    strbuf_addf(b, "<td class=\"n\" data-l=\"%s\">", c->labels[column]);
    counts_text(b, c, row, column);
    strbuf_addz(b, "</td>");
}

/* The sum of one row is that row. */
void counts_sum_cell(struct strbuf *b, const struct counts *c, size_t column, int64_t sum)
{
    if (c->rows == 1 && is_small(sum)) {
        strbuf_addf(b, "<td class=\"n\" data-l=\"%s\">&lt;%d</td>", c->labels[column], PAGE_HIDDEN);
    } else {
        html_number_cell(b, c->labels[column], sum);
    }
}

void counts_sum_cells(struct strbuf *b, const struct counts *c)
{
    for (size_t k = 0; k < c->columns; k++) {
        int64_t sum = 0;
        for (size_t i = 0; i < c->rows; i++) {
            sum += c->v[i * c->columns + k];
        }
        counts_sum_cell(b, c, k, sum);
    }
}
