// Ctrl-C and SIGTERM.
#include "consumer/tools/stop.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "common/base/clock.h"

static volatile sig_atomic_t came;

static void remember(int signal)
{
    came = signal;
}

static void handle(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void stop_watch(void)
{
    handle(remember);
}

// A signal between the look and the sleep would be slept over: no sleep is longer than a moment.
bool stop_sleep(int64_t deadline_ns)
{
    const int64_t moment_ns = 50 * (int64_t)NS_PER_MS;
    int64_t left_ns;
    while (came == 0 && (left_ns = deadline_ns - clock_now_ns()) > 0) {
        struct timespec span = clock_timespec(left_ns < moment_ns ? left_ns : moment_ns);
        nanosleep(&span, NULL);
    }
    return came == 0;
}

void stop_unwatch(void)
{
    handle(SIG_DFL);
}

int stop_signal(void)
{
    return came;
}
