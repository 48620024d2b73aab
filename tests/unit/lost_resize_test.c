// A writer that loses its objects while a resize is under way.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/shape.h"
#include "tests/lib/stream.h"

static const struct shape small = {8, 4, 1, false}, large = {200, 120, 1, false};

static void want(tachy_status status)
{
    if (status != TACHY_OK)
        fail_msg("%s", tachy_error());
}

static void truncate_registry(void)
{
    char path[160];
    const char *stream = test_stream_name();
    snprintf(path, sizeof path, "/dev/shm/tachy.%.*s.a.reg", (int)strcspn(stream, "/"), stream);
    assert_int_equal(truncate(path, 0), 0);
}

static void take(tachy_stream *stream, const struct shape *shape, uint64_t number)
{
    tachy_frame *frame = shape_next(stream, shape, number);
    tachy_frame_release(&frame);
}

// The registry goes before the first frame of the next generation, which is then claimed for.
static tachy_writer *lose_while_resizing(tachy_draft **draft)
{
    tachy_writer *writer = shape_writer(&small, (tachy_writer_params){0});
    shape_publish(writer, 1);
    want(shape_resize(writer, &large));
    truncate_registry();
    want(tachy_writer_claim(writer, 0, draft));
    return writer;
}

static void end(tachy_writer **writer)
{
    char producer[64];
    const char *stream = test_stream_name();
    snprintf(producer, sizeof producer, "%.*s", (int)strcspn(stream, "/"), stream);
    tachy_writer_destroy(writer);
    assert_int_equal(test_shm_count(producer), 0);
}

static void a_resize_goes_through_in_the_new_epoch(void **state)
{
    (void)state;
    tachy_draft *draft = NULL;
    tachy_writer *writer = lose_while_resizing(&draft);
    tachy_stream *stream = test_reader((tachy_stream_params){0}); // of what there was
    const tachy_info *info = NULL;
    want(tachy_stream_info(stream, &info));
    assert_int_equal(info->planes[0].width, small.width);
    tachy_draft_abort(&draft);
    shape_publish(writer, 2);
    shape_wants_change(stream, &large);
    take(stream, &large, 2);
    tachy_stream_detach(&stream);
    end(&writer);
}

static void a_resize_can_be_abandoned_in_the_new_epoch(void **state)
{
    (void)state;
    tachy_draft *draft = NULL;
    tachy_writer *writer = lose_while_resizing(&draft);
    tachy_draft_abort(&draft);
    want(tachy_writer_resize(writer, NULL));
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    for (uint64_t number = 2; number < 20; number++) {
        shape_publish(writer, number);
        take(stream, &small, number);
    }
    tachy_stream_detach(&stream);
    end(&writer);
}

static void generations_go_on_after_a_loss(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&small, (tachy_writer_params){0});
    uint64_t number = 0;
    for (int i = 0; i < 4; i++) {
        shape_publish(writer, ++number);
        want(shape_resize(writer, &large));
        shape_publish(writer, ++number); // the one before is retired, and still has a frame
        truncate_registry();
        shape_publish(writer, ++number);
        tachy_stream *stream = test_reader((tachy_stream_params){0});
        take(stream, &large, number);
        want(shape_resize(writer, &small));
        shape_publish(writer, ++number);
        shape_wants_change(stream, &small);
        take(stream, &small, number);
        tachy_stream_detach(&stream);
    }
    end(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_resize_goes_through_in_the_new_epoch),
                cmocka_unit_test(a_resize_can_be_abandoned_in_the_new_epoch),
                cmocka_unit_test(generations_go_on_after_a_loss))
