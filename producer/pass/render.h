// Rendering, as the rest of the producer sees it: targets, one submit per frame for all of them, tickets to wait on.
#ifndef PRODUCER_PASS_RENDER_H
#define PRODUCER_PASS_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tachy/frame.h>

#include "producer/pass/planes.h"
#include "producer/scene/scene.h"

struct render;
struct render_target;

struct render_params {
    const char *device; ///< part of a device's name, or its index; NULL = the best there is
    uint32_t
        tier; ///< 0 = the best that works; 1 or 3 forces it (TACHY_UNSUPPORTED if it does not work)
    uint32_t quality;          ///< 0: no shadows, 1: shadows
    uint32_t frames_in_flight; ///< 0 = 2
    bool
        validate; ///< load Vulkan's validation layer with synchronization validation; see render_complaints
};

/// TACHY_UNSUPPORTED: no Vulkan driver, no Vulkan 1.3 device, no such device, tier not possible. The line says what to install.
tachy_status render_create(const struct render_params *params, struct render **render);
void render_destroy(struct render **render); ///< waits until the device is idle

const char *render_device_name(const struct render *render);
uint32_t render_tier(const struct render *render);     ///< 1 or 3
uint32_t render_size_max(const struct render *render); ///< largest width and height of an image
uint64_t render_complaints(
    const struct render
        *render); ///< messages of the validation layer so far; each was logged as an error

struct render_target_params {
    const char *name; ///< for messages
    uint32_t width, height;
    uint64_t planes; ///< mask: which it has memory for
    void *
        memory; ///< tachy_writer_memory of its stream; NULL = not delivering: images of its own on the device
    size_t memory_bytes;
};

/// What renders into one stream. TACHY_INVALID: size 0 or beyond render_size_max.
tachy_status render_target_create(struct render *render, const struct render_target_params *params,
                                  struct render_target **target);
void render_target_destroy(struct render_target **target); ///< none of its frames may be in flight

/// One image of a frame.
struct render_image {
    struct render_target *target;
    const tachy_camera *camera; ///< copied
    uint64_t planes;            ///< mask: which to draw; may be 0
    void *data
        [PLANE_COUNT]; ///< where each goes, inside the target's memory (tachy_draft_plane); NULL when not delivering
    size_t row_bytes[PLANE_COUNT];
};

/// Draws all images in one submit. *ticket counts up from 1. At most frames_in_flight tickets may be undelivered (TACHY_BUSY).
/// Uploads what the scene, the same one for the renderer's whole life, has gained since the last call.
/// TACHY_INVALID: a camera or an address that cannot be; TACHY_UNSUPPORTED: a projection of a later version; TACHY_NO_MEMORY; TACHY_SYSTEM.
tachy_status render_submit(struct render *render, const struct scene *scene,
                           const struct render_image *images, size_t count, uint64_t *ticket);

/// Waits until that ticket's pixels are in the slots (tier 3: copies them there, one memcpy per plane). Tickets are delivered in order.
/// TACHY_TIMED_OUT; TACHY_SYSTEM: the device was lost.
tachy_status render_deliver(struct render *render, uint64_t ticket, int64_t timeout_ns);

#endif
