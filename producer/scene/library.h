// The model library: named models that are generated, from primitives to the furniture of the built-in room.
#ifndef PRODUCER_SCENE_LIBRARY_H
#define PRODUCER_SCENE_LIBRARY_H

#include "producer/scene/scene.h"

/// The name of entry `index` and (if not NULL) its category; NULL past the end.
const char *library_name(size_t index, const char **category);

/// The model of that name: made on first use, found again later. The scene's seed varies its textures.
/// TACHY_NOT_FOUND: no such name; TACHY_NO_MEMORY.
tachy_status library_model(struct scene *scene, const char *name, uint32_t *model,
                           const char **category);

#endif
