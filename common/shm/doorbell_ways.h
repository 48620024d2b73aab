// The rows of the table of ways to ring.
#ifndef COMMON_SHM_DOORBELL_WAYS_H
#define COMMON_SHM_DOORBELL_WAYS_H

#include "common/shm/doorbell.h"

/// One wake of all, whoever they are: the cheapest where Linux' futexes are.
extern const struct doorbell doorbell_futex;

/// A process-shared POSIX semaphore per sleeper, posted one after the other.
extern const struct doorbell doorbell_semaphore;

#endif
