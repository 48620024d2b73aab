// Sleeping until another process rings: a futex on a word of shared memory.
#include "common/shm/doorbell.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/clock.h"

void doorbell_wait(const _Atomic uint32_t *word, uint32_t seen, int64_t timeout_ns)
{
    struct timespec timeout = clock_timespec(timeout_ns);
    syscall(SYS_futex, word, FUTEX_WAIT, seen, &timeout, NULL, 0);
}

void doorbell_wake(const _Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
