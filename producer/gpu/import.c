// The host's memory as the device's own.
#include "producer/gpu/import.h"

#include "common/base/error.h"
#include "producer/gpu/result.h"

static const VkExternalMemoryHandleTypeFlagBits host_memory =
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;

tachy_status import_init(struct import *import, const struct device *device, void *base,
                         size_t bytes)
{
    if (!device->imports)
        return error_set(TACHY_UNSUPPORTED, "Vulkan: '%s' has no %s: its frames must be copied",
                         device->properties.deviceName, VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME);
    if ((uintptr_t)base % device->import_alignment || bytes % device->import_alignment)
        return error_set(TACHY_INVALID,
                         "Vulkan: memory to import must come in whole pages of %llu bytes",
                         (unsigned long long)device->import_alignment);
    VkMemoryHostPointerPropertiesEXT properties = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT};
    VkResult result =
        device->host_pointer_properties(device->handle, host_memory, base, &properties);
    if (result)
        return result_check(result, "looking at the stream's memory");
    // Readback memory is coherent: the host sees pixels without any flush of its own.
    tachy_status status =
        memory_type(device, properties.memoryTypeBits, MEMORY_READBACK, &import->type);
    if (status)
        return status;
    const VkImportMemoryHostPointerInfoEXT pointer = {
        .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
        .handleType = host_memory,
        .pHostPointer = base};
    const VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                       .pNext = &pointer,
                                       .allocationSize = bytes,
                                       .memoryTypeIndex = import->type};
    status = result_check(vkAllocateMemory(device->handle, &info, NULL, &import->memory),
                          "importing the stream's memory");
    import->base = base;
    import->bytes = bytes;
    return status;
}

void import_finish(struct import *import, const struct device *device)
{
    if (import->memory)
        vkFreeMemory(device->handle, import->memory, NULL);
    *import = (struct import){0};
}

/// Whether the device lays the image out as the slot has it.
static tachy_status check_layout(const struct import *import, const struct device *device,
                                 size_t offset, size_t row_bytes, VkImage image)
{
    VkMemoryRequirements needs;
    vkGetImageMemoryRequirements(device->handle, image, &needs);
    const VkImageSubresource whole = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0};
    VkSubresourceLayout layout;
    vkGetImageSubresourceLayout(device->handle, image, &whole, &layout);
    if (layout.rowPitch != row_bytes || layout.offset != 0 || offset % needs.alignment ||
        (needs.memoryTypeBits >> import->type & 1) == 0)
        return error_set(TACHY_UNSUPPORTED,
                         "Vulkan: '%s' cannot render in place: it wants rows of %llu bytes at "
                         "multiples of %llu, slots have %zu at %zu; use delivery tier 3",
                         device->properties.deviceName, (unsigned long long)layout.rowPitch,
                         (unsigned long long)needs.alignment, row_bytes, offset);
    if (needs.size > import->bytes - offset)
        return error_set(TACHY_INVALID, "Vulkan: an image of %llu bytes does not fit at %zu of %zu",
                         (unsigned long long)needs.size, offset, import->bytes);
    return TACHY_OK;
}

tachy_status import_image(const struct import *import, const struct device *device,
                          const struct image_params *params, void *data, size_t row_bytes,
                          struct image *image)
{
    unsigned char *start = data;
    if (start < import->base || start >= import->base + import->bytes)
        return error_set(TACHY_INVALID, "Vulkan: a plane lies outside of its stream's memory");
    size_t offset = (size_t)(start - import->base);
    const VkExternalMemoryImageCreateInfo external = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO, .handleTypes = host_memory};
    tachy_status status = image_create(image, device, params, &external);
    if (status == TACHY_OK)
        status = check_layout(import, device, offset, row_bytes, image->handle);
    if (status == TACHY_OK)
        status =
            result_check(vkBindImageMemory(device->handle, image->handle, import->memory, offset),
                         "binding an image to a slot");
    if (status == TACHY_OK)
        status = image_create_view(image, device, params);
    if (status)
        image_finish(image, device);
    return status;
}
