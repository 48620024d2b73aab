// Image files in memory to pixels and back: one const table of codecs, one file per format. Bytes are hostile until decoded.
#ifndef COMMON_IMAGE_CODEC_CODEC_H
#define COMMON_IMAGE_CODEC_CODEC_H

#include <stddef.h>
#include <stdint.h>
#include <tachy/status.h>

enum { CODEC_SIDE_MAX = 65536 }; ///< pixels; also at most 2^28 pixels in all

/// Pixels, row 0 on top, tightly packed, alpha straight, as the file has them (no colour conversion).
struct codec_pixels {
    uint32_t width, height;
    uint32_t channels; ///< 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA
    uint32_t bits;     ///< per channel: 8, or 16 (host order)
    void *data;        ///< malloc'ed
};

/// Decodes by content, never by name; `name` is for messages. The caller frees pixels->data.
/// TACHY_UNSUPPORTED: no known format; TACHY_CORRUPT: damaged or beyond the limits; TACHY_NO_MEMORY.
tachy_status codec_decode(const void *bytes, size_t size, const char *name,
                          struct codec_pixels *pixels);

/// Encodes as the format of that extension ("png"). The caller frees *bytes. TACHY_UNSUPPORTED: cannot write that format.
tachy_status codec_encode(const struct codec_pixels *pixels, const char *extension, void **bytes,
                          size_t *size);

#endif
