// Signals in quick succession.
#include "tests/lib/storm.h"

#include <signal.h>
#include <sys/time.h>

static tachy_stream *interrupted;
static volatile sig_atomic_t signals, last;

static void on_alarm(int signal)
{
    (void)signal;
    signals++;
    if (last != 0 && signals == last)
        tachy_stream_interrupt(interrupted);
}

static void set_timer(long us)
{
    struct itimerval timer = {{0, us}, {0, us}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

void storm_begin(long us, tachy_stream *stream, int interrupt_at)
{
    struct sigaction action = {.sa_handler = on_alarm}; // SA_RESTART is off
    interrupted = stream;
    signals = 0;
    last = interrupt_at;
    sigaction(SIGALRM, &action, NULL);
    set_timer(us);
}

int storm_count(void)
{
    return signals;
}

void storm_end(void)
{
    set_timer(0);
}
