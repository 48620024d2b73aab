// The frame header: tachy.FrameHeader (proto/frame.proto) into a slot and, checked, out of a private copy of it.
#ifndef COMMON_FRAME_HEADER_H
#define COMMON_FRAME_HEADER_H

#include <stddef.h>
#include <stdint.h>
#include <tachy/frame.h>

/// Bytes a slot keeps for the header of a frame of so many images: 4 KiB + 512 B per image.
size_t frame_header_capacity(uint32_t images);

/// Appends the camera of image `image` at `packed + *bytes` and moves *bytes on. A header is a plain concatenation, so what
/// is appended later for the same image wins. TACHY_FULL: beyond `capacity`; TACHY_INVALID: a name without an end.
tachy_status frame_header_append_camera(const tachy_camera *camera, uint32_t image, void *packed,
                                        size_t capacity, size_t *bytes);

/// Parses a private copy of a header. *cameras (malloc'ed; NULL if none is set) gets one entry per image, zeroed where unset.
/// TACHY_CORRUPT: not a FrameHeader, larger than the capacity, a camera of no image, a name that is not printable UTF-8 or too long ...;
/// the line says which. NaN and infinity are data, not damage.
tachy_status frame_header_unpack(const void *packed, size_t bytes, uint32_t images,
                                 tachy_camera **cameras);

#endif
