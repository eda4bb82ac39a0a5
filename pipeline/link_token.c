/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens in a night: under the secret that the departments share, what raw registers say becomes tokens too, in memory only, and a token stands for the
   identifier behind it (people_current_id). Without the secret a token is an identifier of its own, which only other tokens equal.
   0.8 us an identifier: SM3 four times. */
#include "base/core/share.h"
#include "base/store/db.h"
#include "base/text/clk.h"
#include "matchers/identifier.h"
#include "pipeline/link_private.h"

enum { PORTION = 4096 };

struct making {
    const uint64_t *id;
    uint64_t *token; /* 0: the identifier makes none */
    size_t n;
    struct token_keys keys;
};

static void make_portion(void *ctx, unsigned item)
{
    const struct making *m = ctx;
    struct hmac *h = hmac_new(id_token_key(&m->keys));
    for (size_t i = (size_t)item * PORTION; i < MIN(m->n, ((size_t)item + 1) * PORTION); i++) {
        char number[IDENT_TEXT_MAX], text[ID_TOKEN_TEXT + 1];
        uint64_t id = ident_key(m->id[i]);
        m->token[i] = 0;
        if (id && ident_kind(id) != IDENT_TOKEN) {
            id_token_of(h, str_n(number, ident_print(id, number)), text);
            m->token[i] = ident_parse_token(str_n(text, ID_TOKEN_TEXT));
        }
    }
    hmac_free(h);
}

static void keep(struct people_behind *b, uint64_t token, uint64_t id)
{
    if (b->n == b->cap) {
        b->cap = b->cap ? 2 * b->cap : 1024;
        b->id = xrealloc(b->id, b->cap * sizeof(*b->id));
    }
    if (map64_get_or_put(&b->at, token, (uint32_t)b->n) == b->n) {
        b->id[b->n++] = id;
    }
}

static void know(struct link *l, const uint64_t *id, size_t n)
{
    struct making m = {.id = id, .token = xmalloc((n + 1) * sizeof(*m.token)), .n = n};
    token_keys_make(l->night->site->token_key, &m.keys);
    share_out((unsigned)((n + PORTION - 1) / PORTION), share_threads(), make_portion, &m);
    for (size_t i = 0; i < n; i++) {
        if (m.token[i]) {
            keep(l->night->site->people->behind, m.token[i], ident_key(id[i]));
        }
    }
    free(m.token);
}

void link_know_tokens(struct link *l, uint32_t from)
{
    struct people *p = l->night->site->people;
    if (from == 0) {
        people_behind_free(p->behind);
        p->behind = l->night->site->token_key.n ? xcalloc(1, sizeof(*p->behind)) : NULL;
    }
    if (!p->behind) {
        return;
    }
    know(l, l->anchor + from, l->n - from);
    for (size_t i = 0; i < p->n_aliases && from == 0; i++) { /* tokens of numbers no longer in force */
        know(l, &p->aliases[i].old_id, 1);
    }
}

static enum status write_figure(const struct link *l, const char *name, int64_t value, struct err *err)
{
    AUTO_STMT f = stmt_use(l->night->db, STMT_REPLACE_FIGURE);
    stmt_bind_z(f, ":name", name);
    stmt_bind_int(f, ":value", value);
    return stmt_run(f, err);
}

static uint64_t token_registers(const struct link *l)
{
    uint64_t registers = 0;
    for (size_t s = 0; s < l->sources->n; s++) {
        bool tokens = l->sources->v[s].registers_persons && link_source_tokens(&l->sources->v[s]);
        registers |= (uint64_t)tokens << MIN(s, 63);
    }
    return registers;
}

void link_count_tokens(struct link *l)
{
    uint64_t registers = token_registers(l);
    l->tokens_met = l->tokens_alone = 0;
    for (uint32_t p = 0; p < l->n && registers; p++) {
        l->tokens_met += (l->seen[p] & registers) && ident_kind(l->anchor[p]) != IDENT_TOKEN;
        l->tokens_alone += ident_kind(l->anchor[p]) == IDENT_TOKEN;
    }
}

enum status link_write_tokens(const struct link *l, struct err *err)
{
    if (!token_registers(l)) {
        return ST_OK;
    }
    TRY(write_figure(l, "tokens_met", l->tokens_met, err));
    return write_figure(l, "tokens_alone", l->tokens_alone, err);
}

bool link_source_tokens(const struct source *s)
{
    int id = s->person[ROLE_ID].column;
    return id >= 0 && s->columns[id].type == COL_TOKEN;
}
