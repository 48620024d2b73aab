// The world: what exists, where it is, and how it moves with simulation time. Knows nothing of Vulkan, files or rings.
//
// Meshes, textures, materials and models are immutable once added and live as long as the scene, so an index into their
// arrays is a lasting name; a renderer uploads what came since it last looked. Objects, avatars and lights are records
// that only the functions below write.
#ifndef PRODUCER_SCENE_SCENE_H
#define PRODUCER_SCENE_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tachy/frame.h>

#include "producer/scene/math.h"

#define SCENE_NONE UINT32_MAX ///< "no texture" and the like

// ---- what models are made of -------------------------------------------------------------------------------------

struct scene_vertex { ///< 56 bytes, as the vertex shader reads it
    float position[3], normal[3];
    float tangent[4]; ///< w: the sign of the bitangent; all 0 where the file has none
    float uv[2];
    uint16_t color[4]; ///< linear RGBA, 65535 = 1
};

struct scene_mesh {
    struct scene_vertex *vertices;
    uint32_t *
        indices; ///< triangles; cross(b - a, c - a) points outward: clockwise when its front is seen
    uint32_t vertex_count, index_count;
    struct vec3 low, high; ///< bounds; scene_add_mesh works them out
};

enum scene_wrap { SCENE_REPEAT, SCENE_MIRROR, SCENE_CLAMP };

struct scene_texture {
    uint8_t *rgba; ///< width * height * 4, row 0 on top, alpha straight
    uint32_t width, height;
    bool srgb; ///< colour (decoded before filtering); false: data such as normals
    enum scene_wrap wrap_u, wrap_v;
    bool nearest;
};

enum scene_alpha { SCENE_OPAQUE, SCENE_MASK, SCENE_BLEND };

struct scene_material {
    const char *name;     ///< static text, or NULL: cannot be found by name
    double base_color[4]; ///< linear
    double metallic, roughness;
    double emissive[3];
    uint32_t base_color_texture; ///< or SCENE_NONE
    enum scene_alpha alpha;
    double alpha_cutoff;
    bool double_sided;
};

/// A mesh drawn with a material, placed in its model.
struct scene_part {
    uint32_t mesh, material;
    struct mat4 model_from_part;
};

struct scene_model {
    char *name; ///< what scene_find_model knows it by; or NULL
    struct scene_part *parts;
    size_t part_count;
    struct vec3 low, high; ///< bounds of all parts
};

// ---- what the world is made of -----------------------------------------------------------------------------------

/// How something moves by itself, as a function of simulation time alone; added to its own pose.
struct scene_motion {
    struct vec3 spin_axis; ///< with spin_deg_s: turns about its own origin
    double spin_deg_s;
    struct vec3
        sway_axis; ///< with sway_period_s: turns about its own origin by sway_deg * sin(2 pi t / period)
    double sway_deg;
    double sway_period_s;  ///< 0 = no sway
    struct vec3 swing;     ///< with swing_period_s: position + swing * sin(2 pi t / period)
    double swing_period_s; ///< 0 = no swing
    struct vec3
        orbit_center; ///< with orbit_period_s: position and rotation turn about the vertical axis through it
    double orbit_period_s; ///< 0 = no orbit
};

struct scene_object {
    int64_t object_id;
    char *name, *category;
    uint32_t model;
    uint32_t row; ///< of the id table, 1-based; 0 = shell
    struct vec3 position;
    struct quat rotation;
    struct vec3 scale;
    struct scene_motion motion;
    struct mat4 world_from_object; ///< of the current frame; set by scene_step
};

struct scene_avatar {
    char name[64];
    uint32_t width, height; ///< pixels
    struct vec3 position;
    struct quat rotation;
    double fov_y_deg, near_m, far_m;
    struct scene_motion motion;
    tachy_camera
        camera;   ///< of the current frame; set by scene_step; previous_* are of the frame before
    bool stepped; ///< camera is set: scene_step has seen it once
};

enum scene_light_type { SCENE_DIRECTIONAL, SCENE_POINT, SCENE_SPOT };

struct scene_light {
    enum scene_light_type type;
    struct vec3 position, direction; ///< direction: where the light goes
    double color[3];                 ///< linear
    double
        intensity; ///< directional: radiance that a white surface returns at normal incidence; others: that at 1 m
    double range_m;                        ///< 0 = no limit
    double cone_inner_deg, cone_outer_deg; ///< spot: half angles
    bool shadows;
};

