// Liveness: an open-file-description lock that the kernel lets go when its process is torn down. Dead means: the lock is free.
#ifndef COMMON_SHM_LOCK_H
#define COMMON_SHM_LOCK_H

#include <stdbool.h>
#include <stdint.h>

/// Write-locks byte `byte` of the file behind `fd` (open for writing). False: somebody else has it, or errno says why not.
bool lock_take(int fd, uint64_t byte);

void lock_drop(int fd, uint64_t byte);

/// Whether another open file holds a write lock on the byte. Works on a read-only descriptor; peers' read locks do not count.
bool lock_is_held(int fd, uint64_t byte);

/// Descriptors whose locks must not outlive this process in a forked child: closed there.
/// lock_guard says no (false) when there is no memory for it.
bool lock_guard(int fd);
void lock_unguard(int fd);

/// How many forks lie between this process and the one that loaded the library: a handle of another number is the parent's.
uint32_t lock_forks(void);

#endif
