// The frame header, in and out. What comes in is hostile: protobuf-c parses it inside an arena of fixed size.
#include "common/frame/header.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/text.h"
#include "proto/frame.pb-c.h"

enum {
    CAPACITY_BASE = 4096,
    CAPACITY_PER_IMAGE = 512,
    MATRIX_DOUBLES = 16,
    DISTORTION_DOUBLES = 5,
    ARENA_PER_BYTE = 16, // a full camera takes about 5 bytes of parser memory per packed byte
};

size_t frame_header_capacity(uint32_t images)
{
    return CAPACITY_BASE + (size_t)CAPACITY_PER_IMAGE * images;
}

// ---- out

tachy_status frame_header_append_camera(const tachy_camera *camera, uint32_t image, void *packed,
                                        size_t capacity, size_t *bytes)
{
    if (memchr(camera->name, 0, sizeof camera->name) == NULL)
        return error_set(TACHY_INVALID, "the name of camera %u has no end: it may take %zu bytes",
                         image, sizeof camera->name - 1);
    tachy_camera copy = *camera; // protobuf-c wants pointers that are not const
    Tachy__Camera message = TACHY__CAMERA__INIT;
    message.image = image;
    message.name = copy.name;
    message.n_camera_from_world = MATRIX_DOUBLES;
    message.camera_from_world = copy.camera_from_world;
    message.n_previous_camera_from_world = MATRIX_DOUBLES;
    message.previous_camera_from_world = copy.previous_camera_from_world;
#define SET(field) (message.has_##field = 1, message.field = copy.field)
    SET(fx), SET(fy), SET(cx), SET(cy);
    SET(previous_fx), SET(previous_fy), SET(previous_cx), SET(previous_cy);
    SET(near_m), SET(far_m), SET(fov_y_deg), SET(focal_mm);
#undef SET
    message.n_distortion = DISTORTION_DOUBLES;
    message.distortion = copy.distortion;
    message.has_projection = 1;
    message.projection = (Tachy__Camera__Projection)copy.projection;

    Tachy__Camera *cameras[] = {&message};
    Tachy__FrameHeader header = TACHY__FRAME_HEADER__INIT;
    header.n_cameras = 1;
    header.cameras = cameras;
    size_t more = tachy__frame_header__get_packed_size(&header);
    if (*bytes > capacity || more > capacity - *bytes)
        return error_set(TACHY_FULL, "the header has no room for camera %u: %zu of %zu bytes used",
                         image, *bytes, capacity);
    tachy__frame_header__pack(&header, (uint8_t *)packed + *bytes);
    *bytes += more;
    return TACHY_OK;
}

// ---- in: an arena whose size was decided before the parser saw a byte. Freed as a whole, so no hostile message can
// make the parser leak or free twice. Each piece begins with its size.

struct arena {
    unsigned char *base;
    size_t used, bytes;
};

enum { PIECE_ALIGN = 16 };

static void *arena_alloc(void *data, size_t bytes)
{
    struct arena *arena = data;
    size_t left = arena->bytes - arena->used;
    if (left < PIECE_ALIGN || bytes > left - PIECE_ALIGN)
        return NULL;
    unsigned char *piece = arena->base + arena->used + PIECE_ALIGN;
    memcpy(piece - sizeof bytes, &bytes, sizeof bytes);
    size_t taken = PIECE_ALIGN + (bytes + PIECE_ALIGN - 1) / PIECE_ALIGN * PIECE_ALIGN;
    arena->used = taken > left ? arena->bytes : arena->used + taken;
    return piece;
}

static void arena_free(void *data, void *piece)
{
    (void)data;
    (void)piece;
}

// Of a piece that arena_alloc handed out.
static size_t piece_bytes(const void *piece)
{
    size_t bytes;
    memcpy(&bytes, (const unsigned char *)piece - sizeof bytes, sizeof bytes);
    return bytes;
}

