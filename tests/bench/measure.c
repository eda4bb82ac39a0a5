/* SPDX-License-Identifier: Apache-2.0 */
/* measure COMMAND...: runs it and writes wall seconds, processor seconds and peak memory on one line of standard error: "wall=1.234 cpu=1.100 peak_mib=87". */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timespec from, struct timespec to)
{
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: measure COMMAND...\n", stderr);
        return 2;
    }
    struct timespec from, to;
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    pid_t child = fork();
    if (child == 0) {
        (void)execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("measure");
        return 1;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    struct rusage usage;
    (void)getrusage(RUSAGE_CHILDREN, &usage);
    double cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    fprintf(stderr, "wall=%.3f cpu=%.3f peak_mib=%ld\n", seconds(from, to), cpu, usage.ru_maxrss / 1024);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
