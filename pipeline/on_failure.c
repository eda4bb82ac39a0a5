/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "pipeline/on_failure.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t child_of_handler;

static void pass_on(int signal)
{
    if (child_of_handler > 0) {
        (void)kill((pid_t)child_of_handler, signal);
    }
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/* The text of `why` on one line: a mail's subject, a log line and an SMS have no other. */
static void add_line(struct strbuf *out, const char *why)
{
    for (const char *c = why; *c; c++) {
        if (*c == '\n') {
            strbuf_addz(out, TR("；", "; "));
        } else {
            strbuf_addc(out, *c);
        }
    }
}

static void add_night(int64_t night, struct strbuf *out)
{
    if (night > 0) {
        strbuf_addf(out, TR("第 %lld 夜没有完成：", "night %lld was not done: "), (long long)night);
    } else {
        strbuf_addz(out, TR("今夜没有完成：", "tonight was not done: "));
    }
}

void on_failure_message(enum status status, const char *why, int64_t night, struct strbuf *out)
{
    add_night(night, out);
    strbuf_addz(out, status_title(status));
    if (*why) {
        strbuf_addz(out, TR("：", ": "));
        add_line(out, why);
    }
    strbuf_addz(out, TR("。", ". "));
    strbuf_addz(out, status_advice(status));
}

static void killed_message(int signal, int64_t night, struct strbuf *out)
{
    add_night(night, out);
    strbuf_addf(out, TR("进程被信号 %d 终止（%s）。昨天的清单仍然有效；可以直接重新运行 mopai run，结果与不中断相同。",
                        "its process was ended by signal %d (%s). Yesterday's lists stand; run mopai run again, the result is the same."),
                signal, strsignal(signal));
    if (signal == SIGKILL) {
        strbuf_addz(out, TR("如果没有人杀它，多半是内存不足，请看 dmesg。", " If nobody killed it, memory ran out: see dmesg."));
    }
}

/* A status that ends with this exit code, for a child that had no time to say more. */
static enum status status_of_exit(int code)
{
    for (int s = 0; s < ST_COUNT; s++) {
        if (status_exit_code((enum status)s) == code) {
            return (enum status)s;
        }
    }
    return ST_IO;
}

static void run_command(const char *command, int code, int64_t night, const char *message)
{
    char code_text[16], night_text[24] = "";
    (void)snprintf(code_text, sizeof(code_text), "%d", code);
    if (night > 0) {
        (void)snprintf(night_text, sizeof(night_text), "%lld", (long long)night);
    }
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDONLY);
        if (null >= 0) {
            (void)dup2(null, STDIN_FILENO);
        }
        (void)setenv("MOPAI_STATUS", code_text, 1);
        (void)setenv("MOPAI_NIGHT", night_text, 1);
        (void)setenv("MOPAI_MESSAGE", message, 1);
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = pid > 0 ? wait_for(pid) : -1;
    if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, TR("提醒：--on-failure 的命令没有成功（退出码 %d）\n", "warning: the command of --on-failure failed (exit status %d)\n"),
                pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 128 + (pid > 0 ? WTERMSIG(status) : 0));
    }
}

/* What the child left, told; the exit status of both. */
static int judge(const char *command, const struct run_state *st, const struct watched_run *run, int status)
{
    AUTO_STRBUF message = STRBUF_INIT;
    bool killed = WIFSIGNALED(status);
    int code = killed ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    int64_t night = run->result.night;
    if (killed) {
        killed_message(WTERMSIG(status), night, &message);
        run_state_killed(st, night, WTERMSIG(status));
    } else if (status_is_warning(status_of_exit(code)) || code == 0) {
        return code;
    } else if (*run->message) {
        strbuf_addz(&message, run->message);
    } else {
        on_failure_message(status_of_exit(code), "", night, &message);
    }
    run_command(command, code, night, strbuf_z(&message));
    return code;
}

enum status on_failure_watch(const char *command, const struct run_state *st, struct watched_run **out, struct err *err)
{
    struct watched_run *run = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (run == MAP_FAILED) {
        return err_errno(err, ST_IO, TR("分不到内存", "no memory to be had"));
    }
    (void)fflush(NULL); /* or both would write it */
    pid_t pid = fork();
    if (pid < 0) {
        return err_errno(err, ST_IO, TR("起不了子进程", "cannot start a process"));
    }
    if (pid == 0) {
        *out = run;
        return ST_OK;
    }
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {.sa_handler = pass_on};
    child_of_handler = (sig_atomic_t)pid;
    for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
        (void)sigaction(signals[i], &action, NULL);
    }
    int status = wait_for(pid);
    child_of_handler = 0;
    int code = judge(command, st, run, status);
    (void)fflush(NULL);
    _exit(code);
}
