// The flat form, checked: after this nothing in it can lead a reader astray.
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/size.h"
#include "producer/import/flat.h"
#include "producer/scene/scene.h"

enum { TEXTURE_SIDE_MAX = 65536 };

const size_t flat_record_bytes[FLAT_SECTIONS] = {
    [FLAT_NODES] = sizeof(struct flat_node),
    [FLAT_DRAWS] = sizeof(struct flat_draw),
    [FLAT_MESHES] = sizeof(struct flat_mesh),
    [FLAT_VERTICES] = sizeof(struct scene_vertex),
    [FLAT_INDICES] = sizeof(uint32_t),
    [FLAT_MATERIALS] = sizeof(struct flat_material),
    [FLAT_TEXTURES] = sizeof(struct flat_texture),
    [FLAT_CAMERAS] = sizeof(struct flat_camera),
    [FLAT_LIGHTS] = sizeof(struct flat_light),
    [FLAT_PIXELS] = 1,
    [FLAT_TEXTS] = 1,
};

static const char *const section_names[FLAT_SECTIONS] = {
    "nodes",    "draws",   "meshes", "vertices", "indices", "materials",
    "textures", "cameras", "lights", "pixels",   "texts"};

const void *flat_records(const void *flat, enum flat_section section, size_t *count)
{
    const struct flat_header *header = flat;
    *count = header->arrays[section].count;
    return (const char *)flat + header->arrays[section].offset;
}

const char *flat_string(const void *flat, struct flat_text text)
{
    size_t count;
    return (const char *)flat_records(flat, FLAT_TEXTS, &count) + text.offset;
}

static bool is_finite(const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i]))
            return false;
    }
    return true;
}

static bool is_within(uint64_t first, uint64_t count, uint64_t all)
{
    return first <= all && count <= all - first;
}

static bool is_text(const void *flat, struct flat_text text)
{
    size_t count;
    const char *texts = flat_records(flat, FLAT_TEXTS, &count);
    return is_within(text.offset, (uint64_t)text.bytes + 1, count) &&
           strnlen(texts + text.offset, (size_t)text.bytes + 1) == text.bytes;
}

static size_t count_of(const void *flat, enum flat_section section)
{
    return ((const struct flat_header *)flat)->arrays[section].count;
}

// ---- one record each: what is wrong with it, or NULL -------------------------------------------------------------

static const char *check_node(const void *flat, const void *record, size_t index)
{
    const struct flat_node *node = record;
    const double *last = node->local + 12;
    if (!is_text(flat, node->name))
        return "its name is out of range";
    if (node->parent != FLAT_NONE && node->parent >= index)
        return "its parent does not come before it";
    if (node->shell > 1)
        return "shell is neither 0 nor 1";
    if (!is_within(node->first_draw, node->draw_count, count_of(flat, FLAT_DRAWS)))
        return "its draws are out of range";
    if (!is_finite(node->local, 16))
        return "its matrix is not finite";
    bool affine = last[0] == 0 && last[1] == 0 && last[2] == 0 && last[3] == 1;
    return affine ? NULL : "its matrix is not affine";
}

static const char *check_draw(const void *flat, const void *record, size_t index)
{
    const struct flat_draw *draw = record;
    (void)index;
    if (draw->mesh >= count_of(flat, FLAT_MESHES))
        return "its mesh is out of range";
    return draw->material >= count_of(flat, FLAT_MATERIALS) ? "its material is out of range" : NULL;
}

static const char *check_mesh(const void *flat, const void *record, size_t index)
{
    const struct flat_mesh *mesh = record;
    size_t vertex_count, index_count;
    (void)flat_records(flat, FLAT_VERTICES, &vertex_count);
    const uint32_t *indices = flat_records(flat, FLAT_INDICES, &index_count);
    (void)index;
    if (!is_text(flat, mesh->name))
        return "its name is out of range";
    if (mesh->vertex_count > UINT32_MAX || mesh->index_count > UINT32_MAX || mesh->index_count % 3)
        return "its counts are out of range";
    if (!is_within(mesh->first_vertex, mesh->vertex_count, vertex_count))
        return "its vertices are out of range";
    if (!is_within(mesh->first_index, mesh->index_count, index_count))
        return "its indices are out of range";
    for (uint64_t i = 0; i < mesh->index_count; i++) {
        if (indices[mesh->first_index + i] >= mesh->vertex_count)
            return "an index is beyond its vertices";
    }
    return NULL;
}

static const char *check_vertex(const void *flat, const void *record, size_t index)
{
    const struct scene_vertex *vertex = record;
    const float *numbers = vertex->position; // position, normal, tangent and uv follow each other
    (void)flat;
    (void)index;
    for (size_t i = 0; i < offsetof(struct scene_vertex, color) / sizeof *numbers; i++) {
        float number;
        memcpy(&number, (const char *)numbers + i * sizeof number, sizeof number);
        if (!isfinite(number))
            return "it is not finite";
    }
    return NULL;
}

