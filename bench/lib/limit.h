// What the machine allows: the figures that nothing between two processes can beat.
#ifndef BENCH_LIB_LIMIT_H
#define BENCH_LIB_LIMIT_H

#include <stddef.h>

/// Nanoseconds that one changed cache line takes from a core to the other: half a round trip of two processes that spin,
/// each on the line that the other writes. No clock is in it. NAN: it could not be measured, said on stderr.
double limit_cache_line_ns(void);

/// As above, but each way carries a CLOCK_MONOTONIC time, taken just before the store and compared with one taken just
/// after the load: what the same method that times a frame sees of a bare line.
double limit_stamped_line_ns(void);

/// Nanoseconds of one memcpy of so many bytes between two buffers of this process, touched before; NAN: out of memory.
double limit_memcpy_ns(size_t bytes);

/// Nanoseconds of one clock_gettime(CLOCK_MONOTONIC).
double limit_clock_ns(void);

#endif
