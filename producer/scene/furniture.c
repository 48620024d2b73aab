// What the library's models are made of, as data: position, size and angles of each piece in metres and degrees.
#include "producer/scene/furniture.h"

const struct swatch swatch_table[SWATCH_COUNT] = {
    [SWATCH_PLAIN] = {"plain", {.80, .80, .80}, 0, .6},
    [SWATCH_CHECKER] = {"checker", {1, 1, 1}, 0, .5, 0, PAINT_CHECKER},
    [SWATCH_OAK] = {"oak", {1, 1, 1}, 0, .5, 0, PAINT_WOOD},
    [SWATCH_FLOOR] = {"floor", {1, 1, 1}, 0, .45, 0, PAINT_PLANKS},
    [SWATCH_PLASTER] = {"plaster", {.93, .90, .84}, 0, .9, 0, PAINT_PLASTER},
    [SWATCH_WHITE] = {"white", {.93, .93, .92}, 0, .5},
    [SWATCH_FABRIC] = {"fabric", {.27, .43, .47}, 0, .95, 0, PAINT_WEAVE},
    [SWATCH_CUSHION] = {"cushion", {.93, .62, .24}, 0, .95, 0, PAINT_WEAVE},
    [SWATCH_RUG] = {"rug", {1, 1, 1}, 0, .95, 0, PAINT_RUG},
    [SWATCH_BRASS] = {"brass", {.88, .70, .38}, 1, .3},
    [SWATCH_STEEL] = {"steel", {.32, .33, .35}, 1, .4},
    [SWATCH_SHADE] = {"shade", {.96, .90, .76}, 0, .8, .35, PAINT_NONE, true},
    [SWATCH_GLOW] = {"glow", {1, .92, .75}, 0, .8, 1.5},
    [SWATCH_STRIPES] = {"stripes", {1, 1, 1}, 0, .35, 0, PAINT_STRIPES},
    [SWATCH_GLOBE] = {"globe", {1, 1, 1}, 0, .4, 0, PAINT_GLOBE},
    [SWATCH_PICTURE] = {"picture", {1, 1, 1}, 0, .7, 0, PAINT_LANDSCAPE},
    [SWATCH_CLAY] = {"clay", {.76, .44, .30}, 0, .85},
    [SWATCH_LEAF] = {"leaf", {.26, .48, .22}, 0, .6},
    [SWATCH_PORCELAIN] = {"porcelain", {.86, .90, .94}, 0, .15},
    [SWATCH_RUBBER] = {"rubber", {.12, .12, .13}, 0, .8},
    [SWATCH_RED] = {"red", {.82, .18, .15}, 0, .4},
    [SWATCH_ORANGE] = {"orange", {.95, .52, .12}, 0, .5},
    [SWATCH_YELLOW] = {"yellow", {.95, .80, .22}, 0, .4},
    [SWATCH_GREEN] = {"green", {.35, .62, .27}, 0, .4},
    [SWATCH_BLUE] = {"blue", {.16, .38, .68}, 0, .4},
    [SWATCH_PURPLE] = {"purple", {.46, .28, .56}, 0, .4},
};

#define PRIMITIVE(shape, height)                                                                   \
    (const struct furniture_piece[])                                                               \
    {                                                                                              \
        {shape, SWATCH_PLAIN, {{0, height, 0}, {1, 1, 1}}},                                        \
    }

static const struct furniture_piece table[] = {
    {SHAPE_BOX, SWATCH_OAK, {{0, .735, 0}, {1.6, .04, .9}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .675, .38}, {1.4, .08, .025}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .675, -.38}, {1.4, .08, .025}}},
    {SHAPE_BOX, SWATCH_OAK, {{.7, .675, 0}, {.025, .08, .74}}},
    {SHAPE_BOX, SWATCH_OAK, {{-.7, .675, 0}, {.025, .08, .74}}},
    {SHAPE_BOX, SWATCH_OAK, {{.72, .3575, .38}, {.07, .715, .07}}},
    {SHAPE_BOX, SWATCH_OAK, {{-.72, .3575, .38}, {.07, .715, .07}}},
    {SHAPE_BOX, SWATCH_OAK, {{.72, .3575, -.38}, {.07, .715, .07}}},
    {SHAPE_BOX, SWATCH_OAK, {{-.72, .3575, -.38}, {.07, .715, .07}}},
};

