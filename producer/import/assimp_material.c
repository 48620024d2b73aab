// Materials and the textures that they name.
#include <assimp/GltfMaterial.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/image/codec/codec.h"
#include "producer/import/assimp_convert.h"
#include "producer/import/texture.h"
#include "producer/scene/scene.h"

enum { GLTF_NEAREST = 9728 };

static double read_number(const struct aiMaterial *material, const char *key, double standard)
{
    ai_real value;
    return aiGetMaterialFloat(material, key, 0, 0, &value) == aiReturn_SUCCESS ? value : standard;
}

static int read_integer(const struct aiMaterial *material, const char *key, unsigned type,
                        int standard)
{
    int value;
    return aiGetMaterialInteger(material, key, type, 0, &value) == aiReturn_SUCCESS ? value
                                                                                    : standard;
}

// ---- textures ----------------------------------------------------------------------------------------------------

static uint32_t wrap_of(int mode)
{
    return mode == aiTextureMapMode_Mirror ? SCENE_MIRROR
           : mode == aiTextureMapMode_Wrap ? SCENE_REPEAT
                                           : SCENE_CLAMP;
}

/// The image inside the file that `name` means: "*0", or a file name that was packed too. NULL: none.
static const struct aiTexture *find_embedded(const struct aiScene *scene, const char *name)
{
    if (name[0] == '*') {
        char *end;
        unsigned long index = strtoul(name + 1, &end, 10);
        return *end == '\0' && index < scene->mNumTextures ? scene->mTextures[index] : NULL;
    }
    for (unsigned i = 0; i < scene->mNumTextures; i++) {
        if (strcmp(scene->mTextures[i]->mFilename.data, name) == 0)
            return scene->mTextures[i];
    }
    return NULL;
}

static tachy_status decode_embedded(const struct convert *convert, const struct aiTexture *from,
                                    const char *name, struct codec_pixels *pixels)
{
    if (from->mHeight == 0) // a whole image file of mWidth bytes
        return texture_decode(from->pcData, from->mWidth, convert->path, name, pixels);
    if (from->mWidth > CODEC_SIDE_MAX || from->mHeight > CODEC_SIDE_MAX)
        return error_set(TACHY_CORRUPT, "scene %s: texture '%s' is too large", convert->path, name);
    size_t count = (size_t)from->mWidth * from->mHeight;
    uint8_t *rgba = malloc(count * 4 + 1);
    if (!rgba)
        return error_set(TACHY_NO_MEMORY, "scene %s: no memory for texture '%s'", convert->path,
                         name);
    for (size_t i = 0; i < count; i++) {
        const struct aiTexel *texel = &from->pcData[i];
        memcpy(rgba + 4 * i, (uint8_t[4]){texel->r, texel->g, texel->b, texel->a}, 4);
    }
    *pixels = (struct codec_pixels){from->mWidth, from->mHeight, 4, 8, rgba};
    return TACHY_OK;
}

/// A texture that is there already with the same image: its pixels serve again. NULL: none.
static const struct flat_texture *find_image(struct convert *convert, const char *name)
{
    for (uint64_t i = 0; i < convert->build.sections[FLAT_TEXTURES].count; i++) {
        const struct flat_texture *texture = flat_build_at(&convert->build, FLAT_TEXTURES, i);
        if (strcmp(flat_build_at(&convert->build, FLAT_TEXTS, texture->name.offset), name) == 0)
            return texture;
    }
    return NULL;
}

static tachy_status read_image(struct convert *convert, const char *name,
                               struct flat_texture *texture)
{
    struct codec_pixels pixels = {0};
    const struct aiTexture *embedded = find_embedded(convert->from, name);
    tachy_status status = embedded ? decode_embedded(convert, embedded, name, &pixels)
                                   : texture_read(convert->path, name, &pixels);
    if (status)
        return status;
    uint64_t bytes = (uint64_t)pixels.width * pixels.height * 4;
    texture->name = flat_build_text(&convert->build, name);
    texture->width = pixels.width;
    texture->height = pixels.height;
    uint8_t *rgba = flat_build_add(&convert->build, FLAT_PIXELS, bytes, &texture->offset);
    if (rgba)
        texture_to_rgba8(&pixels, rgba);
    free(pixels.data);
    return TACHY_OK;
}

