// Small scenes whose pictures are known without rendering.
#include "tests/system/render_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct scene_material plain_material(void)
{
    return (struct scene_material){.base_color = {1, 1, 1, 1},
                                   .roughness = 1,
                                   .base_color_texture = SCENE_NONE,
                                   .alpha_cutoff = 0.5};
}

static struct scene_vertex corner(float x, float y)
{
    return (struct scene_vertex){.position = {x, y, 0},
                                 .normal = {0, 0, -1},
                                 .uv = {(x + 1) / 2, (1 - y) / 2},
                                 .color = {65535, 65535, 65535, 65535}};
}

uint32_t add_square(struct scene *scene, const struct scene_material *material)
{
    static const uint32_t order[] = {0, 1, 2, 0, 2, 3}; // clockwise as seen from -z
    struct scene_mesh mesh = {.vertices = calloc(4, sizeof(struct scene_vertex)),
                              .indices = malloc(sizeof order),
                              .vertex_count = 4,
                              .index_count = 6,
                              .low = {-1, -1, 0},
                              .high = {1, 1, 0}};
    struct scene_part *part = calloc(1, sizeof *part);
    assert_true(mesh.vertices && mesh.indices && part);
    mesh.vertices[0] = corner(-1, -1);
    mesh.vertices[1] = corner(-1, 1);
    mesh.vertices[2] = corner(1, 1);
    mesh.vertices[3] = corner(1, -1);
    memcpy(mesh.indices, order, sizeof order);
    part->model_from_part = mat4_identity();
    uint32_t model = 0;
    tachy_status status = scene_add_mesh(scene, mesh, &part->mesh);
    if (status == TACHY_OK)
        status = scene_add_material(scene, material, &part->material);
    if (status == TACHY_OK)
        status = scene_add_model(scene, part, 1, &model);
    assert_true(status == TACHY_OK);
    return model;
}

uint32_t place_square(struct scene *scene, int64_t object_id, uint32_t model, struct vec3 middle,
                      double scale, bool shell)
{
    struct scene_object *object = NULL;
    tachy_status status =
        scene_add_object(scene, object_id, "square", "square", model, shell, &object);
    assert_true(status == TACHY_OK);
    object->position = middle;
    object->scale = (struct vec3){scale, scale, scale};
    return object->row;
}

struct scene *make_scene(uint32_t width, uint32_t height)
{
    struct scene *scene = scene_create();
    assert_true(scene);
    const struct scene_light light = {.type = SCENE_DIRECTIONAL,
                                      .direction = {0.2, -0.3, 1},
                                      .color = {1, 1, 1},
                                      .intensity = 0.5,
                                      .shadows = true};
    struct scene_avatar *avatar = NULL;
    tachy_status status = scene_add_light(scene, &light);
    if (status == TACHY_OK)
        status = scene_add_avatar(scene, "a", &avatar);
    assert_true(status == TACHY_OK);
    if (!avatar)
        abort();
    avatar->width = width;
    avatar->height = height;
    avatar->fov_y_deg = 90;
    avatar->near_m = 0.1;
    avatar->far_m = 50;
    scene->sky_color[0] = 0.1;
    scene->sky_color[1] = 0.2;
    scene->sky_color[2] = 0.4;
    return scene;
}

struct slot slot_make(uint32_t width, uint32_t height, uint64_t planes)
{
    struct slot slot = {.width = width, .height = height};
    size_t offsets[PLANE_COUNT] = {0};
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        if ((planes >> i & 1) == 0)
            continue;
        slot.row_bytes[i] = (width * plane_pixel_bytes(i) + 63) / 64 * 64;
        offsets[i] = slot.bytes;
        slot.bytes += slot.row_bytes[i] * ((height + 3) / 4 * 4);
    }
    slot.bytes = (slot.bytes + 4095) / 4096 * 4096;
    int fd = memfd_create("render-test", MFD_CLOEXEC);
    int failed = fd < 0 || ftruncate(fd, (off_t)slot.bytes);
    assert_true(!failed);
    slot.base = mmap(NULL, slot.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(slot.base != MAP_FAILED);
    close(fd);
    for (size_t i = 0; i < PLANE_COUNT; i++)
        if (planes >> i & 1)
            slot.data[i] = (unsigned char *)slot.base + offsets[i];
    return slot;
}

void slot_free(struct slot *slot)
{
    munmap(slot->base, slot->bytes);
    *slot = (struct slot){0};
}

static const unsigned char *pixel(const struct slot *slot, size_t plane, uint32_t x, uint32_t y)
{
    return slot->data[plane] + y * slot->row_bytes[plane] + x * plane_pixel_bytes(plane);
}

double slot_depth(const struct slot *slot, uint32_t x, uint32_t y)
{
    float z;
    memcpy(&z, pixel(slot, PLANE_DEPTH, x, y), sizeof z);
    return z;
}

uint32_t slot_id(const struct slot *slot, uint32_t x, uint32_t y)
{
    uint32_t id;
    memcpy(&id, pixel(slot, PLANE_ID, x, y), sizeof id);
    return id;
}

const unsigned char *slot_color(const struct slot *slot, uint32_t x, uint32_t y)
{
    return pixel(slot, PLANE_COLOR, x, y);
}
