// Every error of a command, word for word.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "producer/command/commands.h"
#include "tests/lib/main.h"

static int setup(void **state)
{
    struct scene *scene = scene_create();
    static const char json[] = "[{\"$type\": \"create_avatar\", \"id\": \"alice\"},"
                               "{\"$type\": \"add_object\", \"id\": 1, \"name\": \"cube\"}]";
    *state = scene;
    return commands_run(scene, json, sizeof json - 1, "setup", NULL);
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    scene_destroy(&scene);
    return 0;
}

/// Runs an array that must fail with exactly one error, whose message is `message`.
static struct command_error fails(struct scene *scene, const char *json, const char *message)
{
    struct command_errors errors;
    char line[600];
    assert_int_equal(commands_run(scene, json, strlen(json), "FILE", &errors), TACHY_INVALID);
    assert_int_equal(errors.count, 1);
    assert_string_equal(errors.kept[0].message, message);
    snprintf(line, sizeof line, "FILE: %s", message);
    assert_string_equal(error_line(), line);
    return errors.kept[0];
}

static void wrong_values_are_told_word_for_word(void **state)
{
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"[{\"$type\": \"set_field_of_view\", \"field_of_view\": Infinity}]",
         "command 0 (set_field_of_view): field_of_view is Infinity; expected a finite number, 1 to "
         "179 degrees"},
        {"[{\"$type\": \"set_field_of_view\", \"field_of_view\": 180}]",
         "command 0 (set_field_of_view): field_of_view is 180; expected a finite number, 1 to 179 "
         "degrees"},
        {"[{\"$type\": \"set_field_of_view\", \"field_of_view\": \"wide\"}]",
         "command 0 (set_field_of_view): field_of_view is \"wide\"; expected a finite number, 1 to "
         "179 degrees"},
        {"[{\"$type\": \"set_screen_size\", \"width\": 0}]",
         "command 0 (set_screen_size): width is 0; expected an integer, 1 to 65536 pixels"},
        {"[{\"$type\": \"set_screen_size\", \"height\": 2.5}]",
         "command 0 (set_screen_size): height is 2.5; expected an integer, 1 to 65536 pixels"},
        {"[{\"$type\": \"add_object\", \"name\": \"cube\"}]",
         "command 0 (add_object): id is null; expected a value: it must be given"},
        {"[{\"$type\": \"add_object\", \"id\": 9223372036854775808, \"name\": \"cube\"}]",
         "command 0 (add_object): id is 9223372036854775808; expected an integer, "
         "-9223372036854775808 to 9223372036854775807"},
        {"[{\"$type\": \"add_object\", \"id\": 1e19, \"name\": \"cube\"}]",
         "command 0 (add_object): id is 1e19; expected an integer, -9223372036854775808 to "
         "9223372036854775807"},
        {"[{\"$type\": \"add_object\", \"id\": 2, \"name\": 5}]",
         "command 0 (add_object): name is 5; expected a text"},
        {"[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"a\\u0000b\"}]",
         "command 0 (add_object): name is \"a\\u0000b\"; expected a text without NUL"},
        {"[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"cube\", \"shell\": 1}]",
         "command 0 (add_object): shell is 1; expected true or false"},
        {"[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"cube\", \"scale_factor\": 0}]",
         "command 0 (add_object): scale_factor is 0; expected a finite number, 1e-06 to 1000000"},
        {"[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"cube\", \"position\": [1, 2, 3]}]",
         "command 0 (add_object): position is [1,2,3]; expected an object {\"x\", \"y\", \"z\"} of "
         "finite numbers"},
        {"[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"cube\", \"position\": {\"x\": NaN}}]",
         "command 0 (add_object): position.x is NaN; expected a finite number, -1000000 to 1000000 "
         "metres"},
        {"[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"cube\", \"position\": {\"w\": 1}}]",
         "command 0 (add_object): position.w is 1; expected x, y and z alone"},
        {"[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"cube\", \"affordance_points\": [1]}]",
         "command 0 (add_object): affordance_points is 1; expected an object {\"x\", \"y\", \"z\"} "
         "of finite numbers"},
        {"[{\"$type\": \"create_avatar\", \"type\": \"A_Simple_Body\", \"id\": \"b\"}]",
         "command 0 (create_avatar): type is \"A_Simple_Body\"; expected \"A_Img_Caps_Kinematic\", "
         "the only one there is yet"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fails(*state, cases[i].json, cases[i].message);
}

