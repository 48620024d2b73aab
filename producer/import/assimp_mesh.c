// Meshes: vertices into our world, skins in their rest pose, flat normals where the file has none.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/import/assimp_convert.h"
#include "producer/scene/scene.h"

/// Where each vertex of a skinned mesh is: the weighted sum of its bones' matrices. NULL: the mesh has no bones.
struct skin {
    struct mat4 *world_from_vertex;
    double *weights;
};

static void skin_free(struct skin *skin)
{
    free(skin->world_from_vertex);
    free(skin->weights);
}

/// FLAT_NONE: no node is that bone.
static uint32_t bone_node(const struct convert *convert, unsigned mesh, unsigned bone)
{
    uint32_t node = convert_gltf_bone(convert, mesh, bone);
    if (node != FLAT_NONE)
        return node;
    const struct aiBone *from = convert->from->mMeshes[mesh]->mBones[bone];
    return convert_find(convert, "bone", from->mName.data);
}

static void skin_add_bone(const struct convert *convert, const struct aiBone *bone, uint32_t node,
                          unsigned vertex_count, struct skin *skin)
{
    struct mat4 place = convert_matrix(&bone->mOffsetMatrix);
    if (node != FLAT_NONE)
        place = mat4_multiply(convert->world_from_node[node], place);
    for (unsigned i = 0; i < bone->mNumWeights; i++) {
        const struct aiVertexWeight *weight = &bone->mWeights[i];
        if (weight->mVertexId >= vertex_count || !(weight->mWeight > 0)) // fillers have none
            continue;
        for (int k = 0; k < 16; k++)
            skin->world_from_vertex[weight->mVertexId].m[k] += weight->mWeight * place.m[k];
        skin->weights[weight->mVertexId] += weight->mWeight;
    }
}

static tachy_status skin_make(const struct convert *convert, unsigned index, struct skin *skin)
{
    const struct aiMesh *mesh = convert->from->mMeshes[index];
    if (!mesh->mNumBones)
        return TACHY_OK;
    skin->world_from_vertex = calloc(mesh->mNumVertices + 1, sizeof *skin->world_from_vertex);
    skin->weights = calloc(mesh->mNumVertices + 1, sizeof *skin->weights);
    if (!skin->world_from_vertex || !skin->weights)
        return error_set(TACHY_NO_MEMORY, "%s: no memory for the skin of '%s'", convert->path,
                         mesh->mName.data);
    for (unsigned i = 0; i < mesh->mNumBones; i++)
        skin_add_bone(convert, mesh->mBones[i], bone_node(convert, index, i), mesh->mNumVertices,
                      skin);
    for (unsigned i = 0; i < mesh->mNumVertices; i++) {
        double weight = skin->weights[i];
        for (int k = 0; k < 16 && weight > 0; k++)
            skin->world_from_vertex[i].m[k] /= weight;
        if (!(weight > 0))
            skin->world_from_vertex[i] = mat4_identity();
    }
    return TACHY_OK;
}

// ---- vertices ----------------------------------------------------------------------------------------------------

static void store(float out[3], struct vec3 v)
{
    out[0] = (float)v.x;
    out[1] = (float)v.y;
    out[2] = (float)v.z;
}

static uint16_t unorm16(float x)
{
    return (uint16_t)lroundf(65535 * (x > 0 ? fminf(x, 1) : 0)); // NaN is 0
}

/// A normal under a matrix: by its cofactors, which need no inverse and turn it over where the matrix mirrors.
static struct vec3 turn_normal(struct mat4 matrix, struct vec3 n)
{
    struct vec3 x = mat4_direction(matrix, (struct vec3){1, 0, 0});
    struct vec3 y = mat4_direction(matrix, (struct vec3){0, 1, 0});
    struct vec3 z = mat4_direction(matrix, (struct vec3){0, 0, 1});
    struct vec3 turned =
        vec3_add(vec3_scale(vec3_cross(y, z), n.x),
                 vec3_add(vec3_scale(vec3_cross(z, x), n.y), vec3_scale(vec3_cross(x, y), n.z)));
    return vec3_normalize(mat4_determinant3(matrix) < 0 ? vec3_scale(turned, -1) : turned);
}

static void convert_tangent(const struct aiMesh *mesh, unsigned i, struct scene_vertex *vertex)
{
    struct vec3 normal = convert_vector(mesh->mNormals[i]);
    struct vec3 tangent = convert_vector(mesh->mTangents[i]);
    struct vec3 bitangent = convert_vector(mesh->mBitangents[i]);
    store(vertex->tangent, vec3_normalize(tangent));
    vertex->tangent[3] = vec3_dot(vec3_cross(normal, tangent), bitangent) < 0 ? -1.f : 1.f;
}

static struct scene_vertex convert_vertex(const struct aiMesh *mesh, const struct skin *skin,
                                          unsigned uv_set, unsigned i)
{
    struct scene_vertex vertex = {.color = {UINT16_MAX, UINT16_MAX, UINT16_MAX, UINT16_MAX}};
    struct vec3 position = convert_vector(mesh->mVertices[i]), normal = {0, 0, 0};
    if (mesh->mNormals)
        normal = vec3_normalize(convert_vector(mesh->mNormals[i]));
    if (mesh->mNormals && mesh->mTangents && mesh->mBitangents && !skin->weights)
        convert_tangent(mesh, i, &vertex);
    if (skin->weights) {
        position = mat4_point(skin->world_from_vertex[i], position);
        normal = turn_normal(skin->world_from_vertex[i], normal);
    }
    store(vertex.position, position);
    store(vertex.normal, normal);
    if (mesh->mTextureCoords[uv_set]) {
        vertex.uv[0] = mesh->mTextureCoords[uv_set][i].x;
        vertex.uv[1] = 1 - mesh->mTextureCoords[uv_set][i].y; // Assimp counts v from below
    }
    if (mesh->mColors[0]) {
        const struct aiColor4D *color = &mesh->mColors[0][i];
        vertex.color[0] = unorm16(color->r);
        vertex.color[1] = unorm16(color->g);
        vertex.color[2] = unorm16(color->b);
        vertex.color[3] = unorm16(color->a);
    }
    return vertex;
}

