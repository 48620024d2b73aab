// The clocks, in nanoseconds.
#ifndef COMMON_BASE_CLOCK_H
#define COMMON_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

enum { NS_PER_US = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

/// CLOCK_MONOTONIC.
int64_t clock_now_ns(void);

/// now - then; `then_ns` may be any number, so it wraps.
int64_t clock_since_ns(int64_t then_ns);

/// CLOCK_REALTIME.
int64_t clock_wall_ns(void);

/// now + timeout, held at INT64_MAX: TACHY_FOREVER stays forever.
int64_t clock_deadline_ns(int64_t timeout_ns);

struct timespec clock_timespec(int64_t ns);

#endif
