// Scene files into the world. What a file holds becomes one model, or a whole scene.
#ifndef PRODUCER_IMPORT_IMPORT_H
#define PRODUCER_IMPORT_IMPORT_H

#include <stdbool.h>

#include "producer/scene/scene.h"

/// Every function here fails with TACHY_NOT_FOUND (no such file, or a texture that it names is missing), TACHY_UNSUPPORTED (no importer
/// for it), TACHY_CORRUPT (damaged, or beyond the limits) or TACHY_NO_MEMORY; the line names the file and the reason.

/// The whole file as the scene: each node with meshes is an object named after its node, depth-first, object id = row, category =
/// the mesh's name; nodes marked `shell: true` have no row. Its cameras become views and its lights lights.
tachy_status import_scene(struct scene *scene, const char *path);

/// The whole file as one model, read once per path. Its cameras and lights are left out.
tachy_status import_model(struct scene *scene, const char *path, uint32_t *model);

/// "file:///..." or "file://localhost/...".
bool import_is_url(const char *url);
/// import_model of such a URL. Also TACHY_INVALID: no path in it.
tachy_status import_model_url(struct scene *scene, const char *url, uint32_t *model);

#endif
