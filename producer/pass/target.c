// What renders into one stream.
#include "producer/pass/target.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/error.h"
#include "producer/pass/attachments.h"

static tachy_status check_size(const struct device *device,
                               const struct render_target_params *params)
{
    uint32_t max = device->properties.limits.maxImageDimension2D;
    if (params->width == 0 || params->height == 0 || params->width > max || params->height > max)
        return error_set(
            TACHY_INVALID, "%s: a picture of %u x %u pixels: each side must be 1 to %u on '%s'",
            params->name, params->width, params->height, max, device->properties.deviceName);
    if (params->planes >> PLANE_COUNT)
        return error_set(TACHY_INVALID, "%s: planes 0x%llx: there are only %d", params->name,
                         (unsigned long long)params->planes, PLANE_COUNT);
    return TACHY_OK;
}

tachy_status target_create(const struct device *device, const struct post *post, uint32_t tier,
                           const struct render_target_params *params, struct render_target **target)
{
    tachy_status status = check_size(device, params);
    if (status)
        return status;
    struct render_target *made = calloc(1, sizeof *made);
    if (!made)
        return error_set(TACHY_NO_MEMORY, "%s: no memory for a target", params->name);
    snprintf(made->name, sizeof made->name, "%s", params->name);
    made->device = device;
    made->post = post;
    made->width = params->width;
    made->height = params->height;
    made->tier = tier;
    made->planes = params->planes;
    made->delivers = params->memory != NULL;
    if (made->delivers && tier == 1)
        status = import_init(&made->import, device, params->memory, params->memory_bytes);
    if (status)
        goto fail;
    *target = made;
    return TACHY_OK;
fail:
    render_target_destroy(&made);
    return status;
}

void render_target_destroy(struct render_target **target)
{
    if (!target || !*target)
        return;
    struct render_target *gone = *target;
    for (size_t f = 0; f < FRAMES_MAX; f++) {
        for (size_t i = 0; i < gone->frames[f].count; i++)
            attachments_destroy(gone->device, &gone->frames[f].list[i]);
        free(gone->frames[f].list);
    }
    for (size_t plane = 0; plane < PLANE_COUNT; plane++) {
        for (size_t i = 0; i < gone->slot_count[plane]; i++)
            image_finish(&gone->slots[plane][i].image, gone->device);
        free(gone->slots[plane]);
    }
    import_finish(&gone->import, gone->device);
    free(gone);
    *target = NULL;
}

static tachy_status find_attachments(struct render_target *target, struct target_frame *frame,
                                     uint64_t ticket, struct attachments **attachments)
{
    if (frame->ticket != ticket)
        frame->used = 0;
    frame->ticket = ticket;
    if (frame->used == frame->count) {
        struct attachments **list =
            realloc(frame->list, (frame->count + 1) * sizeof(struct attachments *));
        if (!list)
            return error_set(TACHY_NO_MEMORY, "%s: no memory for its attachments", target->name);
        frame->list = list;
        tachy_status status = attachments_create(target, &list[frame->count]);
        if (status)
            return status;
        frame->count++;
    }
    *attachments = frame->list[frame->used++];
    return TACHY_OK;
}

/// The image bound to a plane of a slot; there are as many as slots, and each is made once.
static tachy_status find_slot(struct render_target *target, size_t plane, void *data,
                              size_t row_bytes, struct image *image)
{
    for (size_t i = 0; i < target->slot_count[plane]; i++)
        if (target->slots[plane][i].data == data) {
            *image = target->slots[plane][i].image;
            return TACHY_OK;
        }
    size_t count = target->slot_count[plane];
    struct slot_image *slots = realloc(target->slots[plane], (count + 1) * sizeof *slots);
    if (!slots)
        return error_set(TACHY_NO_MEMORY, "%s: no memory for %zu slots", target->name, count + 1);
    target->slots[plane] = slots;
    slots[count] = (struct slot_image){.data = data};
    const struct image_params params = {.format = (VkFormat)plane_table[plane].vk_format,
                                        .width = target->width,
                                        .height = target->height,
                                        .linear = true,
                                        .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT};
    tachy_status status = import_image(&target->import, target->device, &params, data, row_bytes,
                                       &slots[count].image);
    if (status)
        return status;
    target->slot_count[plane]++;
    *image = slots[count].image;
    return TACHY_OK;
}

static tachy_status find_copy(const struct render_target *target, const struct render_image *image,
                              size_t plane, struct buffer *staging, struct plane_copy *copy)
{
    size_t row_bytes = image->row_bytes[plane], pixel_bytes = plane_pixel_bytes(plane);
    if (row_bytes % pixel_bytes || row_bytes / pixel_bytes < target->width)
        return error_set(TACHY_INVALID, "%s: plane %s: rows of %zu bytes do not hold %u pixels",
                         target->name, plane_table[plane].name, row_bytes, target->width);
    size_t bytes = row_bytes * target->height;
    tachy_status status = TACHY_OK;
    if (staging->bytes != bytes) {
        buffer_finish(staging, target->device);
        status = buffer_init(staging, target->device, NULL, bytes, VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                             MEMORY_READBACK);
    }
    *copy = (struct plane_copy){staging->handle, (uint32_t)(row_bytes / pixel_bytes),
                                staging->mapped, image->data[plane], bytes};
    return status;
}

static tachy_status bind_plane(struct render_target *target, const struct render_image *image,
                               size_t plane, struct attachments *own, struct picture *picture)
{
    if (target->delivers && !image->data[plane])
        return error_set(TACHY_INVALID, "%s: plane %s has nowhere to go", target->name,
                         plane_table[plane].name);
    if (target->delivers && target->tier == 1)
        return find_slot(target, plane, image->data[plane], image->row_bytes[plane],
                         &picture->planes[plane]);
    picture->planes[plane] = own->planes[plane];
    if (!target->delivers)
        return TACHY_OK;
    return find_copy(target, image, plane, &own->staging[plane], &picture->copies[plane]);
}

tachy_status target_bind(struct render_target *target, size_t frame, uint64_t ticket,
                         const struct render_image *image, struct picture *picture)
{
    if (image->planes & ~target->planes)
        return error_set(TACHY_INVALID, "%s: planes 0x%llx are wanted, it has 0x%llx", target->name,
                         (unsigned long long)image->planes, (unsigned long long)target->planes);
    struct attachments *own = NULL;
    tachy_status status = find_attachments(target, &target->frames[frame], ticket, &own);
    if (!own)
        return status;
    for (size_t i = 0; status == TACHY_OK && i < PLANE_COUNT; i++)
        if (image->planes >> i & 1)
            status = bind_plane(target, image, i, own, picture);
    if (status)
        return status;
    picture->width = target->width;
    picture->height = target->height;
    picture->depth = &own->depth;
    picture->lit = image->planes >> PLANE_COLOR & 1 ? &own->lit : NULL;
    picture->post_set = own->post_set;
    return TACHY_OK;
}
