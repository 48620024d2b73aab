// Names of streams and of their objects: reversible, bounded, never a path.
#include <string.h>

#include "common/shm/name.h"
#include "tests/lib/main.h"

static void a_stream_name_becomes_a_file_name_and_back(void **state)
{
    (void)state;
    const char *const cases[][3] = {{"sim/a", "tachy.sim.a", "tachy.sim"},
                                    {"sim", "tachy.sim", "tachy.sim"},
                                    {"a/b/c", "tachy.a.b.c", "tachy.a"},
                                    {"../x", "tachy.%2E%2E.x", "tachy.%2E%2E"},
                                    {"a.b/c d", "tachy.a%2Eb.c%20d", "tachy.a%2Eb"},
                                    {"A_b-9/%41", "tachy.A_b-9.%2541", "tachy.A_b-9"},
                                    {"sim/\n", "tachy.sim.%0A", "tachy.sim"},
                                    {"sim/\xc3\xa9", "tachy.sim.%C3%A9", "tachy.sim"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stream_name name, back;
        assert_int_equal(name_parse(cases[i][0], &name), TACHY_OK);
        assert_string_equal(name.stem, cases[i][1]);
        assert_string_equal(name.producer_stem, cases[i][2]);
        char object[NAME_OBJECT_BYTES];
        name_object(name.stem, "ctl", object);
        assert_true(name_from_control(object, &back));
        assert_string_equal(back.stream, cases[i][0]);
        assert_string_equal(back.producer, name.producer);
    }
}

static void empty_and_endless_names_are_refused(void **state)
{
    (void)state;
    char letters[300] = "", marks[80] = "";
    memset(letters, 'x', 256);
    memset(marks, '.', sizeof marks - 1);
    const char *const cases[] = {NULL, "", "/", "/a", "a/", "a//b", letters, marks};
    struct stream_name name;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(name_parse(cases[i], &name), TACHY_INVALID);
    letters[200] = 0;
    assert_int_equal(name_parse(letters, &name), TACHY_OK);
    char object[NAME_OBJECT_BYTES];
    name_generation(name.stem, "dat", UINT32_MAX, object);
    assert_true(strlen(object) + strlen(".spare") <= 255);
}

static void only_what_we_would_have_named_so_is_a_stream(void **state)
{
    (void)state;
    const char *const cases[] = {"tachy.sim.a.ctl.spare",
                                 "tachy.sim.a.ctl.new",
                                 "tachy.sim.a.reg",
                                 "tachy..ctl",
                                 "tachy.ctl",
                                 "tachy.a..b.ctl",
                                 "tachy.%41.ctl",
                                 "tachy.%2e.ctl",
                                 "tachy.a%2.ctl",
                                 "tachy.a b.ctl",
                                 "tachy.%00.ctl",
                                 "tachy.a%00b.ctl",
                                 "tach.sim.ctl",
                                 ".ctl",
                                 "ctl"};
    struct stream_name name;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (name_from_control(cases[i], &name))
            fail_msg("%s", cases[i]);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_stream_name_becomes_a_file_name_and_back),
                cmocka_unit_test(empty_and_endless_names_are_refused),
                cmocka_unit_test(only_what_we_would_have_named_so_is_a_stream))
