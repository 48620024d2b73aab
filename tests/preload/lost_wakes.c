// Stands before libc's syscall() and sem_post() in the program it is linked into, and loses some of libtachy's wakes.
#include "tests/preload/lost_wakes.h"

#include <dlfcn.h>
#include <linux/futex.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ARGUMENTS = 6 };

static _Atomic unsigned lost_one_in, seen, lost;
static long (*real_syscall)(long number, ...);
static int (*real_post)(sem_t *semaphore);

__attribute__((constructor)) static void find_real(void)
{
    *(void **)&real_syscall = dlsym(RTLD_NEXT, "syscall");
    *(void **)&real_post = dlsym(RTLD_NEXT, "sem_post");
}

void lost_wakes_plan(unsigned one_in)
{
    lost_one_in = one_in;
    seen = lost = 0;
}

unsigned lost_wakes_count(void)
{
    return lost;
}

static bool is_lost(void)
{
    unsigned one_in = lost_one_in;
    if (one_in == 0 || ++seen % one_in != 0)
        return false;
    lost++;
    return true;
}

// Wakes within the process are no wakes by a writer.
__attribute__((visibility("default"))) long syscall(long number, ...)
{
    long arguments[ARGUMENTS];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < ARGUMENTS; i++)
        arguments[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_futex && arguments[1] == FUTEX_WAKE && is_lost())
        return 0;
    return real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
                        arguments[4], arguments[5]);
}

__attribute__((visibility("default"))) int sem_post(sem_t *semaphore)
{
    return is_lost() ? 0 : real_post(semaphore);
}
