// Graphics pipelines.
#include "producer/gpu/pipeline.h"

#include <assert.h>

#include "producer/gpu/result.h"

enum { CONSTANTS_MAX = 8 };

static const VkDynamicState dynamic_states[] = {VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR,
                                                VK_DYNAMIC_STATE_CULL_MODE,
                                                VK_DYNAMIC_STATE_FRONT_FACE};

static const VkColorComponentFlags all_components =
    VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT |
    VK_COLOR_COMPONENT_A_BIT;

/// Over, with straight alpha; the target's own alpha gathers coverage.
static const VkPipelineColorBlendAttachmentState over = {
    .blendEnable = VK_TRUE,
    .srcColorBlendFactor = VK_BLEND_FACTOR_SRC_ALPHA,
    .dstColorBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA,
    .colorBlendOp = VK_BLEND_OP_ADD,
    .srcAlphaBlendFactor = VK_BLEND_FACTOR_ONE,
    .dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA,
    .alphaBlendOp = VK_BLEND_OP_ADD,
    .colorWriteMask = VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT |
                      VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT,
};

/// The structs that a VkGraphicsPipelineCreateInfo points to.
struct states {
    VkShaderModule modules[2];
    VkSpecializationMapEntry entries[CONSTANTS_MAX];
    VkSpecializationInfo constants;
    VkPipelineShaderStageCreateInfo stages[2];
    VkVertexInputBindingDescription binding;
    VkPipelineVertexInputStateCreateInfo input;
    VkPipelineColorBlendAttachmentState targets[PIPELINE_TARGETS_MAX];
    VkPipelineColorBlendStateCreateInfo blend;
    VkPipelineDepthStencilStateCreateInfo depth;
    VkPipelineRasterizationStateCreateInfo raster;
    VkPipelineRenderingCreateInfo rendering;
};

static tachy_status load(const struct device *device, const struct shader *shader,
                         VkShaderModule *module)
{
    const VkShaderModuleCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                           .codeSize = shader->bytes,
                                           .pCode = shader->words};
    return result_check(vkCreateShaderModule(device->handle, &info, NULL, module),
                        "loading a shader");
}

static void fill_stages(struct states *states, const struct pipeline_params *params)
{
    assert(params->constant_count <= CONSTANTS_MAX);
    for (uint32_t i = 0; i < params->constant_count; i++)
        states->entries[i] = (VkSpecializationMapEntry){i, i * 4, 4};
    states->constants = (VkSpecializationInfo){params->constant_count, states->entries,
                                               params->constant_count * 4, params->constants};
    for (size_t i = 0; i < 2; i++)
        states->stages[i] = (VkPipelineShaderStageCreateInfo){
            .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
            .stage = i ? VK_SHADER_STAGE_FRAGMENT_BIT : VK_SHADER_STAGE_VERTEX_BIT,
            .module = states->modules[i],
            .pName = "main",
            .pSpecializationInfo = i && params->constant_count ? &states->constants : NULL,
        };
}

static void fill_input(struct states *states, const struct pipeline_params *params)
{
    states->binding = (VkVertexInputBindingDescription){.stride = params->input.stride};
    states->input = (VkPipelineVertexInputStateCreateInfo){
        .sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO,
        .vertexBindingDescriptionCount = params->input.stride ? 1 : 0,
        .pVertexBindingDescriptions = &states->binding,
        .vertexAttributeDescriptionCount = params->input.attribute_count,
        .pVertexAttributeDescriptions = params->input.attributes,
    };
}

static void fill_targets(struct states *states, const struct pipeline_params *params)
{
    assert(params->target_count <= PIPELINE_TARGETS_MAX);
    for (uint32_t i = 0; i < params->target_count; i++) {
        bool writes = (params->masked >> i & 1) == 0;
        states->targets[i] =
            (VkPipelineColorBlendAttachmentState){.colorWriteMask = writes ? all_components : 0};
        if (writes && i == 0 && params->blend)
            states->targets[i] = over;
    }
    states->blend = (VkPipelineColorBlendStateCreateInfo){
        .sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO,
        .attachmentCount = params->target_count,
        .pAttachments = states->targets,
    };
    states->rendering = (VkPipelineRenderingCreateInfo){
        .sType = VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO,
        .colorAttachmentCount = params->target_count,
        .pColorAttachmentFormats = params->formats,
        .depthAttachmentFormat = params->depth_format,
    };
}

