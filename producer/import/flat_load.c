// From the flat form into the world: one model, or objects, views and lights.
#include "producer/import/flat_load.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/import/flat.h"

/// One load under way. Indices of the file's meshes, materials and textures follow the scene's own.
struct load {
    struct scene *scene;
    const void *flat;
    const char *file;
    uint32_t first_mesh, first_material, first_texture;
    struct mat4 *world_from_node;
    int64_t shells;
};

static tachy_status no_memory(const struct load *load)
{
    return error_set(TACHY_NO_MEMORY, "%s: no memory to take it into the scene", load->file);
}

static tachy_status place_nodes(struct load *load)
{
    size_t count;
    const struct flat_node *nodes = flat_records(load->flat, FLAT_NODES, &count);
    load->world_from_node = calloc(count ? count : 1, sizeof *load->world_from_node);
    if (!load->world_from_node)
        return no_memory(load);
    for (size_t i = 0; i < count; i++) {
        struct mat4 local, *world = &load->world_from_node[i];
        memcpy(local.m, nodes[i].local, sizeof local.m);
        *world = nodes[i].parent == FLAT_NONE
                     ? local
                     : mat4_multiply(load->world_from_node[nodes[i].parent], local);
        for (int k = 0; k < 16; k++) {
            if (!isfinite(world->m[k]))
                return error_set(TACHY_CORRUPT,
                                 "%s: the transforms above node '%s' multiply beyond all bounds",
                                 load->file, flat_string(load->flat, nodes[i].name));
        }
    }
    return TACHY_OK;
}

static tachy_status load_texture(struct load *load, const struct flat_texture *from)
{
    size_t bytes = (size_t)from->width * from->height * 4, count;
    const char *pixels = flat_records(load->flat, FLAT_PIXELS, &count);
    struct scene_texture texture = {malloc(bytes), from->width,  from->height, from->srgb,
                                    from->wrap_u,  from->wrap_v, from->nearest};
    if (!texture.rgba)
        return no_memory(load);
    memcpy(texture.rgba, pixels + from->offset, bytes);
    uint32_t index;
    return scene_add_texture(load->scene, texture, &index);
}

static tachy_status load_material(struct load *load, const struct flat_material *from)
{
    struct scene_material material = {
        .metallic = from->metallic,
        .roughness = from->roughness,
        .base_color_texture = from->base_color_texture == FLAT_NONE
                                  ? SCENE_NONE
                                  : load->first_texture + from->base_color_texture,
        .alpha = from->alpha,
        .alpha_cutoff = from->alpha_cutoff,
        .double_sided = from->double_sided,
    };
    memcpy(material.base_color, from->base_color, sizeof material.base_color);
    memcpy(material.emissive, from->emissive, sizeof material.emissive);
    uint32_t index;
    return scene_add_material(load->scene, &material, &index);
}

static tachy_status load_mesh(struct load *load, const struct flat_mesh *from)
{
    size_t count;
    const struct scene_vertex *vertices = flat_records(load->flat, FLAT_VERTICES, &count);
    const uint32_t *indices = flat_records(load->flat, FLAT_INDICES, &count);
    struct scene_mesh mesh = {
        .vertices = calloc(from->vertex_count + 1, sizeof *mesh.vertices),
        .indices = calloc(from->index_count + 1, sizeof *mesh.indices),
        .vertex_count = (uint32_t)from->vertex_count,
        .index_count = (uint32_t)from->index_count,
    };
    if (!mesh.vertices || !mesh.indices) {
        free(mesh.vertices);
        free(mesh.indices);
        return no_memory(load);
    }
    memcpy(mesh.vertices, vertices + from->first_vertex,
           from->vertex_count * sizeof *mesh.vertices);
    memcpy(mesh.indices, indices + from->first_index, from->index_count * sizeof *mesh.indices);
    uint32_t index;
    return scene_add_mesh(load->scene, mesh, &index);
}

/// What nodes are made of; places the nodes too.
static tachy_status load_parts(struct load *load)
{
    size_t texture_count, material_count, mesh_count;
    const struct flat_texture *textures = flat_records(load->flat, FLAT_TEXTURES, &texture_count);
    const struct flat_material *materials =
        flat_records(load->flat, FLAT_MATERIALS, &material_count);
    const struct flat_mesh *meshes = flat_records(load->flat, FLAT_MESHES, &mesh_count);
    load->first_texture = (uint32_t)load->scene->texture_count;
    load->first_material = (uint32_t)load->scene->material_count;
    load->first_mesh = (uint32_t)load->scene->mesh_count;
    tachy_status status = place_nodes(load);
    for (size_t i = 0; i < texture_count && !status; i++)
        status = load_texture(load, &textures[i]);
    for (size_t i = 0; i < material_count && !status; i++)
        status = load_material(load, &materials[i]);
    for (size_t i = 0; i < mesh_count && !status; i++)
        status = load_mesh(load, &meshes[i]);
    return status;
}

static void fill_parts(const struct load *load, const struct flat_node *node, struct mat4 place,
                       struct scene_part *parts)
{
    size_t count;
    const struct flat_draw *draws = flat_records(load->flat, FLAT_DRAWS, &count);
    for (uint32_t i = 0; i < node->draw_count; i++) {
        const struct flat_draw *draw = &draws[node->first_draw + i];
        parts[i] = (struct scene_part){load->first_mesh + draw->mesh,
                                       load->first_material + draw->material, place};
    }
}