static const struct furniture_piece chair[] = {
    {SHAPE_BOX, SWATCH_OAK, {{0, .44, 0}, {.44, .03, .44}}},
    {SHAPE_BOX, SWATCH_FABRIC, {{0, .475, .01}, {.41, .04, .40}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{.19, .215, .19}, {.04, .43, .04}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{-.19, .215, .19}, {.04, .43, .04}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{.19, .46, -.20}, {.04, .92, .04}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{-.19, .46, -.20}, {.04, .92, .04}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .86, -.20}, {.40, .09, .022}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .72, -.20}, {.38, .05, .020}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .60, -.20}, {.38, .05, .020}}},
};

static const struct furniture_piece shelf[] = {
    {SHAPE_BOX, SWATCH_OAK, {{-.59, .95, 0}, {.025, 1.9, .32}}},
    {SHAPE_BOX, SWATCH_OAK, {{.59, .95, 0}, {.025, 1.9, .32}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .95, -.15}, {1.18, 1.9, .012}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .08, 0}, {1.16, .025, .31}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .52, 0}, {1.16, .025, .31}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .96, 0}, {1.16, .025, .31}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, 1.40, 0}, {1.16, .025, .31}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, 1.885, 0}, {1.16, .025, .31}}},
    {SHAPE_BOX, SWATCH_RED, {{-.53, 1.55, .02}, {.05, .27, .20}}},
    {SHAPE_BOX, SWATCH_WHITE, {{-.47, 1.54, .02}, {.06, .25, .20}}},
    {SHAPE_BOX, SWATCH_BLUE, {{-.405, 1.56, .02}, {.055, .29, .20}}},
    {SHAPE_BOX, SWATCH_YELLOW, {{-.35, 1.53, .02}, {.045, .23, .19}}},
    {SHAPE_BOX, SWATCH_GREEN, {{-.28, 1.54, .02}, {.05, .25, .19}, {0, 0, 12}}},
    {SHAPE_BOX, SWATCH_PURPLE, {{.10, 1.44, .02}, {.26, .05, .19}}},
    {SHAPE_BOX, SWATCH_ORANGE, {{.11, 1.485, .02}, {.23, .04, .18}, {0, 9, 0}}},
    {SHAPE_BOX, SWATCH_BLUE, {{.52, 1.10, .02}, {.06, .25, .20}}},
    {SHAPE_BOX, SWATCH_PURPLE, {{.455, 1.11, .02}, {.055, .27, .20}}},
    {SHAPE_BOX, SWATCH_RED, {{.40, 1.09, .02}, {.045, .23, .20}}},
    {SHAPE_BOX, SWATCH_WHITE, {{.335, 1.10, .02}, {.06, .25, .20}}},
    {SHAPE_BOX, SWATCH_ORANGE, {{.265, 1.12, .02}, {.05, .29, .20}}},
    {SHAPE_POT, SWATCH_PORCELAIN, {{-.35, 1.06, .01}, {.17, .17, .17}}},
    {SHAPE_SPHERE, SWATCH_LEAF, {{-.35, 1.20, .01}, {.26, .22, .24}}},
    {SHAPE_BOX, SWATCH_YELLOW, {{-.36, .62, .02}, {.34, .17, .24}}},
    {SHAPE_BOX, SWATCH_GREEN, {{.28, .55, .02}, {.30, .035, .21}}},
    {SHAPE_BOX, SWATCH_RED, {{.29, .59, .02}, {.27, .045, .20}, {0, -7, 0}}},
    {SHAPE_BOX, SWATCH_FABRIC, {{-.28, .235, .02}, {.46, .285, .26}}},
    {SHAPE_BOX, SWATCH_CUSHION, {{.28, .235, .02}, {.46, .285, .26}}},
};

