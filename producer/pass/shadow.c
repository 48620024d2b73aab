// The shadow map. Fronts are drawn, as the light sees them: one-sided walls and ceilings let it in from behind.
#include "producer/pass/shadow.h"

#include <stdlib.h>

#include "common/base/error.h"
#include "producer/gpu/pipeline.h"
#include "producer/gpu/result.h"
#include "producer/gpu/upload.h"
#include "producer/pass/shaders.h"

static const VkFormat map_format = VK_FORMAT_D32_SFLOAT;

/// Column-major, as shaders/shadow.vert has it.
struct shadow_push {
    float clip_from_part[16];
};

static tachy_status create_maps(struct shadow *shadow, const struct device *device)
{
    struct image_params params = {.format = map_format,
                                  .width = SHADOW_SIDE,
                                  .height = SHADOW_SIDE,
                                  .usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT |
                                           VK_IMAGE_USAGE_SAMPLED_BIT |
                                           VK_IMAGE_USAGE_TRANSFER_DST_BIT};
    tachy_status status = image_init(&shadow->map, device, NULL, &params);
    if (status)
        return status;
    params.usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    status = image_init(&shadow->still, device, NULL, &params);
    if (status)
        return status;
    const VkSamplerCreateInfo sampler = {.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO,
                                         .magFilter = VK_FILTER_NEAREST,
                                         .minFilter = VK_FILTER_NEAREST,
                                         .addressModeU = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                         .addressModeV = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                         .addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                         .compareEnable = VK_TRUE,
                                         .compareOp = VK_COMPARE_OP_LESS_OR_EQUAL};
    return result_check(vkCreateSampler(device->handle, &sampler, NULL, &shadow->sampler),
                        "creating a sampler");
}

/// Pictures without shadows have the map bound too, so it must be readable from the first.
static tachy_status make_readable(const struct shadow *shadow, const struct device *device)
{
    struct upload upload = {0};
    struct barriers barriers = {0};
    tachy_status status = upload_begin(&upload, device, 0);
    if (status == TACHY_OK)
        status = barriers_add(&barriers, shadow->map.handle, VK_IMAGE_ASPECT_DEPTH_BIT,
                              &access_none, &access_shader_read);
    if (status == TACHY_OK) {
        barriers_record(&barriers, upload.commands);
        status = upload_end(&upload, device);
    }
    barriers_finish(&barriers);
    upload_finish(&upload, device);
    return status;
}

static tachy_status create_pipelines(struct shadow *shadow, const struct device *device)
{
    struct pipeline_params params = {
        .layout = shadow->layout,
        .vertex = shader_shadow_vert,
        .input = world_shadow_vertex,
        .depth_format = map_format,
        .compare = VK_COMPARE_OP_LESS,
        .bias = 4,
        .slope_bias = 1.5f,
    };
    tachy_status status = pipeline_create(device, &params, &shadow->solid);
    params.fragment = shader_shadow_frag;
    return status ? status : pipeline_create(device, &params, &shadow->masked);
}

tachy_status shadow_init(struct shadow *shadow, const struct device *device,
                         const struct world *world)
{
    // The fragment shader finds the material at set 1, as everywhere; set 0 is never looked at.
    const VkDescriptorSetLayout sets[] = {world->material_layout, world->material_layout};
    tachy_status status = create_maps(shadow, device);
    if (status == TACHY_OK)
        status = make_readable(shadow, device);
    if (status == TACHY_OK)
        status =
            pipeline_layout_create(device, sets, 2, sizeof(struct shadow_push), &shadow->layout);
    return status ? status : create_pipelines(shadow, device);
}

static bool same_matrix(const struct mat4 *a, const struct mat4 *b)
{
    size_t i = 0;
    while (i < 16 && a->m[i] == b->m[i])
        i++;
    return i == 16;
}

/// Whether the maps were made of the same draws in the same light, wherever the draws are now.
static bool is_known(const struct shadow *shadow, const struct draw_list *list,
                     const struct shadow_view *view)
{
    const struct shadow_view *shown = &shadow->shown;
    if (!shown->exists || shown->light != view->light ||
        !same_matrix(&shown->clip_from_world, &view->clip_from_world) ||
        shadow->caster_count != list->first_blend)
        return false;
    for (size_t i = 0; i < list->first_blend; i++)
        if (shadow->casters[i].mesh != list->draws[i].mesh ||
            shadow->casters[i].material != list->draws[i].material)
            return false;
    return true;
}

