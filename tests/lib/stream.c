// A small stream and its readers, for tests that need one of each.
#include "tests/lib/stream.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"

static char name[64];

tachy_writer *test_writer(tachy_writer_params params)
{
    static const tachy_plane_params planes[] = {
        {"color", TACHY_U8, 1, TEST_HEIGHT, TEST_WIDTH, 4},
        {"depth", TACHY_F32, 1, TEST_HEIGHT, TEST_WIDTH, 1}};
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    params.size = sizeof params;
    params.name = name;
    params.planes = planes;
    params.plane_count = 2;
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

void test_name_stream(const char *stream)
{
    snprintf(name, sizeof name, "%s", stream);
}

const char *test_stream_name(void)
{
    return name;
}

tachy_stream *test_reader(tachy_stream_params params)
{
    params.size = sizeof params;
    params.name = name;
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

void test_publish(tachy_writer *writer, uint64_t number)
{
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    const tachy_plane *layout = NULL;
    void *color = tachy_draft_plane(draft, "color", &layout);
    memset(color, (int)(number & 255), layout->image_bytes);
    assert_int_equal(tachy_draft_set_frame(draft, number, (int64_t)number, 60), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
}

uint64_t test_next_number(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    if (tachy_stream_next(stream, 0, &frame) != TACHY_OK)
        fail_msg("%s", tachy_error());
    uint64_t number = tachy_frame_number(frame);
    assert_int_equal(*(const uint8_t *)tachy_frame_plane(frame, "color")->data, number & 255);
    tachy_frame_release(&frame);
    return number;
}

tachy_stats test_stats(tachy_stream *stream)
{
    tachy_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_stream_stats(stream, &stats), TACHY_OK);
    return stats;
}

int64_t test_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void test_pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}
