// The built-in scene "room": commands for what stands there, tables for what moves, shines and looks.
#include "producer/scene/builtin.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "producer/command/commands.h"

enum { COMMAND_BYTES = 256 };

struct thing {
    int64_t id;
    const char *model;
    struct vec3 position;
    double turn_deg; ///< about the vertical axis
    double
        loose; ///< how far the seed may move (metres) and turn (a hundred times that, degrees) it
    bool shell;
};

static const struct thing things[] = {
    {1000, "room", {0, 0, 0}, .shell = true},
    {1, "rug", {-.20, 0, -.40}, 0, .03},
    {2, "table", {.55, 0, .95}, 0, 0},
    {3, "chair", {.30, 0, .22}, 8, .04},
    {4, "chair", {.70, 0, 1.72}, 176, .04},
    {5, "chair", {1.62, 0, .90}, -82, .04},
    {6, "shelf", {-.35, 0, 2.31}, 180, 0},
    {7, "sofa", {-2.35, 0, .25}, 90, 0},
    {8, "lamp_standing", {-2.55, 0, 1.75}, 0, .03},
    {9, "lamp_hanging", {.55, 2.55, 1.40}, 0, 0},
    {10, "plant", {2.45, 0, 2.00}, 20, .08},
    {11, "picture", {1.45, 1.25, 2.50}, 180, 0},
    {12, "ball", {-1.30, 0, -1.40}, 30, .12},
    {13, "globe", {-2.72, .88, 1.02}, 0, 0},
    {14, "mobile", {-1.25, 2.55, -.20}, 0, 0},
    {15, "toy_car", {-.25, .012, -1.15}, -90, 0},
    {16, "toy_blocks", {1.55, 0, -.85}, 12, .10},
    {17, "vase", {.85, .755, 1.10}, 0, .06},
    {18, "fruit_bowl", {.25, .755, .90}, 0, .06},
};

static const struct {
    int64_t id;
    struct scene_motion motion;
} motions[] = {
    {9, {.sway_axis = {.35, 0, 1}, .sway_deg = 9, .sway_period_s = 2.2}},
    {14, {.spin_axis = {0, 1, 0}, .spin_deg_s = 24}},
    {15, {.orbit_center = {-.25, 0, -.60}, .orbit_period_s = 8}},
};

static const struct scene_light lights[] = {
    {.type = SCENE_DIRECTIONAL,
     .direction = {.52, -.74, .43},
     .color = {1, .94, .84},
     .intensity = 1.15,
     .shadows = true},
    {.type = SCENE_POINT,
     .position = {-2.55, 1.55, 1.75},
     .color = {1, .72, .42},
     .intensity = .30,
     .range_m = 4},
    {.type = SCENE_POINT,
     .position = {.55, 1.52, 1.40},
     .color = {1, .78, .50},
     .intensity = .22,
     .range_m = 3},
};

/// Where avatars look from, and to.
static const struct {
    struct vec3 from, to;
    struct scene_motion motion;
} views[] = {
    {{1.95, 1.85, -3.05}, {-.15, .76, .75}},
    {{-2.55, 1.70, -2.60},
     {.65, .72, .95},
     {.swing = {.45, 0, -.20},
      .swing_period_s = 12,
      .sway_axis = {0, 1, 0},
      .sway_deg = 5,
      .sway_period_s = 12}},
    {{-.10, 3.60, -3.60}, {0, .40, .55}},
    {{2.55, 1.50, -.95}, {-1.60, .75, 1.10}},
    {{-.55, .62, -2.10}, {.20, .60, .80}},
    {{2.60, 2.20, 1.90}, {-1.20, .40, -.40}},
};

/// -1 to 1, another number for each seed, thing and axis; 0 everywhere for seed 0.
static double jitter(uint64_t seed, int64_t id, int axis)
{
    uint64_t h = seed * 0x9e3779b97f4a7c15 + (uint64_t)id * 0xbf58476d1ce4e5b9 + (uint64_t)axis;
    h = (h ^ (h >> 31)) * 0x94d049bb133111eb;
    h = (h ^ (h >> 29)) * 0xbf58476d1ce4e5b9;
    return seed ? (double)(h >> 11) * 0x1p-52 - 1 : 0;
}

static tachy_status add_things(struct scene *scene, uint64_t seed)
{
    char json[COMMAND_BYTES * sizeof things / sizeof *things];
    size_t used = 0;
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        const struct thing *thing = &things[i];
        int wrote = snprintf(
            json + used, sizeof json - used,
            "%c{\"$type\": \"add_object\", \"id\": %lld, \"name\": \"%s\", \"shell\": %s, "
            "\"position\": "
            "{\"x\": %.4f, \"y\": %.4f, \"z\": %.4f}, \"rotation\": {\"y\": %.4f}}",
            i ? ',' : '[', (long long)thing->id, thing->model, thing->shell ? "true" : "false",
            thing->position.x + thing->loose * jitter(seed, thing->id, 0), thing->position.y,
            thing->position.z + thing->loose * jitter(seed, thing->id, 1),
            thing->turn_deg + 100 * thing->loose * jitter(seed, thing->id, 2));
        used += (size_t)wrote;
        assert(used + 2 <= sizeof json);
    }
    json[used++] = ']';
    return commands_run(scene, json, used, "the built-in room", NULL);
}

tachy_status builtin_room(struct scene *scene, uint64_t seed)
{
    scene->seed = seed;
    tachy_status status = add_things(scene, seed);
    if (status)
        return status;
    for (size_t i = 0; i < sizeof motions / sizeof *motions; i++)
        scene_find_object(scene, motions[i].id)->motion = motions[i].motion;
    for (size_t i = 0; i < sizeof lights / sizeof *lights && !status; i++)
        status = scene_add_light(scene, &lights[i]);
    for (size_t i = 0; i < sizeof views / sizeof *views && !status; i++) {
        struct vec3 way = vec3_subtract(views[i].to, views[i].from);
        struct scene_view view = {.position = views[i].from,
                                  .rotation = quat_look(way, (struct vec3){0, 1, 0}),
                                  .motion = views[i].motion};
        status = scene_add_view(scene, &view);
    }
    return status;
}
