// Cameras and lights, which look along an axis of their nodes: found by the nodes' names, as Assimp tells them.
#include <math.h>

#include "producer/import/assimp_convert.h"
#include "producer/scene/scene.h"

/// A child of `parent` with its name, and with +z along `look`. FLAT_NONE: the build has failed.
static uint32_t add_looking(struct convert *convert, uint32_t parent, struct vec3 position,
                            struct vec3 look, struct vec3 up)
{
    if (convert->build.status)
        return FLAT_NONE;
    struct mat4 local = mat4_compose(position, quat_look(look, up), (struct vec3){1, 1, 1});
    const struct flat_node *above = flat_build_at(&convert->build, FLAT_NODES, parent);
    return convert_add_node(convert, above->name, parent, &local);
}

void convert_camera(struct convert *convert, uint32_t parent, struct vec3 position,
                    struct vec3 look, struct vec3 up, struct flat_camera camera)
{
    camera.node = add_looking(convert, parent, position, look, up);
    if (camera.node == FLAT_NONE || !(camera.fov_y_deg > 0 && camera.fov_y_deg < 180))
        return; // orthographic
    bool range = camera.near_m > 0 && camera.far_m > camera.near_m && isfinite(camera.far_m);
    if (!range)
        camera.near_m = camera.far_m = 0;
    struct flat_camera *made = flat_build_add(&convert->build, FLAT_CAMERAS, 1, NULL);
    if (!made)
        return;
    const struct flat_node *node = flat_build_at(&convert->build, FLAT_NODES, camera.node);
    camera.name = node->name;
    *made = camera;
}

void convert_light(struct convert *convert, uint32_t parent, struct vec3 position, struct vec3 look,
                   struct flat_light light)
{
    light.node = add_looking(convert, parent, position, look, (struct vec3){0, 1, 0});
    struct flat_light *made =
        light.node == FLAT_NONE ? NULL : flat_build_add(&convert->build, FLAT_LIGHTS, 1, NULL);
    if (!made)
        return;
    double most = fmax(light.color[0], fmax(light.color[1], light.color[2]));
    for (int i = 0; i < 3; i++)
        light.color[i] /= most > 0 ? most : 1;
    light.intensity = most / M_PI; // lux or candela, and a white surface returns a pi-th of it
    *made = light;
}

// ---- by name -----------------------------------------------------------------------------------------------------

/// Vertical, in degrees. The glTF importers of Assimp 5.2 sets the horizontal angle to yfov * aspect and not by tangents.
static double camera_fov_y_deg(const struct convert *convert, const struct aiCamera *camera)
{
    double aspect = camera->mAspect > 0 ? camera->mAspect : 1, wide = camera->mHorizontalFOV;
    double high = convert->gltf ? wide / aspect : 2 * atan(tan(wide / 2) / aspect);
    return high * (180 / M_PI);
}

static void convert_cameras(struct convert *convert)
{
    for (unsigned i = 0; i < convert->from->mNumCameras; i++) {
        const struct aiCamera *from = convert->from->mCameras[i];
        uint32_t node = convert_find(convert, "camera", from->mName.data);
        struct vec3 position = convert_vector(from->mPosition);
        if (convert->gltf) // the importer repeats the node's own translation there
            position = (struct vec3){0, 0, 0};
        if (node != FLAT_NONE)
            convert_camera(convert, node, position, convert_vector(from->mLookAt),
                           convert_vector(from->mUp),
                           (struct flat_camera){.fov_y_deg = camera_fov_y_deg(convert, from),
                                                .near_m = from->mClipPlaneNear,
                                                .far_m = from->mClipPlaneFar});
    }
}

static bool light_type(enum aiLightSourceType from, uint32_t *type)
{
    *type = from == aiLightSource_DIRECTIONAL ? SCENE_DIRECTIONAL
            : from == aiLightSource_SPOT      ? SCENE_SPOT
                                              : SCENE_POINT;
    return from == aiLightSource_DIRECTIONAL || from == aiLightSource_SPOT ||
           from == aiLightSource_POINT;
}

static void convert_lights(struct convert *convert)
{
    for (unsigned i = 0; i < convert->from->mNumLights; i++) {
        const struct aiLight *from = convert->from->mLights[i];
        uint32_t type, node = convert_find(convert, "light", from->mName.data);
        if (node == FLAT_NONE || !light_type(from->mType, &type))
            continue;
        bool spot = type == SCENE_SPOT;
        const struct aiColor3D *color = &from->mColorDiffuse; // times the intensity
        convert_light(
            convert, node, convert_vector(from->mPosition), convert_vector(from->mDirection),
            (struct flat_light){.type = type,
                                .color = {color->r, color->g, color->b},
                                .cone_inner_deg = spot ? from->mAngleInnerCone * (180 / M_PI) : 0,
                                .cone_outer_deg = spot ? from->mAngleOuterCone * (180 / M_PI) : 0});
    }
}

void convert_named_looking(struct convert *convert)
{
    convert_cameras(convert);
    convert_lights(convert);
}