static const struct furniture_piece lamp_standing[] = {
    {SHAPE_CYLINDER, SWATCH_STEEL, {{0, .015, 0}, {.32, .03, .32}}},
    {SHAPE_CYLINDER, SWATCH_STEEL, {{0, .77, 0}, {.028, 1.5, .028}}},
    {SHAPE_SHADE, SWATCH_SHADE, {{0, 1.56, 0}, {.46, .32, .46}}},
    {SHAPE_SPHERE, SWATCH_GLOW, {{0, 1.55, 0}, {.10, .13, .10}}},
};

static const struct furniture_piece lamp_hanging[] = {
    {SHAPE_CYLINDER, SWATCH_RUBBER, {{0, -.40, 0}, {.012, .80, .012}}},
    {SHAPE_CYLINDER, SWATCH_BRASS, {{0, -.82, 0}, {.07, .08, .07}}},
    {SHAPE_SHADE, SWATCH_SHADE, {{0, -.94, 0}, {.44, .22, .44}}},
    {SHAPE_SPHERE, SWATCH_GLOW, {{0, -.95, 0}, {.11, .11, .11}}},
};

static const struct furniture_piece sofa[] = {
    {SHAPE_BOX, SWATCH_FABRIC, {{0, .22, 0}, {1.9, .24, .85}}},
    {SHAPE_BOX, SWATCH_FABRIC, {{0, .56, -.34}, {1.9, .56, .20}, {-7, 0, 0}}},
    {SHAPE_BOX, SWATCH_FABRIC, {{.87, .40, .02}, {.18, .50, .85}}},
    {SHAPE_BOX, SWATCH_FABRIC, {{-.87, .40, .02}, {.18, .50, .85}}},
    {SHAPE_BOX, SWATCH_FABRIC, {{.39, .405, .07}, {.77, .14, .70}}},
    {SHAPE_BOX, SWATCH_FABRIC, {{-.39, .405, .07}, {.77, .14, .70}}},
    {SHAPE_BOX, SWATCH_CUSHION, {{.55, .64, -.12}, {.42, .40, .14}, {-22, -12, 4}}},
    {SHAPE_BOX, SWATCH_CUSHION, {{-.57, .64, -.12}, {.42, .40, .14}, {-24, 14, -6}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{.82, .05, .34}, {.05, .10, .05}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{-.82, .05, .34}, {.05, .10, .05}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{.82, .05, -.34}, {.05, .10, .05}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{-.82, .05, -.34}, {.05, .10, .05}}},
};

static const struct furniture_piece plant[] = {
    {SHAPE_POT, SWATCH_CLAY, {{0, .19, 0}, {.40, .38, .40}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{0, .60, 0}, {.035, .70, .035}}},
    {SHAPE_SPHERE, SWATCH_LEAF, {{.17, .96, .04}, {.46, .05, .17}, {0, -12, 32}}},
    {SHAPE_SPHERE, SWATCH_LEAF, {{-.17, 1.00, .03}, {.46, .05, .17}, {0, 10, -36}}},
    {SHAPE_SPHERE, SWATCH_LEAF, {{.03, .98, .18}, {.17, .05, .46}, {-34, 8, 0}}},
    {SHAPE_SPHERE, SWATCH_LEAF, {{-.02, .94, -.18}, {.17, .05, .46}, {30, -8, 0}}},
    {SHAPE_SPHERE, SWATCH_LEAF, {{.13, 1.13, -.12}, {.40, .05, .15}, {0, 40, 48}}},
    {SHAPE_SPHERE, SWATCH_LEAF, {{-.12, 1.15, .11}, {.40, .05, .15}, {0, 42, -50}}},
    {SHAPE_SPHERE, SWATCH_LEAF, {{.10, 1.16, .13}, {.38, .05, .15}, {0, -48, 52}}},
    {SHAPE_SPHERE, SWATCH_LEAF, {{-.11, 1.10, -.13}, {.40, .05, .15}, {0, -44, -44}}},
};

