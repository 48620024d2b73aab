// What the assimp*.c files share: one conversion under way.
//
// Assimp's world is right-handed like glTF's; ours has x the other way round. So everything is conjugated by F = diag(-1, 1, 1):
// points and directions have x negated, matrices become F M F, triangles turn their winding.
#ifndef PRODUCER_IMPORT_ASSIMP_CONVERT_H
#define PRODUCER_IMPORT_ASSIMP_CONVERT_H

#include <assimp/scene.h>
#include <stdbool.h>

#include "producer/import/flat_build.h"
#include "producer/scene/math.h"

/// A node's name and where the node is: the way bones, cameras and lights name nodes.
struct convert_name {
    const char *name;
    const struct aiNode *from;
    uint32_t node; ///< in the flat form
};

struct convert {
    const char *path;
    bool gltf;
    const struct aiScene *from;
    struct flat_build build;
    struct mat4 *world_from_node; ///< by flat node, of those that `names` lists
    struct convert_name *names;   ///< sorted by name
    size_t name_count;
    struct json_object
        *json; ///< of a glTF 2 file, with the three below; else NULL, and names must serve
    size_t gltf_count;
    uint32_t *node_of_gltf; ///< FLAT_NONE: not in the scene
    int64_t *skin_of_mesh;  ///< or GLTF_NONE
};

struct vec3 convert_vector(struct aiVector3D v);
struct mat4 convert_matrix(const struct aiMatrix4x4 *m);

/// A new flat node; FLAT_NONE when the build has failed.
uint32_t convert_add_node(struct convert *convert, struct flat_text name, uint32_t parent,
                          const struct mat4 *local);

/// The first node of that name, of those without meshes if there are such; FLAT_NONE: there is none. Warns where there are several,
/// and says of `what`: "camera".
uint32_t convert_find(const struct convert *convert, const char *what, const char *name);

/// Flat mesh i and material i are Assimp's i. TACHY_OK also where the build has failed: flat_build_finish tells.
tachy_status convert_meshes(struct convert *convert);
tachy_status convert_materials(struct convert *convert);

/// A camera, or a light, of flat node `parent`. A camera's range that is none is left out, and the whole of one that is orthographic.
/// A light's colour comes times its intensity, in lux or candela. The node and the name are filled in here.
void convert_camera(struct convert *convert, uint32_t parent, struct vec3 position,
                    struct vec3 look, struct vec3 up, struct flat_camera camera);
void convert_light(struct convert *convert, uint32_t parent, struct vec3 position, struct vec3 look,
                   struct flat_light light);
void convert_named_looking(struct convert *convert);

/// glTF 2: `gltf` is the index of Assimp's node `from` in the file. Assimp makes one node of each in the order of the file; a child that
/// cannot be told is GLTF_NONE. convert_gltf_node comes for parents after their children, as Assimp gives skins to meshes.
tachy_status convert_gltf_open(struct convert *convert);
void convert_gltf_close(struct convert *convert);
int64_t convert_gltf_root(const struct convert *convert);
int64_t convert_gltf_child(const struct convert *convert, const struct aiNode *from, int64_t gltf,
                           unsigned i);
void convert_gltf_node(struct convert *convert, const struct aiNode *from, int64_t gltf,
                       uint32_t node);
tachy_status convert_gltf_looking(struct convert *convert);

/// The flat node of a mesh's bone; FLAT_NONE: its name must serve.
uint32_t convert_gltf_bone(const struct convert *convert, unsigned mesh, unsigned bone);

#endif
