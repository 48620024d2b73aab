// The alpha channel of a texture, sampled as glTF says.
#include "tests/oracle/alpha.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>

/// Samplers may hold texture coordinates and weights with 8 bits after the point.
static const double texel_doubt = 1.0 / 128;

bool oracle_alpha_decode(const uint8_t *png, size_t size, struct oracle_alpha *alpha)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, png, size))
        return false;
    image.format = PNG_FORMAT_RGBA;
    uint8_t *rgba = malloc(PNG_IMAGE_SIZE(image));
    bool whole = rgba != NULL && png_image_finish_read(&image, NULL, rgba, 0, NULL);
    png_image_free(&image);
    if (!whole) {
        free(rgba);
        return false;
    }
    alpha->width = image.width;
    alpha->height = image.height;
    for (size_t i = 0; i < (size_t)image.width * image.height; i++)
        rgba[i] = rgba[i * 4 + 3];
    alpha->texels = rgba;
    return true;
}

static double texel(const struct oracle_alpha *alpha, double x, double y)
{
    double column = x - floor(x / alpha->width) * alpha->width;
    double row = y - floor(y / alpha->height) * alpha->height;
    return alpha->texels[(size_t)row * alpha->width + (size_t)column] / 255.0;
}

static double nearest(const struct oracle_alpha *alpha, double x, double y, double *doubt)
{
    double here = texel(alpha, floor(x), floor(y));
    *doubt = 0;
    for (int i = 0; i < 4; i++) {
        double there = texel(alpha, floor(x + (i & 1 ? texel_doubt : -texel_doubt)),
                             floor(y + (i & 2 ? texel_doubt : -texel_doubt)));
        *doubt = fmax(*doubt, fabs(there - here));
    }
    return here;
}

double oracle_alpha_sample(const struct oracle_alpha *alpha, double u, double v, double *doubt)
{
    double x = u * alpha->width, y = v * alpha->height;
    if (alpha->nearest)
        return nearest(alpha, x, y, doubt);
    double column = floor(x - 0.5), row = floor(y - 0.5);
    double fx = x - 0.5 - column, fy = y - 0.5 - row;
    double a = texel(alpha, column, row), b = texel(alpha, column + 1, row);
    double c = texel(alpha, column, row + 1), d = texel(alpha, column + 1, row + 1);
    double across = fmax(fabs(a - b), fabs(c - d)), down = fmax(fabs(a - c), fabs(b - d));
    *doubt = (across + down) * texel_doubt + 1.0 / 255;
    return (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy;
}
