// The library's sleeps, seen and stretched, so that no test has to guess whether somebody sleeps or who woke him.
//
// lib/sleep.c takes the place of libc's syscall() in the program it is linked into and in its forked children.
#ifndef TESTS_LIB_SLEEP_H
#define TESTS_LIB_SLEEP_H

#include <stdbool.h>
#include <stdint.h>

/// With `endless` a sleep ends by a wake alone, never by its timeout: a wake that gets lost hangs the test. Holds for this
/// process and the children it has from then on, until the next call. The count of sleeps begins anew.
void sleeps_are(bool endless);

/// How many sleeps have begun in these processes since the last call of sleeps_are().
uint32_t sleeps_begun(void);

/// Waits until more than so many have begun. False: none did within two minutes.
bool sleeps_await(uint32_t seen);

#endif
