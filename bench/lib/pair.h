// Two processes on two cores, or one and a crowd: a writer and readers that share one piece of anonymous memory.
#ifndef BENCH_LIB_PAIR_H
#define BENCH_LIB_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/lib/cell.h"

/// What a role does; `shared` is the same memory in both. False is a failure that it has explained on stderr.
typedef bool (*pair_role)(void *shared);

/// Memory that children of this process share with it, zeroed; ended by pair_unmap. NULL: out of memory, said on stderr.
void *pair_map(size_t bytes);
void pair_unmap(void *shared, size_t bytes);

/// Forks both roles, each pinned to one of the first two cores this process may use (taskset chooses others), and waits
/// for both. `swapped` exchanges the cores: the mean of both ways is free of a difference between the cores' clocks.
/// A role that hangs dies after a minute. False: a role failed or there is only one core.
bool pair_run(pair_role writer, pair_role reader, bool swapped, void *shared);

/// What reader `index` of a crowd does; as pair_role.
typedef bool (*crowd_role)(void *shared, uint32_t index);

/// As pair_run with up to 64 readers, which share all cores but the writer's: none takes it from the writer.
bool pair_run_crowd(pair_role writer, crowd_role reader, uint32_t readers, void *shared);

/// Lets the calling thread, and threads it starts from now on, use both cores; pair_pin undoes it for the caller alone.
void pair_unpin(void);
void pair_pin(void);

/// Waits until `cell` holds `value` or more. False: it did not within twenty seconds.
bool pair_spin_until(const struct cell *cell, uint64_t value);
bool pair_sleep_until(const struct cell *cell, uint64_t value);

/// Busy for so long.
void pair_spin_ns(int64_t ns);
void pair_sleep_ns(int64_t ns);

#endif
