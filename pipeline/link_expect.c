/* SPDX-License-Identifier: Apache-2.0 */
/* How good tonight's linkage is without knowing the truth: what its own probabilities expect. Rows that say the same stand and fall together. */
#include "base/store/db.h"
#include "pipeline/link_private.h"

#define MILLION 1000000

struct alike { /* rows of one question */
    int64_t rows, wrong; /* `wrong`: probability of an error, per million */
};

static int64_t root(int64_t v)
{
    int64_t r = 0;
    for (int64_t bit = (int64_t)1 << 31; bit; bit >>= 1) {
        r = (r + bit) <= v / (r + bit) ? r + bit : r;
    }
    return r;
}

static enum status put(const struct link *l, const char *name, int64_t value, struct err *err)
{
    AUTO_STMT s = stmt_use(l->night->db, STMT_REPLACE_FIGURE);
    stmt_bind_z(s, ":name", name);
    stmt_bind_int(s, ":value", value);
    return stmt_run(s, err);
}

/* Expected errors among `v`, and the interval of 1.96 standard deviations. A made link errs when it is false, an open question when it is a link. */
static enum status expect(const struct link *l, const struct made *v, size_t n, bool asked, const char *const names[3], struct err *err)
{
    VEC(struct alike) groups = {0};
    struct map64 at = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        int64_t p = v[i].by.how == MADE_BY_PEOPLE ? MILLION : v[i].by.probability;
        uint32_t next = (uint32_t)groups.n, g = map64_get_or_put(&at, v[i].by.question, next);
        if (g == next) {
            vec_push(&groups, (struct alike){0, asked ? p : MILLION - p});
        }
        groups.v[g].rows++;
    }
    int64_t sum = 0, variance = 0; /* per million */
    for (size_t g = 0; g < groups.n; g++) {
        const struct alike *a = &groups.v[g];
        sum += a->rows * a->wrong;
        variance += a->rows * a->rows * (a->wrong * (MILLION - a->wrong) / MILLION);
    }
    vec_release(&groups);
    map64_release(&at);
    int64_t half = root(variance) * 1960; /* root of millionths is thousandths */
    TRY(put(l, names[0], (sum + MILLION / 2) / MILLION, err));
    TRY(put(l, names[1], MAX(sum - half, 0) / MILLION, err));
    return put(l, names[2], MIN((sum + half + MILLION - 1) / MILLION, (int64_t)n), err);
}

enum status link_write_expected(const struct link *l, struct err *err)
{
    static const char *const made[] = {"link_false", "link_false_low", "link_false_high"};
    static const char *const asked[] = {"link_missed", "link_missed_low", "link_missed_high"};
    TRY(put(l, "link_twice", (int64_t)l->twice, err));
    TRY(put(l, "link_pairs_lost", (int64_t)l->pairs_lost, err));
    TRY(put(l, "link_made", (int64_t)l->made.n, err));
    TRY(put(l, "link_asked", (int64_t)l->doubt.n, err));
    TRY(expect(l, l->made.v, l->made.n, false, made, err));
    return expect(l, l->doubt.v, l->doubt.n, true, asked, err);
}
