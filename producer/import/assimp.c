// Scene files through Assimp: opening, and nodes. What hangs from the nodes is in files of its own.
#include "producer/import/assimp.h"

#include <assimp/cimport.h>
#include <assimp/postprocess.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/base/log.h"
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
    if (!order) // joints, cameras and lights hold no meshes
        order = (left->from->mNumMeshes > 0) - (right->from->mNumMeshes > 0);
    return order ? order : (left->node > right->node) - (left->node < right->node);
}

uint32_t convert_find(const struct convert *convert, const char *what, const char *name)
{
    size_t low = 0, high = convert->name_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(convert->names[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct convert_name *found = convert->names + low,
                              *end = found - low + convert->name_count;
    if (found == end || strcmp(found->name, name) != 0)
        return FLAT_NONE;
    if (found + 1 < end && strcmp(found[1].name, name) == 0)
        log_warn("scene %s: several nodes have the name '%s' of a %s, which goes to one of them; "
                 "give each its own",
                 convert->path, name, what);
    return found->node;
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

uint32_t convert_add_node(struct convert *convert, struct flat_text name, uint32_t parent,
                          const struct mat4 *local)
{
    uint64_t index;
    struct flat_node *node = flat_build_add(&convert->build, FLAT_NODES, 1, &index);
    if (!node)
        return FLAT_NONE;
    node->name = name;
    node->parent = parent;
    memcpy(node->local, local->m, sizeof local->m);
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

/// Its skinned meshes, in a node of their own below none: only the joints say where they are.
static tachy_status add_skinned(struct convert *convert, const struct aiNode *from,
                                struct flat_text name, uint32_t shell)
{
    struct mat4 none = mat4_identity();
    uint32_t node = convert_add_node(convert, name, FLAT_NONE, &none);
    if (node == FLAT_NONE)
        return TACHY_OK;
    ((struct flat_node *)flat_build_at(&convert->build, FLAT_NODES, node))->shell = shell;
    return add_draws(convert, from, node, MESHES_SKINNED);
}

/// `gltf`: the node's index in a glTF 2 file, or below 0.
static tachy_status convert_node(struct convert *convert, const struct aiNode *from, int64_t gltf,
                                 uint32_t parent, int depth)
{
    if (depth > DEPTH_MAX || convert->build.sections[FLAT_NODES].count >= NODES_MAX)
        return error_set(TACHY_CORRUPT, "%s: more than %d nodes, or more than %d below each other",
                         convert->path, NODES_MAX, DEPTH_MAX);
    struct mat4 local = convert_matrix(&from->mTransformation);
    struct flat_text name = flat_build_text(&convert->build, from->mName.data);
    uint32_t shell = node_is_shell(from), index = convert_add_node(convert, name, parent, &local);
    if (index == FLAT_NONE)
        return TACHY_OK;
    ((struct flat_node *)flat_build_at(&convert->build, FLAT_NODES, index))->shell = shell;
    convert->names[convert->name_count++] = (struct convert_name){from->mName.data, from, index};
    convert->world_from_node[index] =
        parent == FLAT_NONE ? local : mat4_multiply(convert->world_from_node[parent], local);
    tachy_status status = add_draws(convert, from, index, MESHES_PLAIN);
    if (!status && has_skin(convert, from))
        status = add_skinned(convert, from, name, shell);
    for (unsigned i = 0; i < from->mNumChildren && !status; i++)
        status = convert_node(convert, from->mChildren[i],
                              convert_gltf_child(convert, from, gltf, i), index, depth + 1);
    if (!status)
        convert_gltf_node(convert, from, gltf, index);
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
    tachy_status status =
        convert_node(convert, convert->from->mRootNode, convert_gltf_root(convert), FLAT_NONE, 0);
    qsort(convert->names, convert->name_count, sizeof *convert->names, compare_names);
    return status;
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
    tachy_status status = convert_gltf_open(convert);
    if (!status)
        status = convert_nodes(convert);
    if (!status)
        status = convert_materials(convert);
    if (!status)
        status = convert_meshes(convert);
    if (!status && convert->json)
        status = convert_gltf_looking(convert);
    else if (!status)
        convert_named_looking(convert);
    if (status)
        return status;
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
    convert_gltf_close(&convert);
    free(convert.names);
    free(convert.world_from_node);
    flat_build_free(&convert.build);
    aiReleaseImport(convert.from);
    return status;
}
