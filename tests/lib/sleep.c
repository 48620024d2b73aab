// The library's sleeps, seen and stretched.
#include "tests/lib/sleep.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS = 6, TIMEOUT = 3 }; // the timeout's place is the same in futex and futex_waitv

struct sleeps {
    _Atomic bool endless;
    _Atomic uint32_t begun;
};

static struct sleeps *sleeps; // shared with the children; NULL: nobody has asked yet
static long (*real_syscall)(long number, ...);

// At the start of the program: a signal handler that wakes must not look anything up.
__attribute__((constructor)) static void find_real(void)
{
    *(void **)&real_syscall = dlsym(RTLD_NEXT, "syscall");
}

static bool is_sleep(long number, long operation)
{
    return number == SYS_futex_waitv ||
           (number == SYS_futex && (operation & FUTEX_CMD_MASK) == FUTEX_WAIT);
}

// Like libc's own it takes all six arguments, whether they were given or not. Visible: the library is to find this one.
__attribute__((visibility("default"))) long syscall(long number, ...)
{
    long arguments[ARGUMENTS];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < ARGUMENTS; i++)
        arguments[i] = va_arg(list, long);
    va_end(list);
    if (sleeps != NULL && is_sleep(number, arguments[1])) {
        if (atomic_load(&sleeps->endless))
            arguments[TIMEOUT] = 0;
        atomic_fetch_add(&sleeps->begun, 1);
    }
    long result = real_syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
                               arguments[4], arguments[5]);
    // Without futex_waitv the library sleeps in short slices and looks around between them: those must end.
    if (number == SYS_futex_waitv && result < 0 && (errno == ENOSYS || errno == EPERM) &&
        sleeps != NULL)
        atomic_store(&sleeps->endless, false);
    return result;
}

void sleeps_are(bool endless)
{
    if (sleeps == NULL) {
        sleeps =
            mmap(NULL, sizeof *sleeps, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (sleeps == MAP_FAILED)
            abort();
    }
    atomic_store(&sleeps->endless, endless);
    atomic_store(&sleeps->begun, 0);
}

uint32_t sleeps_begun(void)
{
    return atomic_load(&sleeps->begun);
}

bool sleeps_await(uint32_t seen)
{
    enum { LOOKS = 1200000 };
    for (int i = 0; i < LOOKS && sleeps_begun() == seen; i++)
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    return sleeps_begun() != seen;
}