tachy_status flat_load_model(struct scene *scene, const void *flat, const char *file,
                             uint32_t *model)
{
    struct load load = {.scene = scene, .flat = flat, .file = file};
    size_t node_count, part_count = 0;
    const struct flat_node *nodes = flat_records(flat, FLAT_NODES, &node_count);
    tachy_status status = load_parts(&load);
    for (size_t i = 0; i < node_count; i++)
        part_count += nodes[i].draw_count;
    struct scene_part *parts = status ? NULL : calloc(part_count + 1, sizeof *parts);
    if (parts) {
        size_t filled = 0;
        for (size_t i = 0; i < node_count; filled += nodes[i++].draw_count)
            fill_parts(&load, &nodes[i], load.world_from_node[i], parts + filled);
        status = scene_add_model(scene, parts, part_count, model);
    } else if (!status) {
        status = no_memory(&load);
    }
    free(load.world_from_node);
    return status;
}

// ---- a whole scene -----------------------------------------------------------------------------------------------

/// The rotation that is nearest to what a matrix does to the axes: its z kept, its y as near as can be.
static struct quat rotation_of(struct mat4 matrix)
{
    struct vec3 z = mat4_direction(matrix, (struct vec3){0, 0, 1});
    struct vec3 y = mat4_direction(matrix, (struct vec3){0, 1, 0});
    return quat_look(z, y);
}

static struct vec3 origin_of(struct mat4 matrix)
{
    return mat4_point(matrix, (struct vec3){0, 0, 0});
}

/// The mesh's name, as the category. A mesh of several materials arrives as several, "name-0", "name-1" ...
static char *category_of(const struct load *load, const struct flat_node *node)
{
    size_t count;
    const struct flat_draw *draws = flat_records(load->flat, FLAT_DRAWS, &count);
    const struct flat_mesh *meshes = flat_records(load->flat, FLAT_MESHES, &count);
    char *category = strdup(flat_string(load->flat, meshes[draws[node->first_draw].mesh].name));
    char *dash = category && node->draw_count > 1 ? strrchr(category, '-') : NULL;
    if (dash && dash != category && dash[1] && dash[1 + strspn(dash + 1, "0123456789")] == '\0')
        *dash = '\0';
    return category;
}

/// An object where its node is. Only a rotation and a place are the object's own; scale, mirror and shear go into its parts,
/// since no position, rotation and scale say the product of several.
static tachy_status load_object(struct load *load, const struct flat_node *node, struct mat4 world)
{
    struct vec3 position = origin_of(world);
    struct quat rotation = rotation_of(world);
    struct mat4 place = mat4_compose(position, rotation, (struct vec3){1, 1, 1});
    struct mat4 rest = mat4_multiply(mat4_inverse_affine(place), world);
    struct scene_part *parts = calloc(node->draw_count, sizeof *parts);
    char *category = category_of(load, node);
    uint32_t model;
    tachy_status status;
    if (!parts || !category) {
        free(parts);
        status = no_memory(load);
        goto end;
    }
    fill_parts(load, node, rest, parts);
    status = scene_add_model(load->scene, parts, node->draw_count, &model);
    if (status)
        goto end;
    struct scene_object *object;
    int64_t id = node->shell ? -++load->shells : (int64_t)load->scene->rows + 1;
    status = scene_add_object(load->scene, id, flat_string(load->flat, node->name), category, model,
                              node->shell, &object);
    if (status)
        goto end;
    object->position = position;
    object->rotation = rotation;
end:
    free(category);
    return status;
}

static tachy_status load_view(struct load *load, const struct flat_camera *camera)
{
    struct mat4 world = load->world_from_node[camera->node];
    struct scene_view view = {.position = origin_of(world),
                              .rotation = rotation_of(world),
                              .fov_y_deg = camera->fov_y_deg,
                              .near_m = camera->near_m,
                              .far_m = camera->far_m};
    return scene_add_view(load->scene, &view);
}

static tachy_status load_light(struct load *load, const struct flat_light *from)
{
    struct mat4 world = load->world_from_node[from->node];
    struct scene_light light = {
        .type = from->type,
        .position = origin_of(world),
        .direction = vec3_normalize(mat4_direction(world, (struct vec3){0, 0, 1})),
        .intensity = from->intensity,
        .range_m = from->range_m,
        .cone_inner_deg = from->cone_inner_deg,
        .cone_outer_deg = from->cone_outer_deg,
        .shadows = from->type == SCENE_DIRECTIONAL,
    };
    memcpy(light.color, from->color, sizeof light.color);
    return scene_add_light(load->scene, &light);
}

tachy_status flat_load_scene(struct scene *scene, const void *flat, const char *file)
{
    struct load load = {.scene = scene, .flat = flat, .file = file};
    size_t node_count, camera_count, light_count;
    const struct flat_node *nodes = flat_records(flat, FLAT_NODES, &node_count);
    const struct flat_camera *cameras = flat_records(flat, FLAT_CAMERAS, &camera_count);
    const struct flat_light *lights = flat_records(flat, FLAT_LIGHTS, &light_count);
    tachy_status status = load_parts(&load);
    for (size_t i = 0; i < node_count && !status; i++) {
        if (nodes[i].draw_count)
            status = load_object(&load, &nodes[i], load.world_from_node[i]);
    }
    for (size_t i = 0; i < camera_count && !status; i++)
        status = load_view(&load, &cameras[i]);
    for (size_t i = 0; i < light_count && !status; i++)
        status = load_light(&load, &lights[i]);
    free(load.world_from_node);
    return status;
}
