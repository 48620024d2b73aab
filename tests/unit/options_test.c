// The options of `tachy produce`: what is read, and how what is wrong is refused.
#include "producer/options.h"

#include <string.h>

#include "common/base/error.h"
#include "producer/pass/planes.h"
#include "tests/lib/main.h"

#define PARSE(options, ...)                                                                        \
    parse((options), (char *[]){"produce", __VA_ARGS__},                                           \
          sizeof((char *[]){"produce", __VA_ARGS__}) / sizeof(char *))

static tachy_status parse(struct options *options, char **argv, size_t argc)
{
    return options_parse((int)argc, argv, options);
}

static void assert_line_has(const char *part)
{
    if (strstr(error_line(), part) == NULL)
        fail_msg("'%s' is not in: %s", part, error_line());
}

static void defaults_are_one_avatar_of_256x256_at_60_frames_a_second(void **state)
{
    (void)state;
    struct options options;
    assert_int_equal(parse(&options, (char *[]){"produce"}, 1), TACHY_OK);
    assert_string_equal(options.name, "sim");
    assert_string_equal(options.scene, "room");
    assert_int_equal(options.avatars, 1);
    assert_int_equal(options.width, 256);
    assert_int_equal(options.height, 256);
    assert_int_equal(options.fps_numerator, 60 * options.fps_denominator);
    assert_false(options.flat_out);
    assert_false(options.planes_said);
}

static void a_value_follows_as_a_word_or_behind_an_equals_sign(void **state)
{
    (void)state;
    struct options options;
    assert_int_equal(PARSE(&options, "--size", "640x480", "--frames=7"), TACHY_OK);
    assert_int_equal(options.width, 640);
    assert_int_equal(options.height, 480);
    assert_int_equal(options.frames, 7);
}

static void a_broken_rate_is_kept_as_an_exact_fraction(void **state)
{
    (void)state;
    struct options options;
    assert_int_equal(PARSE(&options, "--fps", "29.97"), TACHY_OK);
    assert_int_equal(options.fps_numerator, 2997);
    assert_int_equal(options.fps_denominator, 100);
    assert_int_equal(PARSE(&options, "--fps", "max"), TACHY_OK);
    assert_true(options.flat_out);
}

static void passes_name_planes_with_or_without_underscore(void **state)
{
    (void)state;
    struct options options;
    assert_int_equal(PARSE(&options, "--passes", "_img,depth_simple"), TACHY_OK);
    assert_int_equal(options.planes, 1u << PLANE_COLOR | 1u << PLANE_DEPTH);
    assert_int_equal(PARSE(&options, "--passes", "id"), TACHY_OK);
    assert_int_equal(options.planes, 1u << PLANE_ID);
}

static void a_wrong_value_is_refused_with_option_value_and_expectation(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {
        {"--size", "0x480", "at least 1x1"},
        {"--size", "640", "at least 1x1"},
        {"--size", "-1x4", "at least 1x1"},
        {"--fps", "0", "frames per second"},
        {"--fps", "1e3", "frames per second"},
        {"--fps", "60.", "frames per second"},
        {"--passes", "smell", "of color depth"},
        {"--passes", "color,,id", "of color depth"},
        {"--passes", "color,", "of color depth"},
        {"--quality", "5", "not in this version"},
        {"--tier", "2", "not in this version"},
        {"--avatars", "4097", "0 to 4096"},
        {"--mode", "0666", "0600 or 0660"},
        {"--name", "a/b", "without a slash"},
        {"--frames", "18446744073709551616", "end after"},
        {"--log", "loud", "debug"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct options options;
        char option[16], value[32];
        strcpy(option, wrong[i][0]);
        strcpy(value, wrong[i][1]);
        assert_int_equal(PARSE(&options, option, value), TACHY_INVALID);
        assert_line_has(wrong[i][0]);
        assert_line_has(wrong[i][1]);
        assert_line_has(wrong[i][2]);
    }
}

static void what_is_to_come_is_refused_by_name(void **state)
{
    (void)state;
    struct options options;
    assert_int_equal(PARSE(&options, "--lockstep"), TACHY_UNSUPPORTED);
    assert_line_has("--lockstep is not in this version yet");
    assert_int_equal(PARSE(&options, "--models", "somewhere"), TACHY_UNSUPPORTED);
    assert_line_has("--models");
}

static void an_unknown_option_and_a_missing_value_are_named(void **state)
{
    (void)state;
    struct options options;
    assert_int_equal(PARSE(&options, "--sise", "1x1"), TACHY_INVALID);
    assert_line_has("--sise");
    assert_int_equal(PARSE(&options, "--size"), TACHY_INVALID);
    assert_line_has("--size needs a value");
}

TACHY_TEST_MAIN(cmocka_unit_test(defaults_are_one_avatar_of_256x256_at_60_frames_a_second),
                cmocka_unit_test(a_value_follows_as_a_word_or_behind_an_equals_sign),
                cmocka_unit_test(a_broken_rate_is_kept_as_an_exact_fraction),
                cmocka_unit_test(passes_name_planes_with_or_without_underscore),
                cmocka_unit_test(a_wrong_value_is_refused_with_option_value_and_expectation),
                cmocka_unit_test(what_is_to_come_is_refused_by_name),
                cmocka_unit_test(an_unknown_option_and_a_missing_value_are_named))
