// The table of image formats, the limits, and what all formats share.
#include "common/image/codec/codec.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/error.h"
#include "common/image/codec/format.h"

enum { PIXELS_MAX = 1 << 28 };

static const struct codec_format *const formats[] = {&codec_png, &codec_jpeg, NULL};

size_t codec_row_bytes(const struct codec_pixels *pixels)
{
    return (size_t)pixels->width * pixels->channels * (pixels->bits / 8);
}

tachy_status codec_pixels_allocate(struct codec_pixels *pixels, const char *name)
{
    if (pixels->width == 0 || pixels->height == 0 || pixels->width > CODEC_SIDE_MAX ||
        pixels->height > CODEC_SIDE_MAX || (uint64_t)pixels->width * pixels->height > PIXELS_MAX)
        return error_set(
            TACHY_CORRUPT,
            "image %s says it is %u x %u pixels: a side may have 1 to %d, all together at most %d",
            name, pixels->width, pixels->height, CODEC_SIDE_MAX, PIXELS_MAX);
    size_t bytes = codec_row_bytes(pixels) * pixels->height;
    pixels->data = malloc(bytes);
    if (pixels->data == NULL)
        return error_set(TACHY_NO_MEMORY, "image %s: no memory for its %zu bytes of pixels", name,
                         bytes);
    return TACHY_OK;
}

tachy_status codec_decode(const void *bytes, size_t size, const char *name,
                          struct codec_pixels *pixels)
{
    for (int i = 0; formats[i] != NULL; i++) {
        if (!formats[i]->recognise(bytes, size))
            continue;
        struct codec_pixels decoded = {0};
        tachy_status status = formats[i]->decode(bytes, size, name, &decoded);
        if (status == TACHY_OK)
            *pixels = decoded;
        else
            free(decoded.data);
        return status;
    }
    return error_set(TACHY_UNSUPPORTED,
                     "image %s (%zu bytes) is in no format that this version reads: PNG and JPEG",
                     name, size);
}

// Is `word` one of the words of `list`?
static bool lists(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; *at != 0; at += strspn(at, " ")) {
        size_t here = strcspn(at, " ");
        if (here == length && strncasecmp(at, word, length) == 0)
            return true;
        at += here;
    }
    return false;
}

static bool is_sound(const struct codec_pixels *pixels)
{
    return pixels->width >= 1 && pixels->width <= CODEC_SIDE_MAX && pixels->height >= 1 &&
           pixels->height <= CODEC_SIDE_MAX && pixels->channels >= 1 && pixels->channels <= 4 &&
           (pixels->bits == 8 || pixels->bits == 16) && pixels->data != NULL;
}

tachy_status codec_encode(const struct codec_pixels *pixels, const char *extension, void **bytes,
                          size_t *size)
{
    if (!is_sound(pixels))
        return error_set(TACHY_INVALID,
                         "cannot write an image of %u x %u pixels, %u channels of %u bits",
                         pixels->width, pixels->height, pixels->channels, pixels->bits);
    for (int i = 0; formats[i] != NULL; i++) {
        if (formats[i]->encode != NULL && lists(formats[i]->extensions, extension))
            return formats[i]->encode(pixels, bytes, size);
    }
    return error_set(TACHY_UNSUPPORTED, "images cannot be written as '%s' in this version: use png",
                     extension);
}