static const struct furniture_piece picture[] = {
    {SHAPE_BOX, SWATCH_PICTURE, {{0, .40, .012}, {1.04, .74, .012}, .stretch = true}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .785, .015}, {1.12, .04, .03}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, .015, .015}, {1.12, .04, .03}}},
    {SHAPE_BOX, SWATCH_OAK, {{-.54, .40, .015}, {.04, .73, .03}}},
    {SHAPE_BOX, SWATCH_OAK, {{.54, .40, .015}, {.04, .73, .03}}},
};

static const struct furniture_piece rug[] = {
    {SHAPE_BOX, SWATCH_RUG, {{0, .006, 0}, {2.5, .012, 1.8}, .stretch = true}},
};

static const struct furniture_piece ball[] = {
    {SHAPE_SPHERE, SWATCH_STRIPES, {{0, .17, 0}, {.34, .34, .34}, {0, 0, 24}}},
};

static const struct furniture_piece globe[] = {
    {SHAPE_CYLINDER, SWATCH_OAK, {{0, .012, 0}, {.18, .024, .18}}},
    {SHAPE_CYLINDER, SWATCH_BRASS, {{0, .055, 0}, {.02, .08, .02}}},
    {SHAPE_TORUS, SWATCH_BRASS, {{0, .225, 0}, {.32, .10, .32}, {90, 0, 23}}},
    {SHAPE_SPHERE, SWATCH_GLOBE, {{0, .225, 0}, {.24, .24, .24}, {0, 0, 23}}},
};

static const struct furniture_piece mobile[] = {
    {SHAPE_CYLINDER, SWATCH_STEEL, {{0, -.15, 0}, {.008, .30, .008}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{0, -.30, 0}, {.014, .90, .014}, {0, 0, 90}}},
    {SHAPE_CYLINDER, SWATCH_OAK, {{0, -.32, 0}, {.014, .90, .014}, {90, 0, 0}}},
    {SHAPE_CYLINDER, SWATCH_STEEL, {{.42, -.42, 0}, {.006, .24, .006}}},
    {SHAPE_CYLINDER, SWATCH_STEEL, {{-.42, -.40, 0}, {.006, .20, .006}}},
    {SHAPE_CYLINDER, SWATCH_STEEL, {{0, -.40, .42}, {.006, .16, .006}}},
    {SHAPE_CYLINDER, SWATCH_STEEL, {{0, -.45, -.42}, {.006, .26, .006}}},
    {SHAPE_SPHERE, SWATCH_YELLOW, {{.42, -.61, 0}, {.16, .16, .16}}},
    {SHAPE_BOX, SWATCH_BLUE, {{-.42, -.57, 0}, {.14, .14, .14}, {0, 30, 0}}},
    {SHAPE_CONE, SWATCH_RED, {{0, -.56, .42}, {.16, .18, .16}}},
    {SHAPE_TORUS, SWATCH_PURPLE, {{0, -.66, -.42}, {.22, .22, .22}, {90, 0, 0}}},
};

static const struct furniture_piece toy_car[] = {
    {SHAPE_BOX, SWATCH_RED, {{0, .085, 0}, {.16, .07, .34}}},
    {SHAPE_BOX, SWATCH_WHITE, {{0, .145, -.02}, {.14, .06, .17}}},
    {SHAPE_CYLINDER, SWATCH_RUBBER, {{.085, .05, .11}, {.10, .03, .10}, {0, 0, 90}}},
    {SHAPE_CYLINDER, SWATCH_RUBBER, {{-.085, .05, .11}, {.10, .03, .10}, {0, 0, 90}}},
    {SHAPE_CYLINDER, SWATCH_RUBBER, {{.085, .05, -.11}, {.10, .03, .10}, {0, 0, 90}}},
    {SHAPE_CYLINDER, SWATCH_RUBBER, {{-.085, .05, -.11}, {.10, .03, .10}, {0, 0, 90}}},
    {SHAPE_SPHERE, SWATCH_YELLOW, {{.05, .09, .17}, {.03, .03, .02}}},
    {SHAPE_SPHERE, SWATCH_YELLOW, {{-.05, .09, .17}, {.03, .03, .02}}},
};

