// Shapes, and capture passes against numbers worked out elsewhere.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/frame/encode.h"
#include "common/frame/format.h"
#include "tests/lib/main.h"

static tachy_plane lay_out(const char *name, tachy_format format, uint32_t channels, uint32_t width,
                           uint32_t height, uint32_t count)
{
    tachy_plane plane = {.name = name, .format = format, .channels = channels};
    plane.width = width, plane.height = height, plane.count = count;
    uint64_t bytes;
    assert_true(format_lay_out(&plane, &bytes));
    plane.data = calloc(1, bytes);
    return plane;
}

static void put(const tachy_plane *plane, uint32_t image, uint32_t x, uint32_t y, const void *pixel)
{
    size_t pixel_bytes = plane->channels * format_bytes(plane->format);
    memcpy((uint8_t *)plane->data + image * plane->image_bytes + y * plane->row_bytes +
               x * pixel_bytes,
           pixel, pixel_bytes);
}

static tachy_status encode_one(const char *pass, const tachy_plane *plane, double far_m,
                               uint8_t *rgb)
{
    const struct pass_context context = {0};
    const tachy_encode_params params = {.size = sizeof params, .far_m = far_m};
    return pass_encode(pass, plane, 0, &context, &params, rgb,
                       (size_t)3 * plane->width * plane->height, 0);
}

static void rows_are_padded_to_64_bytes_and_images_to_4_rows(void **state)
{
    (void)state;
    static const struct {
        tachy_format format;
        uint32_t channels, width, height, count;
        size_t row, image, all;
    } cases[] = {
        {TACHY_U8, 4, 16, 4, 1, 64, 256, 256},
        {TACHY_U8, 4, 17, 4, 1, 128, 512, 512},
        {TACHY_F32, 1, 640, 480, 1, 2560, 1228800, 1228800},
        {TACHY_F16, 4, 1, 1, 3, 64, 256, 768},
        {TACHY_U32, 1, 33, 5, 2, 192, 1536, 3072},
        {TACHY_U16, 3, 11, 9, 1, 128, 1536, 1536},
        {TACHY_S16, 2, 16, 8, 1, 64, 512, 512},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tachy_plane plane = {.format = cases[i].format, .channels = cases[i].channels};
        plane.width = cases[i].width, plane.height = cases[i].height, plane.count = cases[i].count;
        uint64_t bytes;
        assert_true(format_lay_out(&plane, &bytes));
        assert_int_equal(plane.row_bytes, cases[i].row);
        assert_int_equal(plane.image_bytes, cases[i].image);
        assert_int_equal(bytes, cases[i].all);
    }
}

static void shapes_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const tachy_plane wrong[] = {
        {.format = TACHY_U8, .channels = 4, .width = 0, .height = 1, .count = 1},
        {.format = TACHY_U8, .channels = 4, .width = 1, .height = 0, .count = 1},
        {.format = TACHY_U8, .channels = 4, .width = 1, .height = 1, .count = 0},
        {.format = TACHY_U8, .channels = 0, .width = 1, .height = 1, .count = 1},
        {.format = TACHY_U8, .channels = 5, .width = 1, .height = 1, .count = 1},
        {.format = (tachy_format)0, .channels = 1, .width = 1, .height = 1, .count = 1},
        {.format = (tachy_format)7, .channels = 1, .width = 1, .height = 1, .count = 1},
        {.format = (tachy_format)-1, .channels = 1, .width = 1, .height = 1, .count = 1},
        {.format = TACHY_F32, .channels = 4, .width = UINT32_MAX, .height = UINT32_MAX, .count = 2},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tachy_plane plane = wrong[i];
        uint64_t bytes = 77;
        assert_false(format_lay_out(&plane, &bytes));
        assert_int_equal(bytes, 77);
    }
}

