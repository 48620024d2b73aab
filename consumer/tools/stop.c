// Ctrl-C and SIGTERM.
#include "consumer/tools/stop.h"

#include <signal.h>
#include <stddef.h>

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

void stop_unwatch(void)
{
    handle(SIG_DFL);
}

int stop_signal(void)
{
    return came;
}
