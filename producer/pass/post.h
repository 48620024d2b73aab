// The post pass: the lit picture, tone-mapped and encoded, into plane color.
#ifndef PRODUCER_PASS_POST_H
#define PRODUCER_PASS_POST_H

#include "producer/gpu/descriptors.h"
#include "producer/pass/picture.h"

struct post {
    VkDescriptorSetLayout set_layout; ///< of picture->post_set: the lit image
    VkSampler sampler;
    VkPipelineLayout layout;
    VkPipeline pipeline;
};

/// `post` must be zeroed; ended by post_finish, whatever this returns.
tachy_status post_init(struct post *post, const struct device *device);
void post_finish(struct post *post, const struct device *device);

/// Draws the picture's plane color, if it is wanted.
void post_record(const struct post *post, const struct picture *picture, VkCommandBuffer commands);

#endif
