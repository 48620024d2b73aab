// One frame's step: where everything is at the frame's simulation time, and what each avatar's camera is.
#include "producer/scene/scene.h"

#include <math.h>
#include <string.h>

static const double SENSOR_HEIGHT_MM = 36;

struct pose {
    struct vec3 position;
    struct quat rotation;
};

void scene_time(const struct scene *scene, int64_t *numerator, int64_t *denominator)
{
    *numerator = (int64_t)scene->frame * scene->fps_denominator;
    *denominator = scene->fps_numerator;
}

/// The whole seconds apart from the rest: exact to 2^-53 of a second's part however long the producer runs.
static double scene_seconds(const struct scene *scene)
{
    int64_t numerator, denominator;
    scene_time(scene, &numerator, &denominator);
    int64_t whole = numerator / denominator;
    return (double)whole + (double)(numerator % denominator) / (double)denominator;
}

/// The angle in degrees that a turn of `period_s` has reached.
static double turn_deg(double seconds, double period_s)
{
    return period_s ? 360 * (fmod(seconds, period_s) / period_s) : 0;
}

static double wave(double seconds, double period_s)
{
    return sin(turn_deg(seconds, period_s) * (M_PI / 180));
}

static struct pose pose_move(struct pose pose, const struct scene_motion *motion, double seconds)
{
    if (motion->spin_deg_s) {
        double turn_s = 360 / fabs(motion->spin_deg_s);
        double degrees = copysign(turn_deg(seconds, turn_s), motion->spin_deg_s);
        pose.rotation = quat_multiply(pose.rotation, quat_from_axis(motion->spin_axis, degrees));
    }
    if (motion->sway_period_s) {
        double degrees = motion->sway_deg * wave(seconds, motion->sway_period_s);
        pose.rotation = quat_multiply(pose.rotation, quat_from_axis(motion->sway_axis, degrees));
    }
    if (motion->swing_period_s) {
        struct vec3 way = vec3_scale(motion->swing, wave(seconds, motion->swing_period_s));
        pose.position = vec3_add(pose.position, way);
    }
    if (motion->orbit_period_s) {
        struct quat turn =
            quat_from_axis((struct vec3){0, 1, 0}, turn_deg(seconds, motion->orbit_period_s));
        struct vec3 arm = vec3_subtract(pose.position, motion->orbit_center);
        pose.position = vec3_add(motion->orbit_center, quat_rotate(turn, arm));
        pose.rotation = quat_multiply(turn, pose.rotation);
    }
    return pose;
}

struct mat4 scene_object_place(const struct scene *scene, const struct scene_object *object)
{
    struct pose pose = {object->position, object->rotation};
    pose = pose_move(pose, &object->motion, scene_seconds(scene));
    return mat4_compose(pose.position, pose.rotation, object->scale);
}

static void camera_keep_previous(tachy_camera *camera)
{
    memcpy(camera->previous_camera_from_world, camera->camera_from_world,
           sizeof camera->camera_from_world);
    camera->previous_fx = camera->fx;
    camera->previous_fy = camera->fy;
    camera->previous_cx = camera->cx;
    camera->previous_cy = camera->cy;
}

static void camera_set(tachy_camera *camera, const struct scene_avatar *avatar, struct pose pose)
{
    // The camera's y points down and the world's up: a mirror, so no rotation says it.
    static const struct mat4 down_from_up = {{1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}};
    struct mat4 world_from_avatar =
        mat4_compose(pose.position, pose.rotation, (struct vec3){1, 1, 1});
    struct mat4 matrix = mat4_multiply(down_from_up, mat4_inverse_affine(world_from_avatar));
    memcpy(camera->camera_from_world, matrix.m, sizeof matrix.m);
    double tangent = tan(avatar->fov_y_deg * (M_PI / 360));
    camera->fx = camera->fy = avatar->height / 2.0 / tangent;
    camera->cx = avatar->width / 2.0;
    camera->cy = avatar->height / 2.0;
    camera->near_m = avatar->near_m;
    camera->far_m = avatar->far_m;
    camera->fov_y_deg = avatar->fov_y_deg;
    camera->focal_mm = SENSOR_HEIGHT_MM / 2 / tangent;
    camera->projection = TACHY_PERSPECTIVE;
    memcpy(camera->name, avatar->name, sizeof camera->name);
}

static void avatar_step(struct scene_avatar *avatar, double seconds)
{
    struct pose pose = {avatar->position, avatar->rotation};
    pose = pose_move(pose, &avatar->motion, seconds);
    camera_keep_previous(&avatar->camera);
    camera_set(&avatar->camera, avatar, pose);
    if (!avatar->stepped)
        camera_keep_previous(&avatar->camera);
    avatar->stepped = true;
}

void scene_step(struct scene *scene)
{
    scene->frame++;
    for (size_t i = 0; i < scene->object_count; i++)
        scene->objects[i].world_from_object = scene_object_place(scene, &scene->objects[i]);
    double seconds = scene_seconds(scene);
    for (size_t i = 0; i < scene->avatar_count; i++)
        avatar_step(&scene->avatars[i], seconds);
}
