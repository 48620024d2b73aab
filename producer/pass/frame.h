// One frame in flight: its commands, its uniform blocks, and what is left to copy when the device is done.
#ifndef PRODUCER_PASS_FRAME_H
#define PRODUCER_PASS_FRAME_H

#include "producer/gpu/barrier.h"
#include "producer/gpu/buffer.h"
#include "producer/gpu/descriptors.h"
#include "producer/pass/picture.h"
#include "producer/pass/shadow.h"

struct frame {
    VkCommandPool pool;
    VkCommandBuffer commands;
    struct buffer blocks; ///< one uniform block per picture
    VkDescriptorSet set;  ///< set 0 of the geometry pass
    struct descriptor_pool sets;
    struct picture *pictures;
    size_t picture_count, picture_capacity;
    struct barriers barriers;
};

/// `frame` must be zeroed; ended by frame_finish, whatever this returns.
tachy_status frame_init(struct frame *frame, const struct device *device,
                        VkDescriptorSetLayout layout);
void frame_finish(struct frame *frame, const struct device *device);

/// Starts over, with room for `count` pictures, all zeroed. The device must be done with the frame.
tachy_status frame_begin(struct frame *frame, const struct device *device,
                         const struct shadow *shadow, size_t count);
tachy_status frame_end(struct frame *frame);

/// The uniform block of picture `index`, to be filled.
struct image_block *frame_block(const struct frame *frame, size_t index, uint32_t *offset);

/// Copies what is left to copy. The device must be done with the frame.
void frame_deliver(const struct frame *frame);

#endif
