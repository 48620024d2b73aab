// Rays into a model, by Embree's C API.
#include "tests/oracle/caster.h"

#include <embree3/rtcore.h>
#include <math.h>
#include <stdlib.h>

struct caster {
    RTCDevice device;
    RTCScene scene;
    const struct oracle_model *model;
};

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// Not of length 1.
static void outward(const struct oracle_triangle *triangle, double normal[3])
{
    double u[3], v[3];
    for (int i = 0; i < 3; i++) {
        u[i] = triangle->corner[1][i] - triangle->corner[0][i];
        v[i] = triangle->corner[2][i] - triangle->corner[0][i];
    }
    normal[0] = u[1] * v[2] - u[2] * v[1];
    normal[1] = u[2] * v[0] - u[0] * v[2];
    normal[2] = u[0] * v[1] - u[1] * v[0];
}

struct cast {
    struct RTCIntersectContext context; ///< first: Embree hands it back
    const struct oracle_model *model;
    bool doubtful;
};

static bool is_cut_out(struct cast *cast, const struct oracle_triangle *triangle, double u,
                       double v)
{
    if (triangle->cutout == 0)
        return false;
    const struct oracle_cutout *cutout = &cast->model->cutouts[triangle->cutout - 1];
    double sampled = 1, doubt = 0, uv[2];
    for (int i = 0; i < 2; i++)
        uv[i] = triangle->uv[0][i] * (1 - u - v) + triangle->uv[1][i] * u + triangle->uv[2][i] * v;
    if (cutout->alpha.texels != NULL)
        sampled = oracle_alpha_sample(&cutout->alpha, uv[0], uv[1], &doubt);
    double over = cutout->factor * sampled - cutout->cutoff;
    cast->doubtful = cast->doubtful || fabs(over) < cutout->factor * doubt;
    return over < 0;
}

/// Lets a ray pass through backs of triangles that have only a front, and through what is cut out. Rays come one by one (N = 1),
/// so the packets are plain structs.
static void pass_through(const struct RTCFilterFunctionNArguments *args)
{
    struct cast *cast = (struct cast *)args->context;
    const struct RTCRay *ray = (const struct RTCRay *)args->ray;
    const struct RTCHit *hit = (const struct RTCHit *)args->hit;
    const struct oracle_triangle *triangle = &cast->model->triangles[hit->primID];
    double direction[3] = {(double)ray->dir_x, (double)ray->dir_y, (double)ray->dir_z};
    double normal[3];
    outward(triangle, normal);
    bool back = !triangle->double_sided && dot(normal, direction) >= 0;
    if (back || is_cut_out(cast, triangle, (double)hit->u, (double)hit->v))
        args->valid[0] = 0;
}

static void fill_geometry(RTCGeometry geometry, const struct oracle_model *model)
{
    float *vertices =
        rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3,
                                3 * sizeof(float), model->triangle_count * 3);
    unsigned *indices =
        rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3,
                                3 * sizeof(unsigned), model->triangle_count);
    for (size_t i = 0; i < model->triangle_count * 3; i++) {
        indices[i] = (unsigned)i;
        for (size_t axis = 0; axis < 3; axis++)
            vertices[i * 3 + axis] = (float)model->triangles[i / 3].corner[i % 3][axis];
    }
}

struct caster *caster_create(const struct oracle_model *model)
{
    struct caster *caster = calloc(1, sizeof *caster);
    caster->model = model;
    caster->device = rtcNewDevice("threads=1");
    caster->scene = rtcNewScene(caster->device);
    rtcSetSceneFlags(caster->scene, RTC_SCENE_FLAG_ROBUST); // no ray slips through a shared edge
    RTCGeometry geometry = rtcNewGeometry(caster->device, RTC_GEOMETRY_TYPE_TRIANGLE);
    fill_geometry(geometry, model);
    rtcSetGeometryIntersectFilterFunction(geometry, pass_through);
    rtcCommitGeometry(geometry);
    rtcAttachGeometry(caster->scene, geometry);
    rtcReleaseGeometry(geometry);
    rtcCommitScene(caster->scene);
    return caster;
}

void caster_destroy(struct caster *caster)
{
    if (caster == NULL)
        return;
    rtcReleaseScene(caster->scene);
    rtcReleaseDevice(caster->device);
    free(caster);
}

const struct oracle_triangle *caster_cast(struct caster *caster, const struct caster_ray *ray,
                                          bool *doubtful)
{
    struct cast cast = {.model = caster->model};
    rtcInitIntersectContext(&cast.context);
    struct RTCRayHit hit = {
        .ray = {.org_x = (float)ray->origin[0],
                .org_y = (float)ray->origin[1],
                .org_z = (float)ray->origin[2],
                .dir_x = (float)ray->direction[0],
                .dir_y = (float)ray->direction[1],
                .dir_z = (float)ray->direction[2],
                .tnear = (float)ray->near_m,
                .tfar = (float)ray->far_m,
                .mask = UINT32_MAX},
        .hit = {.geomID = RTC_INVALID_GEOMETRY_ID},
    };
    rtcIntersect1(caster->scene, &cast.context, &hit);
    *doubtful = *doubtful || cast.doubtful;
    if (hit.hit.geomID == RTC_INVALID_GEOMETRY_ID)
        return NULL;
    return &caster->model->triangles[hit.hit.primID];
}

double caster_depth(const struct oracle_triangle *triangle, const struct caster_ray *ray,
                    double *cosine)
{
    double normal[3], to_plane[3];
    outward(triangle, normal);
    for (int i = 0; i < 3; i++)
        to_plane[i] = triangle->corner[0][i] - ray->origin[i];
    double along = dot(normal, ray->direction);
    *cosine = fabs(along) / sqrt(dot(normal, normal) * dot(ray->direction, ray->direction));
    return dot(normal, to_plane) / along;
}
