// The race tests: scenes that run the library's own steps in threads of one process, on one mapping.
#ifndef TESTS_TSAN_RACES_H
#define TESTS_TSAN_RACES_H

#include <stdbool.h>
#include <tachy/tachy.h>

/// Ends the program: what a scene relies on is not so.
void races_fail(const char *what) __attribute__((noreturn));

/// A writer of the planes "color" and "depth", verifying, with room for its readers.
tachy_writer *races_writer(const char *stream, int64_t lossless_wait_ns);

/// The next frame, every byte of it written.
void races_publish(tachy_writer *writer, uint64_t number);

/// The producer's name, no other program's.
const char *races_producer(void);

/// Runs `count` threads to their end.
void races_run(void *(*const *threads)(void *), void *const *arguments, int count);

/// Writer, readers of every kind, a second thread that releases, one that adds identities, one that lists, for so long.
void stress_run(double seconds);

/// One hand-over after the other, each by the one pair of atomics that is to carry it: no other orders the two threads.
void scene_peek(void);
void scene_look(void);
void scene_mark(void);
void scene_interrupt(void);
void scene_nudge(void);
void scene_drop(void);
void scene_ids(void);
void scene_generation(void);
void scene_guard(void);

/// Whether every atomic that was to be weakened was met; says which was not.
bool weaken_met_all(void);

#endif
