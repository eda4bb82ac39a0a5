/* SPDX-License-Identifier: Apache-2.0 */
/* `mopai rules fmt`: a rules file in one layout. */
#include <stdio.h>

#include "base/core/file.h"
#include "base/text/diag.h"
#include "pipeline/command.h"
#include "rules/rules.h"

enum { RULES_LIMIT = 8 << 20 };
enum { OPT_WRITE };
static const struct option options[] = {
    [OPT_WRITE] = {"write", 'w', NULL, "写回文件，而不是打印出来；已是这个样子的不动", "write the file instead of printing it; one that looks so already is not touched"},
    {NULL, 0, NULL, NULL, NULL},
};

static enum status write_back(const char *path, struct str before, struct str after, struct err *err)
{
    if (str_eq(before, after)) {
        return ST_OK;
    }
    TRY(file_write_atomic(path, after, err));
    printf(TR("已整理 %s\n", "laid out %s\n"), path);
    return ST_OK;
}

static enum status run(const struct args *a, struct err *err)
{
    AUTO_ARENA arena = ARENA_INIT;
    AUTO_STRBUF before = STRBUF_INIT, after = STRBUF_INIT;
    AUTO_DIAG diags = {0};
    if (a->n > 1) {
        return err_set(err, ST_USAGE, TR("一次只整理一份规则文件", "one rules file at a time"));
    }
    const char *path = a->n ? a->v[0] : path_join(&arena, a->site_dir, "rules.yaml");
    TRY(file_read_all(path, RULES_LIMIT, &before, err));
    if (!rules_layout(path, strbuf_str(&before), &diags, &after)) {
        diag_sort(&diags);
        return diag_status(&diags, ST_RULES, err);
    }
    if (!rules_layout_same(strbuf_str(&before), strbuf_str(&after))) { /* never over somebody's file */
        return err_set(err, ST_RULES, TR("%s 里有整理不了的写法，文件没有改动", "%s holds something this command cannot lay out; the file is as it was"), path);
    }
    if (a->opt[OPT_WRITE]) {
        return write_back(path, strbuf_str(&before), strbuf_str(&after), err);
    }
    fputs(strbuf_z(&after), stdout);
    return ST_OK;
}

const struct command cmd_rules_fmt = {
    .name = "rules fmt",
    .operands = "[FILE]",
    .zh = "把规则文件整理成统一的样子：缩进、空行、引号、符号；注释保留，规则不变",
    .en = "lay out a rules file in one form: indentation, blank lines, quotes, signs; comments stay, the rules are the same",
    .more_zh = "缺省整理站点的 rules.yaml，打印到标准输出；-w 写回文件。全角的括号、逗号和 ≥ ≤ 写成半角，and、or 写成 且、或。\n\n"
               "  mopai rules fmt 新规则.yaml\n"
               "  mopai rules fmt -w",
    .more_en = "The site's rules.yaml by default, on standard output; -w writes the file. Full-width brackets, commas and ≥ ≤ become ASCII, and, or become 且, 或.\n\n"
               "  mopai rules fmt new-rules.yaml\n"
               "  mopai rules fmt -w",
    .options = options,
    .run = run,
};
