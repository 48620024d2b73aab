// A wall clock that steps by an hour, forth and back, each time that somebody looks at it. No other clock does.
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>

enum { STEP_S = 3600 };

static time_t step(void)
{
    static _Atomic unsigned looks;
    return looks++ % 2 == 0 ? STEP_S : -STEP_S;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int (*real)(clockid_t, struct timespec *) =
        __extension__((int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime"));
    int result = real(clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += step();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec wall;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &wall) != 0)
        return -1;
    *now = (struct timeval){.tv_sec = wall.tv_sec, .tv_usec = wall.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *now)
{
    struct timespec wall;
    if (clock_gettime(CLOCK_REALTIME, &wall) != 0)
        return (time_t)-1;
    if (now != NULL)
        *now = wall.tv_sec;
    return wall.tv_sec;
}
