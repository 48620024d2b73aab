// Rays into a model: Embree finds the triangle, the distance is then computed in double precision.
#ifndef TESTS_ORACLE_CASTER_H
#define TESTS_ORACLE_CASTER_H

#include "tests/oracle/model.h"

struct caster;

/// A ray whose direction has length 1 along the camera's z, so that distances along it are planar depths.
struct caster_ray {
    double origin[3], direction[3];
    double near_m, far_m;
};

/// The model must outlive the caster.
struct caster *caster_create(const struct oracle_model *model);
void caster_destroy(struct caster *caster);

/// The nearest triangle that shows its front (or is double-sided) between near and far and is not cut out there; NULL: none.
/// *doubtful becomes true where a sampler of finite precision may see a cutout's border on the other side.
const struct oracle_triangle *caster_cast(struct caster *caster, const struct caster_ray *ray,
                                          bool *doubtful);

/// Where the ray meets the triangle's plane, and the cosine between the ray and the plane's normal (never negative).
double caster_depth(const struct oracle_triangle *triangle, const struct caster_ray *ray,
                    double *cosine);

#endif
