// The world's records: making it, adding to it, finding in it. What moves is in step.c.
#include "producer/scene/scene.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/text.h"

/// ThreeDWorld's: 35 mm on a sensor 36 mm high.
static const double DEFAULT_FOV_Y_DEG = 54.43222, DEFAULT_NEAR_M = 0.1, DEFAULT_FAR_M = 100;
enum { DEFAULT_SIDE = 256, DEFAULT_FPS = 60 };

/// Room for one more record. Room doubles whenever the count is a power of two, so it need not be remembered.
static bool array_reserve(void **records, size_t count, size_t record_bytes)
{
    if ((count & (count - 1)) != 0)
        return true;
    size_t room = count ? 2 * count : 1;
    void *grown = reallocarray(*records, room, record_bytes);
    if (grown)
        *records = grown;
    return grown != NULL;
}

static tachy_status no_memory(const char *what, size_t count)
{
    return error_set(TACHY_NO_MEMORY, "scene: no memory for one more %s beside %zu", what, count);
}

/// From above, in front and the right, so that what faces an avatar in front is lit.
static const struct scene_light standard_sun = {.type = SCENE_DIRECTIONAL,
                                                .direction = {-.45, -.75, -.5},
                                                .color = {1, .97, .92},
                                                .intensity = 1,
                                                .shadows = true};

struct scene *scene_create(void)
{
    struct scene *scene = calloc(1, sizeof *scene);
    if (!scene || scene_add_light(scene, &standard_sun)) {
        free(scene);
        return NULL;
    }
    scene->sun_stands_in = true;
    scene->default_width = scene->default_height = DEFAULT_SIDE;
    scene->fps_numerator = DEFAULT_FPS;
    scene->fps_denominator = 1;
    memcpy(scene->sky_color, (double[3]){0.45, 0.60, 0.80}, sizeof scene->sky_color);
    memcpy(scene->ambient, (double[3]){0.25, 0.26, 0.28}, sizeof scene->ambient);
    return scene;
}

void scene_destroy(struct scene **scene)
{
    if (!scene || !*scene)
        return;
    struct scene *s = *scene;
    for (size_t i = 0; i < s->mesh_count; i++) {
        free(s->meshes[i].vertices);
        free(s->meshes[i].indices);
    }
    for (size_t i = 0; i < s->texture_count; i++)
        free(s->textures[i].rgba);
    for (size_t i = 0; i < s->model_count; i++) {
        free(s->models[i].name);
        free(s->models[i].parts);
    }
    for (size_t i = 0; i < s->object_count; i++) {
        free(s->objects[i].name);
        free(s->objects[i].category);
    }
    free(s->meshes);
    free(s->textures);
    free(s->materials);
    free(s->models);
    free(s->objects);
    free(s->avatars);
    free(s->lights);
    free(s->views);
    free(s);
    *scene = NULL;
}

static const struct vec3 BOUNDS_NONE_LOW = {INFINITY, INFINITY, INFINITY};
static const struct vec3 BOUNDS_NONE_HIGH = {-INFINITY, -INFINITY, -INFINITY};

static void bounds_take(struct vec3 *low, struct vec3 *high, struct vec3 p)
{
    *low = (struct vec3){fmin(low->x, p.x), fmin(low->y, p.y), fmin(low->z, p.z)};
    *high = (struct vec3){fmax(high->x, p.x), fmax(high->y, p.y), fmax(high->z, p.z)};
}

tachy_status scene_add_mesh(struct scene *scene, struct scene_mesh mesh, uint32_t *index)
{
    if (!array_reserve((void **)&scene->meshes, scene->mesh_count, sizeof mesh)) {
        free(mesh.vertices);
        free(mesh.indices);
        return no_memory("mesh", scene->mesh_count);
    }
    mesh.low = BOUNDS_NONE_LOW;
    mesh.high = BOUNDS_NONE_HIGH;
    for (uint32_t i = 0; i < mesh.vertex_count; i++) {
        const float *p = mesh.vertices[i].position;
        bounds_take(&mesh.low, &mesh.high, (struct vec3){p[0], p[1], p[2]});
    }
    if (!mesh.vertex_count)
        mesh.low = mesh.high = (struct vec3){0, 0, 0};
    scene->meshes[scene->mesh_count] = mesh;
    *index = (uint32_t)scene->mesh_count++;
    return TACHY_OK;
}

tachy_status scene_add_texture(struct scene *scene, struct scene_texture texture, uint32_t *index)
{
    if (!array_reserve((void **)&scene->textures, scene->texture_count, sizeof texture)) {
        free(texture.rgba);
        return no_memory("texture", scene->texture_count);
    }
    scene->textures[scene->texture_count] = texture;
    *index = (uint32_t)scene->texture_count++;
    return TACHY_OK;
}

tachy_status scene_add_material(struct scene *scene, const struct scene_material *material,
                                uint32_t *index)
{
    assert(material->base_color_texture == SCENE_NONE ||
           material->base_color_texture < scene->texture_count);
    if (!array_reserve((void **)&scene->materials, scene->material_count, sizeof *material))
        return no_memory("material", scene->material_count);
    scene->materials[scene->material_count] = *material;
    *index = (uint32_t)scene->material_count++;
    return TACHY_OK;
}

/// Exact bounds of a part in its model, from every vertex: a turned box of a box is too large.
static void part_bounds(const struct scene *scene, const struct scene_part *part, struct vec3 *low,
                        struct vec3 *high)
{
    const struct scene_mesh *mesh = &scene->meshes[part->mesh];
    for (uint32_t i = 0; i < mesh->vertex_count; i++) {
        const float *p = mesh->vertices[i].position;
        bounds_take(low, high, mat4_point(part->model_from_part, (struct vec3){p[0], p[1], p[2]}));
    }
}

