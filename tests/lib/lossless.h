// What tests of lossless readers share, on the writers and readers of lib/stream.h: frames whose bytes say their sequence.
#ifndef TESTS_LIB_LOSSLESS_H
#define TESTS_LIB_LOSSLESS_H

#include "tests/lib/stream.h"

/// Claims, fills with the sequence it will have, publishes. What the claim answered.
tachy_status test_try_publish(tachy_writer *writer, int64_t timeout_ns);

/// Publishes until a lossless reader holds the writer up: how many frames that took.
uint32_t test_publish_until_held_up(tachy_writer *writer);

/// How many frames a writer with that held_max publishes before a lossless reader that takes none holds it up.
uint32_t test_room(uint32_t held_max);

tachy_writer_stats test_writer_stats(const tachy_writer *writer);

/// Whether each byte is of the frame's sequence.
bool test_is_whole(const tachy_frame *frame);

/// Takes the next frame, which must be whole: its sequence; 0: there is none.
uint64_t test_take(tachy_stream *stream);

#endif