/// A place that is good to look from: a scene file's camera, or one that the built-in room offers.
struct scene_view {
    struct vec3 position;
    struct quat rotation;
    double fov_y_deg, near_m, far_m; ///< 0 = the avatar's own
    struct scene_motion motion;
};

struct scene {
    struct scene_mesh *meshes;
    struct scene_texture *textures;
    struct scene_material *materials;
    struct scene_model *models;
    struct scene_object *objects;
    struct scene_avatar *avatars;
    struct scene_light *lights;
    struct scene_view *views;
    size_t mesh_count, texture_count, material_count, model_count, object_count, avatar_count,
        light_count, view_count;
    uint64_t seed;       ///< varies what is generated
    uint32_t rows;       ///< rows of the id table handed out so far
    double sky_color[3]; ///< linear; what `color` shows where nothing is, with alpha 0
    bool
        sun_stands_in; ///< lights[0] is the sun of a scene without lights: the first that is added takes its place
    double ambient[3];                      ///< linear light from everywhere
    uint32_t default_width, default_height; ///< of avatars to come
    bool streams_exist;                     ///< from then on sizes are fixed
    int64_t fps_numerator,
        fps_denominator; ///< one frame moves simulation time by denominator / numerator seconds
    uint64_t frame;      ///< number of the current frame; 0 before the first scene_step
};

/// Empty: 256x256 pixels, 60 frames per second, a grey-blue sky, ambient light, and a sun until a light is added. NULL: no memory.
struct scene *scene_create(void);
void scene_destroy(struct scene **scene);

/// Each adder copies nothing: it takes over the arrays (malloc'ed) and, on failure (TACHY_NO_MEMORY), frees them.
tachy_status scene_add_mesh(struct scene *scene, struct scene_mesh mesh, uint32_t *index);
tachy_status scene_add_texture(struct scene *scene, struct scene_texture texture, uint32_t *index);
tachy_status scene_add_material(struct scene *scene, const struct scene_material *material,
                                uint32_t *index);
tachy_status scene_add_model(struct scene *scene, struct scene_part *parts, size_t part_count,
                             uint32_t *index);
tachy_status scene_add_light(struct scene *scene, const struct scene_light *light);
tachy_status scene_add_view(struct scene *scene, const struct scene_view *view);

/// Makes the model known by a name (copied), so that it is made or read once only.
tachy_status scene_name_model(struct scene *scene, uint32_t model, const char *name);
bool scene_find_model(const struct scene *scene, const char *name, uint32_t *model);
bool scene_find_material(const struct scene *scene, const char *name, uint32_t *material);

/// A new object of `model` at the origin; with `shell` it is drawn with id 0 and has no row. *object is good until the next
/// one is added. TACHY_EXISTS: the id is in use; TACHY_NO_MEMORY.
tachy_status scene_add_object(struct scene *scene, int64_t object_id, const char *name,
                              const char *category, uint32_t model, bool shell,
                              struct scene_object **object);
struct scene_object *scene_find_object(struct scene *scene, int64_t object_id); ///< or NULL

/// A new avatar with the default lens (54.43222 degrees, 0.1 to 100 m) and size. *avatar is good until the next one is added.
/// TACHY_EXISTS: the name is in use; TACHY_INVALID: it is empty or longer than 63 bytes, or not fit to be printed
/// (control characters, no UTF-8); TACHY_NO_MEMORY.
tachy_status scene_add_avatar(struct scene *scene, const char *name, struct scene_avatar **avatar);
struct scene_avatar *scene_find_avatar(struct scene *scene, const char *name); ///< or NULL

/// Puts an avatar at view `index`; beyond the last view: in front of the scene's bounds, looking at their middle.
void scene_place_avatar(const struct scene *scene, size_t index, struct scene_avatar *avatar);

/// world_from_object at the current frame's time, moved by commands since or not.
struct mat4 scene_object_place(const struct scene *scene, const struct scene_object *object);

/// Bounds of all objects in their current places; false when there are none.
bool scene_bounds(const struct scene *scene, struct vec3 *low, struct vec3 *high);

/// Makes the next frame: counts `frame` up, moves what moves by itself, sets world_from_object and camera everywhere.
void scene_step(struct scene *scene);

/// Simulation time of the current frame in seconds, as a fraction that is not reduced.
void scene_time(const struct scene *scene, int64_t *numerator, int64_t *denominator);

#endif
