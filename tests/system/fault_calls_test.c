// Everything that libtachy does, again and again, with one call after the other failing (faults 10 and 11). Built twice: with
// preload/fail_malloc.c and with preload/fail_call.c.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tachy/tachy.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/preload/failing.h"

enum { CALLS_MAX = 20000, SIDE = 16, PATIENCE_NS = 10000000 };

static char name[64];

// A call that failed says why, in one line; positive statuses are everyday answers.
static bool is_fine(tachy_status status)
{
    if (status >= 0)
        return status == TACHY_OK;
    const char *line = tachy_error();
    if (line[0] == 0 || strchr(line, '\n') != NULL)
        fail_msg("call %s failed, and the line is \"%s\"", failing_function(), line);
    return false;
}

static tachy_writer *make_writer(void)
{
    const tachy_plane_params planes[] = {{"color", TACHY_U8, 1, SIDE, SIDE, 4},
                                         {"id", TACHY_U32, 1, SIDE, SIDE, 1}};
    const tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = planes, .plane_count = 2, .verify = true};
    tachy_writer *writer = NULL;
    tachy_status status = tachy_writer_create(&params, &writer);
    assert_true(is_fine(status) == (writer != NULL));
    return writer;
}

static void publish(tachy_writer *writer)
{
    const tachy_identity chair = {7, {0}, {0}, "chair", "furniture"};
    const tachy_camera camera = {.fx = 1, .fy = 1, .far_m = 10};
    tachy_draft *draft = NULL;
    uint32_t id = 0;
    is_fine(tachy_writer_add_identity(writer, &chair, &id));
    if (!is_fine(tachy_writer_claim(writer, 0, &draft)))
        return;
    is_fine(tachy_draft_set_camera(draft, 0, &camera));
    if (!is_fine(tachy_draft_publish(&draft)))
        tachy_draft_abort(&draft);
}

static void look_at(tachy_frame *frame)
{
    size_t count = 0;
    uint8_t rgb[SIDE * SIDE * 3];
    tachy_frame *copy = NULL;
    tachy_frame_cameras(frame, &count);
    tachy_frame_identity(frame, 1);
    tachy_frame_identities(frame, &count);
    is_fine(tachy_frame_encode(frame, 0, "_id", NULL, rgb, sizeof rgb, 0));
    is_fine(tachy_frame_clone(frame, &copy));
    tachy_frame_release(&copy);
}

static void read_one(tachy_writer *writer, tachy_stream_params params)
{
    params.size = sizeof params;
    params.name = name;
    tachy_stream *stream = NULL;
    tachy_frame *frame = NULL;
    const tachy_info *info = NULL;
    int fd = -1;
    if (!is_fine(tachy_stream_attach(&params, 0, &stream)))
        return;
    if (writer != NULL)
        publish(writer);
    if (is_fine(tachy_stream_next(stream, PATIENCE_NS, &frame)))
        look_at(frame);
    tachy_frame_release(&frame);
    is_fine(tachy_stream_fd(stream, &fd));
    is_fine(tachy_stream_next(stream, 1000000, &frame));
    tachy_frame_release(&frame);
    is_fine(tachy_stream_info(stream, &info));
    tachy_stream_detach(&stream);
}

static void take_on(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    for (int i = 0; stream != NULL && i < 3; i++) { // TACHY_CHANGED is one of them
        is_fine(tachy_stream_next(stream, PATIENCE_NS, &frame));
        tachy_frame_release(&frame);
    }
}

// A reader meets another generation, after one that was given up, and then the next writer.
static void resize_and_restart(tachy_writer **writer)
{
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 2 * SIDE, SIDE, 4};
    const tachy_writer_params other = {.size = sizeof other, .planes = &plane, .plane_count = 1};
    const tachy_stream_params params = {
        .size = sizeof params, .name = name, .reading = TACHY_EVERY, .follow = true};
    tachy_stream *stream = NULL;
    is_fine(tachy_stream_attach(&params, 0, &stream));
    if (*writer != NULL) {
        is_fine(tachy_writer_resize(*writer, &other));
        is_fine(tachy_writer_resize(*writer, NULL));
        is_fine(tachy_writer_resize(*writer, &other));
        publish(*writer);
    }
    take_on(stream);
    tachy_writer_destroy(writer);
    *writer = make_writer();
    if (*writer != NULL)
        publish(*writer);
    take_on(stream);
    tachy_stream_detach(&stream);
}

static void walk(void)
{
    tachy_listing *listing = NULL;
    tachy_writer *writer = make_writer();
    if (writer != NULL)
        publish(writer);
    read_one(writer, (tachy_stream_params){.verify = true});
    read_one(writer, (tachy_stream_params){.reading = TACHY_LOSSLESS, .guard = true});
    read_one(writer, (tachy_stream_params){.copying = true});
    resize_and_restart(&writer);
    is_fine(tachy_listing_create(&listing));
    tachy_listing_destroy(&listing);
    tachy_writer_destroy(&writer);
}

static size_t count_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static size_t count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    size_t count = 0;
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
        count += strstr(line, "/dev/shm/") != NULL;
    if (maps != NULL)
        fclose(maps);
    return count;
}

// A writer that could not take its names away leaves them to tachy clean.
static void clean(void)
{
    char producer[64];
    snprintf(producer, sizeof producer, "%.*s", (int)strcspn(name, "/"), name);
    const tachy_clean_params params = {.size = sizeof params, .producer = producer};
    tachy_cleaning *cleaning = NULL;
    assert_int_equal(tachy_clean(&params, &cleaning), TACHY_OK);
    tachy_cleaning_destroy(&cleaning);
    assert_int_equal(test_shm_count(producer), 0);
}

static void each_call_fails_once_and_nothing_is_lost(void)
{
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    walk(); // what is made once per process is made now
    walk();
    size_t files = count_files();
    long blocks = failing_blocks();
    unsigned call = 0;
    bool reached = true;
    while (reached && call < CALLS_MAX) {
        failing_plan(++call);
        walk();
        reached = failing_reached();
        failing_plan(0);
        clean();
        if (count_files() != files || count_mappings() != 0 || failing_blocks() != blocks)
            fail_msg("call %u, %s: files %zu of %zu, mappings %zu, blocks %ld of %ld", call,
                     failing_function(), count_files(), files, count_mappings(), failing_blocks(),
                     blocks);
    }
    printf("# %u calls\n", call - 1);
    assert_false(reached);
    assert_true(call > 20);
    walk(); // and all is well again
    clean();
}

#ifdef FAIL_MALLOC
static void fault_10_each_allocation_that_fails_is_an_error_and_loses_nothing(void **state)
{
    (void)state;
    each_call_fails_once_and_nothing_is_lost();
}

TACHY_TEST_MAIN(cmocka_unit_test(fault_10_each_allocation_that_fails_is_an_error_and_loses_nothing))
#else
static void fault_11_each_system_call_that_fails_is_an_error_and_loses_nothing(void **state)
{
    (void)state;
    each_call_fails_once_and_nothing_is_lost();
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_11_each_system_call_that_fails_is_an_error_and_loses_nothing))
#endif
