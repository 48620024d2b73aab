// Ringing by futex: all sleepers wait on the word itself, which works through a PROT_READ mapping, and one call wakes them.
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/shm/doorbell_ways.h"

/// How often a word is looked at that cannot be slept on.
static const int64_t look_ns = 5 * (int64_t)NS_PER_MS;

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

// A kernel or sandbox that has no futex must not make a loop of the caller's sleep.
static void wait_on(const _Atomic uint32_t *word, int operation, uint32_t seen, int64_t timeout_ns)
{
    struct timespec timeout = clock_timespec(timeout_ns);
    if (syscall(SYS_futex, word, operation, seen, &timeout, NULL, 0) == 0 || errno == EAGAIN ||
        errno == EINTR || errno == ETIMEDOUT)
        return;
    timeout = clock_timespec(least(timeout_ns, look_ns));
    nanosleep(&timeout, NULL);
}

static struct futex_waitv waiter(const _Atomic uint32_t *word, uint32_t seen, uint32_t flags)
{
    return (struct futex_waitv){.uaddr = (uintptr_t)word, .val = seen, .flags = FUTEX_32 | flags};
}

// Kernels without futex_waitv (before 5.16, or where a sandbox forbids it) look at *own every few milliseconds instead.
static void wait_on_either(const struct doorbell_place *place, uint32_t word_seen,
                           uint32_t own_seen, int64_t timeout_ns)
{
    struct futex_waitv waiters[] = {waiter(place->word, word_seen, 0),
                                    waiter(place->own, own_seen, FUTEX_PRIVATE_FLAG)};
    struct timespec until = clock_timespec(clock_deadline_ns(timeout_ns));
    if (syscall(SYS_futex_waitv, waiters, 2, 0, &until, CLOCK_MONOTONIC) >= 0)
        return;
    if (errno == ENOSYS || errno == EPERM)
        wait_on(place->word, FUTEX_WAIT, word_seen, least(timeout_ns, look_ns));
}

// Through a mapping without the right to write, as a reader's is.
static bool works(void)
{
    static const _Atomic uint32_t word;
    struct timespec now = {0};
    return syscall(SYS_futex, &word, FUTEX_WAIT, 1, &now, NULL, 0) != 0 && errno == EAGAIN;
}

static void prepare(const struct doorbell_place *place)
{
    (void)place; // the kernel compares the words
}

static void wait(const struct doorbell_place *place, uint32_t word_seen, uint32_t own_seen,
                 int64_t timeout_ns)
{
    if (place->own == NULL)
        wait_on(place->word, FUTEX_WAIT, word_seen, timeout_ns);
    else if (place->word == NULL)
        wait_on(place->own, FUTEX_WAIT_PRIVATE, own_seen, timeout_ns);
    else
        wait_on_either(place, word_seen, own_seen, timeout_ns);
}

static void wake(const _Atomic uint32_t *word, const struct doorbell_sleepers *sleepers)
{
    (void)sleepers;
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void wake_own(const struct doorbell_place *place)
{
    int error = errno; // a signal handler must leave it as it was
    syscall(SYS_futex, place->own, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    errno = error;
}

const struct doorbell doorbell_futex = {.name = "futex",
                                        .works = works,
                                        .prepare = prepare,
                                        .wait = wait,
                                        .wake = wake,
                                        .wake_own = wake_own};
