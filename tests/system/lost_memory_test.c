// A peer damages the registry of a real producer: frames go on, and a view that is held stays whole.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/producer.h"

enum { FRAMES = 40, BLANK = -1, PIXELS = 64 * 48, TRIES = 600 };

static const int64_t minute_ns = INT64_C(60000000000);

static void damage(const char *producer, int permille)
{
    char path[128];
    snprintf(path, sizeof path, "/dev/shm/tachy.%s.a.reg", producer);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat object = {0};
    assert_true(fd >= 0 && fstat(fd, &object) == 0);
    int failed = permille == BLANK
                     ? fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, object.st_size)
                     : ftruncate(fd, object.st_size / 1000 * permille);
    assert_int_equal(failed, 0);
    close(fd);
}

static tachy_stream *attach_guarded(const struct producer *producer)
{
    char name[128];
    snprintf(name, sizeof name, "%s/a", producer->name);
    const tachy_stream_params params = {.size = sizeof params, .name = name, .guard = true};
    tachy_stream *stream = NULL;
    tachy_status status = TACHY_GONE;
    for (int i = 0; i < TRIES && (status == TACHY_GONE || status == TACHY_CORRUPT); i++) {
        status = tachy_stream_attach(&params, minute_ns / TRIES, &stream);
        usleep(10000);
    }
    if (status != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

static uint64_t epoch_of(tachy_stream *stream)
{
    const tachy_info *info = NULL;
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    return info->epoch;
}

static tachy_stream *attach_to_next_epoch(const struct producer *producer, uint64_t epoch)
{
    for (int i = 0; i < TRIES; i++) {
        tachy_stream *stream = attach_guarded(producer);
        if (epoch_of(stream) != epoch)
            return stream;
        tachy_stream_detach(&stream);
        usleep(100000);
    }
    fail_msg("no new epoch within a minute");
    return NULL;
}

// The room covers most of the picture.
static void assert_is_drawn(const tachy_frame *frame)
{
    const tachy_plane *color = tachy_frame_plane(frame, "color");
    size_t covered = 0;
    for (size_t i = 0; i < PIXELS; i++)
        covered += ((const uint8_t *)color->data)[i * 4 + 3] == 255;
    assert_true(covered > PIXELS / 2);
}

static void wait_for_the_end(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    tachy_status status = TACHY_OK;
    for (int i = 0; i < TRIES && status != TACHY_GONE; i++) {
        status = tachy_stream_next(stream, minute_ns / TRIES, &frame);
        tachy_frame_release(&frame);
    }
    assert_int_equal(status, TACHY_GONE);
}

static void a_producer_whose_registry_is_damaged_goes_on_and_held_views_stay_whole(void **state)
{
    (void)state;
    static const int left[] = {0, 500, BLANK};
    struct producer producer;
    producer_start(&producer, NULL, (const char *const[]){"--size", "64x48", "--fps", "max", NULL});
    tachy_stream *first = producer_attach(&producer, "a", TACHY_NEWEST);
    tachy_stream_detach(&first);
    tachy_stream *old = attach_guarded(&producer);
    for (int i = 0; i < 3; i++) {
        uint8_t before[PIXELS * 4];
        tachy_frame *view = producer_next(&producer, old, "color");
        memcpy(before, tachy_frame_plane(view, "color")->data, sizeof before);
        damage(producer.name, left[i]);
        tachy_stream *new = attach_to_next_epoch(&producer, epoch_of(old));
        for (int k = 0; k < FRAMES; k++) {
            tachy_frame *frame = producer_next(&producer, new, "color");
            assert_is_drawn(frame);
            tachy_frame_release(&frame);
        }
        assert_memory_equal(tachy_frame_plane(view, "color")->data, before, sizeof before);
        tachy_frame_release(&view);
        wait_for_the_end(old);
        tachy_stream_detach(&old);
        old = new;
    }
    tachy_stream_detach(&old);
    producer_end(&producer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(a_producer_whose_registry_is_damaged_goes_on_and_held_views_stay_whole))
