// The renderer: made of its parts, and asked about itself.
#include "producer/pass/render.h"

#include <malloc.h>
#include <stdlib.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "producer/pass/probe.h"
#include "producer/pass/state.h"

enum { FRAMES_DEFAULT = 2, QUALITY_MAX = 1, HEAP_KEPT_BYTES = 32 << 20 };

static tachy_status check(const struct render_params *params)
{
    if (params->tier != 0 && params->tier != 1 && params->tier != 3)
        return error_set(TACHY_UNSUPPORTED, "delivery tier %u: this version has 1 and 3",
                         params->tier);
    if (params->quality > QUALITY_MAX)
        return error_set(TACHY_UNSUPPORTED, "quality %u: this version has 0 to %d", params->quality,
                         QUALITY_MAX);
    if (params->frames_in_flight > FRAMES_MAX)
        return error_set(TACHY_INVALID, "%u frames in flight: at most %d", params->frames_in_flight,
                         FRAMES_MAX);
    return TACHY_OK;
}

static tachy_status pick_tier(struct render *render, uint32_t wanted)
{
    render->tier = 3;
    if (wanted == 3)
        return TACHY_OK;
    tachy_status status = probe_tier1(&render->device);
    if (status == TACHY_OK)
        render->tier = 1;
    else if (wanted == 1 || status != TACHY_UNSUPPORTED)
        return status;
    else
        log_info("frames will be copied (delivery tier 3): %s", error_line());
    return TACHY_OK;
}

/// The CPU driver allocates and frees megabytes for each frame; where the heap gives them back to the kernel in between, a
/// third of a small frame's time is page faults.
static void keep_heap(const struct device *device)
{
    if (device->properties.deviceType != VK_PHYSICAL_DEVICE_TYPE_CPU)
        return;
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, HEAP_KEPT_BYTES);
}

static tachy_status init_passes(struct render *render)
{
    tachy_status status = world_init(&render->world, &render->device);
    if (status == TACHY_OK)
        status = shadow_init(&render->shadow, &render->device, &render->world);
    if (status == TACHY_OK)
        status = geometry_init(&render->geometry, &render->device, &render->world);
    if (status == TACHY_OK)
        status = post_init(&render->post, &render->device);
    for (uint32_t i = 0; status == TACHY_OK && i < render->frame_count; i++)
        status = frame_init(&render->frames[i], &render->device, render->geometry.image_layout);
    return status;
}

tachy_status render_create(const struct render_params *params, struct render **render)
{
    tachy_status status = check(params);
    if (status)
        return status;
    struct render *made = calloc(1, sizeof *made);
    if (!made)
        return error_set(TACHY_NO_MEMORY, "no memory for a renderer");
    made->quality = params->quality;
    made->frame_count = params->frames_in_flight ? params->frames_in_flight : FRAMES_DEFAULT;
    status = instance_init(&made->instance, params->validate);
    if (status == TACHY_OK)
        status = device_init(&made->device, made->instance.handle, params->device);
    if (status == TACHY_OK)
        keep_heap(&made->device);
    if (status == TACHY_OK)
        status = timeline_init(&made->timeline, &made->device);
    if (status == TACHY_OK)
        status = pick_tier(made, params->tier);
    if (status == TACHY_OK)
        status = init_passes(made);
    if (status)
        goto fail;
    *render = made;
    return TACHY_OK;
fail:
    render_destroy(&made);
    return status;
}

void render_destroy(struct render **render)
{
    if (!render || !*render)
        return;
    struct render *gone = *render;
    if (gone->device.handle) {
        vkDeviceWaitIdle(gone->device.handle);
        for (uint32_t i = 0; i < gone->frame_count; i++)
            frame_finish(&gone->frames[i], &gone->device);
        post_finish(&gone->post, &gone->device);
        geometry_finish(&gone->geometry, &gone->device);
        shadow_finish(&gone->shadow, &gone->device);
        world_finish(&gone->world, &gone->device);
        timeline_finish(&gone->timeline, &gone->device);
    }
    draw_list_finish(&gone->list);
    device_finish(&gone->device);
    instance_finish(&gone->instance);
    free(gone);
    *render = NULL;
}

const char *render_device_name(const struct render *render)
{
    return render->device.properties.deviceName;
}

uint32_t render_tier(const struct render *render)
{
    return render->tier;
}

uint32_t render_size_max(const struct render *render)
{
    return render->device.properties.limits.maxImageDimension2D;
}

uint64_t render_complaints(const struct render *render)
{
    return render->instance.complaints;
}

tachy_status render_target_create(struct render *render, const struct render_target_params *params,
                                  struct render_target **target)
{
    return target_create(&render->device, &render->post, render->tier, params, target);
}
