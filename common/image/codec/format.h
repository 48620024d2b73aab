// What a file format is to the table of codecs. One const struct per format.
#ifndef COMMON_IMAGE_CODEC_FORMAT_H
#define COMMON_IMAGE_CODEC_FORMAT_H

#include <stdbool.h>

#include "common/image/codec/codec.h"

struct codec_format {
    const char *extensions; ///< "jpg jpeg"
    bool (*recognise)(const unsigned char *bytes, size_t size);
    tachy_status (*decode)(const void *bytes, size_t size, const char *name,
                           struct codec_pixels *pixels);
    tachy_status (*encode)(const struct codec_pixels *pixels, void **bytes,
                           size_t *size); ///< NULL: reads only
};

extern const struct codec_format codec_jpeg, codec_png;

/// Checks the shape in `pixels` against the limits and allocates its data. `name` is for messages.
tachy_status codec_pixels_allocate(struct codec_pixels *pixels, const char *name);

/// Bytes of one row of pixels.
size_t codec_row_bytes(const struct codec_pixels *pixels);

#endif