static void set_flat_normal(struct scene_vertex *corners)
{
    struct vec3 p[3];
    for (int i = 0; i < 3; i++) {
        const float *q = corners[i].position;
        p[i] = (struct vec3){q[0], q[1], q[2]};
    }
    struct vec3 normal =
        vec3_normalize(vec3_cross(vec3_subtract(p[1], p[0]), vec3_subtract(p[2], p[0])));
    for (int i = 0; i < 3; i++)
        store(corners[i].normal, normal);
}

// ---- meshes ------------------------------------------------------------------------------------------------------

static unsigned uv_set_of(const struct convert *convert, const struct aiMesh *mesh)
{
    if (mesh->mMaterialIndex >= convert->from->mNumMaterials)
        return 0;
    const struct aiMaterial *material = convert->from->mMaterials[mesh->mMaterialIndex];
    int set = 0;
    if (aiGetMaterialInteger(material, AI_MATKEY_UVWSRC(aiTextureType_BASE_COLOR, 0), &set) !=
        aiReturn_SUCCESS)
        (void)aiGetMaterialInteger(material, AI_MATKEY_UVWSRC(aiTextureType_DIFFUSE, 0), &set);
    return set > 0 && set < AI_MAX_NUMBER_OF_TEXTURECOORDS ? (unsigned)set : 0;
}

/// Triangles alone: points and lines have no surface. *count gets their number.
static tachy_status count_triangles(const struct convert *convert, const struct aiMesh *mesh,
                                    uint64_t *count)
{
    *count = 0;
    for (unsigned i = 0; i < mesh->mNumFaces; i++) {
        const struct aiFace *face = &mesh->mFaces[i];
        *count += face->mNumIndices == 3;
        for (unsigned k = 0; k < face->mNumIndices; k++) {
            if (face->mIndices[k] >= mesh->mNumVertices)
                return error_set(TACHY_CORRUPT,
                                 "%s: face %u of mesh '%s' names a vertex that is not there",
                                 convert->path, i, mesh->mName.data);
        }
    }
    return TACHY_OK;
}

/// x turned round turns each triangle too, so its second and third corner change places.
static const int corner_order[3] = {0, 2, 1};

static void fill_shared(const struct aiMesh *mesh, const struct skin *skin, unsigned uv_set,
                        struct scene_vertex *vertices, uint32_t *indices)
{
    for (unsigned i = 0; i < mesh->mNumVertices; i++)
        vertices[i] = convert_vertex(mesh, skin, uv_set, i);
    for (unsigned i = 0; i < mesh->mNumFaces; i++) {
        for (int k = 0; k < 3 && mesh->mFaces[i].mNumIndices == 3; k++)
            *indices++ = mesh->mFaces[i].mIndices[corner_order[k]];
    }
}

/// No normals in the file: each triangle has its own three vertices and its plane's normal.
static void fill_flat(const struct aiMesh *mesh, const struct skin *skin, unsigned uv_set,
                      struct scene_vertex *vertices, uint32_t *indices)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < mesh->mNumFaces; i++) {
        if (mesh->mFaces[i].mNumIndices != 3)
            continue;
        for (int k = 0; k < 3; k++) {
            unsigned from = mesh->mFaces[i].mIndices[corner_order[k]];
            vertices[count + (uint32_t)k] = convert_vertex(mesh, skin, uv_set, from);
            indices[count + (uint32_t)k] = count + (uint32_t)k;
        }
        set_flat_normal(vertices + count);
        count += 3;
    }
}

static tachy_status convert_mesh(struct convert *convert, unsigned index)
{
    const struct aiMesh *mesh = convert->from->mMeshes[index];
    uint64_t triangles;
    tachy_status status = count_triangles(convert, mesh, &triangles);
    if (status)
        return status;
    uint64_t vertex_count = mesh->mNormals ? mesh->mNumVertices : 3 * triangles;
    struct flat_mesh made = {.name = flat_build_text(&convert->build, mesh->mName.data),
                             .vertex_count = triangles ? vertex_count : 0,
                             .index_count = 3 * triangles};
    struct flat_mesh *record = flat_build_add(&convert->build, FLAT_MESHES, 1, NULL);
    struct scene_vertex *vertices =
        flat_build_add(&convert->build, FLAT_VERTICES, made.vertex_count, &made.first_vertex);
    uint32_t *indices =
        flat_build_add(&convert->build, FLAT_INDICES, made.index_count, &made.first_index);
    if (!record || !vertices || !indices)
        return TACHY_OK;
    *record = made;
    struct skin skin = {NULL, NULL};
    status = skin_make(convert, index, &skin);
    unsigned uv_set = uv_set_of(convert, mesh);
    if (!status && triangles && mesh->mNormals)
        fill_shared(mesh, &skin, uv_set, vertices, indices);
    else if (!status && triangles)
        fill_flat(mesh, &skin, uv_set, vertices, indices);
    skin_free(&skin);
    return status;
}

tachy_status convert_meshes(struct convert *convert)
{
    tachy_status status = TACHY_OK;
    for (unsigned i = 0; i < convert->from->mNumMeshes && !status; i++)
        status = convert_mesh(convert, i);
    return status;
}
