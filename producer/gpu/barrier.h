// Barriers, gathered and then recorded in one command: drivers pay by the command.
#ifndef PRODUCER_GPU_BARRIER_H
#define PRODUCER_GPU_BARRIER_H

#include <stddef.h>
#include <tachy/status.h>
#include <vulkan/vulkan.h>

/// Who touches an image, how, and in which layout: one side of a barrier.
struct access {
    VkPipelineStageFlags2 stages;
    VkAccessFlags2 accesses;
    VkImageLayout layout;
};

extern const struct access access_none; ///< nothing to wait for, contents not kept
extern const struct access access_color_write;
extern const struct access access_depth_write;
extern const struct access access_shader_read;
extern const struct access access_copy_read;
extern const struct access access_copy_write;
extern const struct access
    access_slot_write; ///< color_write, in the one layout that the host may read
extern const struct access access_host_read;

/// Grows as needed; starts zeroed; keeps its memory from frame to frame.
struct barriers {
    VkImageMemoryBarrier2 *list;
    size_t count, capacity;
};

/// TACHY_NO_MEMORY.
tachy_status barriers_add(struct barriers *barriers, VkImage image, VkImageAspectFlags aspect,
                          const struct access *before, const struct access *after);

/// Records what was added, if anything, and starts anew.
void barriers_record(struct barriers *barriers, VkCommandBuffer commands);
void barriers_finish(struct barriers *barriers);

#endif
