// Our own producer waits for lossless readers: flat out, and with a reader that dawdles, no frame is missing.
#include <stdio.h>
#include <time.h>

#include "tests/lib/main.h"
#include "tests/lib/producer.h"

enum { FRAMES = 80, DAWDLE_EVERY = 40, DAWDLE_NS = 200000000, TRIES = 10 };

static const int64_t hang_ns = INT64_C(300000000000);

// False: the producer gave up on this reader, which a machine that stands still for most of a second brings about.
static bool read_each(struct producer *producer, tachy_stream *stream)
{
    uint64_t sequence = 0, number = 0;
    for (int i = 0; i < FRAMES; i++) {
        tachy_frame *frame = NULL;
        tachy_status status = tachy_stream_next(stream, hang_ns, &frame);
        if (status == TACHY_DEMOTED)
            return false;
        if (status != TACHY_OK || !process_runs(&producer->process))
            fail_msg("%s", tachy_error());
        if (i > 0) {
            assert_int_equal(tachy_frame_sequence(frame), sequence + 1);
            assert_int_equal(tachy_frame_number(frame), number + 1);
        }
        sequence = tachy_frame_sequence(frame);
        number = tachy_frame_number(frame);
        if (i % DAWDLE_EVERY == 0) // twice 0.2 s: within the stream's bound of a second
            nanosleep(&(struct timespec){.tv_nsec = DAWDLE_NS}, NULL);
        tachy_frame_release(&frame);
    }
    tachy_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_stream_stats(stream, &stats), TACHY_OK);
    assert_true(stats.lossless);
    assert_int_equal(stats.lost + stats.skipped, 0);
    return true;
}

static void a_lossless_reader_of_tachy_produce_gets_every_frame(void **state)
{
    (void)state;
    bool read = false;
    for (int i = 0; i < TRIES && !read; i++) {
        struct producer producer;
        producer_start(
            &producer, NULL,
            (const char *const[]){"--size", "64x48", "--fps", "max", "--readers", "2", NULL});
        tachy_stream *stream = producer_attach(&producer, "a", TACHY_LOSSLESS);
        read = read_each(&producer, stream);
        tachy_stream_detach(&stream);
        producer_end(&producer);
    }
    assert_true(read);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_lossless_reader_of_tachy_produce_gets_every_frame))
