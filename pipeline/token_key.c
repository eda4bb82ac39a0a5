/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* realpath; an optimising build has it declared without */
#include "pipeline/token_key.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/core/file.h"
#include "base/store/db.h"
#include "base/text/clk.h"
#include "pipeline/command.h"
#include "pipeline/ingest/sources.h"
#include "pipeline/night.h"

const char *token_key_path(struct arena *a)
{
    static const char common[] = "/etc/mopai/token-key";
    const char *named = getenv("MOPAI_TOKEN_KEY"), *home = getenv("HOME");
    if (named && *named) {
        return named;
    }
    const char *own = home && *home ? path_join(a, home, ".config/mopai/token-key") : NULL;
    return own && file_exists(own) ? own : file_exists(common) ? common : NULL;
}

enum status token_key_read(const char *path, struct arena *a, struct str *out, struct err *err)
{
    AUTO_STRBUF text = STRBUF_INIT;
    TRY(file_read_all(path, 4096, &text, err));
    struct str secret = str_trim(strbuf_str(&text));
    if (secret.n < TOKEN_SECRET_MIN) {
        return err_set(err, ST_INPUT, TR("密钥“%s”太短（%zu 个字符，至少 %d 个）；请用 mopai token --new-key 生成", "the key '%s' is too short (%zu characters, at least %d); make one with mopai token --new-key"),
                       path, secret.n, TOKEN_SECRET_MIN);
    }
    *out = arena_str(a, secret);
    return ST_OK;
}

static bool has_tokens(const struct source *s)
{
    int id = s->person[ROLE_ID].column;
    return id >= 0 && s->columns[id].type == COL_TOKEN;
}

bool sources_have_tokens(const struct sources *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (has_tokens(&s->v[i])) {
            return true;
        }
    }
    return false;
}

/* A register of raw numbers, which tokens could meet? Departments may agree to deliver nothing but tokens. */
static bool has_raw_register(const struct sources *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].registers_persons && s->v[i].person[ROLE_ID].column >= 0 && !has_tokens(&s->v[i])) {
            return true;
        }
    }
    return false;
}

enum status token_key_of_site(struct site *s, struct err *err)
{
    struct err unread;
    const char *path = sources_have_tokens(s->sources) ? token_key_path(&s->arena) : NULL;
    if (!path) {
        return ST_OK;
    }
    enum status status = token_key_read(path, &s->arena, &s->token_key, &unread);
    if (status == ST_INPUT) {
        *err = unread;
        return status;
    }
    return ST_OK;
}

/* --- mopai check ------------------------------------------------------------------------------------------------------------------- */

/* Does the file lie below the folder, links and .. looked through? */
static bool lies_in(const char *file, const char *dir)
{
    char *f = realpath(file, NULL), *d = realpath(dir, NULL);
    size_t n = d ? strlen(d) : 0;
    bool in = f && d && strncmp(f, d, n) == 0 && (f[n] == '/' || (n == 1 && d[0] == '/'));
    free(f);
    free(d);
    return in;
}

void token_key_check(const struct site *s, void (*line)(bool ok, const char *text))
{
    AUTO_ARENA a = ARENA_INIT;
    struct stat st;
    const char *path = token_key_path(&a);
    if (!sources_have_tokens(s->sources)) {
        return;
    }
    if (!s->token_key.n && !has_raw_register(s->sources)) {
        line(true, TR("数据源都交代号，不需要共用密钥", "all sources deliver tokens: no secret is needed"));
        return;
    }
    if (!s->token_key.n) {
        line(false, path ? arena_printf(&a, TR("共用密钥 %s 读不到：交代号的数据源归不到人", "the secret of tokens %s cannot be read: sources of tokens find nobody"), path)
                         : TR("有数据源交的是代号，但没有共用密钥（MOPAI_TOKEN_KEY，或 ~/.config/mopai/token-key）：只能代号与代号归并，归不到原始证件号",
                              "a source delivers tokens and there is no secret (MOPAI_TOKEN_KEY or ~/.config/mopai/token-key): tokens link with tokens only"));
        return;
    }
    char fingerprint[7];
    token_fingerprint(s->token_key, fingerprint);
    line(true, arena_printf(&a, TR("共用密钥已就位，指纹 %s（与交代号的部门应当一致）", "secret of tokens in place, fingerprint %s (the departments must see the same)"), fingerprint));
    if (lies_in(path, s->dir)) {
        line(false, arena_printf(&a, TR("共用密钥 %s 在站点里，会随站点一起被拷走；请移到站点之外", "the secret of tokens %s lies inside the site and is copied with it; move it out"), path));
    }
    if (stat(path, &st) == 0 && (st.st_mode & 077)) {
        line(false, arena_printf(&a, TR("共用密钥 %s 的权限是 %03o，别人读得到；请改为 600", "the secret of tokens %s has mode %03o: others can read it; make it 600"), path, st.st_mode & 0777));
    }
}