static void img_drops_alpha_and_nothing_else(void **state)
{
    (void)state;
    tachy_plane plane = lay_out("color", TACHY_U8, 4, 17, 3, 2);
    for (uint32_t y = 0; y < 3; y++) {
        for (uint32_t x = 0; x < 17; x++)
            put(&plane, 1, x, y, (uint8_t[4]){(uint8_t)x, (uint8_t)y, (uint8_t)(x * y), 9});
    }
    uint8_t rgb[3][60];
    memset(rgb, 0xee, sizeof rgb);
    const struct pass_context context = {0};
    assert_int_equal(pass_encode("img", &plane, 1, &context, NULL, rgb, sizeof rgb, 60), TACHY_OK);
    for (unsigned y = 0; y < 3; y++) {
        for (unsigned x = 0; x < 17; x++) {
            assert_int_equal(rgb[y][3 * x], x);
            assert_int_equal(rgb[y][3 * x + 1], y);
            assert_int_equal(rgb[y][3 * x + 2], x * y);
        }
        assert_int_equal(rgb[y][51], 0xee); // between rows nothing is written
    }
    free((void *)plane.data);
}

static void id_takes_each_objects_color_and_black_for_the_rest(void **state)
{
    (void)state;
    const tachy_identity identities[] = {{.id_color = {1, 2, 3}}, {.id_color = {250, 251, 252}}};
    const struct pass_context context = {.identities = identities, .identity_count = 2};
    static const uint32_t ids[] = {0, 1, 2, 2, 3, 0xffffffff, 1};
    static const uint8_t expected[] = {0,   0, 0, 1, 2, 3, 250, 251, 252, 250, 251,
                                       252, 0, 0, 0, 0, 0, 0,   1,   2,   3};
    tachy_plane plane = lay_out("id", TACHY_U32, 1, 7, 1, 1);
    for (uint32_t x = 0; x < 7; x++)
        put(&plane, 0, x, 0, &ids[x]);
    uint8_t rgb[21];
    assert_int_equal(pass_encode("_id", &plane, 0, &context, NULL, rgb, sizeof rgb, 21), TACHY_OK);
    assert_memory_equal(rgb, expected, sizeof rgb);
    assert_int_equal(encode_one("_id", &plane, 0, rgb), TACHY_OK);
    static const uint8_t black[21];
    assert_memory_equal(rgb, black, sizeof rgb);
    free((void *)plane.data);
}

static void depth_is_24_bits_rounded_away_from_zero_and_clamped(void **state)
{
    (void)state;
    // V worked out with exact fractions: round(z / far * 2^24), halves away from zero, far = 128.
    static const struct {
        float z;
        uint32_t v;
    } cases[] = {
        {0, 0},
        {0x1p-17f, 1},        // exactly 1
        {0x1p-18f, 1},        // 0.5 rounds up
        {0x1.fffffep-19f, 0}, // just below 0.5
        {0x1.8p-17f, 2},      // 1.5
        {0x1.4p-16f, 3},      // 2.5 goes to 3, not to even
        {1, 131072},
        {127.99999237060547f, 16777215},
        {128, 16777215},
        {1e30f, 16777215},
        {INFINITY, 16777215},
        {NAN, 16777215},
        {-1, 0},
        {-INFINITY, 0},
    };
    tachy_plane plane = lay_out("depth", TACHY_F32, 1, 1, 1, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put(&plane, 0, 0, 0, &cases[i].z);
        uint8_t rgb[3];
        assert_int_equal(encode_one("_depth", &plane, 128, rgb), TACHY_OK);
        assert_int_equal(rgb[0] << 16 | rgb[1] << 8 | rgb[2], cases[i].v);
    }
    free((void *)plane.data);
}

static void depth_simple_is_8_bits_rounded_away_from_zero_and_clamped(void **state)
{
    (void)state;
    static const struct {
        float z;
        uint8_t v;
    } cases[] = {{0, 0},     {1, 1},      {0.5f, 1},       {0.49999997f, 0},
                 {1.5f, 2},  {2.5f, 3},   {254.5f, 255},   {254.49998f, 254},
                 {255, 255}, {1e9f, 255}, {INFINITY, 255}, {-3, 0}};
    tachy_plane plane = lay_out("depth", TACHY_F32, 1, 1, 1, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put(&plane, 0, 0, 0, &cases[i].z);
        uint8_t rgb[3];
        assert_int_equal(encode_one("_depth_simple", &plane, 255, rgb), TACHY_OK);
        assert_int_equal(rgb[0], cases[i].v);
        assert_true(rgb[0] == rgb[1] && rgb[1] == rgb[2]);
    }
    free((void *)plane.data);
}

