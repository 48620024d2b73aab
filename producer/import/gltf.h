// The JSON of a glTF 2 file: what it says of its nodes, which need no names there.
#ifndef PRODUCER_IMPORT_GLTF_H
#define PRODUCER_IMPORT_GLTF_H

#include <stddef.h>
#include <stdint.h>

struct json_object;

/// In place of a node's index: none, and what all roots of the scene hang from where there are several or none.
enum { GLTF_NONE = -1, GLTF_ROOT = -2 };

/// The JSON of a .gltf or .glb file, to be put by gltf_close; NULL: it is no glTF 2, or could not be read.
struct json_object *gltf_open(const char *path);
void gltf_close(struct json_object *json);

size_t gltf_node_count(const struct json_object *json);

/// The one root of the scene that is shown first, or GLTF_ROOT.
int64_t gltf_root(const struct json_object *json);

/// A node's children. GLTF_NONE where it names no node.
size_t gltf_child_count(const struct json_object *json, int64_t node);
int64_t gltf_child(const struct json_object *json, int64_t node, size_t i);

/// What a node uses, an index or GLTF_NONE.
int64_t gltf_node_camera(const struct json_object *json, int64_t node);
int64_t gltf_node_light(const struct json_object *json, int64_t node);
int64_t gltf_node_skin(const struct json_object *json, int64_t node);

/// A skin's joints are nodes.
size_t gltf_joint_count(const struct json_object *json, int64_t skin);
int64_t gltf_joint(const struct json_object *json, int64_t skin, size_t i);

struct gltf_camera { ///< what is not said is 0
    double fov_y_deg, near_m, far_m;
};

struct gltf_light { ///< of KHR_lights_punctual, with its defaults
    const char *type;
    double color[3], intensity, range, inner_deg, outer_deg;
};

/// All 0 for an orthographic camera, and for one that is not there; so is the light's type NULL.
struct gltf_camera gltf_camera(const struct json_object *json, int64_t camera);
struct gltf_light gltf_light(const struct json_object *json, int64_t light);

#endif
