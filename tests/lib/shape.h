// Streams that change their planes and sizes, for tests: frames whose every byte follows from their number.
#ifndef TESTS_LIB_SHAPE_H
#define TESTS_LIB_SHAPE_H

#include <tachy/tachy.h>

/// Planes "color" (u8 x 4) and "depth" (f32), and "mask" (u8) where said.
struct shape {
    uint32_t width, height, images;
    bool mask;
};

/// Writes the planes into `planes` (room for 3) and says how many.
size_t shape_planes(const struct shape *shape, tachy_plane_params planes[3]);

/// A writer of that shape; `params` may say more. Its name is test_producer_name()/a and its readers may hold 8 frames, unless given.
tachy_writer *shape_writer(const struct shape *shape, tachy_writer_params params);

/// tachy_writer_resize to that shape.
tachy_status shape_resize(tachy_writer *writer, const struct shape *shape);

/// Publishes a frame with that number and its pattern in every byte of every plane; fails the test if it cannot.
void shape_publish(tachy_writer *writer, uint64_t number);

/// Fails the test unless the frame has exactly that shape's planes and its number's pattern in them.
void shape_check(const tachy_frame *frame, const struct shape *shape);

/// The next frame, of that shape and number, checked. Fails the test if it is not there.
tachy_frame *shape_next(tachy_stream *stream, const struct shape *shape, uint64_t number);

/// tachy_stream_next with timeout 0 says TACHY_CHANGED, and tachy_stream_info has that shape from then on.
void shape_wants_change(tachy_stream *stream, const struct shape *shape);

/// Entries of /proc/self/fd, and lines of /proc/self/maps that name /dev/shm.
int shape_count_fds(void);
int shape_count_mappings(void);

#endif
