// From the flat form into the world.
#ifndef PRODUCER_IMPORT_FLAT_LOAD_H
#define PRODUCER_IMPORT_FLAT_LOAD_H

#include "producer/scene/scene.h"

/// All nodes with meshes as one model. The form must have passed flat_check; `file` is for messages. TACHY_CORRUPT: its matrices
/// multiply beyond what is finite; TACHY_NO_MEMORY.
tachy_status flat_load_model(struct scene *scene, const void *flat, const char *file,
                             uint32_t *model);

/// Each node with meshes as an object, cameras as views, lights as lights (import_scene).
tachy_status flat_load_scene(struct scene *scene, const void *flat, const char *file);

#endif
