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
};

struct vec3 convert_vector(struct aiVector3D v);
struct mat4 convert_matrix(const struct aiMatrix4x4 *m);

/// The first node of that name, or NULL.
const struct convert_name *convert_find(const struct convert *convert, const char *name);

/// Flat mesh i and material i are Assimp's i. TACHY_OK also where the build has failed: flat_build_finish tells.
tachy_status convert_meshes(struct convert *convert);
tachy_status convert_materials(struct convert *convert);

#endif
