// Judges `depth` and `id` at pixel centres. The bounds are those of the pass contract (producer/pass/README.md).
#include "tests/oracle/judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RAYS = 17 };
static const double reach_px = 0.05;

/// What lies at a pixel's centre or near it.
struct candidate {
    uint32_t id;
    double depth, allowed; ///< +inf and 0 for the background
};

struct view {
    double world_from_camera[9]; ///< rotation, row-major
    double position[3];
    const tachy_camera *camera;
};

/// The camera's frame is orthonormal (its determinant is -1), so its inverse is its transpose.
static void view_init(struct view *view, const tachy_camera *camera)
{
    view->camera = camera;
    for (int i = 0; i < 3; i++) {
        view->position[i] = 0;
        for (int k = 0; k < 3; k++) {
            view->world_from_camera[i * 3 + k] = camera->camera_from_world[k * 4 + i];
            view->position[i] -=
                camera->camera_from_world[k * 4 + i] * camera->camera_from_world[k * 4 + 3];
        }
    }
}

static struct caster_ray view_ray(const struct view *view, double x, double y)
{
    const tachy_camera *camera = view->camera;
    const double d[3] = {(x - camera->cx) / camera->fx, (y - camera->cy) / camera->fy, 1};
    struct caster_ray ray = {.near_m = camera->near_m, .far_m = camera->far_m};
    for (int i = 0; i < 3; i++) {
        ray.origin[i] = view->position[i];
        for (int k = 0; k < 3; k++)
            ray.direction[i] += view->world_from_camera[i * 3 + k] * d[k];
    }
    return ray;
}

/// What the centre's ray would see if the triangle reached it.
static struct candidate candidate_of(const struct judge_scene *scene, const struct view *view,
                                     const struct oracle_triangle *triangle,
                                     const struct caster_ray *centre)
{
    if (triangle == NULL)
        return (struct candidate){.id = 0, .depth = INFINITY};
    double cosine;
    struct candidate candidate = {.id = scene->id_of_object[triangle->object]};
    candidate.depth = caster_depth(triangle, centre, &cosine);
    const double *p = view->position;
    double distance = sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
    double z = candidate.depth;
    candidate.allowed = 1e-5 * z + (5e-7 * z + 3e-7 * distance) / cosine;
    return candidate;
}

/// The centre first, then two rings around it. Says whether a ray met the border of a cutout.
static bool look_around(const struct judge_scene *scene, const struct view *view, double x,
                        double y, struct candidate candidates[RAYS])
{
    bool doubtful = false;
    struct caster_ray centre = view_ray(view, x, y);
    candidates[0] =
        candidate_of(scene, view, caster_cast(scene->caster, &centre, &doubtful), &centre);
    for (int i = 1; i < RAYS; i++) {
        double angle = i * (2 * 3.14159265358979323846 / 8) + (i > 8 ? 0.39 : 0);
        double radius = i > 8 ? reach_px / 2 : reach_px;
        struct caster_ray ray = view_ray(view, x + radius * cos(angle), y + radius * sin(angle));
        candidates[i] =
            candidate_of(scene, view, caster_cast(scene->caster, &ray, &doubtful), &centre);
    }
    return doubtful;
}

/// The error of `depth` against that candidate as a part of what is allowed; 0 for two infinities.
static double error_against(const struct candidate *candidate, double depth)
{
    if (isinf(candidate->depth) || isinf(depth))
        return isinf(candidate->depth) && depth > 0 && isinf(depth) ? 0 : INFINITY;
    double error = fabs(depth - candidate->depth) / candidate->allowed;
    return isnan(error) ? INFINITY : error;
}

static void judge_pixel(const struct candidate candidates[RAYS], bool certain, double depth,
                        uint32_t id, struct judgement *judgement)
{
    double best = INFINITY;
    for (int i = 0; i < RAYS; i++) {
        certain = certain && candidates[i].id == candidates[0].id &&
                  isinf(candidates[i].depth) == isinf(candidates[0].depth);
        best = fmin(best, error_against(&candidates[i], depth));
    }
    judgement->pixels++;
    judgement->certain += certain;
    judgement->background += certain && isinf(candidates[0].depth);
    judgement->wrong_id += certain && id != candidates[0].id;
    judgement->wrong_depth += certain && !(best <= 1);
    if (certain && isfinite(best))
        judgement->worst = fmax(judgement->worst, best);
}

static const void *pixel_at(const tachy_plane *plane, uint32_t image, uint32_t x, uint32_t y,
                            size_t pixel_bytes)
{
    return (const char *)plane->data + image * plane->image_bytes + y * plane->row_bytes +
           x * pixel_bytes;
}

void judge_image(const struct judge_scene *scene, const tachy_camera *camera,
                 const tachy_plane *depth, const tachy_plane *id, uint32_t image,
                 struct judgement *judgement)
{
    struct view view;
    view_init(&view, camera);
    *judgement = (struct judgement){0};
    for (uint32_t y = 0; y < depth->height; y++) {
        for (uint32_t x = 0; x < depth->width; x++) {
            float z;
            uint32_t seen;
            memcpy(&z, pixel_at(depth, image, x, y, sizeof z), sizeof z);
            memcpy(&seen, pixel_at(id, image, x, y, sizeof seen), sizeof seen);
            struct candidate candidates[RAYS];
            bool certain = !look_around(scene, &view, x + 0.5, y + 0.5, candidates);
            uint64_t wrong = judgement->wrong_id + judgement->wrong_depth;
            judge_pixel(candidates, certain, (double)z, seen, judgement);
            if (wrong == 0 && judgement->wrong_id + judgement->wrong_depth > 0)
                snprintf(judgement->first, sizeof judgement->first,
                         "pixel (%u, %u): id %u and depth %.9g, but rays see id %u and depth %.9g "
                         "(allowed: %.3g)",
                         x, y, seen, (double)z, candidates[0].id, candidates[0].depth,
                         candidates[0].allowed);
        }
    }
}
