// Signals in quick succession over the calls of the library, and an interrupt out of their handler.
#ifndef TESTS_LIB_STORM_H
#define TESTS_LIB_STORM_H

#include <tachy/read.h>

/// SIGALRM to this process every `us`; the kernel restarts no call that one interrupts. The handler of signal number
/// `interrupt_at`, counted from now, interrupts `stream`; 0: none does. Only one storm at a time.
void storm_begin(long us, tachy_stream *stream, int interrupt_at);

/// How many signals have come since it began.
int storm_count(void);

void storm_end(void);

#endif
