// The frame header: what goes in comes out, and hostile bytes are refused.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/frame/header.h"
#include "tests/lib/main.h"

enum { PACKED_MAX = 1 << 20 };

static uint8_t packed[PACKED_MAX];

static void put_varint(size_t *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        packed[(*at)++] = (uint8_t)(value | 0x80);
    packed[(*at)++] = (uint8_t)value;
}

// A length-delimited field, as the encoding's specification has it.
static void put_bytes(size_t *at, unsigned field, const void *bytes, size_t count)
{
    put_varint(at, field << 3 | 2);
    put_varint(at, count);
    memcpy(packed + *at, bytes, count);
    *at += count;
}

// One Camera with a matrix of `doubles` doubles, a name of `name_bytes` bytes and perhaps no index.
static size_t write_camera(bool with_image, uint64_t image, size_t doubles, const char *name,
                           size_t name_bytes)
{
    static const double matrix[64];
    static uint8_t camera[4096];
    size_t at = 0;
    if (with_image) {
        put_varint(&at, 1 << 3);
        put_varint(&at, image);
    }
    put_bytes(&at, 3, matrix, doubles * sizeof *matrix);
    put_bytes(&at, 2, name, name_bytes);
    memcpy(camera, packed, at);
    size_t all = 0, length = at;
    put_bytes(&all, 1, camera, length);
    return all;
}

static void assert_corrupt(size_t bytes, uint32_t images, const char *word)
{
    tachy_camera *const untouched = (tachy_camera *)packed;
    tachy_camera *cameras = untouched;
    uint8_t *exact = malloc(bytes + 1); // so that a sanitizer sees a read past the end
    memcpy(exact, packed, bytes);
    assert_int_equal(frame_header_unpack(exact, bytes, images, &cameras), TACHY_CORRUPT);
    assert_ptr_equal(cameras, untouched);
    if (strstr(error_line(), word) == NULL)
        fail_msg("'%s' does not say '%s'", error_line(), word);
    free(exact);
}

static tachy_camera sample(double seed)
{
    tachy_camera camera = {.fx = seed, .fy = seed + 1, .cx = -0.0, .cy = INFINITY, .near_m = 0.1};
    for (int i = 0; i < 16; i++) {
        camera.camera_from_world[i] = seed + i / 3.0;
        camera.previous_camera_from_world[i] = -seed - i / 7.0;
    }
    for (int i = 0; i < 5; i++)
        camera.distortion[i] = seed * i;
    camera.previous_fx = 5, camera.previous_fy = 6, camera.previous_cx = 7, camera.previous_cy = 8;
    camera.far_m = 1e300, camera.fov_y_deg = 54.43222, camera.focal_mm = 35;
    camera.projection = TACHY_FISHEYE;
    memset(camera.name, 'n', 63);
    return camera;
}

static void a_camera_comes_out_as_it_went_in(void **state)
{
    (void)state;
    const tachy_camera in[] = {sample(1.5), sample(-2e9)};
    size_t bytes = 0;
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(
            frame_header_append_camera(&in[i], i, packed, frame_header_capacity(2), &bytes),
            TACHY_OK);
    tachy_camera *out = NULL;
    assert_int_equal(frame_header_unpack(packed, bytes, 2, &out), TACHY_OK);
    assert_memory_equal(in, out, sizeof in);
    free(out);
}

static void numbers_that_are_not_finite_are_data(void **state)
{
    (void)state;
    tachy_camera in = sample(1);
    in.fx = NAN, in.camera_from_world[3] = -INFINITY;
    size_t bytes = 0;
    assert_int_equal(frame_header_append_camera(&in, 0, packed, 4608, &bytes), TACHY_OK);
    tachy_camera *out = NULL;
    assert_int_equal(frame_header_unpack(packed, bytes, 1, &out), TACHY_OK);
    assert_true(isnan(out->fx));
    assert_true(out->camera_from_world[3] == -INFINITY);
    free(out);
}