static const struct furniture_piece vase[] = {
    {SHAPE_VASE, SWATCH_BLUE, {{0, .13, 0}, {.20, .26, .20}}},
    {SHAPE_CYLINDER, SWATCH_LEAF, {{.03, .34, .01}, {.008, .26, .008}, {4, 0, -12}}},
    {SHAPE_CYLINDER, SWATCH_LEAF, {{-.03, .35, .02}, {.008, .28, .008}, {8, 0, 13}}},
    {SHAPE_CYLINDER, SWATCH_LEAF, {{0, .36, -.03}, {.008, .30, .008}, {-9, 0, 2}}},
    {SHAPE_SPHERE, SWATCH_YELLOW, {{.06, .47, .02}, {.09, .07, .09}}},
    {SHAPE_SPHERE, SWATCH_RED, {{-.06, .49, .04}, {.09, .07, .09}}},
    {SHAPE_SPHERE, SWATCH_ORANGE, {{-.005, .515, -.055}, {.09, .07, .09}}},
};

static const struct furniture_piece fruit_bowl[] = {
    {SHAPE_BOWL, SWATCH_PORCELAIN, {{0, .075, 0}, {.34, .30, .34}}},
    {SHAPE_SPHERE, SWATCH_ORANGE, {{.06, .115, .05}, {.09, .09, .09}}},
    {SHAPE_SPHERE, SWATCH_GREEN, {{-.07, .115, .03}, {.085, .08, .085}}},
    {SHAPE_SPHERE, SWATCH_RED, {{.02, .115, -.07}, {.085, .08, .085}}},
    {SHAPE_SPHERE, SWATCH_ORANGE, {{0, .175, 0}, {.09, .09, .09}}},
};

static const struct furniture_piece toy_blocks[] = {
    {SHAPE_BOX, SWATCH_BLUE, {{-.13, .09, 0}, {.18, .18, .18}, {0, 14, 0}}},
    {SHAPE_BOX, SWATCH_YELLOW, {{.12, .09, .03}, {.18, .18, .18}, {0, -22, 0}}},
    {SHAPE_BOX, SWATCH_GREEN, {{-.02, .27, .01}, {.18, .18, .18}, {0, 38, 0}}},
    {SHAPE_CONE, SWATCH_RED, {{-.02, .45, .01}, {.17, .18, .17}}},
};

/// Six metres by five and 2.8 high, open to the sky and to the front (-z); a window in the wall on the left.
static const struct furniture_piece room[] = {
    {SHAPE_BOX, SWATCH_FLOOR, {{0, -.05, -.5}, {6.2, .10, 6.2}}},
    {SHAPE_BOX, SWATCH_PLASTER, {{0, 1.40, 2.55}, {6.2, 2.8, .10}}},
    {SHAPE_BOX, SWATCH_PLASTER, {{3.05, 1.40, -.5}, {.10, 2.8, 6}}},
    {SHAPE_BOX, SWATCH_PLASTER, {{-3.05, 1.40, 1.85}, {.10, 2.8, 1.3}}},
    {SHAPE_BOX, SWATCH_PLASTER, {{-3.05, 1.40, -2.15}, {.10, 2.8, 2.7}}},
    {SHAPE_BOX, SWATCH_PLASTER, {{-3.05, .425, .2}, {.10, .85, 2}}},
    {SHAPE_BOX, SWATCH_PLASTER, {{-3.05, 2.50, .2}, {.10, .6, 2}}},
    {SHAPE_BOX, SWATCH_WHITE, {{-3, .86, .2}, {.28, .04, 2.1}}},
    {SHAPE_BOX, SWATCH_WHITE, {{-3.05, 2.18, .2}, {.08, .05, 2}}},
    {SHAPE_BOX, SWATCH_WHITE, {{-3.05, 1.52, -.78}, {.08, 1.32, .05}}},
    {SHAPE_BOX, SWATCH_WHITE, {{-3.05, 1.52, 1.18}, {.08, 1.32, .05}}},
    {SHAPE_BOX, SWATCH_WHITE, {{-3.05, 1.52, .2}, {.06, 1.32, .045}}},
    {SHAPE_BOX, SWATCH_WHITE, {{-3.05, 1.62, .2}, {.06, .045, 2}}},
    {SHAPE_BOX, SWATCH_WHITE, {{0, .06, 2.49}, {6, .12, .02}}},
    {SHAPE_BOX, SWATCH_WHITE, {{2.99, .06, -.5}, {.02, .12, 6}}},
    {SHAPE_BOX, SWATCH_WHITE, {{-2.99, .06, -.5}, {.02, .12, 6}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, 2.62, 1.4}, {6.1, .14, .14}}},
    {SHAPE_BOX, SWATCH_OAK, {{0, 2.62, -.2}, {6.1, .14, .14}}},
};

