// The clocks, in nanoseconds.
#include "common/base/clock.h"

static int64_t read_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * (int64_t)NS_PER_S + now.tv_nsec;
}

int64_t clock_now_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_since_ns(int64_t then_ns)
{
    return (int64_t)((uint64_t)clock_now_ns() - (uint64_t)then_ns);
}

int64_t clock_wall_ns(void)
{
    return read_ns(CLOCK_REALTIME);
}

int64_t clock_deadline_ns(int64_t timeout_ns)
{
    int64_t deadline;
    if (__builtin_add_overflow(clock_now_ns(), timeout_ns, &deadline))
        return INT64_MAX;
    return deadline;
}

struct timespec clock_timespec(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
}
