// The model library: a table entry becomes a model, one part per swatch.
#include "producer/scene/library.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/scene/furniture.h"

const char *library_name(size_t index, const char **category)
{
    if (index >= furniture_count)
        return NULL;
    if (category)
        *category = furniture_table[index].category;
    return furniture_table[index].name;
}

static double linear_from_srgb(double c)
{
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static tachy_status swatch_material(struct scene *scene, enum swatch_kind kind, uint32_t *material)
{
    const struct swatch *swatch = &swatch_table[kind];
    if (scene_find_material(scene, swatch->name, material))
        return TACHY_OK;
    struct scene_material made = {.name = swatch->name,
                                  .base_color = {0, 0, 0, 1},
                                  .metallic = swatch->metallic,
                                  .roughness = swatch->roughness,
                                  .base_color_texture = SCENE_NONE,
                                  .double_sided = swatch->double_sided};
    for (int i = 0; i < 3; i++) {
        made.base_color[i] = linear_from_srgb(swatch->color[i]);
        made.emissive[i] = swatch->glow * made.base_color[i];
    }
    if (swatch->paint != PAINT_NONE) {
        tachy_status status = paint_texture(scene, swatch->paint, scene->seed + (uint64_t)kind,
                                            &made.base_color_texture);
        if (status)
            return status;
    }
    return scene_add_material(scene, &made, material);
}

/// The part of all pieces of one swatch; *part_count stays where there are none.
static tachy_status add_part(struct scene *scene, const struct furniture *furniture,
                             enum swatch_kind swatch, struct scene_part *parts, size_t *part_count)
{
    struct scene_mesh mesh = {0};
    tachy_status status = TACHY_OK;
    for (size_t i = 0; i < furniture->piece_count && !status; i++) {
        const struct furniture_piece *piece = &furniture->pieces[i];
        if (piece->swatch == swatch)
            status = shape_append(&mesh, piece->shape, &piece->placing);
    }
    if (status || !mesh.vertex_count)
        goto fail;
    struct scene_part part = {.model_from_part = mat4_identity()};
    status = swatch_material(scene, swatch, &part.material);
    if (status)
        goto fail;
    status = scene_add_mesh(scene, mesh, &part.mesh);
    if (!status)
        parts[(*part_count)++] = part;
    return status;
fail:
    free(mesh.vertices);
    free(mesh.indices);
    return status;
}

static tachy_status make_model(struct scene *scene, const struct furniture *furniture,
                               uint32_t *model)
{
    size_t part_count = 0;
    struct scene_part *parts = calloc(SWATCH_COUNT, sizeof *parts);
    if (!parts)
        return error_set(TACHY_NO_MEMORY, "library: no memory for model '%s'", furniture->name);
    tachy_status status = TACHY_OK;
    for (int swatch = 0; swatch < SWATCH_COUNT && !status; swatch++)
        status = add_part(scene, furniture, (enum swatch_kind)swatch, parts, &part_count);
    if (status) {
        free(parts);
        return status;
    }
    status = scene_add_model(scene, parts, part_count, model);
    return status ? status : scene_name_model(scene, *model, furniture->name);
}

tachy_status library_model(struct scene *scene, const char *name, uint32_t *model,
                           const char **category)
{
    const struct furniture *furniture = NULL;
    for (size_t i = 0; i < furniture_count && !furniture; i++) {
        if (strcmp(furniture_table[i].name, name) == 0)
            furniture = &furniture_table[i];
    }
    if (!furniture)
        return error_set(TACHY_NOT_FOUND, "there is no built-in model '%s'", name);
    *category = furniture->category;
    if (scene_find_model(scene, name, model))
        return TACHY_OK;
    return make_model(scene, furniture, model);
}
