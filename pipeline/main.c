/* SPDX-License-Identifier: Apache-2.0 */
/* argv to command; the only place that prints errors and chooses the exit status. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/core/clock.h"
#include "base/core/fault.h"
#include "base/core/log.h"
#include "base/core/vec.h"
#include "pipeline/commands.h"
#include "pipeline/help.h"

struct warning_line {
    enum status status;
    char *text;
};

/* The warnings of this run, printed at the end: they must not scroll away above the results. */
static VEC(struct warning_line) warnings;

void warn_add(enum status w, const char *fmt, ...)
{
    BUG_ON(!status_is_warning(w));
    va_list ap;
    va_start(ap, fmt);
    struct strbuf b = STRBUF_INIT;
    strbuf_vaddf(&b, fmt, ap);
    va_end(ap);
    vec_push(&warnings, ((struct warning_line){w, xstrdup(strbuf_z(&b))}));
    strbuf_release(&b);
}

int warn_count(enum status w)
{
    int n = 0;
    for (size_t i = 0; i < warnings.n; i++) {
        n += warnings.v[i].status == w;
    }
    return n;
}

/* The one kind there was, or WARNINGS for several. An error outweighs them all. */
enum status warn_outcome(enum status status)
{
    enum status all = status;
    bool failed = status != ST_OK && !status_is_warning(status);
    for (size_t i = 0; i < warnings.n && !failed; i++) {
        enum status w = warnings.v[i].status;
        all = all == ST_OK || all == w ? w : ST_WARNINGS;
    }
    return all;
}

/* Prints what was collected. */
static enum status warnings_finish(enum status status)
{
    progress_done();
    (void)fflush(stdout); /* into one file with the answer, a warning stands behind it and not in the middle */
    enum status all = warn_outcome(status);
    for (size_t i = 0; i < warnings.n; i++) {
        struct warning_line *w = &warnings.v[i];
        if (log_enabled(LOG_WARN)) {
            fprintf(stderr, TR("提醒：%s：%s\n", "warning: %s: %s\n"), status_title(w->status), w->text);
        }
        free(w->text);
    }
    vec_release(&warnings);
    if (status_is_warning(all) && log_enabled(LOG_WARN)) {
        fprintf(stderr, "      %s\n", status_advice(all));
    }
    return all;
}

static enum status fail(const struct err *err, enum status status)
{
    progress_done();
    const char *advice = status_advice(status);
    fprintf(stderr, TR("错误：%s：%s\n", "error: %s: %s\n"), status_title(status), err->text);
    if (*advice) {
        fprintf(stderr, "      %s\n", advice);
    }
    return status;
}

struct parse {
    int argc;
    char **argv;
    int next;
    bool only_operands; /* after -- */
    bool help;
    int verbosity;
    struct args args;
    const struct command *command;
    char **operands;
};

/* A value may follow as --name=value, -oVALUE or the next word. */
static enum status option_value(struct parse *p, const char *attached, const char *shown, const char **out, struct err *err)
{
    if (attached) {
        *out = attached;
        return ST_OK;
    }
    if (p->next >= p->argc) {
        return err_set(err, ST_USAGE, TR("选项 %s 缺少值", "option %s needs a value"), shown);
    }
    *out = p->argv[p->next++];
    return ST_OK;
}

static enum status set_lang(const char *value, struct err *err)
{
    if (strcmp(value, "zh") != 0 && strcmp(value, "en") != 0) {
        return err_set(err, ST_USAGE, TR("--lang 只能是 zh 或 en，不能是“%s”", "--lang is zh or en, not '%s'"), value);
    }
    lang_set(value[0] == 'e' ? LANG_EN : LANG_ZH);
    return ST_OK;
}

/* Options every command has. *out_known tells whether this was one. */
static enum status common_option(struct parse *p, const char *name, char letter, const char *attached, bool *out_known, struct err *err)
{
    const char *value = NULL;
    *out_known = true;
    if (strcmp(name, "site") == 0 || letter == 'C') {
        TRY(option_value(p, attached, "-C", &value, err));
        p->args.site_dir = value;
    } else if (strcmp(name, "lang") == 0) {
        TRY(option_value(p, attached, "--lang", &value, err));
        TRY(set_lang(value, err));
    } else if (strcmp(name, "json") == 0) {
        p->args.json = true;
    } else if (strcmp(name, "no-color") == 0) {
        p->args.color = false;
    } else if (strcmp(name, "verbose") == 0 || letter == 'v') {
        p->verbosity++;
    } else if (strcmp(name, "quiet") == 0 || letter == 'q') {
        p->verbosity = -1;
    } else if (strcmp(name, "help") == 0 || letter == 'h') {
        p->help = true;
    } else {
        *out_known = false;
    }
    return ST_OK;
}

static enum status one_option(struct parse *p, const char *name, char letter, const char *attached, const char *shown, struct err *err)
{
    const struct option *o = p->command ? p->command->options : NULL;
    for (int i = 0; o && o[i].name; i++) {
        if ((letter && o[i].letter == letter) || (!letter && strcmp(o[i].name, name) == 0)) {
            if (!o[i].value) {
                p->args.opt[i] = "";
                return ST_OK;
            }
            return option_value(p, attached, shown, &p->args.opt[i], err);
        }
    }
    bool known;
    TRY(common_option(p, name, letter, attached, &known, err));
    if (!known) {
        return p->command ? err_set(err, ST_USAGE, TR("命令 %s 没有选项 %s；见 mopai %s --help", "%s has no option %s; see mopai %s --help"),
                                    p->command->name, shown, p->command->name)
                          : err_set(err, ST_USAGE, TR("没有选项 %s；命令自己的选项写在命令后面", "no option %s; a command's own options follow the command"), shown);
    }
    return ST_OK;
}

