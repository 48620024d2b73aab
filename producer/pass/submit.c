// One frame: every picture of it in one submit, and its delivery.
#include <math.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "producer/pass/block.h"
#include "producer/pass/record.h"
#include "producer/pass/render.h"
#include "producer/pass/state.h"

static struct frame *frame_of(struct render *render, uint64_t ticket)
{
    return &render->frames[ticket % render->frame_count];
}

static tachy_status check_camera(const struct render_image *image)
{
    const tachy_camera *camera = image->camera;
    if (camera->projection != TACHY_PERSPECTIVE)
        return error_set(TACHY_UNSUPPORTED, "%s: projection %d: this version has perspective only",
                         image->target->name, (int)camera->projection);
    if (!(camera->near_m > 0 && camera->far_m > camera->near_m && camera->fx > 0 &&
          camera->fy > 0 && isfinite(camera->far_m + camera->fx + camera->fy)))
        return error_set(TACHY_INVALID,
                         "%s: a camera with near %g m, far %g m, fx %g, fy %g: near must be above "
                         "0, far beyond it, and all finite",
                         image->target->name, camera->near_m, camera->far_m, camera->fx,
                         camera->fy);
    return TACHY_OK;
}

static void set_view(struct picture *picture, const tachy_camera *camera)
{
    picture->camera_from_world = camera_matrix(camera);
    picture->near_m = camera->near_m;
    picture->far_m = camera->far_m;
    picture->slope_x = fmax(camera->cx, picture->width - camera->cx) / camera->fx;
    picture->slope_y = fmax(camera->cy, picture->height - camera->cy) / camera->fy;
}

/// Fills in picture `index` of the frame of the next ticket.
static tachy_status prepare(struct render *render, const struct scene *scene,
                            const struct render_image *image, const struct shadow_view *shadow,
                            size_t index)
{
    uint64_t ticket = render->timeline.submitted + 1;
    struct frame *frame = frame_of(render, ticket);
    struct picture *picture = &frame->pictures[index];
    tachy_status status = check_camera(image);
    if (status == TACHY_OK)
        status = target_bind(image->target, ticket % render->frame_count, ticket, image, picture);
    if (status)
        return status;
    plan_make(image->planes, scene->sky_color, &picture->plan);
    set_view(picture, image->camera);
    image_block_fill(frame_block(frame, index, &picture->block_offset), scene, image->camera,
                     picture->width, picture->height, shadow);
    return TACHY_OK;
}

/// Shadows are for colour alone.
static void aim(const struct render *render, const struct scene *scene,
                const struct render_image *images, size_t count, struct shadow_view *shadow)
{
    *shadow = (struct shadow_view){0};
    uint64_t planes = 0;
    for (size_t i = 0; i < count; i++)
        planes |= images[i].planes;
    if (render->quality > 0 && (planes >> PLANE_COLOR & 1))
        shadow_aim(scene, shadow);
}

static void tell_of_lights(struct render *render, const struct scene *scene)
{
    if (render->told_of_lights || scene->light_count <= BLOCK_LIGHTS_MAX)
        return;
    render->told_of_lights = true;
    log_warn("the scene has %zu lights: only the first %d shine", scene->light_count,
             BLOCK_LIGHTS_MAX);
}

tachy_status render_submit(struct render *render, const struct scene *scene,
                           const struct render_image *images, size_t count, uint64_t *ticket)
{
    uint64_t next = render->timeline.submitted + 1;
    if (next - render->delivered > render->frame_count)
        return error_set(TACHY_BUSY, "%u frames are in flight: deliver one first",
                         render->frame_count);
    struct frame *frame = frame_of(render, next);
    struct shadow_view shadow;
    tell_of_lights(render, scene);
    aim(render, scene, images, count, &shadow);
    tachy_status status = world_update(&render->world, &render->device, scene);
    if (status == TACHY_OK)
        status = draw_list_gather(&render->list, scene);
    if (status == TACHY_OK)
        status = frame_begin(frame, &render->device, &render->shadow, count);
    for (size_t i = 0; status == TACHY_OK && i < count; i++)
        status = prepare(render, scene, &images[i], &shadow, i);
    if (status == TACHY_OK)
        status = record_frame(render, frame, &shadow);
    if (status == TACHY_OK)
        status = timeline_submit(&render->timeline, &render->device, frame->commands);
    if (status) {
        render->shadow.shown.exists = false; // what was recorded is never drawn
        return status;
    }
    *ticket = next;
    return TACHY_OK;
}

tachy_status render_deliver(struct render *render, uint64_t ticket, int64_t timeout_ns)
{
    if (ticket == 0 || ticket > render->timeline.submitted)
        return error_set(TACHY_INVALID, "ticket %llu: the newest is %llu",
                         (unsigned long long)ticket,
                         (unsigned long long)render->timeline.submitted);
    tachy_status status = timeline_wait(&render->timeline, &render->device, ticket, timeout_ns);
    if (status)
        return status;
    while (render->delivered < ticket)
        frame_deliver(frame_of(render, ++render->delivered));
    return TACHY_OK;
}