tachy_status scene_add_model(struct scene *scene, struct scene_part *parts, size_t part_count,
                             uint32_t *index)
{
    if (!array_reserve((void **)&scene->models, scene->model_count, sizeof *scene->models)) {
        free(parts);
        return no_memory("model", scene->model_count);
    }
    struct scene_model model = {NULL, parts, part_count, BOUNDS_NONE_LOW, BOUNDS_NONE_HIGH};
    for (size_t i = 0; i < part_count; i++) {
        assert(parts[i].mesh < scene->mesh_count && parts[i].material < scene->material_count);
        part_bounds(scene, &parts[i], &model.low, &model.high);
    }
    if (model.low.x > model.high.x)
        model.low = model.high = (struct vec3){0, 0, 0};
    scene->models[scene->model_count] = model;
    *index = (uint32_t)scene->model_count++;
    return TACHY_OK;
}

tachy_status scene_add_light(struct scene *scene, const struct scene_light *light)
{
    if (scene->sun_stands_in)
        scene->light_count = 0;
    scene->sun_stands_in = false;
    if (!array_reserve((void **)&scene->lights, scene->light_count, sizeof *light))
        return no_memory("light", scene->light_count);
    scene->lights[scene->light_count++] = *light;
    return TACHY_OK;
}

tachy_status scene_add_view(struct scene *scene, const struct scene_view *view)
{
    if (!array_reserve((void **)&scene->views, scene->view_count, sizeof *view))
        return no_memory("view", scene->view_count);
    scene->views[scene->view_count++] = *view;
    return TACHY_OK;
}

tachy_status scene_name_model(struct scene *scene, uint32_t model, const char *name)
{
    char *copy = strdup(name);
    if (!copy)
        return no_memory("name", scene->model_count);
    free(scene->models[model].name);
    scene->models[model].name = copy;
    return TACHY_OK;
}

bool scene_find_model(const struct scene *scene, const char *name, uint32_t *model)
{
    for (size_t i = 0; i < scene->model_count; i++) {
        if (scene->models[i].name && strcmp(scene->models[i].name, name) == 0) {
            *model = (uint32_t)i;
            return true;
        }
    }
    return false;
}

bool scene_find_material(const struct scene *scene, const char *name, uint32_t *material)
{
    for (size_t i = 0; i < scene->material_count; i++) {
        if (scene->materials[i].name && strcmp(scene->materials[i].name, name) == 0) {
            *material = (uint32_t)i;
            return true;
        }
    }
    return false;
}

struct scene_object *scene_find_object(struct scene *scene, int64_t object_id)
{
    for (size_t i = 0; i < scene->object_count; i++) {
        if (scene->objects[i].object_id == object_id)
            return &scene->objects[i];
    }
    return NULL;
}

tachy_status scene_add_object(struct scene *scene, int64_t object_id, const char *name,
                              const char *category, uint32_t model, bool shell,
                              struct scene_object **object)
{
    assert(model < scene->model_count);
    const struct scene_object *same = scene_find_object(scene, object_id);
    if (same)
        return error_set(TACHY_EXISTS, "object id %lld is in use by '%s'; choose another id",
                         (long long)object_id, same->name);
    if (!array_reserve((void **)&scene->objects, scene->object_count, sizeof **object))
        return no_memory("object", scene->object_count);
    struct scene_object made = {.object_id = object_id,
                                .name = strdup(name),
                                .category = strdup(category),
                                .model = model,
                                .row = shell ? 0 : scene->rows + 1,
                                .rotation = {0, 0, 0, 1},
                                .scale = {1, 1, 1},
                                .world_from_object = mat4_identity()};
    if (!made.name || !made.category) {
        free(made.name);
        free(made.category);
        return no_memory("object", scene->object_count);
    }
    scene->rows += !shell;
    *object = &scene->objects[scene->object_count++];
    **object = made;
    return TACHY_OK;
}

struct scene_avatar *scene_find_avatar(struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->avatar_count; i++) {
        if (strcmp(scene->avatars[i].name, name) == 0)
            return &scene->avatars[i];
    }
    return NULL;
}

tachy_status scene_add_avatar(struct scene *scene, const char *name, struct scene_avatar **avatar)
{
    struct scene_avatar made = {.width = scene->default_width,
                                .height = scene->default_height,
                                .rotation = {0, 0, 0, 1},
                                .fov_y_deg = DEFAULT_FOV_Y_DEG,
                                .near_m = DEFAULT_NEAR_M,
                                .far_m = DEFAULT_FAR_M};
    if (!*name || strlen(name) >= sizeof made.name)
        return error_set(TACHY_INVALID, "avatar name '%.80s' has %zu bytes; give it 1 to %zu", name,
                         strlen(name), sizeof made.name - 1);
    char shown[4 * sizeof made.name];
    text_printable(name, shown, sizeof shown);
    if (strcmp(shown, name) != 0) // it becomes part of a stream's name, which is printed as it is
        return error_set(TACHY_INVALID,
                         "avatar name '%s' has control characters or is not UTF-8; use letters "
                         "and digits",
                         name);
    if (scene_find_avatar(scene, name))
        return error_set(TACHY_EXISTS, "avatar '%s' exists already; choose another name", name);
    if (!array_reserve((void **)&scene->avatars, scene->avatar_count, sizeof made))
        return no_memory("avatar", scene->avatar_count);
    memcpy(made.name, name, strlen(name) + 1);
    *avatar = &scene->avatars[scene->avatar_count++];
    **avatar = made;
    return TACHY_OK;
}
