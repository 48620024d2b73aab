// Readers of a stream that changes its planes and sizes: views held over it, each way of reading, damaged and missing generations.
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/ring/layout.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/shape.h"
#include "tests/lib/stream.h"

static const struct shape shapes[] = {
    {8, 4, 1, false}, {200, 120, 1, false}, {16, 16, 1, true}, {24, 12, 2, false}};

enum { SHAPES = 4 };

static void want(tachy_status status)
{
    if (status != TACHY_OK)
        fail_msg("%s", tachy_error());
}

static void resize(tachy_writer *writer, uint64_t shape)
{
    want(shape_resize(writer, &shapes[shape % SHAPES]));
}

static void data_path(unsigned generation, char path[160])
{
    const char *stream = test_stream_name();
    snprintf(path, 160, "/dev/shm/tachy.%.*s.a.dat.%u", (int)strcspn(stream, "/"), stream,
             generation);
}

// The next frame, whatever changes come before it.
static tachy_frame *next_frame(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    tachy_status status;
    while ((status = tachy_stream_next(stream, INT64_C(20000000000), &frame)) == TACHY_CHANGED)
        assert_null(frame);
    if (status != TACHY_OK)
        fail_msg("%s: %s", tachy_status_name(status), tachy_error());
    return frame;
}

static void views_stay_whole_while_the_stream_goes_through_generations(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&shapes[0], (tachy_writer_params){.verify = true});
    tachy_stream *stream = test_reader((tachy_stream_params){.held_max = 5, .verify = true});
    tachy_frame *held[SHAPES], *clones[SHAPES];
    for (uint64_t number = 0; number < SHAPES; number++) {
        resize(writer, number);
        shape_publish(writer, number);
        held[number] = next_frame(stream);
        want(tachy_frame_clone(held[number], &clones[number]));
    }
    for (uint64_t number = 100; number < 200; number++) {
        resize(writer, number);
        shape_publish(writer, number);
        tachy_frame *frame = next_frame(stream);
        shape_check(frame, &shapes[number % SHAPES]);
        tachy_frame_release(&frame);
        for (uint64_t i = 0; i < SHAPES; i++)
            shape_check(held[i], &shapes[i]);
    }
    int mappings = shape_count_mappings();
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
    for (uint64_t i = 0; i < SHAPES; i++) {
        static uint8_t rgb[200 * 120 * 3];
        shape_check(held[i], &shapes[i]);
        shape_check(clones[i], &shapes[i]);
        size_t bytes = (size_t)shapes[i].width * shapes[i].height * 3;
        want(tachy_frame_encode(held[i], shapes[i].images - 1, "_img", NULL, rgb, bytes, 0));
        assert_int_equal(tachy_frame_encode(held[i], 0, "_img", NULL, rgb, bytes - 1, 0),
                         TACHY_INVALID);
        tachy_frame_release(&held[i]);
        assert_true(shape_count_mappings() < mappings); // the last view of it lets a generation go
        mappings = shape_count_mappings();
        tachy_frame_release(&clones[i]);
    }
    assert_int_equal(mappings, 0);
}

static void lossless_and_every_readers_get_each_frame_of_each_generation(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&shapes[0], (tachy_writer_params){.history = 20});
    tachy_stream *lossless = test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
    tachy_stream *every = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    uint64_t written = 0, seen = 0;
    while (written < 300) {
        for (int i = 0; i < 9; i++) { // several generations behind
            if (written % 3 == 0)
                resize(writer, written / 3);
            shape_publish(writer, written++);
        }
        for (; seen < written; seen++) {
            if (seen % 3 == 0) {
                shape_wants_change(lossless, &shapes[seen / 3 % SHAPES]);
                shape_wants_change(every, &shapes[seen / 3 % SHAPES]);
            }
            tachy_frame *frame = shape_next(lossless, &shapes[seen / 3 % SHAPES], seen);
            tachy_frame_release(&frame);
            frame = shape_next(every, &shapes[seen / 3 % SHAPES], seen);
            tachy_frame_release(&frame);
        }
    }
    assert_int_equal(test_stats(lossless).lost + test_stats(every).lost, 0);
    tachy_stream_detach(&lossless);
    tachy_stream_detach(&every);
    tachy_writer_destroy(&writer);
}

