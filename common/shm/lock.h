// Liveness: an open-file-description lock that the kernel lets go when its process is torn down. Dead means: the lock is free.
#ifndef COMMON_SHM_LOCK_H
#define COMMON_SHM_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/// Write-locks byte `byte` of the file behind `fd` (open for writing). False: somebody else has it, or errno says why not.
bool lock_take(int fd, uint64_t byte);

void lock_drop(int fd, uint64_t byte);

/// Whether another open file holds a write lock on the byte. Works on a read-only descriptor; peers' read locks do not count.
bool lock_is_held(int fd, uint64_t byte);

/// Between the two no other thread of this process forks. For a moment only, and never one inside another's.
void lock_hold_forks(void);
void lock_allow_forks(void);

/// Notes what was just opened, under lock_hold_forks: it is closed in a forked child, which would keep its locks alive. They
/// belong to what was opened, so those taken after a fork too. -1 stays -1; -1 and ENOMEM, closed: no memory.
int lock_guard_opened(int fd);

/// Closes what lock_guard_opened noted.
void lock_close(int fd);

/// Mutexes that are free in every forked child, since each fork takes them first, in this order.
enum lock_rank { LOCK_OF_PRODUCERS, LOCK_OF_GUARDS, LOCK_RANKS };

/// Names one of them, before it is used. Whoever holds it must be quick, and take no other above it in the order.
void lock_across_forks(enum lock_rank rank, pthread_mutex_t *mutex);

/// How many forks lie between this process and the one that loaded the library: a handle of another number is the parent's.
uint32_t lock_forks(void);

#endif
