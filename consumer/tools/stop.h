// Ctrl-C and SIGTERM: noticed, so that a command can end what it started.
#ifndef CONSUMER_TOOLS_STOP_H
#define CONSUMER_TOOLS_STOP_H

#include <stdbool.h>
#include <stdint.h>

/// From here on the two signals are remembered instead of ending the program.
void stop_watch(void);

/// The signal that came, or 0.
int stop_signal(void);

/// Sleeps until `deadline_ns` of CLOCK_MONOTONIC. False: a signal came first.
bool stop_sleep(int64_t deadline_ns);

/// Lets the two signals end the program again: for a child that will run something else.
void stop_unwatch(void);

#endif