static void a_newest_or_copying_reader_skips_whole_generations(void **state)
{
    (void)state;
    for (int copying = 0; copying < 2; copying++) {
        tachy_writer *writer = shape_writer(&shapes[0], (tachy_writer_params){.held_max = 4});
        tachy_stream *stream =
            test_reader((tachy_stream_params){.copying = copying != 0, .held_max = 2});
        tachy_frame *before = NULL;
        for (uint64_t number = 0; number < 60; number++) {
            resize(writer, number);
            shape_publish(writer, number);
            if (number % 3 != 2)
                continue;
            shape_wants_change(stream, &shapes[number % SHAPES]);
            tachy_frame *frame = shape_next(stream, &shapes[number % SHAPES], number);
            if (before != NULL)
                shape_check(before, &shapes[(number - 3) % SHAPES]);
            tachy_frame_release(&before);
            before = frame;
        }
        tachy_stats stats = test_stats(stream);
        assert_int_equal(stats.received, 20);
        assert_int_equal(stats.skipped, 40);
        assert_int_equal(stats.lost, 0);
        tachy_stream_detach(&stream);
        shape_check(before, &shapes[59 % SHAPES]);
        tachy_frame_release(&before);
        tachy_writer_destroy(&writer);
    }
}

static void the_frame_of_a_number_is_found_in_its_generation(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&shapes[0], (tachy_writer_params){.history = 8});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    for (uint64_t number = 0; number < 6; number++) {
        resize(writer, number);
        shape_publish(writer, number);
    }
    for (uint64_t number = 1; number < 6; number += 2) {
        tachy_frame *frame = NULL;
        assert_int_equal(tachy_stream_at(stream, number, 0, &frame), TACHY_CHANGED);
        want(tachy_stream_at(stream, number, 0, &frame));
        assert_int_equal(tachy_frame_number(frame), number);
        shape_check(frame, &shapes[number % SHAPES]);
        tachy_frame_release(&frame);
    }
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_generation_that_is_gone_loses_its_frames_and_no_other(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&shapes[0], (tachy_writer_params){.history = 12});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    tachy_stream *copying = test_reader((tachy_stream_params){.copying = true});
    for (uint64_t number = 0; number < 9; number++) {
        if (number % 3 == 0)
            resize(writer, number / 3);
        shape_publish(writer, number);
    }
    char path[160];
    data_path(3, path); // of frames 3, 4 and 5
    assert_int_equal(unlink(path), 0);
    for (uint64_t number = 0; number < 9; number++) {
        if (number % 6 == 0)
            shape_wants_change(stream, &shapes[number / 3]);
        if (number / 3 == 1)
            continue;
        tachy_frame *frame = shape_next(stream, &shapes[number / 3], number);
        tachy_frame_release(&frame);
    }
    tachy_stats stats = test_stats(stream);
    assert_int_equal(stats.received, 6);
    assert_int_equal(stats.lost, 3);
    data_path(4, path);
    assert_int_equal(unlink(path), 0);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(copying, 0, &frame), TACHY_EMPTY);
    assert_int_equal(test_stats(copying).skipped, 8);
    assert_int_equal(test_stats(copying).lost, 1);
    assert_int_equal(tachy_stream_at(stream, 3, 0, &frame), TACHY_NOT_FOUND);
    resize(writer, 3);
    shape_publish(writer, 9);
    shape_wants_change(copying, &shapes[3]);
    frame = shape_next(copying, &shapes[3], 9);
    tachy_frame_release(&frame);
    tachy_stream_detach(&copying);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void set_plane_width(struct ring_data *head)
{
    head->planes[0].width = 1 << 20;
}

static void set_plane_offset(struct ring_data *head)
{
    head->planes[1].offset = UINT64_MAX - 63;
}

static void set_slot_bytes(struct ring_data *head)
{
    head->slot_bytes <<= 30;
}

static void set_slots(struct ring_data *head)
{
    head->slots++;
}

static void set_name(struct ring_data *head)
{
    memset(head->planes[0].name, 'a', sizeof head->planes[0].name);
}

