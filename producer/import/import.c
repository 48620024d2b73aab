// Scene files into the world: URL, read, take in.
#include "producer/import/import.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/import/assimp.h"
#include "producer/import/flat_load.h"
#include "producer/import/url.h"

static const char scheme[] = "file://", host[] = "localhost";

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool url_decode(const char *escaped, char *plain, size_t bytes)
{
    size_t used = 0;
    for (; *escaped; escaped++) {
        int c = (unsigned char)*escaped;
        if (c == '%') {
            int high = hex_digit(escaped[1]), low = high < 0 ? -1 : hex_digit(escaped[2]);
            c = low < 0 ? 0 : 16 * high + low;
            escaped += 2;
        }
        if (c == 0 || used + 1 >= bytes)
            return false;
        plain[used++] = (char)c;
    }
    plain[used] = '\0';
    return true;
}

bool import_is_url(const char *url)
{
    return strncmp(url, scheme, strlen(scheme)) == 0;
}

tachy_status import_scene(struct scene *scene, const char *path)
{
    void *flat = NULL;
    size_t size;
    tachy_status status = assimp_read(path, &flat, &size);
    if (!status)
        status = flat_load_scene(scene, flat, path);
    free(flat);
    return status;
}

tachy_status import_model(struct scene *scene, const char *path, uint32_t *model)
{
    void *flat = NULL;
    size_t size;
    if (scene_find_model(scene, path, model))
        return TACHY_OK;
    tachy_status status = assimp_read(path, &flat, &size);
    if (!status)
        status = flat_load_model(scene, flat, path, model);
    free(flat);
    return status ? status : scene_name_model(scene, *model, path);
}

tachy_status import_model_url(struct scene *scene, const char *url, uint32_t *model)
{
    char path[PATH_MAX];
    const char *rest = url + strlen(scheme);
    if (strncmp(rest, host, strlen(host)) == 0)
        rest += strlen(host);
    if (rest[0] != '/' || !url_decode(rest, path, sizeof path))
        return error_set(TACHY_INVALID, "url '%s' names no file; write file:///folder/file.glb",
                         url);
    return import_model(scene, path, model);
}
