/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/help.h"

#include "base/core/bug.h"
#include "pipeline/commands.h"

static const struct option common[] = {
    {"site", 'C', "DIR", "站点目录，缺省为当前目录", "site directory, the current one by default"},
    {"lang", 0, "zh|en", "消息语言", "language of messages"},
    {"json", 0, NULL, "结果以 JSON 输出（支持的命令）", "results as JSON, where a command can"},
    {"verbose", 'v', NULL, "多说一些；写两次更多", "say more; twice for even more"},
    {"quiet", 'q', NULL, "只报错误", "errors only"},
    {"no-color", 0, NULL, "不用颜色", "no colour"},
    {"help", 'h', NULL, "本说明", "this help"},
    {NULL, 0, NULL, NULL, NULL},
};

static void print_options(FILE *out, const struct option *o)
{
    for (; o && o->name; o++) {
        char left[64], letter[8] = "    ";
        if (o->letter) {
            (void)snprintf(letter, sizeof(letter), "-%c, ", o->letter);
        }
        (void)snprintf(left, sizeof(left), "%s--%s%s%s", letter, o->name, o->value ? " " : "", o->value ? o->value : "");
        fprintf(out, "  %-28s %s\n", left, TR(o->zh, o->en));
    }
}

static void print_commands(FILE *out)
{
    for (const struct command *const *c = commands_all(); *c; c++) {
        fprintf(out, "  %-14s %s\n", (*c)->name, TR((*c)->zh, (*c)->en));
    }
}

void help_first_steps(FILE *out)
{
    fputs(TR("mopai（摸排）：每晚比对各部门数据，给街道一份短短的走访清单。\n\n"
             "第一次使用：\n"
             "  mopai init 目录           建一个站点\n"
             "  把各部门导出的文件放进 目录/inbox/\n"
             "  mopai -C 目录 check       检查配置和收件夹\n"
             "  mopai -C 目录 run         跑一夜，清单在 目录/reports/latest/\n\n"
             "手头只有两张表：  mopai match 甲.csv 乙.csv\n"
             "全部命令：        mopai --help\n",
             "mopai finds, every night, the families who need help and hands each street a short list of doors.\n\n"
             "First steps:\n"
             "  mopai init DIR            make a site\n"
             "  put the departments' exports into DIR/inbox/\n"
             "  mopai -C DIR check        look at configuration and inbox\n"
             "  mopai -C DIR run          run a night; the lists are in DIR/reports/latest/\n\n"
             "Only two tables at hand:  mopai match A.csv B.csv\n"
             "All commands:             mopai --help\n"),
          out);
}

void help_overview(FILE *out)
{
    fputs(TR("用法：mopai [选项] 命令 [参数...]\n\n命令：\n", "usage: mopai [options] COMMAND [operands...]\n\nCommands:\n"), out);
    print_commands(out);
    fputs(TR("\n通用选项：\n", "\nOptions of every command:\n"), out);
    print_options(out, common);
    fputs(TR("\n每个命令都有自己的说明：mopai 命令 --help\n"
             "退出码：0 完成；1 多项提醒，100-127 一项提醒；2 用法不对；3-99 出错；128+N 被信号终止。\n",
             "\nEvery command has its own help: mopai COMMAND --help\n"
             "Exit status: 0 done; 1 several warnings, 100-127 one warning; 2 usage; 3-99 errors; 128+N killed by a signal.\n"),
          out);
}

void help_command(FILE *out, const struct command *c)
{
    fprintf(out, "%smopai %s%s%s%s\n\n%s\n", TR("用法：", "usage: "), c->name, c->options && c->options->name ? TR(" [选项]", " [options]") : "",
            c->operands && *c->operands ? " " : "", c->operands ? c->operands : "", TR(c->zh, c->en));
    if (c->more_zh) {
        struct str more = str_of(TR(c->more_zh, c->more_en)); /* the indent of a first example stays */
        while (more.n > 0 && more.p[more.n - 1] == '\n') {
            more.n--;
        }
        fprintf(out, "\n" STR_FMT "\n", STR_ARG(more));
    }
    if (c->options && c->options->name) {
        fputs(TR("\n选项：\n", "\nOptions:\n"), out);
        print_options(out, c->options);
    }
    fputs(TR("\n通用选项：\n", "\nOptions of every command:\n"), out);
    print_options(out, common);
}

static void man_option(FILE *out, const struct option *o)
{
    fputs(".It ", out);
    if (o->letter) {
        fprintf(out, "Fl %c , ", o->letter);
    }
    fprintf(out, "Fl -%s%s%s\n%s.\n", o->name, o->value ? " Ar " : "", o->value ? o->value : "", o->en);
}

void help_man_options(FILE *out)
{
    fputs(".Sh COMMANDS\n.Bl -tag -width Ds\n", out);
    for (const struct command *const *c = commands_all(); *c; c++) {
        fprintf(out, ".It Cm %s%s%s\n%s.\n", (*c)->name, *(*c)->operands ? " Ar " : "", (*c)->operands, (*c)->en);
        if ((*c)->options && (*c)->options->name) {
            fputs(".Bl -tag -width Ds\n", out);
            for (const struct option *o = (*c)->options; o->name; o++) {
                man_option(out, o);
            }
            fputs(".El\n", out);
        }
    }
    fputs(".El\n.Sh OPTIONS\n.Bl -tag -width Ds\n", out);
    for (const struct option *o = common; o->name; o++) {
        man_option(out, o);
    }
    fputs(".El\n.Sh EXIT STATUS\n.Bl -tag -width Ds\n", out);
    for (int s = 0; s < ST_COUNT; s++) {
        fprintf(out, ".It %d\n%s.\n", status_exit_code((enum status)s), status_title((enum status)s));
    }
    fputs(".El\n", out);
}

/* Levenshtein over bytes with one row: command names are short ASCII. */
static int distance(const char *a, const char *b)
{
    enum { LONGEST = 32 };
    int row[LONGEST + 1];
    size_t n = MIN(strlen(b), (size_t)LONGEST);
    for (size_t j = 0; j <= n; j++) {
        row[j] = (int)j;
    }
    for (size_t i = 0; a[i]; i++) {
        int diagonal = row[0];
        row[0] = (int)i + 1;
        for (size_t j = 1; j <= n; j++) {
            int up = row[j];
            int change = diagonal + (a[i] != b[j - 1]);
            row[j] = MIN(change, MIN(up, row[j - 1]) + 1);
            diagonal = up;
        }
    }
    return row[n];
}

const struct command *help_nearest(const char *word)
{
    const struct command *best = NULL;
    int best_distance = 3;
    for (const struct command *const *c = commands_all(); *c; c++) {
        struct str rest = str_of((*c)->name), first;
        char head[32];
        (void)str_split(&rest, ' ', &first); /* the second word comes later on the command line */
        (void)snprintf(head, sizeof(head), STR_FMT, STR_ARG(first));
        int d = distance(word, head);
        if (d < best_distance) {
            best_distance = d;
            best = *c;
        }
    }
    return best;
}
