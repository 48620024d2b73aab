// tachy_clean as a call: what it refuses, and that a producer's own process cleans nothing of it.
#include <stdio.h>
#include <tachy/tachy.h>
#include <unistd.h>

#include "tests/lib/main.h"

static void wrong_arguments_are_refused(void **state)
{
    (void)state;
    tachy_cleaning *cleaning = NULL;
    const tachy_clean_params no_size = {.producer = "sim"};
    const tachy_clean_params stream = {.size = sizeof stream, .producer = "sim/a"};
    const tachy_clean_params empty = {.size = sizeof empty, .producer = ""};
    assert_int_equal(tachy_clean(&stream, NULL), TACHY_INVALID);
    assert_int_equal(tachy_clean(&no_size, &cleaning), TACHY_INVALID);
    assert_int_equal(tachy_clean(&stream, &cleaning), TACHY_INVALID);
    assert_int_equal(tachy_clean(&empty, &cleaning), TACHY_INVALID);
    assert_null(cleaning);
    assert_null(tachy_cleaning_at(NULL, 0));
    tachy_cleaning_destroy(NULL);
    tachy_cleaning_destroy(&cleaning);
}

static void a_process_that_writes_keeps_its_own_objects(void **state)
{
    (void)state;
    char producer[64], name[80];
    snprintf(producer, sizeof producer, "clean-%d", getpid());
    snprintf(name, sizeof name, "%s/a", producer);
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
    const tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1};
    tachy_writer *writer = NULL;
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_OK);
    const tachy_clean_params clean = {.size = sizeof clean, .producer = producer, .force = true};
    tachy_cleaning *cleaning = NULL;
    const tachy_cleaned *object;
    assert_int_equal(tachy_clean(&clean, &cleaning), TACHY_OK);
    size_t count = 0;
    for (; (object = tachy_cleaning_at(cleaning, count)) != NULL; count++) {
        assert_int_equal(object->fate, TACHY_IN_USE);
        assert_int_equal(object->holder, getpid());
        assert_string_equal(object->producer, producer);
        assert_int_equal(object->bytes, 0);
    }
    assert_int_equal(count, 7); // lock, and control, registry and data with their spare names
    tachy_cleaning_destroy(&cleaning);
    assert_null(cleaning);
    tachy_writer_destroy(&writer);
    assert_int_equal(tachy_clean(&clean, &cleaning), TACHY_OK);
    assert_null(tachy_cleaning_at(cleaning, 0));
    tachy_cleaning_destroy(&cleaning);
}

TACHY_TEST_MAIN(cmocka_unit_test(wrong_arguments_are_refused),
                cmocka_unit_test(a_process_that_writes_keeps_its_own_objects))