static void fill_depth(struct states *states, const struct pipeline_params *params)
{
    bool tested = params->depth_format != VK_FORMAT_UNDEFINED;
    states->depth = (VkPipelineDepthStencilStateCreateInfo){
        .sType = VK_STRUCTURE_TYPE_PIPELINE_DEPTH_STENCIL_STATE_CREATE_INFO,
        .depthTestEnable = tested,
        .depthWriteEnable = tested && !params->depth_keep,
        .depthCompareOp = params->compare,
    };
    states->raster = (VkPipelineRasterizationStateCreateInfo){
        .sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO,
        .depthBiasEnable = params->bias != 0 || params->slope_bias != 0,
        .depthBiasConstantFactor = params->bias,
        .depthBiasSlopeFactor = params->slope_bias,
        .lineWidth = 1,
    };
}

static tachy_status create(const struct device *device, const struct states *states,
                           const struct pipeline_params *params, VkPipeline *pipeline)
{
    const VkPipelineInputAssemblyStateCreateInfo assembly = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO,
        .topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST};
    const VkPipelineViewportStateCreateInfo viewport = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO,
        .viewportCount = 1,
        .scissorCount = 1};
    const VkPipelineMultisampleStateCreateInfo samples = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO,
        .rasterizationSamples = VK_SAMPLE_COUNT_1_BIT};
    const VkPipelineDynamicStateCreateInfo dynamic = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO,
        .dynamicStateCount = sizeof dynamic_states / sizeof dynamic_states[0],
        .pDynamicStates = dynamic_states};
    const VkGraphicsPipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO,
        .pNext = &states->rendering,
        .stageCount = params->fragment.words ? 2 : 1,
        .pStages = states->stages,
        .pVertexInputState = &states->input,
        .pInputAssemblyState = &assembly,
        .pViewportState = &viewport,
        .pRasterizationState = &states->raster,
        .pMultisampleState = &samples,
        .pDepthStencilState = &states->depth,
        .pColorBlendState = &states->blend,
        .pDynamicState = &dynamic,
        .layout = params->layout,
    };
    return result_check(
        vkCreateGraphicsPipelines(device->handle, VK_NULL_HANDLE, 1, &info, NULL, pipeline),
        "creating a pipeline");
}

tachy_status pipeline_create(const struct device *device, const struct pipeline_params *params,
                             VkPipeline *pipeline)
{
    struct states states = {0};
    tachy_status status = load(device, &params->vertex, &states.modules[0]);
    if (status == TACHY_OK && params->fragment.words)
        status = load(device, &params->fragment, &states.modules[1]);
    if (status == TACHY_OK) {
        fill_stages(&states, params);
        fill_input(&states, params);
        fill_targets(&states, params);
        fill_depth(&states, params);
        status = create(device, &states, params, pipeline);
    }
    for (size_t i = 0; i < 2; i++)
        if (states.modules[i])
            vkDestroyShaderModule(device->handle, states.modules[i], NULL);
    return status;
}

tachy_status pipeline_layout_create(const struct device *device, const VkDescriptorSetLayout *sets,
                                    uint32_t set_count, uint32_t push_bytes,
                                    VkPipelineLayout *layout)
{
    const VkPushConstantRange range = {VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0,
                                       push_bytes};
    const VkPipelineLayoutCreateInfo info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                             .setLayoutCount = set_count,
                                             .pSetLayouts = sets,
                                             .pushConstantRangeCount = push_bytes ? 1 : 0,
                                             .pPushConstantRanges = &range};
    return result_check(vkCreatePipelineLayout(device->handle, &info, NULL, layout),
                        "creating a pipeline layout");
}
