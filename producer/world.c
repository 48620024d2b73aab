// The world that a producer starts with.
#include "producer/world.h"

#include <stdio.h>
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

static tachy_status apply_commands(const struct options *options, struct scene *scene,
                                   uint32_t avatars)
{
    struct scene_avatar *before = calloc(avatars + 1u, sizeof *before);
    if (before == NULL)
        return error_set(TACHY_NO_MEMORY, "no memory for %u avatars", avatars);
    if (avatars > 0)
        memcpy(before, scene->avatars, avatars * sizeof *before);
    tachy_status status = commands_run_file(scene, options->commands, NULL);
    if (status == TACHY_OK)
        place_again(scene, before, avatars);
    free(before);
    return status;
}

// Whether the commands make avatars of their own; then none is made for them, unless asked for.
static bool commands_create_avatars(const char *path)
{
    FILE *file = path != NULL ? fopen(path, "re") : NULL;
    if (file == NULL)
        return false;
    static const char word[] = "\"create_avatar\"";
    size_t matched = 0;
    for (int c = getc(file); c != EOF && matched < sizeof word - 1; c = getc(file))
        matched = c == word[matched] ? matched + 1 : c == word[0];
    fclose(file);
    return matched == sizeof word - 1;
}

static tachy_status fill(const struct options *options, struct scene *scene)
{
    scene->default_width = options->width;
    scene->default_height = options->height;
    if (!options->flat_out) {
        scene->fps_numerator = options->fps_numerator;
        scene->fps_denominator = options->fps_denominator;
    }
    bool own = !options->avatars_said && commands_create_avatars(options->commands);
    uint32_t avatars = own ? 0 : options->avatars;
    tachy_status status = load_scene(options, scene);
    if (status == TACHY_OK)
        status = add_avatars(scene, avatars);
    if (status == TACHY_OK && options->commands != NULL)
        status = apply_commands(options, scene, avatars);
    return status;
}

tachy_status world_create(const struct options *options, struct scene **scene)
{
    struct scene *made = scene_create();
    if (made == NULL)
        return error_set(TACHY_NO_MEMORY, "no memory for a scene");
    tachy_status status = fill(options, made);
    if (status == TACHY_OK)
        *scene = made;
    else
        scene_destroy(&made);
    return status;
}