/* --- the night --------------------------------------------------------------------------------------------------------------------- */

enum { FEW_ROWS = 10 }; /* so few tokens may all be of people who live elsewhere */

static int64_t figure(struct night *n, const char *name)
{
    AUTO_STMT q = stmt_use(n->db, STMT_SELECT_FIGURE);
    stmt_bind_z(q, ":name", name);
    bool row;
    struct err ignored;
    return stmt_one(q, &row, &ignored) == ST_OK && row ? stmt_int(q, 0) : 0;
}

/* Of a register every row is somebody's: what counts is whether hardly any of its persons has a number (one may be known by the unit). */
static bool meets_nobody(struct night *n, const struct source *src, int64_t linked, int64_t unlinked)
{
    return src->registers_persons ? figure(n, "tokens_alone") >= FEW_ROWS + 20 * figure(n, "tokens_met") : linked == 0 && unlinked >= FEW_ROWS;
}

static void warn_source(struct night *n, const struct source *src, int64_t linked, int64_t unlinked)
{
    const struct site *s = n->site;
    char fingerprint[7];
    if (s->token_key.n && meets_nobody(n, src, linked, unlinked)) {
        token_fingerprint(s->token_key, fingerprint);
        warn_add(ST_W_TOKENS, TR(STR_FMT "：%lld 行代号几乎没有一个对上，多半不是同一把密钥；请该部门核对密钥指纹，本站点是 %s", STR_FMT ": hardly any of %lld tokens finds anybody, the secrets differ; have the department compare fingerprints, this site's is %s"),
                 STR_ARG(src->label), (long long)(linked + unlinked), fingerprint);
    } else if (!s->token_key.n) {
        warn_add(ST_W_TOKENS, TR(STR_FMT "：交的是代号，站点没有共用密钥，与原始证件号对不上，%lld 行未归人；把密钥文件放在站点之外，用 MOPAI_TOKEN_KEY 指明，或请该部门交原始数据",
                                 STR_FMT ": tokens, and the site holds no secret: they meet no raw number, %lld rows are nobody's; keep the secret outside the site and name it with MOPAI_TOKEN_KEY, or ask for raw values"),
                 STR_ARG(src->label), (long long)unlinked);
    }
}

enum status token_key_warn(struct night *n, const char *mark_before, struct err *err)
{
    const struct site *s = n->site;
    char mark[33] = "";
    if (!sources_have_tokens(s->sources) || !has_raw_register(s->sources)) {
        return ST_OK;
    }
    AUTO_STMT q = stmt_use(n->db, STMT_LIST_SOURCE_STATES);
    for (bool row;;) {
        TRY(stmt_step(q, &row, err));
        if (!row) {
            break;
        }
        int at = source_find(s->sources, stmt_text(q, 0));
        if (at >= 0 && has_tokens(&s->sources->v[at])) {
            warn_source(n, &s->sources->v[at], stmt_int(q, 10), stmt_int(q, 11));
        }
    }
    if (s->token_key.n) {
        token_mark(s->token_key, mark);
    }
    if (mark_before && mark_before[0] && strcmp(mark, mark_before) != 0) {
        warn_add(ST_W_TOKENS, "%s", mark[0] ? TR("共用密钥与上一夜不同：用旧密钥做的代号对不上了，请交代号的部门用新密钥重交；弄错了就换回旧密钥再运行",
                                                 "the secret is not that of the night before: tokens made with the old one find nobody; have them delivered anew, or put the old secret back and run again")
                                            : TR("上一夜有共用密钥，今晚没有：交代号的数据源归不到人；请把密钥放回原处再运行", "the night before had the secret of tokens, tonight there is none: put it back and run again"));
    }
    return ST_OK;
}
