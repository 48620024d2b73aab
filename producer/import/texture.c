// Texture files: found below their scene's folder, decoded by the one decoder there is.
#include "producer/import/texture.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/import/file.h"
#include "producer/import/url.h"

enum { TEXTURE_BYTES_MAX = 512 << 20 };

tachy_status texture_decode(const void *bytes, size_t size, const char *scene, const char *name,
                            struct codec_pixels *pixels)
{
    tachy_status status = codec_decode(bytes, size, name, pixels);
    if (status == TACHY_UNSUPPORTED)
        return error_set(status, "scene %s: texture '%s': %s; save it as PNG or JPEG", scene, name,
                         error_line());
    return status ? error_set(status, "scene %s: texture '%s': %s", scene, name, error_line())
                  : TACHY_OK;
}

static bool leaves_folder(const char *name)
{
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return true;
    }
    return false;
}

static bool is_absolute(const char *name)
{
    return name[0] == '/' || (isalpha((unsigned char)name[0]) && name[1] == ':');
}

/// `name` with forward slashes, beside the scene file. False: too long.
static bool texture_path(const char *scene, const char *name, char path[PATH_MAX])
{
    const char *slash = strrchr(scene, '/');
    int folder = slash ? (int)(slash - scene) + 1 : 0;
    int wrote = snprintf(path, PATH_MAX, "%.*s%s", folder, scene, name);
    return wrote < PATH_MAX;
}

static tachy_status read_named(const char *scene, const char *name, void **bytes, size_t *size)
{
    char plain[PATH_MAX], path[PATH_MAX], decoded[PATH_MAX];
    if (snprintf(plain, sizeof plain, "%s", name) >= (int)sizeof plain)
        return error_set(TACHY_CORRUPT, "a name of %zu bytes", strlen(name));
    for (char *c = plain; *c; c++)
        *c = *c == '\\' ? '/' : *c;
    const char *slash = strrchr(plain, '/'),
               *local = is_absolute(plain) && slash ? slash + 1 : plain;
    if (!texture_path(scene, local, path))
        return error_set(TACHY_CORRUPT, "a path that is too long");
    if (leaves_folder(local))
        return error_set(TACHY_DENIED, "it lies outside the scene's folder");
    tachy_status status = file_read(path, TEXTURE_BYTES_MAX, bytes, size);
    if (status != TACHY_NOT_FOUND || !url_decode(local, decoded, sizeof decoded) ||
        strcmp(local, decoded) == 0 || leaves_folder(decoded) || is_absolute(decoded) ||
        !texture_path(scene, decoded, path))
        return status;
    return file_read(path, TEXTURE_BYTES_MAX, bytes, size);
}

tachy_status texture_read(const char *scene, const char *name, struct codec_pixels *pixels)
{
    void *bytes = NULL;
    size_t size = 0;
    tachy_status status = read_named(scene, name, &bytes, &size);
    if (!bytes)
        return error_set(status,
                         "scene %s: texture '%s': %s; put the file there, or mend the scene", scene,
                         name, error_line());
    status = texture_decode(bytes, size, scene, name, pixels);
    free(bytes);
    return status;
}

static uint8_t channel8(const struct codec_pixels *pixels, size_t index)
{
    if (pixels->bits == 8)
        return ((const uint8_t *)pixels->data)[index];
    return (uint8_t)((((const uint16_t *)pixels->data)[index] + 128) / 257);
}

void texture_to_rgba8(const struct codec_pixels *pixels, uint8_t *rgba)
{
    size_t count = (size_t)pixels->width * pixels->height, channels = pixels->channels;
    bool grey = channels < 3, alpha = channels % 2 == 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < 3; k++)
            rgba[4 * i + k] = channel8(pixels, channels * i + (grey ? 0 : k));
        rgba[4 * i + 3] = alpha ? channel8(pixels, channels * i + channels - 1) : 255;
    }
}
