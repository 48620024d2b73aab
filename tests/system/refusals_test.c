// What libtachy refuses, with its status and one line that names what, where, why and what to do; and that it leaves nothing.
#include "tests/lib/main.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tachy/tachy.h>
#include <unistd.h>

#include "tests/lib/process.h"

static const tachy_plane_params grey = {
    .name = "grey", .format = TACHY_U8, .count = 1, .height = 8, .width = 8, .channels = 1};

/// One line, without an end of line, that names all of these.
static void assert_line_names(const char *const words[])
{
    const char *line = tachy_error();
    assert_true(strlen(line) > 0);
    assert_null(strchr(line, '\n'));
    for (size_t i = 0; words[i] != NULL; i++)
        if (strstr(line, words[i]) == NULL)
            fail_msg("no \"%s\" in: %s", words[i], line);
}
#define assert_names(...) assert_line_names((const char *const[]){__VA_ARGS__, NULL})

struct fixture {
    const char *producer;
    char name[64];
    tachy_writer_params params;
    tachy_writer *writer;
};

/// A stream of one small plane with room for so many readers and held frames.
static void open_stream(struct fixture *fixture, uint32_t readers_max, uint32_t held_max)
{
    *fixture = (struct fixture){.producer = test_producer_name()};
    snprintf(fixture->name, sizeof fixture->name, "%s/a", fixture->producer);
    fixture->params = (tachy_writer_params){.size = sizeof(tachy_writer_params),
                                            .name = fixture->name,
                                            .planes = &grey,
                                            .plane_count = 1,
                                            .readers_max = readers_max,
                                            .held_max = held_max};
    assert_int_equal(tachy_writer_create(&fixture->params, &fixture->writer), TACHY_OK);
}

static void close_stream(struct fixture *fixture)
{
    tachy_writer_destroy(&fixture->writer);
    assert_int_equal(test_shm_count(fixture->producer), 0);
}

static tachy_status attach(const struct fixture *fixture, const char *reader_name,
                           uint32_t held_max, tachy_stream **stream)
{
    const tachy_stream_params params = {.size = sizeof params,
                                        .name = fixture->name,
                                        .reader_name = reader_name,
                                        .held_max = held_max};
    return tachy_stream_attach(&params, 0, stream);
}

static void a_full_reader_table_names_who_fills_it(void **state)
{
    (void)state;
    struct fixture fixture;
    open_stream(&fixture, 2, 8);
    tachy_stream *first = NULL, *second = NULL, *third = NULL;
    assert_int_equal(attach(&fixture, "alpha", 1, &first), TACHY_OK);
    assert_int_equal(attach(&fixture, "beta", 1, &second), TACHY_OK);
    assert_int_equal(attach(&fixture, "gamma", 1, &third), TACHY_FULL);
    assert_null(third);
    assert_names(fixture.name, "alpha", "beta");
    tachy_stream_detach(&first);
    assert_int_equal(attach(&fixture, "gamma", 1, &third), TACHY_OK);
    tachy_stream_detach(&second);
    tachy_stream_detach(&third);
    close_stream(&fixture);
}

static void a_long_reader_table_is_not_cut_in_silence(void **state)
{
    (void)state;
    enum { READERS = 64 };
    struct fixture fixture;
    open_stream(&fixture, READERS, READERS);
    tachy_stream *streams[READERS] = {NULL}, *last = NULL;
    for (int i = 0; i < READERS; i++)
        assert_int_equal(attach(&fixture, "alpha", 1, &streams[i]), TACHY_OK);
    assert_int_equal(attach(&fixture, "gamma", 1, &last), TACHY_FULL);
    int named = 0;
    for (const char *at = tachy_error(); (at = strstr(at, "alpha")) != NULL; at++)
        named++;
    char rest[32];
    snprintf(rest, sizeof rest, " and %d more", READERS - named);
    assert_names(fixture.name, rest, "64");
    assert_null(strstr(tachy_error(), "--readers")); // it reserves frames, and adds no place
    for (int i = 0; i < READERS; i++)
        tachy_stream_detach(&streams[i]);
    close_stream(&fixture);
}

static void a_reader_that_wants_more_than_there_is_is_told_so(void **state)
{
    (void)state;
    struct fixture fixture;
    open_stream(&fixture, 8, 3);
    tachy_stream *stream = NULL;
    assert_int_equal(attach(&fixture, "greedy", 4, &stream), TACHY_FULL);
    assert_names(fixture.name, "4", "3", "hold fewer", "--readers");
    assert_null(strstr(tachy_error(), "held by"));
    close_stream(&fixture);
}