static void the_largest_cameras_of_all_images_fit(void **state)
{
    (void)state;
    enum { IMAGES = 1000 };
    tachy_camera in = sample(1);
    size_t bytes = 0;
    for (uint32_t i = 0; i < IMAGES; i++)
        assert_int_equal(
            frame_header_append_camera(&in, i, packed, frame_header_capacity(IMAGES), &bytes),
            TACHY_OK);
    tachy_camera *out = NULL;
    assert_int_equal(frame_header_unpack(packed, bytes, IMAGES, &out), TACHY_OK);
    assert_memory_equal(&out[IMAGES - 1], &in, sizeof in);
    free(out);
}

static void the_camera_appended_last_wins(void **state)
{
    (void)state;
    const tachy_camera first = sample(1), second = sample(2);
    size_t bytes = 0;
    frame_header_append_camera(&first, 0, packed, 4608, &bytes);
    frame_header_append_camera(&second, 0, packed, 4608, &bytes);
    tachy_camera *out = NULL;
    assert_int_equal(frame_header_unpack(packed, bytes, 1, &out), TACHY_OK);
    assert_memory_equal(out, &second, sizeof second);
    free(out);
}

static void images_without_a_camera_get_zeroes(void **state)
{
    (void)state;
    const tachy_camera in = sample(1), none = {0};
    size_t bytes = 0;
    frame_header_append_camera(&in, 2, packed, 8192, &bytes);
    tachy_camera *out = NULL;
    assert_int_equal(frame_header_unpack(packed, bytes, 3, &out), TACHY_OK);
    assert_memory_equal(&out[0], &none, sizeof none);
    assert_memory_equal(&out[2], &in, sizeof in);
    free(out);
}

static void an_empty_header_has_no_cameras(void **state)
{
    (void)state;
    tachy_camera *out = (tachy_camera *)packed;
    assert_int_equal(frame_header_unpack(packed, 0, 4, &out), TACHY_OK);
    assert_null(out);
}

static void a_full_header_is_refused_and_left_as_it_was(void **state)
{
    (void)state;
    const tachy_camera in = sample(1);
    size_t bytes = 0;
    while (frame_header_append_camera(&in, 0, packed, 4608, &bytes) == TACHY_OK)
        ;
    assert_in_range(bytes, 4608 - 512, 4608);
    size_t before = bytes;
    assert_int_equal(frame_header_append_camera(&in, 0, packed, 4608, &bytes), TACHY_FULL);
    assert_int_equal(bytes, before);
}

static void a_name_without_an_end_is_not_packed(void **state)
{
    (void)state;
    tachy_camera in = sample(1);
    memset(in.name, 'n', sizeof in.name);
    size_t bytes = 0;
    assert_int_equal(frame_header_append_camera(&in, 0, packed, 4608, &bytes), TACHY_INVALID);
    assert_int_equal(bytes, 0);
}

static void every_truncation_is_refused_or_shorter(void **state)
{
    (void)state;
    const tachy_camera in = sample(1);
    size_t bytes = 0;
    frame_header_append_camera(&in, 0, packed, 4608, &bytes);
    for (size_t cut = 1; cut < bytes; cut++)
        assert_corrupt(cut, 1, "no tachy.FrameHeader");
}

static void a_header_beyond_its_capacity_is_not_parsed(void **state)
{
    (void)state;
    memset(packed, 0, 60000);
    assert_corrupt(60000, 1, "at most 4608");
}

static void a_flood_of_unknown_fields_is_refused_or_ignored_without_growth(void **state)
{
    (void)state;
    size_t bytes = 0;
    while (bytes + 2 <= 4608) {
        put_varint(&bytes, 9 << 3);
        put_varint(&bytes, 1);
    }
    tachy_camera *out = NULL;
    tachy_status status = frame_header_unpack(packed, bytes, 1, &out);
    assert_true(status == TACHY_CORRUPT || (status == TACHY_OK && out == NULL));
}

static void a_flood_of_tiny_cameras_is_refused_before_memory_grows(void **state)
{
    (void)state;
    size_t bytes = 0;
    while (bytes + 4 <= 4608)
        put_bytes(&bytes, 1, "\x08\x00", 2);
    assert_corrupt(
        bytes, 1,
        "no tachy.FrameHeader"); // not even parsed: its structs would take 60 times as much
}

