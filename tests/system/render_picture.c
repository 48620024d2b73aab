// Pictures of small scenes, by a renderer of their own.
#include "tests/system/render_picture.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "tests/lib/main.h"

void expect_ok(tachy_status status)
{
    if (status)
        print_message("# %s: %s\n", tachy_status_name(status), error_line());
    assert_int_equal(status, TACHY_OK);
}

/// So that the leak checker can tell whose leaks it sees: a driver that was unloaded has no name to suppress.
static void keep_driver_loaded(void)
{
    dlopen("libvulkan_lvp.so", RTLD_LAZY | RTLD_NODELETE);
    dlopen("libVkLayer_khronos_validation.so", RTLD_LAZY | RTLD_NODELETE);
}

struct render *make_render(uint32_t tier, uint32_t quality, bool validate)
{
    keep_driver_loaded();
    struct render *render = NULL;
    const struct render_params params = {.tier = tier, .quality = quality, .validate = validate};
    expect_ok(render_create(&params, &render));
    return render;
}

struct render_target *make_target(struct render *render, const struct slot *slot, uint64_t planes)
{
    struct render_target *target = NULL;
    const struct render_target_params params = {.name = "test",
                                                .width = slot->width,
                                                .height = slot->height,
                                                .planes = planes,
                                                .memory = slot->base,
                                                .memory_bytes = slot->bytes};
    expect_ok(render_target_create(render, &params, &target));
    return target;
}

struct render_image make_image(struct render_target *target, const struct slot *slot,
                               const struct scene *scene, uint64_t planes)
{
    struct render_image image = {
        .target = target, .camera = &scene->avatars[0].camera, .planes = planes};
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        image.data[i] = slot->data[i];
        image.row_bytes[i] = slot->row_bytes[i];
    }
    return image;
}

void draw(struct render *render, struct scene *scene, const struct render_image *images,
          size_t count)
{
    uint64_t ticket = 0;
    expect_ok(render_submit(render, scene, images, count, &ticket));
    expect_ok(render_deliver(render, ticket, RENDER_HANG_NS));
}

struct slot picture(struct scene *scene, uint32_t tier, uint32_t quality)
{
    const struct scene_avatar *avatar = &scene->avatars[0];
    struct slot slot = slot_make(avatar->width, avatar->height, ALL);
    struct render *render = make_render(tier, quality, false);
    struct render_target *target = make_target(render, &slot, ALL);
    scene_step(scene);
    const struct render_image image = make_image(target, &slot, scene, ALL);
    draw(render, scene, &image, 1);
    render_target_destroy(&target);
    render_destroy(&render);
    return slot;
}

struct scene *two_squares(uint32_t width, uint32_t height)
{
    struct scene *scene = make_scene(width, height);
    const struct scene_material material = plain_material();
    uint32_t model = add_square(scene, &material);
    place_square(scene, 7, model, (struct vec3){-1.5, 0, 4}, 1, false);
    place_square(scene, 8, model, (struct vec3){1.5, 0, 5}, 1, true);
    return scene;
}

double project(double offset, double z, uint32_t size, uint32_t height)
{
    return size / 2.0 + offset / z * height / 2.0;
}

uint32_t add_half_texture(struct scene *scene, uint8_t alpha)
{
    struct scene_texture texture = {.rgba = malloc(8 * 8 * 4),
                                    .width = 8,
                                    .height = 8,
                                    .srgb = true,
                                    .wrap_u = SCENE_CLAMP,
                                    .wrap_v = SCENE_CLAMP,
                                    .nearest = true};
    assert_non_null(texture.rgba);
    memset(texture.rgba, 255, 8 * 8 * 4);
    for (size_t i = 0; i < 64; i++)
        if (i % 8 >= 4)
            texture.rgba[i * 4 + 3] = alpha;
    uint32_t index = 0;
    expect_ok(scene_add_texture(scene, texture, &index));
    return index;
}

void assert_same_pixels(const struct slot *a, const struct slot *b)
{
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        if (!a->data[i] || !b->data[i])
            continue;
        for (uint32_t y = 0; y < a->height; y++)
            assert_memory_equal(a->data[i] + y * a->row_bytes[i], b->data[i] + y * b->row_bytes[i],
                                a->width * plane_pixel_bytes(i));
    }
}
