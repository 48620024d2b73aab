// The world that a producer starts with: scene, avatars and commands as the options ask.
#ifndef PRODUCER_WORLD_H
#define PRODUCER_WORLD_H

#include "producer/options.h"
#include "producer/scene/scene.h"

/// Loads the scene, makes avatars a, b, c ..., then applies the commands file. Ended by scene_destroy.
tachy_status world_create(const struct options *options, struct scene **scene);

#endif
