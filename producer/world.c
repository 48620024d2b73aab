// The world that a producer starts with.
#include "producer/world.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/command/commands.h"
#include "producer/import/import.h"
#include "producer/scene/builtin.h"

// a .. z, aa, ab ...
static void name_avatar(uint32_t index, char name[8])
{
    char letters[8];
    size_t count = 0;
    for (uint32_t rest = index + 1; rest > 0; rest = (rest - 1) / 26)
        letters[count++] = (char)('a' + (rest - 1) % 26);
    for (size_t i = 0; i < count; i++)
        name[i] = letters[count - 1 - i];
    name[count] = 0;
}

static tachy_status load_scene(const struct options *options, struct scene *scene)
{
    if (strcmp(options->scene, "empty") == 0)
        return TACHY_OK;
    if (strcmp(options->scene, "room") == 0)
        return builtin_room(scene, options->seed);
    return import_scene(scene, options->scene);
}

static tachy_status add_avatars(struct scene *scene, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char name[8];
        struct scene_avatar *avatar;
        name_avatar(i, name);
        tachy_status status = scene_add_avatar(scene, name, &avatar);
        if (status != TACHY_OK)
            return status;
        scene_place_avatar(scene, i, avatar);
    }
    return TACHY_OK;
}

static bool same_pose(const struct scene_avatar *a, const struct scene_avatar *b)
{
    return a->position.x == b->position.x && a->position.y == b->position.y &&
           a->position.z == b->position.z && a->rotation.x == b->rotation.x &&
           a->rotation.y == b->rotation.y && a->rotation.z == b->rotation.z &&
           a->rotation.w == b->rotation.w;
}

// Commands may have filled the scene: who was not moved by them looks at what there is now.
static void place_again(struct scene *scene, const struct scene_avatar *before, uint32_t count)
{
    for (uint32_t i = (uint32_t)scene->view_count; i < count; i++) {
        struct scene_avatar *avatar = &scene->avatars[i];
        if (same_pose(avatar, &before[i]))
            scene_place_avatar(scene, i, avatar);
    }
}

static tachy_status apply_commands(const struct options *options, const char *text, size_t bytes,
                                   struct scene *scene, uint32_t avatars)
{
    struct scene_avatar *before = calloc(avatars + 1u, sizeof *before);
    if (before == NULL)
        return error_set(TACHY_NO_MEMORY, "no memory for %u avatars", avatars);
    if (avatars > 0)
        memcpy(before, scene->avatars, avatars * sizeof *before);
    tachy_status status = commands_run(scene, text, bytes, options->commands, NULL);
    if (status == TACHY_OK)
        place_again(scene, before, avatars);
    free(before);
    return status;
}

// Commands that create avatars want none made for them, unless somebody asked for some.
static uint32_t avatars_to_make(const struct options *options, const char *text, size_t bytes)
{
    bool own = text != NULL && commands_have(text, bytes, "create_avatar");
    return own && !options->avatars_said ? 0 : options->avatars;
}

static tachy_status fill(const struct options *options, const char *text, size_t bytes,
                         struct scene *scene)
{
    scene->default_width = options->width;
    scene->default_height = options->height;
    if (!options->flat_out) {
        scene->fps_numerator = options->fps_numerator;
        scene->fps_denominator = options->fps_denominator;
    }
    uint32_t avatars = avatars_to_make(options, text, bytes);
    tachy_status status = load_scene(options, scene);
    if (status == TACHY_OK)
        status = add_avatars(scene, avatars);
    if (status == TACHY_OK && text != NULL)
        status = apply_commands(options, text, bytes, scene, avatars);
    return status;
}

tachy_status world_create(const struct options *options, struct scene **scene)
{
    char *text = NULL;
    size_t bytes = 0;
    tachy_status status = TACHY_OK;
    if (options->commands != NULL)
        status = commands_read_file(options->commands, &text, &bytes);
    if (status != TACHY_OK)
        return status;
    struct scene *made = scene_create();
    status = made != NULL ? fill(options, text, bytes, made)
                          : error_set(TACHY_NO_MEMORY, "no memory for a scene");
    free(text);
    if (status == TACHY_OK)
        *scene = made;
    else
        scene_destroy(&made);
    return status;
}

tachy_status world_check_textures(const struct scene *scene, const char *name, uint32_t size_max,
                                  const char *device)
{
    for (size_t i = 0; i < scene->texture_count; i++) {
        const struct scene_texture *texture = &scene->textures[i];
        if (texture->width > size_max || texture->height > size_max)
            return error_set(TACHY_UNSUPPORTED,
                             "scene %s: a texture of %ux%u is beyond this device's limit of %ux%u "
                             "(%s); scale it down, or choose another device (--device)",
                             name, texture->width, texture->height, size_max, size_max, device);
    }
    return TACHY_OK;
}
