// What the kernel does for the ring: locks that end with their process, sleep, and what a process' threads hand each other.
#ifndef TESTS_MODEL_KERNEL_H
#define TESTS_MODEL_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ring/reader.h"
#include "common/shm/doorbell.h"
#include "tests/model/memory.h"

enum { KERNEL_WRITER = 3, KERNEL_LOCKS, KERNEL_FD = 100, KERNEL_PARCELS = 8 };

struct kernel {
    int owner[KERNEL_LOCKS];        ///< descriptor; 0 = free
    struct view left[KERNEL_LOCKS]; ///< what a lock's last owner knew
    struct reader_pin parcels[KERNEL_PARCELS];
    unsigned given, taken;
    bool no_more, buried;
    struct view hand; ///< what who gave a parcel, or died, knew
};

void kernel_reset(struct kernel *kernel);
uint64_t kernel_hash(void);

/// A descriptor of a process' own.
int kernel_descriptor(int process);

/// The process' memory is gone; its locks go.
void kernel_bury(void *process);

/// Whether the producer's lock is free; who looks knows what it knew.
bool kernel_sees_dead_writer(void);

/// Until kernel_bury was called, and long enough after it that what the dead did last is seen everywhere.
void kernel_wait_for_burial(void);

/// Between threads of one process. kernel_take waits; false: no more comes.
void kernel_give(const struct reader_pin *parcel);
void kernel_end_giving(void);
bool kernel_take(struct reader_pin *parcel);

/// The kernel's futexes, as the ring's first way to ring.
extern const struct doorbell kernel_futex;

/// A mutant that no site has: readers sleep by the word of head, not by the bell.
extern bool kernel_waits_on_head;

#endif
