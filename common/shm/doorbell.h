// Sleeping until another process rings: a futex on a word of shared memory. Waiting works through a PROT_READ mapping.
#ifndef COMMON_SHM_DOORBELL_H
#define COMMON_SHM_DOORBELL_H

#include <stdatomic.h>
#include <stdint.h>

/// Sleeps while *word == seen, at most `timeout_ns`; may return early (a signal, a stray wake): look again.
void doorbell_wait(const _Atomic uint32_t *word, uint32_t seen, int64_t timeout_ns);

/// Wakes all that sleep on `word`. Change the word first: a wake without a change is lost.
void doorbell_wake(const _Atomic uint32_t *word);

#endif