#define MODEL(name, category, pieces)                                                              \
    {                                                                                              \
        (name), (category), (pieces), sizeof(pieces) / sizeof((pieces)[0])                         \
    }

static const char primitive[] = "flex_primitive"; // ThreeDWorld's category of such models

const struct furniture furniture_table[] = {
    {"cube", primitive, PRIMITIVE(SHAPE_BOX, .5), 1},
    {"sphere", primitive, PRIMITIVE(SHAPE_SPHERE, .5), 1},
    {"cylinder", primitive, PRIMITIVE(SHAPE_CYLINDER, .5), 1},
    {"cone", primitive, PRIMITIVE(SHAPE_CONE, .5), 1},
    {"pyramid", primitive, PRIMITIVE(SHAPE_PYRAMID, .5), 1},
    {"triangular_prism", primitive, PRIMITIVE(SHAPE_PRISM, .5), 1},
    {"torus", primitive, PRIMITIVE(SHAPE_TORUS, .1), 1},
    {"pipe", primitive, PRIMITIVE(SHAPE_PIPE, .5), 1},
    {"bowl", primitive, PRIMITIVE(SHAPE_BOWL, .25), 1},
    {"quad", primitive, PRIMITIVE(SHAPE_QUAD, 0), 1},
    {"prim_cube", primitive, PRIMITIVE(SHAPE_BOX, 0), 1},
    {"prim_sphere", primitive, PRIMITIVE(SHAPE_SPHERE, 0), 1},
    {"prim_capsule", primitive, PRIMITIVE(SHAPE_CAPSULE, 0), 1},
    {"prim_cone", primitive, PRIMITIVE(SHAPE_CONE, .5), 1},
    {"prim_cyl", primitive,
     (const struct furniture_piece[]){{SHAPE_CYLINDER, SWATCH_PLAIN, {{0, 0, 0}, {1, 2, 1}}}}, 1},
    {"plane", primitive,
     (const struct furniture_piece[]){{SHAPE_QUAD, SWATCH_CHECKER, {{0, 0, 0}, {10, 1, 10}}}}, 1},
    MODEL("table", "table", table),
    MODEL("chair", "chair", chair),
    MODEL("shelf", "shelf", shelf),
    MODEL("lamp_standing", "lamp", lamp_standing),
    MODEL("lamp_hanging", "lamp", lamp_hanging),
    MODEL("sofa", "sofa", sofa),
    MODEL("plant", "plant", plant),
    MODEL("picture", "picture", picture),
    MODEL("rug", "rug", rug),
    MODEL("ball", "ball", ball),
    MODEL("globe", "globe", globe),
    MODEL("mobile", "mobile", mobile),
    MODEL("toy_car", "toy", toy_car),
    MODEL("toy_blocks", "toy", toy_blocks),
    MODEL("vase", "vase", vase),
    MODEL("fruit_bowl", "bowl", fruit_bowl),
    MODEL("room", "room", room),
};
const size_t furniture_count = sizeof furniture_table / sizeof furniture_table[0];