static tachy_status remember(struct shadow *shadow, const struct draw_list *list,
                             const struct shadow_view *view)
{
    shadow->shown.exists = false;
    struct shadow_caster *casters =
        realloc(shadow->casters, (list->first_blend + 1) * sizeof *casters);
    if (!casters)
        return error_set(TACHY_NO_MEMORY, "no memory for %zu shadows", list->first_blend);
    for (size_t i = 0; i < list->first_blend; i++)
        casters[i] = (struct shadow_caster){list->draws[i].mesh, list->draws[i].material,
                                            list->draws[i].world_from_part, false};
    shadow->casters = casters;
    shadow->caster_count = list->first_blend;
    shadow->shown = *view;
    return TACHY_OK;
}

/// What must be drawn again: whether anything has moved, and whether that stood still until now.
static void find_moves(struct shadow *shadow, const struct draw_list *list, bool *moved,
                       bool *first_moved)
{
    for (size_t i = 0; i < shadow->caster_count; i++) {
        struct shadow_caster *caster = &shadow->casters[i];
        const struct mat4 *now = &list->draws[i].world_from_part;
        if (same_matrix(&caster->world_from_part, now))
            continue;
        *moved = true;
        *first_moved = *first_moved || !caster->moves;
        caster->moves = true;
        caster->world_from_part = *now;
    }
}

static void draw_part(const struct shadow *shadow, const struct world *world,
                      const struct draw *draw, bool masked, const struct mat4 *clip_from_world,
                      VkCommandBuffer commands)
{
    const struct world_mesh *mesh = &world->meshes[draw->mesh];
    if (mesh->index_count == 0)
        return;
    struct mat4 clip_from_part = mat4_multiply(*clip_from_world, draw->world_from_part);
    struct shadow_push push;
    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 4; column++)
            push.clip_from_part[column * 4 + row] = (float)clip_from_part.m[row * 4 + column];
    const VkDeviceSize start = 0;
    if (masked)
        vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, shadow->layout, 1, 1,
                                &world->materials[draw->material].set, 0, NULL);
    vkCmdSetCullMode(commands, world->materials[draw->material].double_sided
                                   ? VK_CULL_MODE_NONE
                                   : VK_CULL_MODE_BACK_BIT);
    vkCmdSetFrontFace(commands,
                      draw->mirrored ? VK_FRONT_FACE_COUNTER_CLOCKWISE : VK_FRONT_FACE_CLOCKWISE);
    vkCmdPushConstants(commands, shadow->layout,
                       VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push,
                       &push);
    vkCmdBindVertexBuffers(commands, 0, 1, &mesh->buffer.handle, &start);
    vkCmdBindIndexBuffer(commands, mesh->buffer.handle, mesh->index_offset, VK_INDEX_TYPE_UINT32);
    vkCmdDrawIndexed(commands, mesh->index_count, 1, 0, 0, 0);
}

static void begin(const struct image *map, VkAttachmentLoadOp load, VkCommandBuffer commands)
{
    const VkRenderingAttachmentInfo depth = {
        .sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
        .imageView = map->view,
        .imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
        .loadOp = load,
        .storeOp = VK_ATTACHMENT_STORE_OP_STORE,
        .clearValue.depthStencil.depth = 1,
    };
    const VkRenderingInfo info = {.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                  .renderArea.extent = {SHADOW_SIDE, SHADOW_SIDE},
                                  .layerCount = 1,
                                  .pDepthAttachment = &depth};
    const VkViewport viewport = {0, 0, SHADOW_SIDE, SHADOW_SIDE, 0, 1};
    vkCmdBeginRendering(commands, &info);
    vkCmdSetViewport(commands, 0, 1, &viewport);
    vkCmdSetScissor(commands, 0, 1, &info.renderArea);
}

