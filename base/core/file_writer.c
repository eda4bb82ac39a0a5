/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* leases are Linux's own */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/core/file.h"

/* A read lease is granted only while nobody has the file open for writing: the kernel knows who is still copying. It is given back at once. Where leases
   are not to be had (another user's file without CAP_LEASE, a network file system) the time of the last change must do. */
bool file_being_written(int fd)
{
    struct stat st;
    (void)signal(SIGIO, SIG_IGN); /* what a writer who opens it this very moment would send us */
    if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        (void)fcntl(fd, F_SETLEASE, F_UNLCK);
        return false;
    }
    if (errno == EAGAIN) {
        return true;
    }
    return fstat(fd, &st) == 0 && time(NULL) - st.st_mtim.tv_sec < FILE_SETTLE_SECONDS && time(NULL) >= st.st_mtim.tv_sec;
}
