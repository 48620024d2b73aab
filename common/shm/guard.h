// Mapped memory whose object may shrink under us: a read of what is gone gives zeros and is remembered, instead of SIGBUS.
#ifndef COMMON_SHM_GUARD_H
#define COMMON_SHM_GUARD_H

#include <stdbool.h>
#include <stddef.h>

struct guard;

/// Guards the mapping of `bytes` at `base` (page-aligned). Makes the process' SIGBUS handler ours; what faults elsewhere goes on
/// to the handler that was there before. A handler that the program installs later switches guards off until the next call,
/// unless it calls ours for addresses it does not know. NULL: no memory.
struct guard *guard_watch(void *base, size_t bytes, bool writable);

/// Before the memory is unmapped. Sets *guard to NULL; NULL is legal there.
void guard_forget(struct guard **guard);

/// Whether part of the mapping was gone when it was looked at: its bytes are zeros of our own since. False for NULL.
bool guard_is_hit(const struct guard *guard);

#endif