/// The base colour's texture; *index gets FLAT_NONE where there is none.
static tachy_status convert_texture(struct convert *convert, const struct aiMaterial *material,
                                    uint32_t *index)
{
    struct aiString path;
    unsigned type = aiTextureType_BASE_COLOR;
    *index = FLAT_NONE;
    if (aiGetMaterialString(material, _AI_MATKEY_TEXTURE_BASE, type, 0, &path) !=
        aiReturn_SUCCESS) {
        type = aiTextureType_DIFFUSE;
        if (aiGetMaterialString(material, _AI_MATKEY_TEXTURE_BASE, type, 0, &path) !=
            aiReturn_SUCCESS)
            return TACHY_OK;
    }
    const struct flat_texture *same = find_image(convert, path.data);
    struct flat_texture made = same ? *same : (struct flat_texture){.srgb = 1};
    tachy_status status = same ? TACHY_OK : read_image(convert, path.data, &made);
    if (status)
        return status;
    made.wrap_u = wrap_of(read_integer(material, _AI_MATKEY_MAPPINGMODE_U_BASE, type, 0));
    made.wrap_v = wrap_of(read_integer(material, _AI_MATKEY_MAPPINGMODE_V_BASE, type, 0));
    made.nearest =
        read_integer(material, _AI_MATKEY_GLTF_MAPPINGFILTER_MAG_BASE, type, 0) == GLTF_NEAREST;
    uint64_t place;
    struct flat_texture *texture = flat_build_add(&convert->build, FLAT_TEXTURES, 1, &place);
    if (!texture)
        return TACHY_OK;
    *texture = made;
    *index = (uint32_t)place;
    return TACHY_OK;
}

// ---- materials ---------------------------------------------------------------------------------------------------

static void read_color(const struct aiMaterial *from, double color[4])
{
    struct aiColor4D base = {1, 1, 1, 1};
    if (aiGetMaterialColor(from, AI_MATKEY_BASE_COLOR, &base) != aiReturn_SUCCESS) {
        (void)aiGetMaterialColor(from, AI_MATKEY_COLOR_DIFFUSE, &base);
        base.a *= (ai_real)read_number(from, "$mat.opacity", 1);
    }
    color[0] = base.r;
    color[1] = base.g;
    color[2] = base.b;
    color[3] = base.a;
}

static void read_alpha(const struct aiMaterial *from, struct flat_material *material)
{
    struct aiString mode;
    material->alpha_cutoff = read_number(from, "$mat.gltf.alphaCutoff", 0.5);
    if (aiGetMaterialString(from, AI_MATKEY_GLTF_ALPHAMODE, &mode) != aiReturn_SUCCESS)
        material->alpha = material->base_color[3] < 1 ? SCENE_BLEND : SCENE_OPAQUE;
    else if (strcmp(mode.data, "MASK") == 0)
        material->alpha = SCENE_MASK;
    else
        material->alpha = strcmp(mode.data, "BLEND") == 0 ? SCENE_BLEND : SCENE_OPAQUE;
}

static tachy_status convert_material(struct convert *convert, const struct aiMaterial *from,
                                     bool used)
{
    struct aiString name = {0};
    struct aiColor4D emissive = {0};
    struct flat_material made = {.base_color_texture = FLAT_NONE};
    (void)aiGetMaterialString(from, AI_MATKEY_NAME, &name);
    (void)aiGetMaterialColor(from, AI_MATKEY_COLOR_EMISSIVE, &emissive);
    read_color(from, made.base_color);
    read_alpha(from, &made);
    made.metallic = read_number(from, "$mat.metallicFactor", 0);
    made.roughness = read_number(from, "$mat.roughnessFactor", 1);
    memcpy(made.emissive, (double[3]){emissive.r, emissive.g, emissive.b}, sizeof made.emissive);
    made.double_sided = read_integer(from, "$mat.twosided", 0, 0) != 0;
    if (used) { // Assimp appends a default material; files keep some that nothing wears
        tachy_status status = convert_texture(convert, from, &made.base_color_texture);
        if (status)
            return status;
    }
    made.name = flat_build_text(&convert->build, name.data);
    struct flat_material *material = flat_build_add(&convert->build, FLAT_MATERIALS, 1, NULL);
    if (material)
        *material = made;
    return TACHY_OK;
}

tachy_status convert_materials(struct convert *convert)
{
    const struct aiScene *from = convert->from;
    bool *used = calloc((size_t)from->mNumMaterials + 1, sizeof *used);
    if (!used)
        return error_set(TACHY_NO_MEMORY, "scene %s: no memory for its materials", convert->path);
    for (unsigned i = 0; i < from->mNumMeshes; i++) {
        if (from->mMeshes[i]->mMaterialIndex < from->mNumMaterials)
            used[from->mMeshes[i]->mMaterialIndex] = true;
    }
    tachy_status status = TACHY_OK;
    for (unsigned i = 0; i < from->mNumMaterials && !status; i++)
        status = convert_material(convert, from->mMaterials[i], used[i]);
    free(used);
    return status;
}
