// Sleeping until another process rings: a futex on a word of shared memory. Waiting works through a PROT_READ mapping.
#ifndef COMMON_SHM_DOORBELL_H
#define COMMON_SHM_DOORBELL_H

#include <stdatomic.h>
#include <stdint.h>

/// Sleeps while *word == seen, at most `timeout_ns`; may return early (a signal, a stray wake): look again.
void doorbell_wait(const _Atomic uint32_t *word, uint32_t seen, int64_t timeout_ns);

/// As doorbell_wait, but *own != own_seen ends it too: a word of this process, changed by another of its threads or by a signal
/// handler, which then calls doorbell_wake_own. No change is missed, whenever it comes. Kernels without futex_waitv (before
/// 5.16, or where a sandbox forbids it) look at *own every few milliseconds instead.
void doorbell_wait_either(const _Atomic uint32_t *word, uint32_t seen, const _Atomic uint32_t *own,
                          uint32_t own_seen, int64_t timeout_ns);

/// Sleeps while *own == seen, a word of this process.
void doorbell_wait_own(const _Atomic uint32_t *own, uint32_t seen, int64_t timeout_ns);

/// Wakes all of this process that sleep on `own`. Async-signal-safe.
void doorbell_wake_own(const _Atomic uint32_t *own);

/// Wakes all that sleep on `word`. Change the word first: a wake without a change is lost.
void doorbell_wake(const _Atomic uint32_t *word);

#endif
