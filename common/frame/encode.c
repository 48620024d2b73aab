// Capture passes as RGB8. Numbers are computed in float64 and halves are rounded away from zero.
#include "common/frame/encode.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/error.h"
#include "common/frame/format.h"

static const double far_default_m = 100;

// What one row of a pass needs.
struct row {
    const void *from;
    uint8_t *rgb;
    uint32_t width;
    double far_m;
    const struct pass_context *context;
};

static void encode_img(const struct row *row)
{
    const uint8_t *restrict rgba = row->from;
    uint8_t *restrict rgb = row->rgb;
    for (size_t x = 0; x < row->width; x++) {
        rgb[3 * x] = rgba[4 * x];
        rgb[3 * x + 1] = rgba[4 * x + 1];
        rgb[3 * x + 2] = rgba[4 * x + 2];
    }
}

static void encode_id(const struct row *row)
{
    static const uint8_t black[3] = {0, 0, 0};
    const uint32_t *ids = row->from;
    uint32_t last = 0; // neighbours mostly share their id
    const uint8_t *color = black;
    for (size_t x = 0; x < row->width; x++) {
        if (ids[x] != last) {
            last = ids[x];
            bool known = row->context->identities != NULL && last != 0 &&
                         last <= row->context->identity_count;
            color = known ? row->context->identities[last - 1].id_color : black;
        }
        memcpy(row->rgb + 3 * x, color, 3);
    }
}

enum { CHUNK = 256 }; // pixels: the steps' results stay in the first cache

// out = round(scale * z / far), held within 0 and most; +inf and NaN are background: `most`.
static void quantise(const float *restrict z, uint32_t *restrict out, size_t count, double scale,
                     double far_m, double most)
{
    for (size_t i = 0; i < count; i++) {
        double v = scale * z[i] / far_m;
        v = v < most ? v : most;
        v = v > 0 ? v : 0;
        int32_t whole = (int32_t)v;
        out[i] = (uint32_t)(whole + (v - whole >= 0.5));
    }
}

static void encode_depth(const struct row *row)
{
    const float *z = row->from;
    uint32_t steps[CHUNK];
    for (size_t x = 0; x < row->width; x += CHUNK) {
        size_t count = row->width - x < CHUNK ? row->width - x : CHUNK;
        quantise(z + x, steps, count, 0x1p24, row->far_m, 0x1p24 - 1);
        uint8_t *rgb = row->rgb + 3 * x;
        for (size_t i = 0; i < count; i++) {
            rgb[3 * i] = (uint8_t)(steps[i] >> 16);
            rgb[3 * i + 1] = (uint8_t)(steps[i] >> 8);
            rgb[3 * i + 2] = (uint8_t)steps[i];
        }
    }
}

static void encode_depth_simple(const struct row *row)
{
    const float *z = row->from;
    uint32_t steps[CHUNK];
    for (size_t x = 0; x < row->width; x += CHUNK) {
        size_t count = row->width - x < CHUNK ? row->width - x : CHUNK;
        quantise(z + x, steps, count, 255, row->far_m, 255);
        uint8_t *rgb = row->rgb + 3 * x;
        for (size_t i = 0; i < count; i++)
            rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = (uint8_t)steps[i];
    }
}

static const struct pass {
    const char *name, *plane;
    tachy_format format;
    uint32_t channels;
    void (*encode_row)(const struct row *row);
} passes[] = {
    {"_img", "color", TACHY_U8, 4, encode_img},
    {"_id", "id", TACHY_U32, 1, encode_id},
    {"_depth", "depth", TACHY_F32, 1, encode_depth},
    {"_depth_simple", "depth", TACHY_F32, 1, encode_depth_simple},
};

static const struct pass *find(const char *name)
{
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
        const struct pass *pass = &passes[i];
        if (strcmp(pass->name, name) == 0 || strcmp(pass->name + 1, name) == 0)
            return pass;
    }
    return NULL;
}

const char *pass_plane(const char *name)
{
    const struct pass *pass = find(name);
    return pass == NULL ? NULL : pass->plane;
}

static bool is_distance(double metres)
{
    return isfinite(metres) && metres > 0;
}

// The depth of full brightness: what the caller says, else the camera's far plane, else the default.
static tachy_status choose_far(const tachy_encode_params *params, const tachy_camera *camera,
                               double *far_m)
{
    bool told = params != NULL &&
                params->size >= offsetof(tachy_encode_params, far_m) + sizeof params->far_m &&
                params->far_m != 0;
    if (told && !is_distance(params->far_m))
        return error_set(TACHY_INVALID, "far_m is %g: it must be a distance above 0",
                         params->far_m);
    if (told)
        *far_m = params->far_m;
    else if (camera != NULL && is_distance(camera->far_m))
        *far_m = camera->far_m;
    else
        *far_m = far_default_m;
    return TACHY_OK;
}

static tachy_status check(const struct pass *pass, const tachy_plane *plane, uint32_t image,
                          size_t bytes, size_t row_bytes)
{
    if (plane->format != pass->format || plane->channels != pass->channels)
        return error_set(TACHY_UNSUPPORTED, "pass %s needs plane %s as %u x %s, but it is %u x %s",
                         pass->name, pass->plane, pass->channels, format_name(pass->format),
                         plane->channels, format_name(plane->format));
    if (image >= plane->count)
        return error_set(TACHY_INVALID, "pass %s: there is no image %u, the frame holds %u",
                         pass->name, image, plane->count);
    size_t width_bytes = 3 * (size_t)plane->width;
    if (row_bytes < width_bytes || bytes < width_bytes ||
        (plane->height - 1) > (bytes - width_bytes) / row_bytes)
        return error_set(TACHY_INVALID,
                         "pass %s of %u x %u pixels needs rows of %zu bytes; %zu bytes in rows of "
                         "%zu were given",
                         pass->name, plane->width, plane->height, width_bytes, bytes, row_bytes);
    return TACHY_OK;
}

tachy_status pass_encode(const char *name, const tachy_plane *plane, uint32_t image,
                         const struct pass_context *context, const tachy_encode_params *params,
                         void *rgb, size_t bytes, size_t row_bytes)
{
    const struct pass *pass = find(name);
    if (pass == NULL)
        return error_set(
            TACHY_INVALID,
            "there is no pass '%s': this version has _img, _id, _depth and _depth_simple", name);
    struct row row = {.width = plane->width, .context = context};
    if (row_bytes == 0)
        row_bytes = 3 * (size_t)plane->width;
    tachy_status status = check(pass, plane, image, bytes, row_bytes);
    if (status == TACHY_OK)
        status = choose_far(params, context->camera, &row.far_m);
    if (status != TACHY_OK)
        return status;
    const uint8_t *from = (const uint8_t *)plane->data + image * plane->image_bytes;
    for (uint32_t y = 0; y < plane->height; y++) {
        row.from = from + y * plane->row_bytes;
        row.rgb = (uint8_t *)rgb + y * row_bytes;
        pass->encode_row(&row);
    }
    return TACHY_OK;
}
