// What tests of lossless readers share.
#include "tests/lib/lossless.h"

#include <string.h>

#include "tests/lib/main.h"

tachy_writer_stats test_writer_stats(const tachy_writer *writer)
{
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    return stats;
}

tachy_status test_try_publish(tachy_writer *writer, int64_t timeout_ns)
{
    tachy_draft *draft = NULL;
    tachy_status status = tachy_writer_claim(writer, timeout_ns, &draft);
    if (status != TACHY_OK)
        return status;
    uint64_t sequence = test_writer_stats(writer).published + 1;
    const tachy_plane *layout = NULL;
    void *color = tachy_draft_plane(draft, "color", &layout);
    memset(color, (int)(sequence & 255), layout->image_bytes);
    return tachy_draft_publish(&draft);
}

uint32_t test_publish_until_held_up(tachy_writer *writer)
{
    uint32_t count = 0;
    while (count < 100 && test_try_publish(writer, 0) == TACHY_OK)
        count++;
    assert_in_range(count, 1, 99);
    return count;
}

uint32_t test_room(uint32_t held_max)
{
    tachy_writer *writer = test_writer((tachy_writer_params){.held_max = held_max});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
    uint32_t room = test_publish_until_held_up(writer);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
    return room;
}

bool test_is_whole(const tachy_frame *frame)
{
    const tachy_plane *color = tachy_frame_plane(frame, "color");
    const uint8_t *bytes = color->data;
    for (size_t i = 0; i < color->image_bytes; i++)
        if (bytes[i] != (tachy_frame_sequence(frame) & 255))
            return false;
    return true;
}

uint64_t test_take(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    if (tachy_stream_next(stream, 0, &frame) != TACHY_OK)
        return 0;
    uint64_t sequence = tachy_frame_sequence(frame);
    assert_true(test_is_whole(frame));
    tachy_frame_release(&frame);
    return sequence;
}
