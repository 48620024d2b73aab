// Scene files through Assimp: opening, nodes, cameras and lights. Meshes and materials are in files of their own.
#include "producer/import/assimp.h"

#include <assimp/cimport.h>
#include <assimp/postprocess.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "producer/import/assimp_convert.h"
#include "producer/scene/scene.h"

enum { NODES_MAX = 1 << 20, DEPTH_MAX = 512 };
static const long long FILE_BYTES_MAX = 1LL << 30;

struct vec3 convert_vector(struct aiVector3D v)
{
    return (struct vec3){-(double)v.x, v.y, v.z};
}

struct mat4 convert_matrix(const struct aiMatrix4x4 *m)
{
    return (struct mat4){{m->a1, -m->a2, -m->a3, -m->a4, -m->b1, m->b2, m->b3, m->b4, -m->c1, m->c2,
                          m->c3, m->c4, 0, 0, 0, 1}};
}

// ---- nodes -------------------------------------------------------------------------------------------------------

static int compare_names(const void *a, const void *b)
{
    const struct convert_name *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    return order ? order : (left->node > right->node) - (left->node < right->node);
}

const struct convert_name *convert_find(const struct convert *convert, const char *name)
{
    size_t low = 0, high = convert->name_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(convert->names[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < convert->name_count && strcmp(convert->names[low].name, name) == 0;
    return found ? &convert->names[low] : NULL;
}

static bool node_is_shell(const struct aiNode *node)
{
    for (unsigned i = 0; node->mMetaData && i < node->mMetaData->mNumProperties; i++) {
        const struct aiMetadataEntry *value = &node->mMetaData->mValues[i];
        if (strcmp(node->mMetaData->mKeys[i].data, "shell") == 0 && value->mType == AI_BOOL)
            return *(const bool *)value->mData;
    }
    return false;
}

/// KHR_lights_punctual's range, which Assimp keeps with the node. 0: none.
static double node_light_range(const struct aiNode *node)
{
    for (unsigned i = 0; node->mMetaData && i < node->mMetaData->mNumProperties; i++) {
        const struct aiMetadataEntry *value = &node->mMetaData->mValues[i];
        if (strcmp(node->mMetaData->mKeys[i].data, "PBR_LightRange") == 0 &&
            value->mType == AI_FLOAT)
            return *(const float *)value->mData;
    }
    return 0;
}

/// A new flat node; FLAT_NONE when the build has failed.
static uint32_t add_node(struct convert *convert, const char *name, uint32_t parent,
                         const struct mat4 *local, struct flat_node **node)
{
    uint64_t index;
    struct flat_text text = flat_build_text(&convert->build, name);
    *node = flat_build_add(&convert->build, FLAT_NODES, 1, &index);
    if (!*node)
        return FLAT_NONE;
    (*node)->name = text;
    (*node)->parent = parent;
    memcpy((*node)->local, local->m, sizeof local->m);
    return (uint32_t)index;
}

/// Which of a node's meshes: those with bones stand where their bones are, whatever their own node's place.
enum mesh_choice { MESHES_PLAIN, MESHES_SKINNED };

static tachy_status add_draws(struct convert *convert, const struct aiNode *from, uint32_t node,
                              enum mesh_choice choice)
{
    uint64_t first = convert->build.sections[FLAT_DRAWS].count;
    uint32_t count = 0;
    for (unsigned i = 0; i < from->mNumMeshes; i++) {
        unsigned mesh = from->mMeshes[i];
        if (mesh >= convert->from->mNumMeshes)
            return error_set(TACHY_CORRUPT, "%s: node '%s' names a mesh that is not there",
                             convert->path, from->mName.data);
        if ((convert->from->mMeshes[mesh]->mNumBones > 0) != (choice == MESHES_SKINNED))
            continue;
        struct flat_draw *draw = flat_build_add(&convert->build, FLAT_DRAWS, 1, NULL);
        if (!draw)
            return TACHY_OK;
        *draw = (struct flat_draw){mesh, convert->from->mMeshes[mesh]->mMaterialIndex};
        count++;
    }
    struct flat_node *filled = flat_build_at(&convert->build, FLAT_NODES, node);
    filled->first_draw = (uint32_t)first;
    filled->draw_count = count;
    return TACHY_OK;
}

static bool has_skin(const struct convert *convert, const struct aiNode *from)
{
    for (unsigned i = 0; i < from->mNumMeshes; i++) {
        if (from->mMeshes[i] < convert->from->mNumMeshes &&
            convert->from->mMeshes[from->mMeshes[i]]->mNumBones > 0)
            return true;
    }
    return false;
}

static tachy_status convert_node(struct convert *convert, const struct aiNode *from,
                                 uint32_t parent, int depth)
{
    if (depth > DEPTH_MAX || convert->build.sections[FLAT_NODES].count >= NODES_MAX)
        return error_set(TACHY_CORRUPT, "%s: more than %d nodes, or more than %d below each other",
                         convert->path, NODES_MAX, DEPTH_MAX);
    struct mat4 local = convert_matrix(&from->mTransformation);
    struct flat_node *node;
    uint32_t index = add_node(convert, from->mName.data, parent, &local, &node);
    if (index == FLAT_NONE)
        return TACHY_OK;
    node->shell = node_is_shell(from);
    convert->names[convert->name_count++] = (struct convert_name){from->mName.data, from, index};
    convert->world_from_node[index] =
        parent == FLAT_NONE ? local : mat4_multiply(convert->world_from_node[parent], local);
    tachy_status status = add_draws(convert, from, index, MESHES_PLAIN);
    if (!status && has_skin(convert, from)) {
        struct mat4 none = mat4_identity();
        uint32_t shell = node->shell;
        uint32_t skin = add_node(convert, from->mName.data, FLAT_NONE, &none, &node);
        if (skin == FLAT_NONE)
            return TACHY_OK;
        node->shell = shell;
        status = add_draws(convert, from, skin, MESHES_SKINNED);
    }
    for (unsigned i = 0; i < from->mNumChildren && !status; i++)
        status = convert_node(convert, from->mChildren[i], index, depth + 1);
    return status;
}

static size_t count_nodes(const struct aiNode *node, int depth)
{
    size_t count = 1;
    for (unsigned i = 0; i < node->mNumChildren && depth <= DEPTH_MAX; i++)
        count += count_nodes(node->mChildren[i], depth + 1);
    return count;
}

static tachy_status convert_nodes(struct convert *convert)
{
    size_t room =
        2 * count_nodes(convert->from->mRootNode, 0); // each may need a second for its skin
    convert->names = calloc(room, sizeof *convert->names);
    convert->world_from_node = calloc(room, sizeof *convert->world_from_node);
    if (!convert->names || !convert->world_from_node)
        return error_set(TACHY_NO_MEMORY, "%s: no memory for its nodes", convert->path);
    tachy_status status = convert_node(convert, convert->from->mRootNode, FLAT_NONE, 0);
    qsort(convert->names, convert->name_count, sizeof *convert->names, compare_names);
    return status;
}

// ---- cameras and lights ------------------------------------------------------------------------------------------

/// A child of the node of that name, with +z along `look`. FLAT_NONE: no such node.
static uint32_t add_looking(struct convert *convert, const char *name, struct vec3 position,
                            struct vec3 look, struct vec3 up)
{
    const struct convert_name *parent = convert_find(convert, name);
    if (!parent)
        return FLAT_NONE;
    struct mat4 local = mat4_compose(position, quat_look(look, up), (struct vec3){1, 1, 1});
    struct flat_node *node;
    return add_node(convert, name, parent->node, &local, &node);
}

/// Vertical, in degrees. The glTF importer of Assimp 5.2 sets the horizontal angle to yfov * aspect and not by tangents.
static double camera_fov_y_deg(const struct convert *convert, const struct aiCamera *camera)
{
    double aspect = camera->mAspect > 0 ? camera->mAspect : 1, wide = camera->mHorizontalFOV;
    double high = convert->gltf ? wide / aspect : 2 * atan(tan(wide / 2) / aspect);
    return high * (180 / M_PI);
}

static void convert_cameras(struct convert *convert)
{
    for (unsigned i = 0; i < convert->from->mNumCameras; i++) {
        const struct aiCamera *from = convert->from->mCameras[i];
        struct vec3 position = convert_vector(from->mPosition);
        if (convert->gltf) // the importer repeats the node's own translation there
            position = (struct vec3){0, 0, 0};
        uint32_t node = add_looking(convert, from->mName.data, position,
                                    convert_vector(from->mLookAt), convert_vector(from->mUp));
        double fov_y_deg = camera_fov_y_deg(convert, from);
        if (node == FLAT_NONE || !(fov_y_deg > 0 && fov_y_deg < 180)) // unused, or orthographic
            continue;
        struct flat_text name = flat_build_text(&convert->build, from->mName.data);
        struct flat_camera *camera = flat_build_add(&convert->build, FLAT_CAMERAS, 1, NULL);
        if (!camera)
            return;
        bool range = from->mClipPlaneNear > 0 && from->mClipPlaneFar > from->mClipPlaneNear &&
                     isfinite(from->mClipPlaneFar);
        *camera = (struct flat_camera){name,
                                       node,
                                       0,
                                       fov_y_deg,
                                       range ? from->mClipPlaneNear : 0,
                                       range ? from->mClipPlaneFar : 0};
    }
}

static bool light_type(enum aiLightSourceType from, uint32_t *type)
{
    *type = from == aiLightSource_DIRECTIONAL ? SCENE_DIRECTIONAL
            : from == aiLightSource_SPOT      ? SCENE_SPOT
                                              : SCENE_POINT;
    return from == aiLightSource_DIRECTIONAL || from == aiLightSource_SPOT ||
           from == aiLightSource_POINT;
}

static void convert_lights(struct convert *convert)
{
    for (unsigned i = 0; i < convert->from->mNumLights; i++) {
        const struct aiLight *from = convert->from->mLights[i];
        uint32_t type;
        if (!light_type(from->mType, &type))
            continue;
        struct vec3 look = convert_vector(from->mDirection);
        uint32_t node = add_looking(convert, from->mName.data, convert_vector(from->mPosition),
                                    look, (struct vec3){0, 1, 0});
        struct flat_light *light =
            node == FLAT_NONE ? NULL : flat_build_add(&convert->build, FLAT_LIGHTS, 1, NULL);
        if (!light)
            continue;
        const struct aiColor3D *color = &from->mColorDiffuse; // times the intensity
        double most = fmax(color->r, fmax(color->g, color->b)), divide = most > 0 ? most : 1;
        *light = (struct flat_light){
            .node = node,
            .type = type,
            .color = {color->r / divide, color->g / divide, color->b / divide},
            .intensity = most / M_PI, // lux or candela, and a white surface returns a pi-th of it
            .range_m = node_light_range(convert_find(convert, from->mName.data)->from),
            .cone_inner_deg = type == SCENE_SPOT ? from->mAngleInnerCone * (180 / M_PI) : 0,
            .cone_outer_deg = type == SCENE_SPOT ? from->mAngleOuterCone * (180 / M_PI) : 0,
        };
    }
}

// ---- files -------------------------------------------------------------------------------------------------------

static tachy_status check_file(const char *path)
{
    struct stat stat_of;
    if (stat(path, &stat_of) < 0)
        return error_set(errno == EACCES ? TACHY_DENIED : TACHY_NOT_FOUND,
                         "scene %s: %s; name a scene file, such as a .glb or .gltf", path,
                         strerror(errno));
    if (!S_ISREG(stat_of.st_mode))
        return error_set(TACHY_INVALID, "scene %s: not a regular file; name a scene file", path);
    if (stat_of.st_size > FILE_BYTES_MAX)
        return error_set(TACHY_CORRUPT, "scene %s: %lld bytes; at most %lld are read", path,
                         (long long)stat_of.st_size, FILE_BYTES_MAX);
    return TACHY_OK;
}

static tachy_status open_file(const char *path, const struct aiScene **scene)
{
    tachy_status status = check_file(path);
    if (status)
        return status;
    const char *dot = strrchr(path, '.');
    if (!dot || strchr(dot, '/') || !aiIsExtensionSupported(dot))
        return error_set(TACHY_UNSUPPORTED,
                         "scene %s: no importer for '%s'; use glTF (.glb, .gltf), .obj, .fbx, "
                         ".dae, .ply, .stl ...",
                         path, dot && !strchr(dot, '/') ? dot : "no extension");
    const struct aiScene *opened = aiImportFile(path, aiProcess_Triangulate);
    if (!opened)
        return error_set(TACHY_CORRUPT, "scene %s: damaged or not understood: %s", path,
                         aiGetErrorString());
    if (!opened->mRootNode) {
        aiReleaseImport(opened);
        return error_set(TACHY_CORRUPT, "scene %s: there is nothing in it", path);
    }
    *scene = opened;
    return TACHY_OK;
}

static bool is_gltf(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (strcasecmp(dot, ".gltf") == 0 || strcasecmp(dot, ".glb") == 0 ||
                   strcasecmp(dot, ".vrm") == 0);
}

static tachy_status convert_all(struct convert *convert, void **flat, size_t *size)
{
    tachy_status status = convert_nodes(convert);
    if (!status)
        status = convert_materials(convert);
    if (!status)
        status = convert_meshes(convert);
    if (status)
        return status;
    convert_cameras(convert);
    convert_lights(convert);
    void *made;
    status = flat_build_finish(&convert->build, convert->path, &made, size);
    if (status)
        return status;
    status = flat_check(made, *size, convert->path);
    if (status)
        free(made);
    else
        *flat = made;
    return status;
}

tachy_status assimp_read(const char *path, void **flat, size_t *size)
{
    struct convert convert = {.path = path, .gltf = is_gltf(path)};
    tachy_status status = open_file(path, &convert.from);
    if (!convert.from)
        return status;
    status = convert_all(&convert, flat, size);
    free(convert.names);
    free(convert.world_from_node);
    flat_build_free(&convert.build);
    aiReleaseImport(convert.from);
    return status;
}
