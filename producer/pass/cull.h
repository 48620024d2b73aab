// What a picture cannot show is not drawn.
#ifndef PRODUCER_PASS_CULL_H
#define PRODUCER_PASS_CULL_H

#include <stdbool.h>

#include "producer/pass/picture.h"

/// True if no part of a sphere in the world can be in the picture. Never true by a rounding error.
bool cull_sphere(const struct picture *picture, struct vec3 center, double radius);

#endif
