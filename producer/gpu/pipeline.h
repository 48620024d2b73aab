// Graphics pipelines for dynamic rendering, described by a short struct where zero is the usual state.
#ifndef PRODUCER_GPU_PIPELINE_H
#define PRODUCER_GPU_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "producer/gpu/device.h"

enum { PIPELINE_TARGETS_MAX = 8 };

struct shader {
    const uint32_t *words;
    size_t bytes;
};

struct pipeline_vertex {
    const VkVertexInputAttributeDescription *attributes;
    uint32_t attribute_count, stride;
};

/// Viewport, scissor, cull mode and front face are dynamic.
struct pipeline_params {
    VkPipelineLayout layout;
    struct shader vertex, fragment; ///< fragment.words NULL: depth only
    const uint32_t *constants;      ///< specialization constants 0, 1, 2 ... of the fragment shader
    uint32_t constant_count;
    struct pipeline_vertex input; ///< zero: none
    VkFormat formats[PIPELINE_TARGETS_MAX];
    uint32_t target_count;
    uint32_t masked;        ///< bits: targets that keep what they hold
    bool blend;             ///< target 0: over, with straight alpha
    VkFormat depth_format;  ///< VK_FORMAT_UNDEFINED: no depth test
    bool depth_keep;        ///< tested, not written
    VkCompareOp compare;    ///< of the depth test
    float bias, slope_bias; ///< of depth
};

tachy_status pipeline_create(const struct device *device, const struct pipeline_params *params,
                             VkPipeline *pipeline);

tachy_status pipeline_layout_create(const struct device *device, const VkDescriptorSetLayout *sets,
                                    uint32_t set_count, uint32_t push_bytes,
                                    VkPipelineLayout *layout);

#endif
