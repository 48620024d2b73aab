// A small stream of three planes and its readers.
#include "tests/lib/ring.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/main.h"

static char name[64];

tachy_writer *test_ring_writer(uint32_t held_max, uint32_t history)
{
    const tachy_plane_params planes[] = {{"color", TACHY_U8, 1, RING_HEIGHT, RING_WIDTH, 4},
                                         {"depth", TACHY_F32, 1, RING_HEIGHT, RING_WIDTH, 1},
                                         {"id", TACHY_U32, 1, RING_HEIGHT, RING_WIDTH, 1}};
    snprintf(name, sizeof name, "ringtest%d/a", (int)getpid());
    tachy_writer_params params = {.size = sizeof params,
                                  .name = name,
                                  .planes = planes,
                                  .plane_count = 3,
                                  .held_max = held_max,
                                  .history = history,
                                  .tier = 2,
                                  .seed = 99};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

const char *test_ring_name(void)
{
    return name;
}

tachy_stream *test_ring_reader(tachy_reading reading, uint32_t held_max)
{
    tachy_stream_params params = {
        .size = sizeof params, .name = name, .reading = reading, .held_max = held_max};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

void test_ring_publish(tachy_writer *writer)
{
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    memset(tachy_draft_plane(draft, "color", NULL), (int)(stats.published + 1), 4 * RING_WIDTH);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    assert_null(draft);
}

uint64_t test_ring_take(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    if (tachy_stream_next(stream, 0, &frame) != TACHY_OK)
        return 0;
    uint64_t sequence = tachy_frame_sequence(frame);
    const tachy_plane *color = tachy_frame_plane(frame, "color");
    assert_int_equal(*(const uint8_t *)color->data, sequence & 255);
    tachy_frame_release(&frame);
    assert_null(frame);
    return sequence;
}
