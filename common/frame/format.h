// Shapes and formats of planes: the one place that knows how many bytes they take.
#ifndef COMMON_FRAME_FORMAT_H
#define COMMON_FRAME_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tachy/frame.h>

/// Bytes of one channel; 0 for a number that is no format.
size_t format_bytes(tachy_format format);

/// "u8", "u16", "u32", "f16", "f32", "s16"; "?" otherwise.
const char *format_name(tachy_format format);

/// Fills in row_bytes (pixels padded to 64 bytes) and image_bytes (rows padded to a multiple of 4) of a plane whose shape
/// is set, and says how many bytes all its images take. False: a zero, an unknown format, more than 4 channels, or sizes that wrap.
bool format_lay_out(tachy_plane *plane, uint64_t *bytes);

#endif