static const char *check_material(const void *flat, const void *record, size_t index)
{
    const struct flat_material *material = record;
    (void)index;
    if (!is_text(flat, material->name))
        return "its name is out of range";
    if (!is_finite(material->base_color, 4) || !is_finite(&material->metallic, 1) ||
        !is_finite(&material->roughness, 1) || !is_finite(material->emissive, 3) ||
        !is_finite(&material->alpha_cutoff, 1))
        return "a number is not finite";
    if (material->base_color_texture != FLAT_NONE &&
        material->base_color_texture >= count_of(flat, FLAT_TEXTURES))
        return "its texture is out of range";
    return material->alpha > SCENE_BLEND || material->double_sided > 1 ? "a choice is out of range"
                                                                       : NULL;
}

static const char *check_texture(const void *flat, const void *record, size_t index)
{
    const struct flat_texture *texture = record;
    (void)index;
    if (!is_text(flat, texture->name))
        return "its name is out of range";
    if (!texture->width || !texture->height || texture->width > TEXTURE_SIDE_MAX ||
        texture->height > TEXTURE_SIDE_MAX)
        return "its size is out of range";
    if (!is_within(texture->offset, (uint64_t)texture->width * texture->height * 4,
                   count_of(flat, FLAT_PIXELS)))
        return "its pixels are out of range";
    return texture->srgb > 1 || texture->nearest > 1 || texture->wrap_u > SCENE_CLAMP ||
                   texture->wrap_v > SCENE_CLAMP
               ? "a choice is out of range"
               : NULL;
}

static const char *check_camera(const void *flat, const void *record, size_t index)
{
    const struct flat_camera *camera = record;
    (void)index;
    if (!is_text(flat, camera->name))
        return "its name is out of range";
    if (camera->node >= count_of(flat, FLAT_NODES))
        return "its node is out of range";
    bool lens = camera->fov_y_deg >= 0 && camera->fov_y_deg < 180;
    bool range = camera->near_m >= 0 && camera->far_m >= 0 && isfinite(camera->far_m) &&
                 (camera->far_m == 0 || camera->near_m < camera->far_m);
    return lens && range ? NULL : "its lens is out of range";
}

static const char *check_light(const void *flat, const void *record, size_t index)
{
    const struct flat_light *light = record;
    (void)index;
    if (light->node >= count_of(flat, FLAT_NODES))
        return "its node is out of range";
    if (light->type > SCENE_SPOT)
        return "its type is out of range";
    return is_finite(light->color, 3) && is_finite(&light->intensity, 1) &&
                   is_finite(&light->range_m, 1) && is_finite(&light->cone_inner_deg, 1) &&
                   is_finite(&light->cone_outer_deg, 1)
               ? NULL
               : "a number is not finite";
}

/// Pixels, texts and indices need no check of their own: whoever refers to them is checked.
static const char *(*const checks[FLAT_SECTIONS])(const void *, const void *, size_t) = {
    [FLAT_NODES] = check_node,         [FLAT_DRAWS] = check_draw,
    [FLAT_MESHES] = check_mesh,        [FLAT_VERTICES] = check_vertex,
    [FLAT_MATERIALS] = check_material, [FLAT_TEXTURES] = check_texture,
    [FLAT_CAMERAS] = check_camera,     [FLAT_LIGHTS] = check_light,
};

static tachy_status check_layout(const void *bytes, size_t size, const char *file)
{
    const struct flat_header *header = bytes;
    if (size < sizeof *header || header->magic != FLAT_MAGIC)
        return error_set(TACHY_CORRUPT, "%s: not an imported scene", file);
    if (header->version != FLAT_VERSION || header->bytes != size)
        return error_set(TACHY_CORRUPT,
                         "%s: imported scene of version %u and %" PRIu64 " bytes, not %d and %zu",
                         file, header->version, header->bytes, FLAT_VERSION, size);
    for (int section = 0; section < FLAT_SECTIONS; section++) {
        const struct flat_array *array = &header->arrays[section];
        uint64_t taken;
        if (array->offset % 16 || array->offset < sizeof *header ||
            !size_multiply(array->count, flat_record_bytes[section], &taken) ||
            !is_within(array->offset, taken, size))
            return error_set(TACHY_CORRUPT, "%s: imported scene: %s are out of range", file,
                             section_names[section]);
    }
    return TACHY_OK;
}

tachy_status flat_check(const void *bytes, size_t size, const char *file)
{
    tachy_status status = check_layout(bytes, size, file);
    if (status)
        return status;
    for (int section = 0; section < FLAT_SECTIONS; section++) {
        size_t count;
        const char *records = flat_records(bytes, (enum flat_section)section, &count);
        for (size_t i = 0; checks[section] && i < count; i++) {
            const char *wrong = checks[section](bytes, records + i * flat_record_bytes[section], i);
            if (wrong)
                return error_set(TACHY_CORRUPT, "%s: imported scene: %s[%zu]: %s", file,
                                 section_names[section], i, wrong);
        }
    }
    return TACHY_OK;
}