static void deep_nesting_in_unknown_fields_does_no_harm(void **state)
{
    (void)state;
    size_t bytes = 0;
    for (size_t left = 4600; left > 8; left -= 3) {
        put_varint(&bytes, 7 << 3 | 2);
        put_varint(&bytes, left - 3);
    }
    tachy_camera *out = NULL;
    tachy_status status = frame_header_unpack(packed, bytes, 1, &out);
    assert_true(status == TACHY_CORRUPT || status == TACHY_OK);
    assert_null(out);
}

static void a_camera_without_its_index_is_refused(void **state)
{
    (void)state;
    assert_corrupt(write_camera(false, 0, 16, "a", 1), 1, "no tachy.FrameHeader");
}

static void a_camera_of_no_image_is_refused(void **state)
{
    (void)state;
    assert_corrupt(write_camera(true, 1, 16, "a", 1), 1, "image 1");
    assert_corrupt(write_camera(true, 0xffffffff, 16, "a", 1), 1, "image 4294967295");
}

static void a_matrix_of_another_size_is_refused(void **state)
{
    (void)state;
    static const size_t wrong[] = {0, 1, 15, 17, 32};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_corrupt(write_camera(true, 0, wrong[i], "a", 1), 1, "size");
}

static void names_that_are_no_printable_text_are_refused(void **state)
{
    (void)state;
    char longest[64];
    memset(longest, 'n', sizeof longest);
    assert_corrupt(write_camera(true, 0, 16, longest, 64), 1, "64 bytes");
    assert_corrupt(write_camera(true, 0, 16, "a\0b", 3), 1, "NUL");
    assert_corrupt(write_camera(true, 0, 16, "a\x1b[31m", 6), 1, "printable");
    assert_corrupt(write_camera(true, 0, 16, "\xff\xfe", 2), 1, "printable");
    assert_corrupt(write_camera(true, 0, 16, "\xe2\x80\xae", 3), 1, "printable");
}

static void random_damage_never_harms(void **state)
{
    (void)state;
    const tachy_camera in = sample(1);
    uint8_t whole[2048];
    size_t bytes = 0;
    for (uint32_t i = 0; i < 3; i++)
        frame_header_append_camera(&in, i, whole, sizeof whole, &bytes);
    srand(7);
    for (int round = 0; round < 20000; round++) {
        memcpy(packed, whole, bytes);
        for (int flips = 1 + rand() % 8; flips > 0; flips--)
            packed[(size_t)rand() % bytes] ^= (uint8_t)(1 << rand() % 8);
        tachy_camera *out = NULL;
        tachy_status status = frame_header_unpack(packed, bytes, 3, &out);
        assert_true(status == TACHY_OK || status == TACHY_CORRUPT);
        free(out);
    }
}

TACHY_TEST_MAIN(cmocka_unit_test(a_camera_comes_out_as_it_went_in),
                cmocka_unit_test(numbers_that_are_not_finite_are_data),
                cmocka_unit_test(the_largest_cameras_of_all_images_fit),
                cmocka_unit_test(the_camera_appended_last_wins),
                cmocka_unit_test(images_without_a_camera_get_zeroes),
                cmocka_unit_test(an_empty_header_has_no_cameras),
                cmocka_unit_test(a_full_header_is_refused_and_left_as_it_was),
                cmocka_unit_test(a_name_without_an_end_is_not_packed),
                cmocka_unit_test(every_truncation_is_refused_or_shorter),
                cmocka_unit_test(a_header_beyond_its_capacity_is_not_parsed),
                cmocka_unit_test(a_flood_of_unknown_fields_is_refused_or_ignored_without_growth),
                cmocka_unit_test(a_flood_of_tiny_cameras_is_refused_before_memory_grows),
                cmocka_unit_test(deep_nesting_in_unknown_fields_does_no_harm),
                cmocka_unit_test(a_camera_without_its_index_is_refused),
                cmocka_unit_test(a_camera_of_no_image_is_refused),
                cmocka_unit_test(a_matrix_of_another_size_is_refused),
                cmocka_unit_test(names_that_are_no_printable_text_are_refused),
                cmocka_unit_test(random_damage_never_harms))
