// Cameras, lights and joints of a glTF 2 file, by the indices in its JSON: Assimp knows them by the names of nodes alone, which may be
// equal, and each camera and light once, however many nodes use it.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "producer/import/assimp_convert.h"
#include "producer/import/gltf.h"
#include "producer/scene/scene.h"

// ---- nodes -------------------------------------------------------------------------------------------------------

tachy_status convert_gltf_open(struct convert *convert)
{
    convert->json = convert->gltf ? gltf_open(convert->path) : NULL;
    if (!convert->json)
        return TACHY_OK;
    convert->gltf_count = gltf_node_count(convert->json);
    convert->node_of_gltf = malloc((convert->gltf_count + 1) * sizeof *convert->node_of_gltf);
    convert->skin_of_mesh = malloc((convert->from->mNumMeshes + 1) * sizeof *convert->skin_of_mesh);
    if (!convert->node_of_gltf || !convert->skin_of_mesh)
        return error_set(TACHY_NO_MEMORY, "%s: no memory for its nodes", convert->path);
    for (size_t i = 0; i < convert->gltf_count; i++)
        convert->node_of_gltf[i] = FLAT_NONE;
    for (unsigned i = 0; i < convert->from->mNumMeshes; i++)
        convert->skin_of_mesh[i] = GLTF_NONE;
    return TACHY_OK;
}

void convert_gltf_close(struct convert *convert)
{
    gltf_close(convert->json);
    free(convert->node_of_gltf);
    free(convert->skin_of_mesh);
}

int64_t convert_gltf_root(const struct convert *convert)
{
    return convert->json ? gltf_root(convert->json) : GLTF_NONE;
}

int64_t convert_gltf_child(const struct convert *convert, const struct aiNode *from, int64_t gltf,
                           unsigned i)
{
    bool same = gltf != GLTF_NONE && gltf_child_count(convert->json, gltf) == from->mNumChildren;
    return same ? gltf_child(convert->json, gltf, i) : GLTF_NONE;
}

void convert_gltf_node(struct convert *convert, const struct aiNode *from, int64_t gltf,
                       uint32_t node)
{
    if (gltf < 0)
        return;
    convert->node_of_gltf[gltf] = node;
    int64_t skin = gltf_node_skin(convert->json, gltf);
    for (unsigned i = 0; i < from->mNumMeshes && skin != GLTF_NONE; i++) {
        int64_t *known = &convert->skin_of_mesh[from->mMeshes[i]];
        if (*known != GLTF_NONE && *known != skin)
            log_warn("scene %s: mesh '%s' has several skins; all its nodes stand like '%s'",
                     convert->path, convert->from->mMeshes[from->mMeshes[i]]->mName.data,
                     from->mName.data);
        *known = skin;
    }
}

uint32_t convert_gltf_bone(const struct convert *convert, unsigned mesh, unsigned bone)
{
    int64_t skin = convert->json ? convert->skin_of_mesh[mesh] : GLTF_NONE;
    if (skin == GLTF_NONE ||
        gltf_joint_count(convert->json, skin) != convert->from->mMeshes[mesh]->mNumBones)
        return FLAT_NONE;
    int64_t joint = gltf_joint(convert->json, skin, bone);
    return joint == GLTF_NONE ? FLAT_NONE : convert->node_of_gltf[joint];
}

// ---- cameras and lights ------------------------------------------------------------------------------------------

/// A camera or a light, and a node that uses it.
struct use {
    int64_t what;
    uint32_t node;
};

static int compare_uses(const void *a, const void *b)
{
    const struct use *left = a, *right = b;
    if (left->what != right->what)
        return left->what < right->what ? -1 : 1;
    return (left->node > right->node) - (left->node < right->node);
}

/// In the order of the file's list, then of the nodes; the caller frees *uses.
static tachy_status find_uses(const struct convert *convert,
                              int64_t (*used)(const struct json_object *json, int64_t node),
                              struct use **uses, size_t *count)
{
    *count = 0;
    *uses = malloc((convert->gltf_count + 1) * sizeof **uses);
    if (!*uses)
        return error_set(TACHY_NO_MEMORY, "%s: no memory for its nodes", convert->path);
    for (size_t i = 0; i < convert->gltf_count; i++) {
        int64_t what = used(convert->json, (int64_t)i);
        if (what != GLTF_NONE && convert->node_of_gltf[i] != FLAT_NONE)
            (*uses)[(*count)++] = (struct use){what, convert->node_of_gltf[i]};
    }
    qsort(*uses, *count, sizeof **uses, compare_uses);
    return TACHY_OK;
}

static const struct vec3 here = {0, 0, 0}, forward = {0, 0, -1}, upward = {0, 1, 0};

static void add_camera(struct convert *convert, struct use use)
{
    struct gltf_camera from = gltf_camera(convert->json, use.what);
    if (!(from.fov_y_deg > 0 && from.fov_y_deg < 180))
        return;
    convert_camera(convert, use.node, here, forward, upward,
                   (struct flat_camera){
                       .fov_y_deg = from.fov_y_deg, .near_m = from.near_m, .far_m = from.far_m});
}

static void add_light(struct convert *convert, struct use use)
{
    static const char *const types[] = {
        [SCENE_DIRECTIONAL] = "directional", [SCENE_POINT] = "point", [SCENE_SPOT] = "spot"};
    struct gltf_light from = gltf_light(convert->json, use.what);
    for (uint32_t type = 0; type <= SCENE_SPOT && from.type; type++) {
        if (strcmp(from.type, types[type]) != 0)
            continue;
        struct flat_light light = {.type = type, .range_m = from.range};
        for (int i = 0; i < 3; i++)
            light.color[i] = from.color[i] * from.intensity;
        if (type == SCENE_SPOT) {
            light.cone_inner_deg = from.inner_deg;
            light.cone_outer_deg = from.outer_deg;
        }
        convert_light(convert, use.node, here, forward, light);
    }
}

static tachy_status add_uses(struct convert *convert,
                             int64_t (*used)(const struct json_object *json, int64_t node),
                             void (*add)(struct convert *convert, struct use use))
{
    struct use *uses;
    size_t count;
    tachy_status status = find_uses(convert, used, &uses, &count);
    for (size_t i = 0; i < count; i++)
        add(convert, uses[i]);
    free(uses);
    return status;
}

tachy_status convert_gltf_looking(struct convert *convert)
{
    tachy_status status = add_uses(convert, gltf_node_camera, add_camera);
    return status ? status : add_uses(convert, gltf_node_light, add_light);
}