/// Draws what moves, or what does not. Nearest wins, so the map is the same however the draws are shared out.
static void draw_casters(const struct shadow *shadow, const struct world *world,
                         const struct draw_list *list, bool moves, VkCommandBuffer commands)
{
    VkPipeline bound = VK_NULL_HANDLE;
    for (size_t i = 0; i < list->first_blend; i++) {
        bool masked = i >= list->first_mask;
        VkPipeline pipeline = masked ? shadow->masked : shadow->solid;
        if (shadow->casters[i].moves != moves)
            continue;
        if (pipeline != bound)
            vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
        bound = pipeline;
        draw_part(shadow, world, &list->draws[i], masked, &shadow->shown.clip_from_world, commands);
    }
    vkCmdEndRendering(commands);
}

static tachy_status pass_on(const struct image *map, const struct access *before,
                            const struct access *after, VkCommandBuffer commands)
{
    struct barriers barriers = {0};
    tachy_status status =
        barriers_add(&barriers, map->handle, VK_IMAGE_ASPECT_DEPTH_BIT, before, after);
    barriers_record(&barriers, commands);
    barriers_finish(&barriers);
    return status;
}

static tachy_status record_still(const struct shadow *shadow, const struct world *world,
                                 const struct draw_list *list, VkCommandBuffer commands)
{
    static const struct access copied_before = {VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
                                                VK_ACCESS_2_NONE, VK_IMAGE_LAYOUT_UNDEFINED};
    tachy_status status = pass_on(&shadow->still, &copied_before, &access_depth_write, commands);
    begin(&shadow->still, VK_ATTACHMENT_LOAD_OP_CLEAR, commands);
    draw_casters(shadow, world, list, false, commands);
    return status ? status
                  : pass_on(&shadow->still, &access_depth_write, &access_copy_read, commands);
}

static tachy_status record_map(const struct shadow *shadow, const struct world *world,
                               const struct draw_list *list, VkCommandBuffer commands)
{
    const VkImageCopy whole = {.srcSubresource = {VK_IMAGE_ASPECT_DEPTH_BIT, 0, 0, 1},
                               .dstSubresource = {VK_IMAGE_ASPECT_DEPTH_BIT, 0, 0, 1},
                               .extent = {SHADOW_SIDE, SHADOW_SIDE, 1}};
    tachy_status status = pass_on(&shadow->map, &access_shader_read, &access_copy_write, commands);
    vkCmdCopyImage(commands, shadow->still.handle, access_copy_read.layout, shadow->map.handle,
                   access_copy_write.layout, 1, &whole);
    if (status == TACHY_OK)
        status = pass_on(&shadow->map, &access_copy_write, &access_depth_write, commands);
    begin(&shadow->map, VK_ATTACHMENT_LOAD_OP_LOAD, commands);
    draw_casters(shadow, world, list, true, commands);
    return status ? status
                  : pass_on(&shadow->map, &access_depth_write, &access_shader_read, commands);
}

tachy_status shadow_record(struct shadow *shadow, const struct world *world,
                           const struct draw_list *list, const struct shadow_view *view,
                           VkCommandBuffer commands)
{
    if (!view->exists)
        return TACHY_OK;
    bool moved = false, first_moved = false;
    tachy_status status = TACHY_OK;
    if (is_known(shadow, list, view)) {
        find_moves(shadow, list, &moved, &first_moved);
    } else {
        moved = first_moved = true;
        status = remember(shadow, list, view);
    }
    if (status == TACHY_OK && first_moved)
        status = record_still(shadow, world, list, commands);
    if (status == TACHY_OK && moved)
        status = record_map(shadow, world, list, commands);
    return status;
}

void shadow_finish(struct shadow *shadow, const struct device *device)
{
    free(shadow->casters);
    if (shadow->masked)
        vkDestroyPipeline(device->handle, shadow->masked, NULL);
    if (shadow->solid)
        vkDestroyPipeline(device->handle, shadow->solid, NULL);
    if (shadow->layout)
        vkDestroyPipelineLayout(device->handle, shadow->layout, NULL);
    if (shadow->sampler)
        vkDestroySampler(device->handle, shadow->sampler, NULL);
    image_finish(&shadow->still, device);
    image_finish(&shadow->map, device);
    *shadow = (struct shadow){0};
}
