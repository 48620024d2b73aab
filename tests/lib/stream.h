// A small stream and its readers, for tests that need one of each. Every function fails the test where the library refuses.
#ifndef TESTS_LIB_STREAM_H
#define TESTS_LIB_STREAM_H

#include <tachy/tachy.h>

enum { TEST_WIDTH = 8, TEST_HEIGHT = 4 };

/// A writer of planes "color" (u8 x 4) and "depth" (f32), 8x4. `params` may say more; its name and planes are filled in.
tachy_writer *test_writer(tachy_writer_params params);

/// The name of the last writer made.
const char *test_stream_name(void);

/// Makes test_reader attach to that stream.
void test_name_stream(const char *stream);

/// A reader of it. `params` may say more; its name is filled in.
tachy_stream *test_reader(tachy_stream_params params);

/// Publishes a frame with that number, whose color bytes are the number's low byte.
void test_publish(tachy_writer *writer, uint64_t number);

/// Takes the next frame and returns its number; fails the test if there is none.
uint64_t test_next_number(tachy_stream *stream);

tachy_stats test_stats(tachy_stream *stream);

/// CLOCK_MONOTONIC.
int64_t test_now_ns(void);
void test_pause_ms(int ms);

#endif
