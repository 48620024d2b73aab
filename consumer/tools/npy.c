// NumPy's .npy.
#include "consumer/tools/npy.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { HEADER_BYTES = 128, MAGIC_BYTES = 10 };

static const struct {
    const char *type;
    size_t bytes;
} types[] = {
    {"|V1", 1},
    [TACHY_U8] = {"|u1", 1},
    [TACHY_U16] = {"<u2", 2},
    [TACHY_U32] = {"<u4", 4},
    [TACHY_F16] = {"<f2", 2},
    [TACHY_F32] = {"<f4", 4},
    [TACHY_S16] = {"<i2", 2},
};

struct npy npy_of_plane(const tachy_plane *plane)
{
    bool known = (unsigned)plane->format < sizeof types / sizeof *types;
    unsigned format = known ? plane->format : 0;
    struct npy npy = {.type = types[format].type, .dimensions = 4, .data = plane->data};
    npy.shape[0] = plane->count;
    npy.shape[1] = plane->height;
    npy.shape[2] = plane->width;
    npy.shape[3] = plane->channels;
    npy.piece_bytes = (size_t)plane->width * plane->channels * types[format].bytes;
    npy.pieces = (size_t)plane->height * plane->count;
    npy.step = plane->row_bytes;
    npy.group = plane->height;
    npy.group_step = plane->image_bytes;
    return npy;
}

struct npy npy_of_numbers(const char *type, const void *numbers, size_t dimensions,
                          const size_t *shape)
{
    struct npy npy = {.type = type, .dimensions = dimensions, .data = numbers};
    npy.piece_bytes = 8;
    for (size_t i = 0; i < dimensions; i++) {
        npy.shape[i] = shape[i];
        npy.piece_bytes *= shape[i];
    }
    npy.pieces = npy.group = 1;
    return npy;
}

uint64_t npy_bytes(const struct npy *npy)
{
    return HEADER_BYTES + (uint64_t)npy->piece_bytes * npy->pieces;
}

// "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 480, 640, 1), }", padded with spaces, a newline at the end.
static void write_header(const struct npy *npy, char header[HEADER_BYTES])
{
    memset(header, ' ', HEADER_BYTES);
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = (char)(HEADER_BYTES - MAGIC_BYTES); // length of the rest, 16 bits, low byte first
    header[9] = 0;
    char text[HEADER_BYTES], shape[HEADER_BYTES] = "";
    int used = 0;
    for (size_t i = 0; i < npy->dimensions; i++)
        used += snprintf(shape + used, sizeof shape - (size_t)used, "%zu, ", npy->shape[i]);
    int length =
        snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }",
                 npy->type, shape);
    memcpy(header + MAGIC_BYTES, text, (size_t)length);
    header[HEADER_BYTES - 1] = '\n';
}

void npy_write(const struct npy *npy, void (*take)(void *sink, const void *bytes, size_t count),
               void *sink)
{
    char header[HEADER_BYTES];
    write_header(npy, header);
    take(sink, header, sizeof header);
    for (size_t i = 0; i < npy->pieces; i++)
        take(sink,
             (const char *)npy->data + i / npy->group * npy->group_step +
                 i % npy->group * npy->step,
             npy->piece_bytes);
}