static void reserved_frames_that_run_out_name_who_holds_them(void **state)
{
    (void)state;
    struct fixture fixture;
    open_stream(&fixture, 8, 3);
    tachy_stream *first = NULL, *second = NULL;
    assert_int_equal(attach(&fixture, "greedy", 3, &first), TACHY_OK);
    assert_int_equal(attach(&fixture, "modest", 1, &second), TACHY_FULL);
    assert_null(second);
    assert_names(fixture.name, "greedy");
    tachy_stream_detach(&first);
    assert_int_equal(attach(&fixture, "modest", 1, &second), TACHY_OK);
    tachy_stream_detach(&second);
    close_stream(&fixture);
}

static void another_major_version_of_the_layout_is_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    open_stream(&fixture, 2, 2);
    char path[128];
    snprintf(path, sizeof path, "/dev/shm/tachy.%s.a.ctl", fixture.producer);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    const off_t at = 14; // the major version: the same place in every version of the layout
    uint16_t major, other;
    assert_true(pread(fd, &major, sizeof major, at) == (ssize_t)sizeof major);
    other = (uint16_t)(major + 1);
    assert_true(pwrite(fd, &other, sizeof other, at) == (ssize_t)sizeof other);
    tachy_stream *stream = NULL;
    assert_int_equal(attach(&fixture, "reader", 1, &stream), TACHY_VERSION);
    assert_null(stream);
    assert_names(fixture.producer, "rebuild");
    assert_true(pwrite(fd, &major, sizeof major, at) == (ssize_t)sizeof major);
    close(fd);
    assert_int_equal(attach(&fixture, "reader", 1, &stream), TACHY_OK);
    tachy_stream_detach(&stream);
    close_stream(&fixture);
}

static void a_stream_that_is_absent_is_not_found(void **state)
{
    (void)state;
    struct fixture fixture = {.name = "no-such-producer/a"};
    tachy_stream *stream = NULL;
    assert_int_equal(attach(&fixture, "reader", 1, &stream), TACHY_NOT_FOUND);
    assert_null(stream);
    assert_names("no-such-producer/a");
}

static void a_name_that_is_taken_is_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    open_stream(&fixture, 2, 2);
    tachy_writer *second = NULL;
    assert_int_equal(tachy_writer_create(&fixture.params, &second), TACHY_EXISTS);
    assert_null(second);
    assert_names(fixture.name);
    close_stream(&fixture);
}

/// Puts a directory, or a file, at the name of an object.
static void occupy(const char *producer, const char *object, bool directory, char path[128])
{
    snprintf(path, 128, "/dev/shm/tachy.%s.%s", producer, object);
    int fd = directory ? mkdir(path, 0700) : open(path, O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    if (!directory)
        close(fd);
}

static void what_is_in_the_way_of_a_stream_is_named_and_not_called_its_writer(void **state)
{
    (void)state;
    struct fixture fixture;
    open_stream(&fixture, 2, 2); // a producer that lives: what lies at its names is not swept
    char name[64], path[128];
    snprintf(name, sizeof name, "%s/b", fixture.producer);
    tachy_writer_params params = fixture.params;
    params.name = name;
    const char *const objects[] = {"b.reg", "b.dat.1",   "b.dat.1.spare",
                                   "b.ctl", "b.ctl.new", "b.ctl.spare"};
    for (size_t i = 0; i < 2 * sizeof objects / sizeof objects[0]; i++) {
        bool directory = i % 2 == 0;
        occupy(fixture.producer, objects[i / 2], directory, path);
        tachy_writer *writer = NULL;
        assert_int_equal(tachy_writer_create(&params, &writer), TACHY_SYSTEM);
        assert_null(writer);
        assert_names(path, directory ? "directory" : "file", "remove it");
        assert_int_equal(remove(path), 0);
    }
    close_stream(&fixture);
}

static void what_is_in_the_way_of_an_id_table_is_named(void **state)
{
    (void)state;
    struct fixture fixture;
    open_stream(&fixture, 2, 2);
    const tachy_identity red = {.object_id = 1, .name = "red"};
    for (int directory = 0; directory < 2; directory++) {
        char path[128];
        uint32_t id = 0;
        occupy(fixture.producer, "ids.0", directory == 1, path);
        assert_int_equal(tachy_writer_add_identity(fixture.writer, &red, &id), TACHY_SYSTEM);
        assert_names(path, directory == 1 ? "directory" : "file", "remove it");
        assert_int_equal(remove(path), 0);
        if (directory == 1)
            assert_int_equal(tachy_writer_add_identity(fixture.writer, &red, &id), TACHY_OK);
    }
    close_stream(&fixture);
}

static void making_a_stream_leaves_the_error_line_alone(void **state)
{
    (void)state;
    tachy_stream *none = NULL;
    assert_int_equal(tachy_stream_attach(NULL, 0, &none), TACHY_INVALID);
    char *before = strdup(tachy_error());
    struct fixture fixture;
    open_stream(&fixture, 2, 2);
    close_stream(&fixture);
    assert_string_equal(tachy_error(), before);
    free(before);
}

static void an_unknown_plane_is_refused_by_name(void **state)
{
    (void)state;
    struct fixture fixture;
    open_stream(&fixture, 2, 2);
    const tachy_stream_params params = {
        .size = sizeof params, .name = fixture.name, .planes = "grey,gray"};
    tachy_stream *stream = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_NOT_FOUND);
    assert_null(stream);
    assert_names(fixture.name, "gray");
    close_stream(&fixture);
}

