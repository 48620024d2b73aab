// What a slot holds: planes, offsets, sizes.
#include "common/ring/geometry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/size.h"
#include "common/frame/format.h"
#include "common/frame/header.h"

enum { PLANE_ALIGN = 64, IMAGES_MAX = 1 << 16 };

static bool name_is_fine(const char *name)
{
    if (name == NULL || name[0] == 0 || strlen(name) >= RING_PLANE_NAME_BYTES)
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

int geometry_find(const struct ring_geometry *geometry, const char *name)
{
    for (uint32_t i = 0; i < geometry->plane_count; i++)
        if (strcmp(geometry->names[i], name) == 0)
            return (int)i;
    return -1;
}

uint64_t geometry_mask(const struct ring_geometry *geometry)
{
    return geometry->plane_count == 64 ? UINT64_MAX : (UINT64_C(1) << geometry->plane_count) - 1;
}

void geometry_copy(const struct ring_geometry *from, struct ring_geometry *to)
{
    *to = *from;
    for (uint32_t i = 0; i < to->plane_count; i++)
        to->planes[i].name = to->names[i];
}

static tachy_status add_plane(const char *stream, const tachy_plane_params *wanted,
                              struct ring_geometry *geometry)
{
    uint32_t i = geometry->plane_count;
    if (!name_is_fine(wanted->name))
        return error_set(TACHY_INVALID,
                         "stream %s, plane %u: its name must be 1 to %d of [a-z0-9_]", stream, i,
                         RING_PLANE_NAME_BYTES - 1);
    if (geometry_find(geometry, wanted->name) >= 0)
        return error_set(TACHY_INVALID, "stream %s: plane %s is there twice", stream, wanted->name);
    snprintf(geometry->names[i], sizeof geometry->names[i], "%s", wanted->name);
    tachy_plane *plane = &geometry->planes[i];
    *plane = (tachy_plane){.name = geometry->names[i],
                           .format = wanted->format,
                           .count = wanted->count,
                           .height = wanted->height,
                           .width = wanted->width,
                           .channels = wanted->channels};
    if (wanted->count > IMAGES_MAX || !format_lay_out(plane, &geometry->plane_bytes[i]))
        return error_set(
            TACHY_INVALID,
            "stream %s, plane %s: %u images of %ux%u, %u channels of format %d: none "
            "may be 0, at most 4 channels and %d images, and their bytes must fit 64 bits",
            stream, wanted->name, wanted->count, wanted->width, wanted->height, wanted->channels,
            (int)wanted->format, IMAGES_MAX);
    if (wanted->count > geometry->images)
        geometry->images = wanted->count;
    geometry->plane_count++;
    return TACHY_OK;
}

tachy_status geometry_make(const char *stream, const tachy_plane_params *planes, size_t count,
                           struct ring_geometry *geometry)
{
    memset(geometry, 0, sizeof *geometry);
    if (planes == NULL || count == 0 || count > RING_PLANES_MAX)
        return error_set(TACHY_INVALID, "stream %s: %zu planes; expected 1 to %d", stream, count,
                         RING_PLANES_MAX);
    for (size_t i = 0; i < count; i++) {
        tachy_status status = add_plane(stream, &planes[i], geometry);
        if (status != TACHY_OK)
            return status;
    }
    geometry->header_capacity = (uint32_t)frame_header_capacity(geometry->images);
    uint64_t end = geometry->header_capacity;
    bool fits = true;
    for (size_t i = 0; i < count && fits; i++) {
        fits = size_align(end, PLANE_ALIGN, &end);
        geometry->offsets[i] = end;
        fits = fits && size_add(end, geometry->plane_bytes[i], &end);
    }
    if (!fits || !size_align(end, RING_PAGE, &geometry->slot_bytes))
        return error_set(TACHY_INVALID, "stream %s: its planes do not fit 64 bits", stream);
    geometry->slots_offset = 2 * RING_PAGE;
    return TACHY_OK;
}

tachy_status geometry_set_slots(const char *stream, uint32_t slots, struct ring_geometry *geometry)
{
    uint64_t bytes;
    if (!size_multiply(slots, geometry->slot_bytes, &bytes) ||
        !size_add(bytes, geometry->slots_offset, &bytes) || bytes > INT64_MAX)
        return error_set(TACHY_INVALID, "stream %s: %u slots of %llu bytes do not fit 64 bits",
                         stream, slots, (unsigned long long)geometry->slot_bytes);
    geometry->slots = slots;
    geometry->data_bytes = bytes;
    return TACHY_OK;
}

void geometry_store(const struct ring_geometry *geometry, struct ring_data *head)
{
    head->slots_offset = geometry->slots_offset;
    head->slot_bytes = geometry->slot_bytes;
    head->slots = geometry->slots;
    head->plane_count = geometry->plane_count;
    head->images = geometry->images;
    head->header_capacity = geometry->header_capacity;
    for (uint32_t i = 0; i < geometry->plane_count; i++) {
        const tachy_plane *from = &geometry->planes[i];
        struct ring_plane *to = &head->planes[i];
        memcpy(to->name, geometry->names[i], sizeof to->name);
        to->format = (uint32_t)from->format;
        to->count = from->count;
        to->height = from->height;
        to->width = from->width;
        to->channels = from->channels;
        to->offset = geometry->offsets[i];
        to->row_bytes = from->row_bytes;
        to->image_bytes = from->image_bytes;
    }
}

// A later minor version may pad more, so strides are checked for holding their pixels, not for equality with ours.
static bool load_plane(const struct ring_plane *from, struct ring_geometry *geometry, uint32_t i)
{
    if (memchr(from->name, 0, sizeof from->name) == NULL || !name_is_fine(from->name))
        return false;
    memcpy(geometry->names[i], from->name, sizeof from->name);
    tachy_plane tight = {.format = (tachy_format)from->format,
                         .count = from->count,
                         .height = from->height,
                         .width = from->width,
                         .channels = from->channels};
    uint64_t bytes, end, rows;
    if (from->count > IMAGES_MAX || !format_lay_out(&tight, &bytes))
        return false;
    uint64_t row = (uint64_t)from->width * from->channels * format_bytes(tight.format);
    if (from->row_bytes < row || !size_multiply(from->row_bytes, from->height, &rows) ||
        from->image_bytes < rows || !size_multiply(from->image_bytes, from->count, &bytes) ||
        !size_add(from->offset, bytes, &end))
        return false;
    if (from->offset % PLANE_ALIGN != 0 || from->row_bytes % PLANE_ALIGN != 0 ||
        from->image_bytes % PLANE_ALIGN != 0 || from->offset < geometry->header_capacity ||
        end > geometry->slot_bytes || from->count > geometry->images)
        return false;
    tight.name = geometry->names[i];
    tight.row_bytes = from->row_bytes;
    tight.image_bytes = from->image_bytes;
    geometry->planes[i] = tight;
    geometry->offsets[i] = from->offset;
    geometry->plane_bytes[i] = bytes;
    return true;
}

static bool load_sizes(const struct ring_data *head, uint64_t mapped, uint32_t slots,
                       struct ring_geometry *geometry)
{
    uint64_t bytes;
    if (head->slots != slots || head->plane_count == 0 || head->plane_count > RING_PLANES_MAX ||
        head->images == 0 || head->images > IMAGES_MAX)
        return false;
    if (head->slots_offset % RING_PAGE != 0 || head->slots_offset < sizeof *head ||
        head->slot_bytes % RING_PAGE != 0 || head->slot_bytes == 0 ||
        head->header_capacity > head->slot_bytes ||
        head->header_capacity > frame_header_capacity(head->images))
        return false;
    if (!size_multiply(head->slots, head->slot_bytes, &bytes) ||
        !size_add(bytes, head->slots_offset, &bytes) || bytes > mapped)
        return false;
    geometry->slots_offset = head->slots_offset;
    geometry->slot_bytes = head->slot_bytes;
    geometry->data_bytes = bytes;
    geometry->slots = head->slots;
    geometry->images = head->images;
    geometry->header_capacity = head->header_capacity;
    geometry->generation = head->mark.generation;
    return true;
}

tachy_status geometry_load(const char *stream, const struct segment *data, uint32_t slots,
                           struct ring_geometry *geometry)
{
    struct ring_data *head = malloc(sizeof *head);
    if (head == NULL)
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory", stream);
    memcpy(head, data->base,
           sizeof *head); // checked and used from here: the writer may change its own under us
    memset(geometry, 0, sizeof *geometry);
    tachy_status status = TACHY_OK;
    if (!load_sizes(head, data->bytes, slots, geometry))
        status = error_set(TACHY_CORRUPT, "stream %s: the sizes in its data object make no sense",
                           stream);
    for (uint32_t i = 0; status == TACHY_OK && i < head->plane_count; i++) {
        if (!load_plane(&head->planes[i], geometry, i))
            status = error_set(TACHY_CORRUPT,
                               "stream %s: plane %u in its data object makes no sense", stream, i);
        geometry->plane_count = i + 1;
    }
    geometry->huge_bytes = head->huge_bytes < data->bytes ? head->huge_bytes : data->bytes;
    free(head);
    return status;
}
