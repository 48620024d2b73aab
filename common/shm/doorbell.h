// Sleeping until another process rings: one interface, and two ways to do it as rows of a table.
//
// A sleeper has a place: a word in shared memory that each ring changes, a word of its own process, and a semaphore of its
// own in shared memory. It prepares, reads both words, shows that it is about to sleep, looks once more, then waits. Who
// rings changes the word first, then looks who sleeps, then wakes. No wake between the two reads and the wait is missed.
#ifndef COMMON_SHM_DOORBELL_H
#define COMMON_SHM_DOORBELL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DOORBELL_SEMAPHORE_BYTES = 32 };

/// As it stands in shared memory: numbers never change.
enum doorbell_way { DOORBELL_FUTEX, DOORBELL_SEMAPHORE, DOORBELL_WAYS };

/// One sleeping thread's.
struct doorbell_place {
    const _Atomic uint32_t *
        word; ///< of all who are woken together; may be mapped PROT_READ. NULL: no ring is waited for
    const _Atomic uint32_t
        *own; ///< of this process, changed by its other threads and handlers; NULL: none
    void *
        semaphore; ///< DOORBELL_SEMAPHORE_BYTES, aligned to 8, that both sides may write; whatever a peer wrote there
};

/// The semaphores of up to 64 sleepers: of sleeper i, `count` of them in a row, from `first` + i * `step_bytes` on.
struct doorbell_sleepers {
    void *first;
    size_t step_bytes;
    uint32_t count;
    uint64_t who; ///< bit i = sleeper i
};

struct doorbell {
    const char *name;

    /// Whether this machine has it.
    bool (*works)(void);

    /// Forgets rings of before. By the sleeper, before it reads the words.
    void (*prepare)(const struct doorbell_place *place);

    /// Sleeps while *word == word_seen and *own == own_seen, at most `timeout_ns`. May return early (a signal, a stray wake):
    /// look again. A caller bounds what a wake lost by a peer's fault costs with its timeout.
    void (*wait)(const struct doorbell_place *place, uint32_t word_seen, uint32_t own_seen,
                 int64_t timeout_ns);

    /// Wakes all who sleep for `word` and are named. Change the word first: a wake without a change is lost.
    void (*wake)(const _Atomic uint32_t *word, const struct doorbell_sleepers *sleepers);

    /// Wakes the thread of this process that sleeps at the place, after a change of *own. Async-signal-safe.
    void (*wake_own)(const struct doorbell_place *place);
};

/// The way of a stream. A number of no row, which a later version may know, is the futex: who is not woken looks
/// again when its timeout ends.
const struct doorbell *doorbell_of(uint32_t way);

/// The way that has this name, or, for NULL, the first that works here. DOORBELL_WAYS: there is none.
enum doorbell_way doorbell_find(const char *name);

#endif
