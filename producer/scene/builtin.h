// The built-in scene "room": made by the same commands that users send, so that a fresh clone has something to look at.
#ifndef PRODUCER_SCENE_BUILTIN_H
#define PRODUCER_SCENE_BUILTIN_H

#include "producer/scene/scene.h"

/// Fills an empty scene: walls and floor (shell), furniture, a sun and two lamps, things that move in simulation time, and views
/// for avatars a, b, c ... (scene_place_avatar; b's drifts to and fro). The seed varies textures and where things stand, a little.
tachy_status builtin_room(struct scene *scene, uint64_t seed);

#endif