static void unknown_names_are_told_the_nearest_ones(void **state)
{
    fails(*state, "[{\"$type\": \"teleport_objekt\"}]",
          "command 0 (teleport_objekt): $type is \"teleport_objekt\"; expected the name of a "
          "command, perhaps teleport_object");
    fails(*state, "[{\"$type\": \"fly_to_the_moon\"}]",
          "command 0 (fly_to_the_moon): $type is \"fly_to_the_moon\"; expected the name of a "
          "command");
    fails(*state, "[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"cbue\"}]",
          "command 0 (add_object): name is \"cbue\"; expected a built-in model, perhaps cube or "
          "cone, or a scene file as url \"file:///...\"");
    fails(*state, "[{\"$type\": \"set_field_of_view\", \"feild_of_view\": 50}]",
          "command 0 (set_field_of_view): feild_of_view is 50; expected a field of "
          "set_field_of_view, perhaps field_of_view");
    fails(*state, "[{\"$type\": \"set_field_of_view\", \"avatar_id\": \"alise\"}]",
          "command 0 (set_field_of_view): avatar_id is \"alise\"; expected the id of an avatar "
          "that was created, perhaps alice");
}

static void what_does_not_exist_or_exists_already_is_told(void **state)
{
    fails(*state, "[{\"$type\": \"teleport_object\", \"id\": 4, \"position\": {}}]",
          "command 0 (teleport_object): id is 4; expected the id of an object that was added");
    fails(*state, "[{\"$type\": \"add_object\", \"id\": 1, \"name\": \"cube\"}]",
          "command 0 (add_object): id is 1; expected an id that no object has yet");
    fails(*state, "[{\"$type\": \"create_avatar\", \"id\": \"alice\"}]",
          "command 0 (create_avatar): avatar 'alice' exists already; choose another name");
    fails(*state, "[{\"$type\": \"create_avatar\", \"id\": \"\"}]",
          "command 0 (create_avatar): avatar name '' has 0 bytes; give it 1 to 63");
    fails(*state, "[{\"$type\": \"look_at_position\", \"avatar_id\": \"alice\", \"position\": {}}]",
          "command 0 (look_at_position): position is (0, 0, 0); expected a place that the avatar "
          "is not at");
}

static void a_size_is_refused_once_the_streams_exist(void **state)
{
    struct scene *scene = *state;
    scene->streams_exist = true;
    fails(scene, "[{\"$type\": \"set_screen_size\", \"width\": 64, \"height\": 64}]",
          "command 0 (set_screen_size): the streams exist already and their size is fixed; set it "
          "before the first frame");
    assert_int_equal(scene->avatars[0].width, 256);
}

static void files_that_cannot_be_read_are_told_with_the_reason(void **state)
{
    fails(*state,
          "[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"x\", \"url\": "
          "\"file:///no/such.glb\"}]",
          "command 0 (add_object): scene /no/such.glb: No such file or directory; name a scene "
          "file, such as a .glb or .gltf");
    fails(*state,
          "[{\"$type\": \"add_object\", \"id\": 2, \"name\": \"x\", \"url\": "
          "\"file://elsewhere/a.glb\"}]",
          "command 0 (add_object): url 'file://elsewhere/a.glb' names no file; write "
          "file:///folder/file.glb");
    assert_null(scene_find_object(*state, 2));
}

static void what_is_no_command_is_refused(void **state)
{
    fails(*state, "[5]", "command 0 (?): it is no object; expected an object with a \"$type\"");
    fails(*state, "[{}]", "command 0 (?): $type is null; expected the name of a command");
    fails(*state, "[{\"$type\": 7}]", "command 0 (?): $type is 7; expected the name of a command");
}