static void set_number(struct ring_data *head)
{
    head->mark.generation += 7;
}

static void set_version(struct ring_data *head)
{
    head->mark.major++;
}

static void damage(unsigned generation, void (*how)(struct ring_data *))
{
    char path[160];
    struct ring_data head;
    data_path(generation, path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, &head, sizeof head, 0), sizeof head);
    how(&head);
    assert_int_equal(pwrite(fd, &head, sizeof head, 0), sizeof head);
    close(fd);
}

static void a_damaged_generation_is_refused_and_the_next_one_is_read(void **state)
{
    (void)state;
    void (*const damages[])(struct ring_data *) = {
        set_plane_width, set_plane_offset, set_slot_bytes, set_slots,
        set_name,        set_number,       set_version};
    for (int copying = 0; copying < 2; copying++) {
        tachy_writer *writer = shape_writer(&shapes[0], (tachy_writer_params){0});
        tachy_stream *stream = test_reader((tachy_stream_params){.copying = copying != 0});
        unsigned generation = 1;
        for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
            tachy_frame *frame = NULL;
            resize(writer, 1);
            damage(++generation, damages[i]);
            shape_publish(writer, i);
            tachy_status status = tachy_stream_next(stream, 0, &frame);
            assert_int_equal(status, damages[i] == set_version ? TACHY_VERSION : TACHY_CORRUPT);
            assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_EMPTY);
            assert_int_equal(test_stats(stream).corrupt, i + 1);
        }
        resize(writer, 2);
        shape_publish(writer, 100);
        shape_wants_change(stream, &shapes[2]);
        tachy_frame *frame = shape_next(stream, &shapes[2], 100);
        tachy_frame_release(&frame);
        tachy_stream_detach(&stream);
        tachy_writer_destroy(&writer);
    }
}

/// Frames handed from the thread that takes them to one that releases them.
struct handover {
    tachy_frame *_Atomic frame;
    _Atomic bool over;
    uint64_t sum; ///< of what was looked at before the release
};

static void *release_frames(void *argument)
{
    struct handover *handover = argument;
    while (!atomic_load(&handover->over)) {
        tachy_frame *frame = atomic_exchange(&handover->frame, NULL);
        if (frame == NULL) {
            sched_yield(); // there may be one core for both
            continue;
        }
        const tachy_plane *color = tachy_frame_plane(frame, "color");
        for (size_t i = 0; i < color->count * color->image_bytes; i += 64)
            handover->sum += ((const uint8_t *)color->data)[i];
        tachy_frame_release(&frame);
    }
    return NULL;
}

static void another_thread_may_release_while_the_stream_changes(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&shapes[0], (tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){.held_max = 3});
    struct handover handover = {.frame = NULL};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, release_frames, &handover), 0);
    for (uint64_t number = 0; number < 1000; number++) {
        if (number % 2 == 0)
            resize(writer, number / 2);
        shape_publish(writer, number);
        tachy_frame *frame = next_frame(stream), *expected = NULL;
        while (!atomic_compare_exchange_weak(&handover.frame, &expected, frame)) {
            expected = NULL;
            sched_yield();
        }
    }
    while (atomic_load(&handover.frame) != NULL)
        test_pause_ms(1);
    tachy_stream_detach(&stream);
    atomic_store(&handover.over, true);
    pthread_join(thread, NULL);
    assert_true(handover.sum > 0);
    tachy_writer_destroy(&writer);
    assert_int_equal(shape_count_mappings(), 0);
}

TACHY_TEST_MAIN(cmocka_unit_test(views_stay_whole_while_the_stream_goes_through_generations),
                cmocka_unit_test(lossless_and_every_readers_get_each_frame_of_each_generation),
                cmocka_unit_test(a_newest_or_copying_reader_skips_whole_generations),
                cmocka_unit_test(the_frame_of_a_number_is_found_in_its_generation),
                cmocka_unit_test(a_generation_that_is_gone_loses_its_frames_and_no_other),
                cmocka_unit_test(a_damaged_generation_is_refused_and_the_next_one_is_read),
                cmocka_unit_test(another_thread_may_release_while_the_stream_changes))
