// The commands of a frame. Barriers come in few commands for all pictures together: the CPU driver waits at each for
// everything before it.
#include "producer/pass/record.h"

enum { COLOR_ASPECT = VK_IMAGE_ASPECT_COLOR_BIT, DEPTH_ASPECT = VK_IMAGE_ASPECT_DEPTH_BIT };

static bool is_wanted(const struct picture *picture, size_t plane)
{
    return picture->plan.planes >> plane & 1;
}

/// What was in the attachments is not kept; who used them last has been waited for.
static tachy_status open_picture(struct barriers *barriers, const struct picture *picture)
{
    tachy_status status = barriers_add(barriers, picture->depth->handle, DEPTH_ASPECT, &access_none,
                                       &access_depth_write);
    if (status == TACHY_OK && picture->lit)
        status = barriers_add(barriers, picture->lit->handle, COLOR_ASPECT, &access_none,
                              &access_color_write);
    for (size_t i = 0; status == TACHY_OK && i < PLANE_COUNT; i++)
        if (is_wanted(picture, i))
            status = barriers_add(barriers, picture->planes[i].handle, COLOR_ASPECT, &access_none,
                                  &access_slot_write);
    return status;
}

static tachy_status close_picture(struct barriers *barriers, const struct picture *picture)
{
    tachy_status status = TACHY_OK;
    for (size_t i = 0; status == TACHY_OK && i < PLANE_COUNT; i++)
        if (is_wanted(picture, i))
            status =
                barriers_add(barriers, picture->planes[i].handle, COLOR_ASPECT, &access_slot_write,
                             picture->copies[i].staging ? &access_copy_read : &access_host_read);
    return status;
}

static tachy_status record_geometry(struct render *render, struct frame *frame,
                                    const struct shadow_view *shadow)
{
    const struct geometry_input input = {.world = &render->world,
                                         .list = &render->list,
                                         .image_set = frame->set,
                                         .shadowed = shadow->exists};
    tachy_status status = TACHY_OK;
    for (size_t i = 0; status == TACHY_OK && i < frame->picture_count; i++)
        status = geometry_record(&render->geometry, &render->device, &input, &frame->pictures[i],
                                 frame->commands);
    return status;
}

static tachy_status record_post(const struct render *render, struct frame *frame)
{
    tachy_status status = TACHY_OK;
    for (size_t i = 0; status == TACHY_OK && i < frame->picture_count; i++)
        if (frame->pictures[i].lit)
            status = barriers_add(&frame->barriers, frame->pictures[i].lit->handle, COLOR_ASPECT,
                                  &access_color_write, &access_shader_read);
    barriers_record(&frame->barriers, frame->commands);
    for (size_t i = 0; i < frame->picture_count; i++)
        post_record(&render->post, &frame->pictures[i], frame->commands);
    return status;
}

static void record_copy(const struct picture *picture, size_t plane, VkCommandBuffer commands)
{
    const VkBufferImageCopy region = {.bufferRowLength = picture->copies[plane].row_pixels,
                                      .imageSubresource = {COLOR_ASPECT, 0, 0, 1},
                                      .imageExtent = {picture->width, picture->height, 1}};
    vkCmdCopyImageToBuffer(commands, picture->planes[plane].handle, access_copy_read.layout,
                           picture->copies[plane].staging, 1, &region);
}

/// Tier 3: from the device's images to mapped memory.
static void record_copies(const struct frame *frame)
{
    bool any = false;
    for (size_t i = 0; i < frame->picture_count; i++)
        for (size_t plane = 0; plane < PLANE_COUNT; plane++)
            if (frame->pictures[i].copies[plane].staging) {
                record_copy(&frame->pictures[i], plane, frame->commands);
                any = true;
            }
    if (!any)
        return;
    const VkMemoryBarrier2 seen = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER_2,
                                   .srcStageMask = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
                                   .srcAccessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT,
                                   .dstStageMask = VK_PIPELINE_STAGE_2_HOST_BIT,
                                   .dstAccessMask = VK_ACCESS_2_HOST_READ_BIT};
    const VkDependencyInfo dependency = {.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                         .memoryBarrierCount = 1,
                                         .pMemoryBarriers = &seen};
    vkCmdPipelineBarrier2(frame->commands, &dependency);
}

tachy_status record_frame(struct render *render, struct frame *frame,
                          const struct shadow_view *shadow)
{
    struct barriers *barriers = &frame->barriers;
    tachy_status status = TACHY_OK;
    for (size_t i = 0; status == TACHY_OK && i < frame->picture_count; i++)
        status = open_picture(barriers, &frame->pictures[i]);
    barriers_record(barriers, frame->commands);
    if (status == TACHY_OK)
        status =
            shadow_record(&render->shadow, &render->world, &render->list, shadow, frame->commands);
    if (status == TACHY_OK)
        status = record_geometry(render, frame, shadow);
    if (status == TACHY_OK)
        status = record_post(render, frame);
    for (size_t i = 0; status == TACHY_OK && i < frame->picture_count; i++)
        status = close_picture(barriers, &frame->pictures[i]);
    barriers_record(barriers, frame->commands);
    record_copies(frame);
    return status ? status : frame_end(frame);
}
