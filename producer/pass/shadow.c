// The shadow map. Fronts are drawn, as the light sees them: one-sided walls and ceilings let it in from behind.
#include "producer/pass/shadow.h"

#include <stdlib.h>
#include <string.h>

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

static tachy_status create_map(struct shadow *shadow, const struct device *device)
{
    const struct image_params params = {.format = map_format,
                                        .width = SHADOW_SIDE,
                                        .height = SHADOW_SIDE,
                                        .usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT |
                                                 VK_IMAGE_USAGE_SAMPLED_BIT};
    tachy_status status = image_init(&shadow->map, device, NULL, &params);
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
    tachy_status status = create_map(shadow, device);
    if (status == TACHY_OK)
        status = make_readable(shadow, device);
    if (status == TACHY_OK)
        status =
            pipeline_layout_create(device, sets, 2, sizeof(struct shadow_push), &shadow->layout);
    return status ? status : create_pipelines(shadow, device);
}

static bool same_view(const struct shadow_view *a, const struct shadow_view *b)
{
    return a->exists == b->exists && a->light == b->light &&
           memcmp(&a->clip_from_world, &b->clip_from_world, sizeof a->clip_from_world) == 0;
}

static bool same_casters(const struct draw_list *a, const struct draw_list *b)
{
    if (a->first_blend != b->first_blend || a->first_mask != b->first_mask)
        return false;
    for (size_t i = 0; i < a->first_blend; i++) {
        const struct draw *x = &a->draws[i], *y = &b->draws[i];
        if (x->mesh != y->mesh || x->material != y->material ||
            memcmp(&x->world_from_part, &y->world_from_part, sizeof x->world_from_part) != 0)
            return false;
    }
    return true;
}

static tachy_status remember(struct shadow *shadow, const struct draw_list *list,
                             const struct shadow_view *view)
{
    struct draw_list *casters = &shadow->casters;
    if (casters->capacity < list->first_blend) {
        struct draw *draws = realloc(casters->draws, list->capacity * sizeof *draws);
        if (!draws)
            return error_set(TACHY_NO_MEMORY, "no memory for %zu draws", list->capacity);
        casters->draws = draws;
        casters->capacity = list->capacity;
    }
    casters->first_mask = list->first_mask;
    casters->count = casters->first_blend = list->first_blend;
    if (list->first_blend)
        memcpy(casters->draws, list->draws, list->first_blend * sizeof *list->draws);
    shadow->shown = *view;
    return TACHY_OK;
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

static void begin(const struct shadow *shadow, VkCommandBuffer commands)
{
    const VkRenderingAttachmentInfo depth = {
        .sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
        .imageView = shadow->map.view,
        .imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
        .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
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

tachy_status shadow_record(struct shadow *shadow, const struct world *world,
                           const struct draw_list *list, const struct shadow_view *view,
                           VkCommandBuffer commands)
{
    if (!view->exists || (same_view(&shadow->shown, view) && same_casters(&shadow->casters, list)))
        return TACHY_OK;
    struct barriers barriers = {0};
    tachy_status status = remember(shadow, list, view);
    if (status == TACHY_OK)
        status = barriers_add(&barriers, shadow->map.handle, VK_IMAGE_ASPECT_DEPTH_BIT,
                              &access_shader_read, &access_depth_write);
    if (status)
        goto done;
    barriers_record(&barriers, commands);
    begin(shadow, commands);
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, shadow->solid);
    for (size_t i = 0; i < list->first_blend; i++) {
        if (i == list->first_mask)
            vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, shadow->masked);
        draw_part(shadow, world, &list->draws[i], i >= list->first_mask, &view->clip_from_world,
                  commands);
    }
    vkCmdEndRendering(commands);
    status = barriers_add(&barriers, shadow->map.handle, VK_IMAGE_ASPECT_DEPTH_BIT,
                          &access_depth_write, &access_shader_read);
    barriers_record(&barriers, commands);
done:
    barriers_finish(&barriers);
    return status;
}

void shadow_finish(struct shadow *shadow, const struct device *device)
{
    draw_list_finish(&shadow->casters);
    if (shadow->masked)
        vkDestroyPipeline(device->handle, shadow->masked, NULL);
    if (shadow->solid)
        vkDestroyPipeline(device->handle, shadow->solid, NULL);
    if (shadow->layout)
        vkDestroyPipelineLayout(device->handle, shadow->layout, NULL);
    if (shadow->sampler)
        vkDestroySampler(device->handle, shadow->sampler, NULL);
    image_finish(&shadow->map, device);
    *shadow = (struct shadow){0};
}
