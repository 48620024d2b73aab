// JPEG by libturbojpeg: reads grey and colour.
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "common/base/error.h"
#include "common/image/codec/format.h"

static bool recognise(const unsigned char *bytes, size_t size)
{
    return size >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0;
}

static tachy_status damaged(tjhandle turbo, const char *name)
{
    return error_set(TACHY_CORRUPT, "JPEG %s is damaged: %s", name, tjGetErrorStr2(turbo));
}

static tachy_status decode_with(tjhandle turbo, const void *bytes, size_t size, const char *name,
                                struct codec_pixels *pixels)
{
    int width, height, subsampling, space;
    if (tjDecompressHeader3(turbo, bytes, size, &width, &height, &subsampling, &space) != 0)
        return damaged(turbo, name);
    if (space == TJCS_CMYK || space == TJCS_YCCK)
        return error_set(TACHY_UNSUPPORTED, "JPEG %s is CMYK: save it as RGB or grey", name);
    bool grey = space == TJCS_GRAY;
    *pixels = (struct codec_pixels){.width = (uint32_t)width, .height = (uint32_t)height};
    pixels->channels = grey ? 1 : 3;
    pixels->bits = 8;
    tachy_status status = codec_pixels_allocate(pixels, name);
    if (status != TACHY_OK)
        return status;
    // A warning means missing or garbled pixels; the limit of scans stops files that are small but take minutes.
    int flags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS;
    if (tjDecompress2(turbo, bytes, size, pixels->data, width, 0, height,
                      grey ? TJPF_GRAY : TJPF_RGB, flags) != 0)
        return damaged(turbo, name);
    return TACHY_OK;
}

static tachy_status decode(const void *bytes, size_t size, const char *name,
                           struct codec_pixels *pixels)
{
    tjhandle turbo = tjInitDecompress();
    if (turbo == NULL)
        return error_set(TACHY_NO_MEMORY, "JPEG %s: no memory for a decoder", name);
    tachy_status status = decode_with(turbo, bytes, size, name, pixels);
    tjDestroy(turbo);
    return status;
}

const struct codec_format codec_jpeg = {"jpg jpeg", recognise, decode, NULL};
