// Generated textures: each a function of a point, painted once into pixels.
#include "producer/scene/paint.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/error.h"

enum { PAINT_SIDE = 512 };

struct tone {
    double r, g, b; ///< sRGB, 0 to 1
};

// ---- noise -------------------------------------------------------------------------------------------------------

/// 0 to 1, the same on every machine.
static double hash_unit(uint64_t x, uint64_t y, uint64_t seed)
{
    uint64_t h = seed * 0x9e3779b97f4a7c15 + x * 0xbf58476d1ce4e5b9 + y * 0x94d049bb133111eb;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9;
    h = (h ^ (h >> 27)) * 0x94d049bb133111eb;
    return (double)((h ^ (h >> 31)) >> 11) * 0x1p-53;
}

static double mix(double a, double b, double t)
{
    return a + (b - a) * t;
}

static double step_smooth(double low, double high, double x)
{
    double t = fmin(1, fmax(0, (x - low) / (high - low)));
    return t * t * (3 - 2 * t);
}

static struct tone tone_mix(struct tone a, struct tone b, double t)
{
    return (struct tone){mix(a.r, b.r, t), mix(a.g, b.g, t), mix(a.b, b.b, t)};
}

static struct tone tone_scale(struct tone a, double factor)
{
    return (struct tone){a.r * factor, a.g * factor, a.b * factor};
}

/// Smooth noise with `cells` cells from 0 to 1 in each direction, which repeats after 1.
static double noise(double u, double v, int cells_u, int cells_v, uint64_t seed)
{
    double x = u * cells_u, y = v * cells_v;
    double fx = step_smooth(0, 1, x - floor(x)), fy = step_smooth(0, 1, y - floor(y));
    uint64_t x0 = (uint64_t)floor(x) % (uint64_t)cells_u, x1 = (x0 + 1) % (uint64_t)cells_u;
    uint64_t y0 = (uint64_t)floor(y) % (uint64_t)cells_v, y1 = (y0 + 1) % (uint64_t)cells_v;
    double top = mix(hash_unit(x0, y0, seed), hash_unit(x1, y0, seed), fx);
    double low = mix(hash_unit(x0, y1, seed), hash_unit(x1, y1, seed), fx);
    return mix(top, low, fy);
}

// ---- what is painted: u to the right, v downward, both 0 to 1 ----------------------------------------------------

static struct tone paint_wood(double u, double v, uint64_t seed)
{
    double bend = noise(u, v, 2, 3, seed) * 0.35;
    double grain = noise(fmod(u + 1, 1), v, 3, 160, seed + 1);
    double rings = 0.5 + 0.5 * sin(2 * M_PI * (7 * v + 4 * bend));
    double dark = 0.55 * rings + 0.45 * grain;
    return tone_mix((struct tone){0.80, 0.61, 0.40}, (struct tone){0.63, 0.43, 0.25}, dark);
}

static struct tone paint_planks(double u, double v, uint64_t seed)
{
    enum { ROWS = 8 };
    int row = (int)(v * ROWS);
    double shifted = fmod(u + 0.37 * row, 1);
    uint64_t plank = (uint64_t)(2 * row) + (shifted > 0.5);
    double across = v * ROWS - row, along = fmod(2 * shifted, 1);
    double edge = fmin(fmin(across, 1 - across) / 0.025, fmin(along, 1 - along) / 0.006);
    double shade = 0.78 + 0.28 * hash_unit(plank, 3, seed);
    double grain = noise(u, v, 6, 256, seed + plank);
    double cloud = noise(u, v, 5, 16, seed + 77);
    struct tone tone = tone_mix((struct tone){0.74, 0.54, 0.36}, (struct tone){0.56, 0.37, 0.22},
                                0.55 * grain + 0.45 * cloud);
    return tone_scale(tone, shade * mix(0.45, 1, fmin(1, edge)));
}

static struct tone paint_checker(double u, double v, uint64_t seed)
{
    (void)seed;
    bool odd = ((int)(u * 8) + (int)(v * 8)) & 1;
    return odd ? (struct tone){0.95, 0.95, 0.93} : (struct tone){0.45, 0.46, 0.48};
}

static struct tone paint_stripes(double u, double v, uint64_t seed)
{
    (void)v;
    (void)seed;
    static const struct tone tones[] = {
        {0.88, 0.27, 0.22}, {0.97, 0.93, 0.86}, {0.95, 0.71, 0.20},
        {0.97, 0.93, 0.86}, {0.16, 0.50, 0.62}, {0.97, 0.93, 0.86},
    };
    return tones[(int)(u * 6) % 6];
}

static struct tone paint_weave(double u, double v, uint64_t seed)
{
    double thread = 0.5 + 0.25 * sin(2 * M_PI * 64 * u) + 0.25 * sin(2 * M_PI * 64 * v);
    double light = 0.84 + 0.10 * thread + 0.06 * noise(u, v, 96, 96, seed);
    return (struct tone){light, light, light};
}