static void depth_agrees_with_the_c_librarys_round_on_wide_rows(void **state)
{
    (void)state;
    enum { WIDTH = 1021 };
    tachy_plane plane = lay_out("depth", TACHY_F32, 1, WIDTH, 3, 1);
    uint8_t rgb[3][WIDTH][3];
    srand(3);
    for (uint32_t y = 0; y < 3; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            float z = (float)rand() / (float)RAND_MAX * 13;
            put(&plane, 0, x, y, &z);
        }
    }
    assert_int_equal(encode_one("_depth", &plane, 12.3, (uint8_t *)rgb), TACHY_OK);
    for (uint32_t y = 0; y < 3; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            float z = *((const float *)((const char *)plane.data + y * plane.row_bytes) + x);
            double v = fmin(round(z / 12.3 * 16777216.0), 16777215.0);
            const uint8_t *p = rgb[y][x];
            assert_int_equal(p[0] << 16 | p[1] << 8 | p[2], (int)v);
        }
    }
    free((void *)plane.data);
}

static void far_comes_from_the_caller_then_the_camera_then_100_m(void **state)
{
    (void)state;
    tachy_plane plane = lay_out("depth", TACHY_F32, 1, 1, 1, 1);
    const float z = 10;
    put(&plane, 0, 0, 0, &z);
    tachy_camera camera = {.far_m = 20};
    struct pass_context context = {.camera = &camera};
    const tachy_encode_params told = {.size = sizeof told, .far_m = 10};
    const tachy_encode_params shorter = {.size = offsetof(tachy_encode_params, far_m), .far_m = 10};
    uint8_t rgb[3];
    assert_int_equal(pass_encode("depth_simple", &plane, 0, &context, &told, rgb, 3, 3), TACHY_OK);
    assert_int_equal(rgb[0], 255);
    assert_int_equal(pass_encode("depth_simple", &plane, 0, &context, &shorter, rgb, 3, 3),
                     TACHY_OK);
    assert_int_equal(rgb[0], 128); // 127.5
    camera.far_m = NAN;
    assert_int_equal(pass_encode("depth_simple", &plane, 0, &context, NULL, rgb, 3, 3), TACHY_OK);
    assert_int_equal(rgb[0], 26); // 25.5
    assert_int_equal(encode_one("_depth", &plane, -1, rgb), TACHY_INVALID);
    free((void *)plane.data);
}

static void what_cannot_be_encoded_is_refused_by_name(void **state)
{
    (void)state;
    tachy_plane plane = lay_out("depth", TACHY_F32, 1, 4, 4, 1);
    const struct pass_context context = {0};
    uint8_t rgb[48];
    assert_int_equal(pass_encode("_nonsense", &plane, 0, &context, NULL, rgb, 48, 12),
                     TACHY_INVALID);
    assert_non_null(strstr(error_line(), "_nonsense"));
    assert_int_equal(pass_encode("_depth", &plane, 1, &context, NULL, rgb, 48, 12), TACHY_INVALID);
    assert_int_equal(pass_encode("_depth", &plane, 0, &context, NULL, rgb, 47, 12), TACHY_INVALID);
    assert_int_equal(pass_encode("_depth", &plane, 0, &context, NULL, rgb, 48, 11), TACHY_INVALID);
    assert_int_equal(pass_encode("_img", &plane, 0, &context, NULL, rgb, 48, 12),
                     TACHY_UNSUPPORTED);
    assert_null(pass_plane("_nonsense"));
    assert_null(pass_plane(""));
    assert_null(pass_plane("__img"));
    assert_string_equal(pass_plane("depth_simple"), "depth");
    free((void *)plane.data);
}

TACHY_TEST_MAIN(cmocka_unit_test(rows_are_padded_to_64_bytes_and_images_to_4_rows),
                cmocka_unit_test(shapes_that_cannot_be_are_refused),
                cmocka_unit_test(img_drops_alpha_and_nothing_else),
                cmocka_unit_test(id_takes_each_objects_color_and_black_for_the_rest),
                cmocka_unit_test(depth_is_24_bits_rounded_away_from_zero_and_clamped),
                cmocka_unit_test(depth_simple_is_8_bits_rounded_away_from_zero_and_clamped),
                cmocka_unit_test(depth_agrees_with_the_c_librarys_round_on_wide_rows),
                cmocka_unit_test(far_comes_from_the_caller_then_the_camera_then_100_m),
                cmocka_unit_test(what_cannot_be_encoded_is_refused_by_name))
