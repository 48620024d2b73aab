// The world that a producer starts with: scene, avatars and commands as the options ask.
#ifndef PRODUCER_WORLD_H
#define PRODUCER_WORLD_H

#include "producer/options.h"
#include "producer/scene/scene.h"

/// Loads the scene, makes avatars a, b, c ..., then applies the commands file. Ended by scene_destroy.
tachy_status world_create(const struct options *options, struct scene **scene);

/// TACHY_UNSUPPORTED: a texture is larger than the device can hold. `name`: the scene's, for the message.
tachy_status world_check_textures(const struct scene *scene, const char *name, uint32_t size_max,
                                  const char *device);

#endif
