// A small stream of three planes and its readers, which take frames at once or not at all, for tests of the ring.
#ifndef TESTS_LIB_RING_H
#define TESTS_LIB_RING_H

#include "tests/lib/stream.h"

enum { RING_WIDTH = 5, RING_HEIGHT = 3 };

/// A writer of planes "color" (u8 x 4), "depth" (f32) and "id" (u32), 5x3, of tier 2, seed 99.
tachy_writer *test_ring_writer(uint32_t held_max, uint32_t history);

/// The name of the last writer made.
const char *test_ring_name(void);

tachy_stream *test_ring_reader(tachy_reading reading, uint32_t held_max);

/// Publishes a frame whose first row of color is its sequence's low byte.
void test_ring_publish(tachy_writer *writer);

/// Takes the next frame: its sequence; 0: there is none.
uint64_t test_ring_take(tachy_stream *stream);

#endif
