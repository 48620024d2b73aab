// Shapes and formats of planes.
#include "common/frame/format.h"

#include "common/base/size.h"

enum { CHANNELS_MAX = 4, ROW_ALIGN = 64, ROWS_ALIGN = 4 };

static const struct {
    const char *name;
    size_t bytes;
} formats[] = {
    [TACHY_U8] = {"u8", 1},   [TACHY_U16] = {"u16", 2}, [TACHY_U32] = {"u32", 4},
    [TACHY_F16] = {"f16", 2}, [TACHY_F32] = {"f32", 4}, [TACHY_S16] = {"s16", 2},
};

static bool is_format(tachy_format format)
{
    return (int)format >= TACHY_U8 && (int)format <= TACHY_S16;
}

size_t format_bytes(tachy_format format)
{
    return is_format(format) ? formats[format].bytes : 0;
}

const char *format_name(tachy_format format)
{
    return is_format(format) ? formats[format].name : "?";
}

bool format_lay_out(tachy_plane *plane, uint64_t *bytes)
{
    if (plane->count == 0 || plane->height == 0 || plane->width == 0 || plane->channels == 0)
        return false;
    if (plane->channels > CHANNELS_MAX || !is_format(plane->format))
        return false;
    uint64_t row, rows, image, all;
    if (!size_multiply(plane->width, plane->channels * format_bytes(plane->format), &row) ||
        !size_align(row, ROW_ALIGN, &row) || !size_align(plane->height, ROWS_ALIGN, &rows) ||
        !size_multiply(row, rows, &image) || !size_multiply(image, plane->count, &all) ||
        all > SIZE_MAX)
        return false;
    plane->row_bytes = row;
    plane->image_bytes = image;
    *bytes = all;
    return true;
}
