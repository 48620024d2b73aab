// What renders into one stream: attachments for each frame in flight, and images bound to the stream's slots.
#ifndef PRODUCER_PASS_TARGET_H
#define PRODUCER_PASS_TARGET_H

#include "producer/gpu/buffer.h"
#include "producer/gpu/descriptors.h"
#include "producer/gpu/import.h"
#include "producer/pass/picture.h"
#include "producer/pass/post.h"
#include "producer/pass/render.h"

enum { FRAMES_MAX = 8 };

/// What one picture needs beside the slot. A stream of n images has n of these for each frame in flight.
struct attachments {
    struct image lit, depth;
    struct descriptor_pool sets;
    VkDescriptorSet post_set;
    struct image planes[PLANE_COUNT];   ///< where the slot's own memory is not rendered into
    struct buffer staging[PLANE_COUNT]; ///< tier 3
};

/// A plane of a slot as an image; found by its address.
struct slot_image {
    void *data;
    struct image image;
};

struct target_frame {
    struct attachments **list;
    size_t count, used;
    uint64_t ticket; ///< that `used` is about
};

struct render_target {
    const struct device *device;
    const struct post *post;
    char name[64];
    uint32_t width, height, tier;
    uint64_t planes;
    bool delivers;
    struct import import; ///< tier 1
    struct slot_image *slots[PLANE_COUNT];
    size_t slot_count[PLANE_COUNT];
    struct target_frame frames[FRAMES_MAX];
};

/// The half of render_target_create that knows no struct render.
tachy_status target_create(const struct device *device, const struct post *post, uint32_t tier,
                           const struct render_target_params *params,
                           struct render_target **target);

/// Finds or makes what `image` is drawn with in frame slot `frame` for `ticket`, and fills in the picture's images.
tachy_status target_bind(struct render_target *target, size_t frame, uint64_t ticket,
                         const struct render_image *image, struct picture *picture);

#endif