static void malformed_json_is_told_by_line_and_column(void **state)
{
    static const struct {
        const char *json, *message;
        int64_t line, column;
    } cases[] = {
        {"[\n  {\"$type\": }\n]", "malformed JSON at line 2, column 13: unexpected character", 2,
         13},
        {"[{\"$type\": \"add_object\",\n", "malformed JSON at line 2, column 1: it ends too early",
         2, 1},
        {"", "malformed JSON at line 1, column 1: it ends too early", 1, 1},
        {"[{\"-99999999999999999999\": \"\\\"8\"}, 0.99999999999999999999,\n 99999999999999999999]",
         "malformed JSON at line 2, column 2: 99999999999999999999 does not fit in 64 bits", 2, 2},
        {"[18446744073709551616]",
         "malformed JSON at line 1, column 2: 18446744073709551616 does not fit in 64 bits", 1, 2},
        {"[-9223372036854775809]",
         "malformed JSON at line 1, column 2: -9223372036854775809 does not fit in 64 bits", 1, 2},
        {"[] []", "malformed JSON at line 1, column 4: unexpected character", 1, 4},
        {"{\"$type\": \"create_avatar\"}",
         "malformed JSON at line 1, column 1: expected an array of commands, [...]", 1, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct command_error error = fails(*state, cases[i].json, cases[i].message);
        assert_int_equal(error.index, -1);
        assert_int_equal(error.line, cases[i].line);
        assert_int_equal(error.column, cases[i].column);
    }
}

static void the_parts_of_an_error_are_told_one_by_one(void **state)
{
    struct command_error error =
        fails(*state,
              "[{\"$type\": \"create_avatar\", \"id\": \"b\"}, {\"$type\": \"set_field_of_view\", "
              "\"field_of_view\": NaN}]",
              "command 1 (set_field_of_view): field_of_view is NaN; expected a finite number, 1 to "
              "179 degrees");
    assert_int_equal(error.index, 1);
    assert_string_equal(error.command, "set_field_of_view");
    assert_string_equal(error.field, "field_of_view");
    assert_string_equal(error.got, "NaN");
    assert_string_equal(error.expected, "a finite number, 1 to 179 degrees");
}

static void all_errors_are_told_and_the_rest_has_its_effect(void **state)
{
    static const char json[] = "[{\"$type\": \"teleport_object\", \"id\": 9, \"position\": {}}, "
                               "{\"$type\": \"nothing_like_it\"},"
                               "{\"$type\": \"create_avatar\", \"id\": \"b\"}]";
    struct command_errors errors;
    assert_int_equal(commands_run(*state, json, sizeof json - 1, "FILE", &errors), TACHY_INVALID);
    assert_int_equal(errors.count, 2);
    assert_int_equal(errors.kept[0].index, 1);
    assert_int_equal(errors.kept[1].index, 0); // it was tried again at the end
    assert_non_null(strstr(error_line(), "(and 1 more errors)"));
    assert_non_null(scene_find_avatar(*state, "b"));
}

static void errors_beyond_those_kept_are_counted(void **state)
{
    struct command_errors errors;
    char json[100] = "[0", *end = json + 2;
    for (int i = 1; i < 40; i++)
        end = stpcpy(end, ",0");
    (void)stpcpy(end, "]");
    assert_int_equal(commands_run(*state, json, strlen(json), "FILE", &errors), TACHY_INVALID);
    assert_int_equal(errors.count, 40);
    assert_int_equal(errors.kept[COMMAND_ERRORS_MAX - 1].index, COMMAND_ERRORS_MAX - 1);
}

static void a_file_of_commands_is_read_whole(void **state)
{
    (void)state;
    char path[] = "/tmp/tachy-commands-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char json[] = "[{\"$type\": \"create_avatar\", \"id\": \"filed\"}]";
    assert_int_equal(write(fd, json, sizeof json - 1), sizeof json - 1);
    close(fd);
    char *text = NULL;
    size_t bytes;
    assert_int_equal(commands_read_file(path, &text, &bytes), TACHY_OK);
    assert_int_equal(bytes, sizeof json - 1);
    assert_memory_equal(text, json, bytes);
    free(text);
    unlink(path);
    assert_int_equal(commands_read_file("/no/such.json", &text, &bytes), TACHY_NOT_FOUND);
    assert_string_equal(error_line(), "commands /no/such.json: No such file or directory; name a "
                                      "file with a JSON array of commands");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TACHY_TEST_MAIN(TEST(wrong_values_are_told_word_for_word),
                TEST(unknown_names_are_told_the_nearest_ones),
                TEST(what_does_not_exist_or_exists_already_is_told),
                TEST(a_size_is_refused_once_the_streams_exist),
                TEST(files_that_cannot_be_read_are_told_with_the_reason),
                TEST(what_is_no_command_is_refused),
                TEST(malformed_json_is_told_by_line_and_column),
                TEST(the_parts_of_an_error_are_told_one_by_one),
                TEST(all_errors_are_told_and_the_rest_has_its_effect),
                TEST(errors_beyond_those_kept_are_counted), TEST(a_file_of_commands_is_read_whole))