static struct tone paint_rug(double u, double v, uint64_t seed)
{
    const struct tone red = {0.58, 0.15, 0.14}, cream = {0.91, 0.84, 0.70},
                      blue = {0.13, 0.21, 0.34};
    double border = fmin(fmin(u, 1 - u), fmin(v, 1 - v));
    double diamond = fabs(fmod(u * 6, 1) - 0.5) + fabs(fmod(v * 6, 1) - 0.5);
    struct tone tone = diamond < 0.22 ? cream : diamond < 0.34 ? blue : red;
    if (border < 0.14)
        tone = border < 0.03 ? blue : border < 0.045 ? cream : border < 0.12 ? blue : cream;
    if (border > 0.06 && border < 0.105 && fmod((u + v) * 24, 1) < 0.5)
        tone = red;
    return tone_scale(tone, 0.88 + 0.18 * noise(u, v, 128, 128, seed));
}

static struct tone paint_plaster(double u, double v, uint64_t seed)
{
    double rough = 0.6 * noise(u, v, 24, 24, seed) + 0.4 * noise(u, v, 96, 96, seed + 1);
    double light = 0.95 + 0.05 * rough;
    return (struct tone){light, light, light};
}

static struct tone paint_landscape(double u, double v, uint64_t seed)
{
    struct tone tone = tone_mix((struct tone){0.30, 0.50, 0.78}, (struct tone){0.98, 0.80, 0.55},
                                step_smooth(0.05, 0.6, v));
    double sun = hypot(u - 0.68, v - 0.36);
    tone = tone_mix(tone, (struct tone){1.0, 0.93, 0.70}, step_smooth(0.10, 0.085, sun));
    for (int hill = 0; hill < 4; hill++) { // the far ones first
        double line =
            0.42 + 0.13 * hill - 0.20 * noise(u / 2, 0, 6 + 4 * hill, 1, seed + (uint64_t)hill);
        struct tone far_tone = {0.46, 0.44, 0.62}, near_tone = {0.10, 0.24, 0.20};
        if (v > line)
            tone = tone_mix(far_tone, near_tone, hill / 3.0);
    }
    return tone;
}

static struct tone paint_globe(double u, double v, uint64_t seed)
{
    double high = 0.55 * noise(u, v, 5, 4, seed) + 0.3 * noise(u, v, 11, 8, seed + 1) +
                  0.15 * noise(u, v, 30, 22, seed + 2);
    bool ice = fabs(v - 0.5) > 0.42 + 0.1 * (high - 0.5);
    bool line = fmod(u * 24, 1) < 0.03 || fmod(v * 12, 1) < 0.03;
    struct tone sea = {0.16, 0.42, 0.62}, land = {0.62, 0.66, 0.34}, hill = {0.62, 0.46, 0.28};
    struct tone tone = high < 0.5 ? sea : tone_mix(land, hill, step_smooth(0.55, 0.7, high));
    if (ice)
        tone = (struct tone){0.95, 0.96, 0.97};
    return line ? tone_scale(tone, 0.8) : tone;
}

static struct tone (*const painters[PAINT_COUNT])(double, double, uint64_t) = {
    [PAINT_PLANKS] = paint_planks,   [PAINT_WOOD] = paint_wood,
    [PAINT_CHECKER] = paint_checker, [PAINT_STRIPES] = paint_stripes,
    [PAINT_WEAVE] = paint_weave,     [PAINT_RUG] = paint_rug,
    [PAINT_PLASTER] = paint_plaster, [PAINT_LANDSCAPE] = paint_landscape,
    [PAINT_GLOBE] = paint_globe,
};

static uint8_t to_byte(double x)
{
    return (uint8_t)lround(255 * fmin(1, fmax(0, x)));
}

tachy_status paint_texture(struct scene *scene, enum paint_kind kind, uint64_t seed,
                           uint32_t *texture)
{
    struct scene_texture made = {malloc((size_t)PAINT_SIDE * PAINT_SIDE * 4), PAINT_SIDE,
                                 PAINT_SIDE, .srgb = true};
    if (!made.rgba)
        return error_set(TACHY_NO_MEMORY, "paint: no memory for a texture of %d pixels",
                         PAINT_SIDE);
    uint8_t *pixel = made.rgba;
    for (int row = 0; row < PAINT_SIDE; row++) {
        for (int column = 0; column < PAINT_SIDE; column++, pixel += 4) {
            struct tone tone =
                painters[kind]((column + .5) / PAINT_SIDE, (row + .5) / PAINT_SIDE, seed);
            pixel[0] = to_byte(tone.r);
            pixel[1] = to_byte(tone.g);
            pixel[2] = to_byte(tone.b);
            pixel[3] = 255;
        }
    }
    return scene_add_texture(scene, made, texture);
}