static void shapes_and_names_that_cannot_be_are_refused_and_leave_nothing(void **state)
{
    (void)state;
    const char *producer = test_producer_name();
    char name[64];
    snprintf(name, sizeof name, "%s/a", producer);
    const tachy_plane_params planes[] = {
        {.name = "grey", .format = TACHY_U8, .count = 1, .height = 0, .width = 8, .channels = 1},
        {.name = "grey", .format = TACHY_U8, .count = 1, .height = 8, .width = 0, .channels = 1},
        {.name = "grey", .format = 0, .count = 1, .height = 8, .width = 8, .channels = 1},
        {.name = "grey", .format = TACHY_U8, .count = 1, .height = 8, .width = 8, .channels = 5},
        {.name = "Grey!", .format = TACHY_U8, .count = 1, .height = 8, .width = 8, .channels = 1},
        {.name = "grey",
         .format = TACHY_U32,
         .count = UINT32_MAX,
         .height = UINT32_MAX,
         .width = UINT32_MAX,
         .channels = 4},
    };
    for (size_t i = 0; i < sizeof planes / sizeof *planes; i++) {
        const tachy_writer_params params = {
            .size = sizeof params, .name = name, .planes = &planes[i], .plane_count = 1};
        tachy_writer *writer = NULL;
        assert_int_equal(tachy_writer_create(&params, &writer), TACHY_INVALID);
        assert_null(writer);
        assert_names(name);
    }
    const char *const names[] = {"", "/a", "a/", "..", "../x", "a//b", "a\nb"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const tachy_writer_params params = {
            .size = sizeof params, .name = names[i], .planes = &grey, .plane_count = 1};
        tachy_writer *writer = NULL;
        if (tachy_writer_create(&params, &writer) == TACHY_OK) { // escaping it is as good
            tachy_writer_destroy(&writer);
            continue;
        }
        assert_null(writer);
        assert_names("");
    }
    assert_int_equal(test_shm_count(producer), 0);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_full_reader_table_names_who_fills_it),
                cmocka_unit_test(a_long_reader_table_is_not_cut_in_silence),
                cmocka_unit_test(a_reader_that_wants_more_than_there_is_is_told_so),
                cmocka_unit_test(reserved_frames_that_run_out_name_who_holds_them),
                cmocka_unit_test(another_major_version_of_the_layout_is_refused),
                cmocka_unit_test(a_stream_that_is_absent_is_not_found),
                cmocka_unit_test(a_name_that_is_taken_is_refused),
                cmocka_unit_test(what_is_in_the_way_of_a_stream_is_named_and_not_called_its_writer),
                cmocka_unit_test(what_is_in_the_way_of_an_id_table_is_named),
                cmocka_unit_test(making_a_stream_leaves_the_error_line_alone),
                cmocka_unit_test(an_unknown_plane_is_refused_by_name),
                cmocka_unit_test(shapes_and_names_that_cannot_be_are_refused_and_leave_nothing))
