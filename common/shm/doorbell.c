// Sleeping until another process rings: a futex on a word of shared memory.
#include "common/shm/doorbell.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/clock.h"

static const int64_t look_ns = 5 * (int64_t)NS_PER_MS;

void doorbell_wait(const _Atomic uint32_t *word, uint32_t seen, int64_t timeout_ns)
{
    struct timespec timeout = clock_timespec(timeout_ns);
    syscall(SYS_futex, word, FUTEX_WAIT, seen, &timeout, NULL, 0);
}

static struct futex_waitv waiter(const _Atomic uint32_t *word, uint32_t seen, uint32_t flags)
{
    return (struct futex_waitv){.uaddr = (uintptr_t)word, .val = seen, .flags = FUTEX_32 | flags};
}

void doorbell_wait_either(const _Atomic uint32_t *word, uint32_t seen, const _Atomic uint32_t *own,
                          uint32_t own_seen, int64_t timeout_ns)
{
    struct futex_waitv waiters[] = {waiter(word, seen, 0),
                                    waiter(own, own_seen, FUTEX_PRIVATE_FLAG)};
    struct timespec until = clock_timespec(clock_deadline_ns(timeout_ns));
    if (syscall(SYS_futex_waitv, waiters, 2, 0, &until, CLOCK_MONOTONIC) >= 0)
        return;
    if (errno == ENOSYS || errno == EPERM)
        doorbell_wait(word, seen, timeout_ns < look_ns ? timeout_ns : look_ns);
}

void doorbell_wait_own(const _Atomic uint32_t *own, uint32_t seen, int64_t timeout_ns)
{
    struct timespec timeout = clock_timespec(timeout_ns);
    syscall(SYS_futex, own, FUTEX_WAIT_PRIVATE, seen, &timeout, NULL, 0);
}

void doorbell_wake_own(const _Atomic uint32_t *own)
{
    int error = errno; // a signal handler must leave it as it was
    syscall(SYS_futex, own, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    errno = error;
}

void doorbell_wake(const _Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
