// The system calls by which libtachy gets memory, names, locks and wakes, of which the k-th fails.
#include "tests/preload/failing.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic unsigned left; ///< until the failure; 0: none is planned
static _Atomic bool reached;
static const char *_Atomic function = "";

void failing_plan(unsigned call)
{
    reached = false;
    left = call;
}

bool failing_reached(void)
{
    return reached;
}

const char *failing_function(void)
{
    return function;
}

long failing_blocks(void)
{
    return 0;
}

static bool fails(const char *name, int error)
{
    unsigned now = left;
    while (now != 0 && !atomic_compare_exchange_weak(&left, &now, now - 1)) {
    }
    if (now != 1)
        return false;
    reached = true;
    function = name;
    errno = error;
    return true;
}

#define REAL(type, name) __extension__((type)dlsym(RTLD_NEXT, name))

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return fails("open", EMFILE) ? -1
                                 : REAL(int (*)(const char *, int, ...), "open")(path, flags, mode);
}

int shm_open(const char *name, int flags, mode_t mode)
{
    return fails("shm_open", EMFILE)
               ? -1
               : REAL(int (*)(const char *, int, mode_t), "shm_open")(name, flags, mode);
}

int fstat(int fd, struct stat *file)
{
    return fails("fstat", EIO) ? -1 : REAL(int (*)(int, struct stat *), "fstat")(fd, file);
}

int fchmod(int fd, mode_t mode)
{
    return fails("fchmod", EPERM) ? -1 : REAL(int (*)(int, mode_t), "fchmod")(fd, mode);
}

int ftruncate(int fd, off_t bytes)
{
    return fails("ftruncate", EFBIG) ? -1 : REAL(int (*)(int, off_t), "ftruncate")(fd, bytes);
}

int posix_fallocate(int fd, off_t from, off_t bytes)
{
    return fails("posix_fallocate", ENOMEM)
               ? ENOMEM
               : REAL(int (*)(int, off_t, off_t), "posix_fallocate")(fd, from, bytes);
}

void *mmap(void *at, size_t bytes, int rights, int flags, int fd, off_t from)
{
    return fails("mmap", ENOMEM) ? MAP_FAILED
                                 : REAL(void *(*)(void *, size_t, int, int, int, off_t),
                                        "mmap")(at, bytes, rights, flags, fd, from);
}

int madvise(void *at, size_t bytes, int advice)
{
    return fails("madvise", EINVAL)
               ? -1
               : REAL(int (*)(void *, size_t, int), "madvise")(at, bytes, advice);
}

int fcntl(int fd, int command, ...)
{
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return fails("fcntl", EAGAIN) ? -1
                                  : REAL(int (*)(int, int, ...), "fcntl")(fd, command, argument);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    return fails("linkat", ENOSPC) ? -1
                                   : REAL(int (*)(int, const char *, int, const char *, int),
                                          "linkat")(from_folder, from, to_folder, to, flags);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    return fails("renameat2", EIO) ? -1
                                   : REAL(int (*)(int, const char *, int, const char *, unsigned),
                                          "renameat2")(from_folder, from, to_folder, to, flags);
}

int statvfs(const char *path, struct statvfs *space)
{
    return fails("statvfs", EIO)
               ? -1
               : REAL(int (*)(const char *, struct statvfs *), "statvfs")(path, space);
}

int eventfd(unsigned count, int flags)
{
    return fails("eventfd", EMFILE) ? -1 : REAL(int (*)(unsigned, int), "eventfd")(count, flags);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                   void *context)
{
    return fails("pthread_create", EAGAIN)
               ? EAGAIN
               : REAL(int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *),
                      "pthread_create")(thread, attributes, body, context);
}

long syscall(long number, ...)
{
    va_list rest;
    va_start(rest, number);
    long a[6];
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(rest, long);
    va_end(rest);
    bool futex = number == SYS_futex || number == SYS_futex_waitv;
    return futex && fails("futex", ENOSYS)
               ? -1
               : REAL(long (*)(long, ...), "syscall")(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
