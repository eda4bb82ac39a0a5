/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai token FILE`: what a department hands over instead of identifiers, names and birth dates. */
#include <stdio.h>

#include "base/core/csv_out.h"
#include "base/core/file.h"
#include "base/text/clk.h"
#include "base/text/values.h"
#include "matchers/identifier.h"
#include "pipeline/command.h"
#include "pipeline/loose_table.h"
#include "pipeline/site.h"
#include "pipeline/token_key.h"

enum { OPT_KEY, OPT_NEW_KEY, OPT_BY, OPT_KEEP, OPT_OUTPUT };
static const struct option options[] = {
    [OPT_KEY] = {"key", 0, "FILE", "共用密钥的文件；缺省看环境变量 MOPAI_TOKEN_KEY，再看 ~/.config/mopai/token-key", "file of the shared secret; by default the one MOPAI_TOKEN_KEY names, then ~/.config/mopai/token-key"},
    [OPT_NEW_KEY] = {"new-key", 0, "FILE", "生成一个新的共用密钥后退出", "make a new shared secret and stop"},
    [OPT_BY] = {"by", 0, "LIST", "哪列是什么：列名:类型，逗号分隔（类型 id name date）；缺省自动判断", "which column is what, COLUMN:TYPE with commas (types id name date); guessed by default"},
    [OPT_KEEP] = {"keep", 0, "LIST", "原样保留的列，逗号分隔；证件号、姓名、电话、地址不能保留", "columns handed over as they are, with commas; never identifiers, names, phones, addresses"},
    [OPT_OUTPUT] = {"output", 'o', "FILE", "结果写到文件（必填）", "the result (required)"},
    {NULL, 0, NULL, NULL, NULL},
};

#define KEEP_MOST 64
struct tokening {
    struct loose_table table;
    int id, name, birth;      /* columns, -1: none */
    int keep[KEEP_MOST];
    size_t n_keep;
    struct token_keys keys;
    size_t with_id, with_clk, with_neither;
};

/* --- the secret ----------------------------------------------------------------------------------------------------------------- */

static struct str folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? str_n(path, (size_t)(slash - path)) : STR(".");
}

/* A key beside the result is sent along with it, one inside a site is copied with it. */
static enum status check_place(const char *key, const char *output, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    struct str folder = folder_of(key);
    if (output && str_eq(folder, folder_of(output))) {
        return err_set(err, ST_USAGE, TR("密钥“%s”和结果在同一个文件夹，容易一起交出去；请把密钥放到别处", "the key '%s' lies beside the result and would be handed over with it; keep it elsewhere"),
                       key);
    }
    if (file_exists(path_join(&a, folder.n ? arena_z(&a, folder) : "/", "sources.yaml"))) {
        return err_set(err, ST_USAGE, TR("密钥“%s”在站点里；请放到站点之外", "the key '%s' lies inside a site; keep it outside"), key);
    }
    return ST_OK;
}

static enum status read_secret(const struct args *args, struct token_keys *out, struct err *err)
{
    AUTO_ARENA a = ARENA_INIT;
    const char *path = args->opt[OPT_KEY] ? args->opt[OPT_KEY] : token_key_path(&a);
    struct str secret;
    char fingerprint[7];
    if (!path || !*path) {
        return err_set(err, ST_USAGE, "%s", TR("要给共用密钥：--key 文件；还没有就先运行 mopai token --new-key 文件，再当面交给另一个部门",
                                               "a shared secret is needed: --key FILE; make one with mopai token --new-key FILE and hand it over in person"));
    }
    TRY(check_place(path, args->opt[OPT_OUTPUT], err));
    TRY(token_key_read(path, &a, &secret, err));
    token_keys_make(secret, out);
    token_fingerprint(secret, fingerprint);
    fprintf(stderr, TR("密钥指纹 %s（双方应当一致）\n", "key fingerprint %s (both sides must see the same)\n"), fingerprint);
    return ST_OK;
}

/* --- columns --------------------------------------------------------------------------------------------------------------------- */

static enum status column_named(const struct loose_table *t, struct str name, int *out, struct err *err)
{
    *out = loose_column_named(t, name);
    return *out >= 0 ? ST_OK : err_set(err, ST_USAGE, TR("%s 没有“" STR_FMT "”这一列", "%s has no column '" STR_FMT "'"), t->path, STR_ARG(name));
}

static enum status choose_by(struct tokening *k, const char *by, struct err *err)
{
    struct str rest = str_of(by), item;
    k->id = k->name = k->birth = -1;
    while (str_split(&rest, ',', &item)) {
        size_t colon = str_find(item, STR(":"));
        struct str name = str_trim(str_sub(item, 0, colon)), type = str_trim(str_sub(item, MIN(colon + 1, item.n), item.n));
        int column;
        enum loose_type t;
        TRY(column_named(&k->table, name, &column, err));
        if (!loose_type_from_name(type, &t) || (t != LOOSE_ID && t != LOOSE_NAME && t != LOOSE_BIRTH)) {
            return err_set(err, ST_USAGE, TR("--by 里的类型“" STR_FMT "”不能做代号；可用 id name date", "--by: type '" STR_FMT "' makes no token; use id name date"), STR_ARG(type));
        }
        *(t == LOOSE_ID ? &k->id : t == LOOSE_NAME ? &k->name : &k->birth) = column;
        k->table.types[column] = t;
    }
    return ST_OK;
}

static enum status choose_kept(struct tokening *k, const char *keep, struct err *err)
{
    struct str rest = str_of(keep), item;
    while (str_split(&rest, ',', &item)) {
        int column;
        TRY(column_named(&k->table, str_trim(item), &column, err));
        if (k->table.types[column] != LOOSE_TEXT && k->table.types[column] != LOOSE_SEX) {
            return err_set(err, ST_USAGE, TR("列“" STR_FMT "”能认出人，不能原样保留", "column '" STR_FMT "' identifies people and cannot be handed over as it is"), STR_ARG(str_trim(item)));
        }
        if (k->n_keep == KEEP_MOST) {
            return err_set(err, ST_USAGE, TR("--keep 最多 %d 列", "--keep takes at most %d columns"), KEEP_MOST);
        }
        k->keep[k->n_keep++] = column;
    }
    return ST_OK;
}

static enum status choose(struct tokening *k, const struct args *args, struct err *err)
{
    k->id = loose_column(&k->table, LOOSE_ID);
    k->name = loose_column(&k->table, LOOSE_NAME);
    k->birth = loose_column(&k->table, LOOSE_BIRTH);
    if (args->opt[OPT_BY]) {
        TRY(choose_by(k, args->opt[OPT_BY], err));
    }
    if (args->opt[OPT_KEEP]) {
        TRY(choose_kept(k, args->opt[OPT_KEEP], err));
    }
    if (k->id < 0 && (k->name < 0 || k->birth < 0)) {
        return err_set(err, ST_INPUT, TR("%s 里没有认出证件号，也没有姓名加出生日期；请用 --by 指明", "%s: neither an identifier nor a name with a birth date was recognised; name them with --by"),
                       k->table.path);
    }
    static const char *const words[][2] = {{"证件号", "identifier"}, {"姓名", "name"}, {"出生日期", "birth date"}};
    const int columns[] = {k->id, k->name, k->birth};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (columns[i] >= 0) {
            fprintf(stderr, "%s: " STR_FMT "\n", TR(words[i][0], words[i][1]), STR_ARG(k->table.headers[columns[i]]));
        }
    }
    return ST_OK;
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------ */

static uint64_t id_of(struct str cell)
{
    uint64_t id = ident_key(ident_parse(cell));
    struct certificate c;
    return id == 0 && cell.n >= 20 && certificate_parse(cell, &c) ? ident_key(c.id) : id;
}

static daynum birth_of(const struct tokening *k, size_t row, uint64_t id)
{
    daynum day = ident_birth(id);
    enum date_precision precision;
    struct str cell = loose_cell(&k->table, row, k->birth);
    if (day == DAY_MISSING && (value_date(cell, 0, &day, &precision) != VALUE_OK || precision != DATE_DAY)) {
        day = DAY_MISSING;
    }
    return day;
}

static void put_row(struct tokening *k, size_t row, struct strbuf *out)
{
    char id_text[ID_TOKEN_TEXT + 1] = "", clk_text[CLK_TEXT + 1] = "", number[IDENT_TEXT_MAX];
    struct clk clk;
    uint64_t id = id_of(loose_cell(&k->table, row, k->id));
    struct csv_out c = csv_out_to(out);
    if (id && ident_kind(id) != IDENT_TOKEN) {
        id_token(&k->keys, str_n(number, ident_print(id, number)), id_text);
        k->with_id++;
    }
    if (clk_make(&k->keys, loose_cell(&k->table, row, k->name), birth_of(k, row, id), &clk)) {
        clk_print(&clk, clk_text);
        k->with_clk++;
    }
    k->with_neither += !id_text[0] && !clk_text[0];
    csv_z(&c, id_text);
    csv_z(&c, clk_text);
    for (size_t i = 0; i < k->n_keep; i++) {
        csv_text(&c, loose_cell(&k->table, row, k->keep[i]));
    }
    csv_end_row(&c);
}

static int line_cmp(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Rows in the order of their tokens: the order of the register would say who is who. */
static enum status write_tokens(struct tokening *k, const char *path, struct err *err)
{
    AUTO_STRBUF rows = STRBUF_INIT, out = STRBUF_INIT;
    VEC(struct str) lines = {0};
    VEC(size_t) ends = {0};
    for (size_t i = 0; i < k->table.lines.n; i++) {
        put_row(k, i, &rows);
        vec_push(&ends, rows.n);
    }
    for (size_t i = 0; i < ends.n; i++) {
        size_t from = i ? ends.v[i - 1] : 0;
        vec_push(&lines, str_n(rows.p + from, ends.v[i] - from));
    }
    vec_sort(&lines, line_cmp);
    strbuf_addz(&out, CSV_BOM);
    struct csv_out c = csv_out_to(&out);
    csv_z(&c, "证件号代号");
    csv_z(&c, "人员特征码");
    for (size_t i = 0; i < k->n_keep; i++) {
        csv_text(&c, k->table.headers[k->keep[i]]);
    }
    csv_end_row(&c);
    for (size_t i = 0; i < lines.n; i++) {
        strbuf_adds(&out, lines.v[i]);
    }
    vec_release(&lines);
    vec_release(&ends);
    return file_write_atomic(path, strbuf_str(&out), err);
}

static enum status tokenise(struct tokening *k, const struct args *args, struct err *err)
{
    TRY(read_secret(args, &k->keys, err));
    TRY(loose_table_read(args->v[0], &k->table, err));
    TRY(choose(k, args, err));
    TRY(write_tokens(k, args->opt[OPT_OUTPUT], err));
    fprintf(stderr, TR("%zu 行：证件号代号 %zu，人员特征码 %zu，两样都没有 %zu\n", "%zu rows: %zu identifier tokens, %zu filters of name and birth date, %zu with neither\n"),
            k->table.lines.n, k->with_id, k->with_clk, k->with_neither);
    return ST_OK;
}

static enum status run_token(const struct args *args, struct err *err)
{
    struct tokening k = {.n_keep = 0};
    const char *fresh = args->opt[OPT_NEW_KEY];
    if (fresh) {
        if (file_exists(fresh)) {
            return err_set(err, ST_USAGE, TR("“%s”已经存在，不会覆盖", "'%s' exists and is not overwritten"), fresh);
        }
        TRY(check_place(fresh, NULL, err));
        TRY(site_new_key(fresh, err));
        printf(TR("新密钥  %s（当面交给另一个部门的经办人；不要和代号文件一起传）\n", "new secret  %s (hand it over in person, never along with tokens)\n"), fresh);
        return ST_OK;
    }
    if (args->n != 1 || !args->opt[OPT_OUTPUT]) {
        return err_set(err, ST_USAGE, "%s", TR("要给一个文件和结果：mopai token 名单.csv --key 密钥 -o 代号.csv", "one file and a result are wanted: mopai token LIST.csv --key KEY -o TOKENS.csv"));
    }
    enum status status = tokenise(&k, args, err);
    loose_table_release(&k.table);
    return status;
}

const struct command cmd_token = {
    .name = "token",
    .operands = "FILE.csv",
    .zh = "把名单里的证件号、姓名、出生日期换成代号，供不能交出原始数据的部门比对",
    .en = "replace identifiers, names and birth dates by tokens, for departments that may not hand over raw values",
    .more_zh = "证件号代号：证件号的 HMAC-SM3，相同的人在各部门得到相同的代号。人员特征码：姓名加出生日期的加固布隆过滤器，证件号有误时仍能看出相近。"
               "没有共用密钥，两样都算不回原值；谁拿到密钥，谁就能逐个试出证件号，所以密钥只交给做代号的人，不交给收代号的人。"
               "结果按代号排序，其余列一律不带，除非 --keep。\n"
               "两个部门各自做好代号，交给第三方用 mopai match 比对；手里有原始名单的一方，先用同一密钥把自己的名单做成代号再比。\n\n"
               "  mopai token --new-key /etc/mopai/共用密钥          （一方生成，当面交给另一方）\n"
               "  mopai token 参保.csv --key /etc/mopai/共用密钥 --keep 参保状态 -o 交付/参保代号.csv\n"
               "  mopai match 参保代号.csv 低保代号.csv --by 证件号代号:id,人员特征码:clk",
    .more_en = "Identifier token: HMAC-SM3 of the identifier, the same for one person in every department. Filter: a hardened Bloom filter of name and birth date, which\n"
               "still shows likeness when the identifier is wrong. Neither can be turned back without the shared secret; whoever holds the secret can try identifiers\n"
               "one by one, so it belongs to those who make tokens, never to those who receive them. Rows are sorted by token; other columns stay out unless --keep.\n"
               "A side that holds raw data makes tokens of its own list with the same secret, then matches.\n\n"
               "  mopai token --new-key /etc/mopai/shared            (one side makes it and hands it over in person)\n"
               "  mopai token insured.csv --key /etc/mopai/shared --keep status -o out/insured-tokens.csv\n"
               "  mopai match insured-tokens.csv relief-tokens.csv --by 证件号代号:id,人员特征码:clk",
    .options = options,
    .run = run_token,
};