static enum status parse_option(struct parse *p, char *word, struct err *err)
{
    if (word[1] == '-') {
        char *equals = strchr(word, '=');
        if (equals) {
            *equals = 0;
        }
        return one_option(p, word + 2, 0, equals ? equals + 1 : NULL, word, err);
    }
    for (char *c = word + 1; *c; c++) { /* -vv is -v -v; -oFILE is -o FILE; -CDIR is -C DIR */
        char shown[3] = {'-', *c, 0};
        bool takes_value = *c == 'C';
        for (const struct option *o = p->command ? p->command->options : NULL; o && o->name; o++) {
            takes_value = takes_value || (o->letter == *c && o->value);
        }
        if (takes_value) {
            return one_option(p, "", *c, c[1] ? c + 1 : NULL, shown, err);
        }
        TRY(one_option(p, "", *c, NULL, shown, err));
    }
    return ST_OK;
}

static enum status say_second_words(const char *word, struct err *err)
{
    AUTO_STRBUF words = STRBUF_INIT;
    size_t n = strlen(word);
    for (const struct command *const *c = commands_all(); *c; c++) {
        if (strncmp((*c)->name, word, n) == 0 && (*c)->name[n] == ' ') {
            strbuf_addf(&words, "%s%s", words.n ? TR("、", ", ") : "", (*c)->name + n + 1);
        }
    }
    return err_set(err, ST_USAGE, TR("mopai %s 后面要写 %s 之一，各有 --help", "mopai %s needs one of %s; each has --help"), word, strbuf_z(&words));
}

/* The command may be two words: "rules check". The longest name wins. */
static enum status find_command(struct parse *p, const char *word, struct err *err)
{
    const char *second = p->next < p->argc ? p->argv[p->next] : NULL;
    const struct command *one = NULL;
    bool family = false;
    for (const struct command *const *c = commands_all(); *c; c++) {
        const char *space = strchr((*c)->name, ' ');
        if (!space && strcmp((*c)->name, word) == 0) {
            one = *c;
        } else if (space && strlen(word) == (size_t)(space - (*c)->name) && strncmp((*c)->name, word, strlen(word)) == 0) {
            family = true;
            if (second && strcmp(space + 1, second) == 0) {
                p->next++;
                p->command = *c;
                return ST_OK;
            }
        }
    }
    p->command = one;
    if (one) {
        return ST_OK;
    }
    if (family) {
        return say_second_words(word, err);
    }
    const struct command *near = help_nearest(word);
    return near ? err_set(err, ST_USAGE, TR("没有命令“%s”，是否想写“%s”？", "no command '%s'; did you mean '%s'?"), word, near->name)
                : err_set(err, ST_USAGE, TR("没有命令“%s”；见 mopai --help", "no command '%s'; see mopai --help"), word);
}

static enum status parse_all(struct parse *p, struct err *err)
{
    while (p->next < p->argc) {
        char *word = p->argv[p->next++];
        if (!p->only_operands && strcmp(word, "--") == 0) {
            p->only_operands = true;
        } else if (!p->only_operands && word[0] == '-' && word[1]) {
            if (strcmp(word, "--version") == 0) {
                printf("mopai %s\n", MOPAI_VERSION);
                exit(0);
            }
            TRY(parse_option(p, word, err));
        } else if (!p->command) {
            TRY(find_command(p, word, err));
        } else {
            p->operands[p->args.n++] = word;
        }
    }
    p->args.v = p->operands;
    return ST_OK;
}

static enum status run(struct parse *p, struct err *err)
{
    TRY(clock_init(err));
    TRY(parse_all(p, err));
    log_set_level(p->verbosity < 0 ? LOG_ERROR : p->verbosity == 0 ? LOG_WARN : p->verbosity == 1 ? LOG_INFO : LOG_DEBUG);
    if (p->help && p->command) {
        help_command(stdout, p->command);
        return ST_OK;
    }
    if (p->help) {
        help_overview(stdout);
        return ST_OK;
    }
    if (!p->command) {
        help_first_steps(stdout);
        return ST_OK;
    }
    if (p->args.n > 0 && !*p->command->operands) {
        return err_set(err, ST_USAGE, TR("多余的参数“%s”；站点用 -C 指定，其余见 mopai %s --help", "unexpected operand '%s'; the site is named with -C, see mopai %s --help"),
                       p->operands[0], p->command->name);
    }
    return p->command->run(&p->args, err);
}

int main(int argc, char **argv)
{
    (void)umask(077);
    (void)signal(SIGPIPE, SIG_IGN);
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 18); /* large arrays go back to the system when freed; else this bound grows with them (51 to 40 MiB, as fast) */
#endif
    fault_init();
    const char *env = getenv("MOPAI_LANG");
    lang_set(env && strcmp(env, "en") == 0 ? LANG_EN : LANG_ZH);
    if (argc == 2 && strcmp(argv[1], "--man-options") == 0) {
        lang_set(LANG_EN);
        help_man_options(stdout);
        return 0;
    }
    struct err err = {.status = ST_OK};
    struct parse p = {.argc = argc, .argv = argv, .next = 1, .operands = xcalloc((size_t)argc, sizeof(char *))};
    p.args.site_dir = ".";
    p.args.color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    enum status status = run(&p, &err);
    if (status != ST_OK && !status_is_warning(status)) {
        status = fail(&err, status);
        (void)warnings_finish(ST_OK);
    } else {
        status = warnings_finish(status);
    }
    if (fflush(stdout) != 0) {
        fputs(TR("错误：标准输出写不出去\n", "error: cannot write standard output\n"), stderr);
        status = ST_IO;
    }
    free(p.operands);
    return status_exit_code(status);
}
