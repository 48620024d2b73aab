// Whether a device renders into host memory as slots have it.
#include "producer/pass/probe.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/error.h"
#include "producer/gpu/barrier.h"
#include "producer/gpu/import.h"
#include "producer/gpu/upload.h"
#include "producer/pass/planes.h"

enum {
    WIDTH = 61,
    HEIGHT = 7,
    ROW_ALIGN = 64, ///< as tachy/write.h lays planes out
    BYTES = 1 << 16,
    POISON = 0x5a,
};

/// Shared memory of the kind that slots are made of.
static tachy_status map_shared(void **base)
{
    int fd = memfd_create("tachy-probe", MFD_CLOEXEC);
    if (fd < 0)
        return error_set(TACHY_SYSTEM, "memfd_create: %s", strerror(errno));
    void *mapped = MAP_FAILED;
    if (ftruncate(fd, BYTES) == 0)
        mapped = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int error = errno;
    close(fd);
    if (mapped == MAP_FAILED)
        return error_set(TACHY_SYSTEM, "mapping %d bytes of shared memory: %s", BYTES,
                         strerror(error));
    *base = mapped;
    return TACHY_OK;
}

static tachy_status clear(const struct device *device, const struct image *image)
{
    struct upload upload = {0};
    struct barriers barriers = {0};
    tachy_status status = upload_begin(&upload, device, 0);
    if (status == TACHY_OK)
        status = barriers_add(&barriers, image->handle, VK_IMAGE_ASPECT_COLOR_BIT, &access_none,
                              &access_slot_write);
    if (status)
        goto done;
    barriers_record(&barriers, upload.commands);
    const VkRenderingAttachmentInfo target = {
        .sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
        .imageView = image->view,
        .imageLayout = VK_IMAGE_LAYOUT_GENERAL,
        .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
        .storeOp = VK_ATTACHMENT_STORE_OP_STORE,
    };
    const VkRenderingInfo info = {.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                  .renderArea.extent = {WIDTH, HEIGHT},
                                  .layerCount = 1,
                                  .colorAttachmentCount = 1,
                                  .pColorAttachments = &target};
    vkCmdBeginRendering(upload.commands, &info);
    vkCmdEndRendering(upload.commands);
    status = barriers_add(&barriers, image->handle, VK_IMAGE_ASPECT_COLOR_BIT, &access_slot_write,
                          &access_host_read);
    if (status)
        goto done;
    barriers_record(&barriers, upload.commands);
    status = upload_end(&upload, device);
done:
    barriers_finish(&barriers);
    upload_finish(&upload, device);
    return status;
}

/// Everything inside the picture is 0 now, and nothing beyond its padding was touched.
static bool is_cleared(const unsigned char *pixels, size_t row_bytes, size_t pixel_bytes,
                       size_t room)
{
    for (size_t y = 0; y < HEIGHT; y++)
        for (size_t x = 0; x < WIDTH * pixel_bytes; x++)
            if (pixels[y * row_bytes + x] != 0)
                return false;
    for (size_t i = (HEIGHT + 3) / 4 * 4 * row_bytes; i < room; i++)
        if (pixels[i] != POISON)
            return false;
    return true;
}

static tachy_status probe_plane(const struct device *device, const struct import *import,
                                enum plane_index plane)
{
    // The second of two places, so that an offset that is not 0 is tried.
    size_t offset = BYTES / 2, pixel_bytes = plane_pixel_bytes(plane);
    size_t row_bytes = (WIDTH * pixel_bytes + ROW_ALIGN - 1) / ROW_ALIGN * ROW_ALIGN;
    memset(import->base, POISON, BYTES);
    const struct image_params params = {.format = (VkFormat)plane_table[plane].vk_format,
                                        .width = WIDTH,
                                        .height = HEIGHT,
                                        .linear = true,
                                        .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT};
    VkFormatProperties format;
    vkGetPhysicalDeviceFormatProperties(device->physical, params.format, &format);
    if ((format.linearTilingFeatures & VK_FORMAT_FEATURE_COLOR_ATTACHMENT_BIT) == 0)
        return error_set(TACHY_UNSUPPORTED, "'%s' cannot render plane %s into rows of memory",
                         device->properties.deviceName, plane_table[plane].name);
    struct image image = {0};
    tachy_status status =
        import_image(import, device, &params, import->base + offset, row_bytes, &image);
    if (status == TACHY_OK)
        status = clear(device, &image);
    if (status == TACHY_OK &&
        !is_cleared(import->base + offset, row_bytes, pixel_bytes, BYTES - offset))
        status = error_set(TACHY_UNSUPPORTED, "'%s' does not put plane %s where slots have it",
                           device->properties.deviceName, plane_table[plane].name);
    image_finish(&image, device);
    return status;
}

tachy_status probe_tier1(const struct device *device)
{
    void *base = NULL;
    struct import import = {0};
    tachy_status status = map_shared(&base);
    if (status)
        return status;
    status = import_init(&import, device, base, BYTES);
    for (enum plane_index plane = 0; status == TACHY_OK && plane < PLANE_COUNT; plane++)
        status = probe_plane(device, &import, plane);
    import_finish(&import, device);
    munmap(base, BYTES);
    return status;
}
