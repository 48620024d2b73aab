// Ringing by process-shared POSIX semaphores, one per sleeping thread: where futexes are not, or on request.
//
// A semaphore counts at most one ring: the sleeper empties it before it looks, so a second says nothing more. It lies where
// peers may write. Its value they may spoil: that costs a sleeper its timeout. The part of it that never changes after
// sem_init must not be theirs: the C library makes the system call of it, and ends the process if that fails. So who posts
// puts that part right first. A peer that rewrites it in the few nanoseconds between is what the group mode is refused for.
#include <errno.h>
#include <semaphore.h>

#include "common/base/clock.h"
#include "common/shm/doorbell_ways.h"

_Static_assert(sizeof(sem_t) <= DOORBELL_SEMAPHORE_BYTES && sizeof(sem_t) % sizeof(uint64_t) == 0,
               "room in the shared-memory layout");

/// Both the GNU C library and musl keep value and waiters in these first bytes, on machines of 64 bits.
enum { LIVE_BYTES = 8 };

static void mend(sem_t *semaphore)
{
    enum { WORDS = sizeof(sem_t) / sizeof(uint64_t), FIRST = LIVE_BYTES / sizeof(uint64_t) };
    union {
        sem_t semaphore;
        uint64_t words[WORDS];
    } fresh = {.words = {0}};
    sem_init(&fresh.semaphore, 1, 0);
    _Atomic uint64_t *words = (_Atomic uint64_t *)(void *)semaphore;
    for (size_t i = FIRST; i < WORDS; i++)
        // Relaxed: everybody writes the same here.
        if (atomic_load_explicit(&words[i], memory_order_relaxed) != fresh.words[i])
            atomic_store_explicit(&words[i], fresh.words[i], memory_order_relaxed);
}

static void post(sem_t *semaphore)
{
    int value = 0;
    mend(semaphore);
    // Partner: the fence between the sleeper's emptying (or a taken ring) and its last look: either it finds this ring, or
    // what the ring is for.
    atomic_thread_fence(memory_order_seq_cst);
    if (sem_getvalue(semaphore, &value) == 0 && value == 0)
        sem_post(semaphore);
}

static bool works(void)
{
    sem_t semaphore;
    if (sem_init(&semaphore, 1, 1) != 0)
        return false;
    bool taken = sem_trywait(&semaphore) == 0;
    sem_destroy(&semaphore);
    return taken;
}

// Made anew rather than counted down: whatever a peer wrote is gone. Nobody else sleeps at this place, and who posts
// meanwhile did so for something that the sleeper sees when it looks.
static void prepare(const struct doorbell_place *place)
{
    sem_init(place->semaphore, 1, 0);
}

static bool is_changed(const _Atomic uint32_t *word, uint32_t seen)
{
    // Acquire, as the sleeper's own look; partner: the release of who changed the word.
    return word != NULL && atomic_load_explicit(word, memory_order_acquire) != seen;
}

static void wait(const struct doorbell_place *place, uint32_t word_seen, uint32_t own_seen,
                 int64_t timeout_ns)
{
    // Partner: the fence of post, of a place that shows nothing of its sleep: either it posts, or we see what changed.
    atomic_thread_fence(memory_order_seq_cst);
    if (is_changed(place->word, word_seen) || is_changed(place->own, own_seen))
        return;
    struct timespec until = clock_timespec(clock_deadline_ns(timeout_ns));
    mend(place->semaphore);
    sem_clockwait(place->semaphore, CLOCK_MONOTONIC, &until);
}

static void wake(const _Atomic uint32_t *word, const struct doorbell_sleepers *sleepers)
{
    (void)word;
    uint64_t who = sleepers->who;
    for (char *at = sleepers->first; who != 0; who >>= 1, at += sleepers->step_bytes) {
        for (uint32_t i = 0; (who & 1) != 0 && i < sleepers->count; i++)
            post((sem_t *)(void *)(at + (size_t)i * DOORBELL_SEMAPHORE_BYTES));
    }
}

static void wake_own(const struct doorbell_place *place)
{
    int error = errno; // a signal handler must leave it as it was
    post(place->semaphore);
    errno = error;
}

const struct doorbell doorbell_semaphore = {.name = "semaphore",
                                            .works = works,
                                            .prepare = prepare,
                                            .wait = wait,
                                            .wake = wake,
                                            .wake_own = wake_own};