static tachy_status read_name(const Tachy__Camera *message, char name[64])
{
    if (message->name == NULL)
        return TACHY_OK;
    size_t length = strlen(message->name);
    if (length >= sizeof((tachy_camera *)0)->name)
        return error_set(TACHY_CORRUPT,
                         "frame header: the name of camera %u takes %zu bytes, at most 63",
                         message->image, length);
    if (piece_bytes(message->name) != length + 1)
        return error_set(TACHY_CORRUPT, "frame header: the name of camera %u holds a NUL",
                         message->image);
    char printable[4 * 64];
    text_printable(message->name, printable, sizeof printable);
    if (strcmp(printable, message->name) != 0)
        return error_set(TACHY_CORRUPT,
                         "frame header: the name of camera %u is not printable UTF-8: %s",
                         message->image, printable);
    memcpy(name, message->name, length + 1);
    return TACHY_OK;
}

// Copies `count` doubles if there are any; false if there are some, but not `count`.
static bool read_doubles(double *to, const double *from, size_t have, size_t count)
{
    if (have != 0 && have != count)
        return false;
    for (size_t i = 0; i < have; i++)
        to[i] = from[i];
    return true;
}

static tachy_status read_camera(const Tachy__Camera *message, tachy_camera *camera)
{
    tachy_camera read = {
        .fx = message->fx, .fy = message->fy, .cx = message->cx, .cy = message->cy};
    read.previous_fx = message->previous_fx;
    read.previous_fy = message->previous_fy;
    read.previous_cx = message->previous_cx;
    read.previous_cy = message->previous_cy;
    read.near_m = message->near_m;
    read.far_m = message->far_m;
    read.fov_y_deg = message->fov_y_deg;
    read.focal_mm = message->focal_mm;
    if (message->n_camera_from_world == 0 ||
        !read_doubles(read.camera_from_world, message->camera_from_world,
                      message->n_camera_from_world, MATRIX_DOUBLES) ||
        !read_doubles(read.previous_camera_from_world, message->previous_camera_from_world,
                      message->n_previous_camera_from_world, MATRIX_DOUBLES) ||
        !read_doubles(read.distortion, message->distortion, message->n_distortion,
                      DISTORTION_DOUBLES))
        return error_set(TACHY_CORRUPT,
                         "frame header: a matrix or the distortion of camera %u has the wrong size",
                         message->image);
    if ((int)message->projection < TACHY_PERSPECTIVE ||
        (int)message->projection > TACHY_EQUIRECTANGULAR)
        return error_set(TACHY_CORRUPT, "frame header: camera %u has projection %d, which is none",
                         message->image, (int)message->projection);
    read.projection = (tachy_projection)message->projection;
    tachy_status status = read_name(message, read.name);
    if (status == TACHY_OK)
        *camera = read;
    return status;
}

static tachy_status read_cameras(const Tachy__FrameHeader *header, uint32_t images,
                                 tachy_camera **cameras)
{
    tachy_camera *read = calloc(images, sizeof *read);
    if (read == NULL)
        return error_set(TACHY_NO_MEMORY, "no memory for %u cameras", images);
    for (size_t i = 0; i < header->n_cameras; i++) {
        const Tachy__Camera *message = header->cameras[i];
        tachy_status status =
            message->image < images
                ? read_camera(message, &read[message->image])
                : error_set(TACHY_CORRUPT, "frame header: a camera of image %u, but there are %u",
                            message->image, images);
        if (status != TACHY_OK) {
            free(read);
            return status;
        }
    }
    *cameras = read;
    return TACHY_OK;
}

tachy_status frame_header_unpack(const void *packed, size_t bytes, uint32_t images,
                                 tachy_camera **cameras)
{
    size_t capacity = frame_header_capacity(images);
    if (bytes > capacity)
        return error_set(TACHY_CORRUPT, "frame header: %zu bytes, at most %zu for %u images", bytes,
                         capacity, images);
    struct arena arena = {.bytes = capacity * ARENA_PER_BYTE};
    arena.base = malloc(arena.bytes);
    if (arena.base == NULL)
        return error_set(TACHY_NO_MEMORY, "no memory to parse a frame header (%zu bytes)",
                         arena.bytes);
    ProtobufCAllocator allocator = {arena_alloc, arena_free, &arena};
    const Tachy__FrameHeader *header = tachy__frame_header__unpack(&allocator, bytes, packed);
    tachy_status status = TACHY_OK;
    if (header == NULL)
        status =
            error_set(TACHY_CORRUPT, "frame header: its %zu bytes are no tachy.FrameHeader", bytes);
    else if (header->n_cameras == 0)
        *cameras = NULL;
    else
        status = read_cameras(header, images, cameras);
    free(arena.base); // holds every piece of `header`
    return status;
}
