// Faults of section E: a writer and innocent readers, while a peer owns the registry and the words they sleep on.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/ring/layout.h"
#include "tests/lib/main.h"
#include "tests/lib/peer.h"
#include "tests/lib/stream.h"

static const int64_t ms_ns = 1000000;

// Claims and, where a slot came free, publishes.
static bool try_publish(tachy_writer *writer, uint64_t number)
{
    tachy_draft *draft = NULL;
    tachy_status status = tachy_writer_claim(writer, TACHY_FOREVER, &draft);
    if (status == TACHY_EMPTY)
        return false;
    assert_int_equal(status, TACHY_OK);
    const tachy_plane *layout = NULL;
    void *color = tachy_draft_plane(draft, "color", &layout);
    memset(color, (int)(number & 255), layout->image_bytes);
    assert_int_equal(tachy_draft_set_frame(draft, number, (int64_t)number, 60), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    return true;
}

static uint32_t next_random(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

// What the steps of readers and writer look at, full of nonsense, new in each round.
static void scribble_blocks(struct scribbled *registry, unsigned round)
{
    struct ring_registry *map = (struct ring_registry *)registry->base;
    uint64_t future = round % 3 == 0 ? UINT64_MAX : next_random();
    map->lossless = UINT64_MAX;
    map->wait_mask = next_random();
    for (uint32_t i = 0; i < RING_READERS_MAX; i++) {
        struct ring_reader *block = &map->readers[i];
        block->state = round % 7 == 0 ? next_random() : RING_READER_LIVE;
        block->mode = round % 5 == 0 ? next_random() : TACHY_LOSSLESS;
        block->incarnation = round;
        block->cursor = round % 2 == 0 ? future : 0;
        block->reserved = next_random();
        block->wanted = next_random();
        for (uint32_t cell = 0; cell < RING_CELLS_MAX; cell++)
            block->cells[cell] = round % 2 == 0 ? i * RING_CELLS_MAX + cell + 1 : next_random();
    }
}

static void
fault_54_a_scribbled_registry_costs_frames_but_no_crash_and_no_endless_wait(void **state)
{
    (void)state;
    enum { CLAIMS = 300 };
    tachy_writer *writer = test_writer((tachy_writer_params){.lossless_wait_ns = 5 * ms_ns});
    struct scribbled registry = scribble(test_stream_name(), "a.reg");
    pid_t scribbler = scribble_start(scribble_blocks, &registry);
    uint64_t number = 0;
    for (int i = 0; i < CLAIMS; i++)
        number += try_publish(writer, number + 1);
    uint64_t wanted = 0;
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_wanted(writer, &wanted), TACHY_OK);
    assert_int_equal(wanted & ~UINT64_C(3), 0);
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    assert_int_equal(stats.published, number);
    assert_int_equal(stats.published + stats.dropped, CLAIMS);
    scribble_stop(scribbler);
    scribble_end(&registry);
    int64_t hung_ns = test_now_ns() + 60 * 1000 * ms_ns;
    for (number++;
         !try_publish(writer, number);) // nobody holds those blocks' locks: they are swept
        assert_true(test_now_ns() < hung_ns);
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    assert_int_equal(test_next_number(stream), number);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void fault_54_a_peer_that_pins_every_slot_changes_no_frame_that_is_kept(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.held_max = 4});
    tachy_stream *pinner = test_reader((tachy_stream_params){.reader_name = "pinner"});
    tachy_stream *reader = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    for (uint64_t number = 1; number <= 2; number++)
        test_publish(writer, number);
    struct scribbled registry = scribble(test_stream_name(), "a.reg");
    struct ring_reader *block = ((struct ring_registry *)registry.base)->readers;
    for (uint32_t cell = 0; cell < RING_CELLS_MAX; cell++)
        block->cells[cell] = cell + 1; // its lock is held: it is not swept
    int drops = 0;
    for (uint64_t number = 3; number < 6; number++)
        drops += !try_publish(writer, number);
    assert_int_equal(drops, 3); // 8 slots, all pinned
    assert_int_equal(test_next_number(reader), 1);
    assert_int_equal(test_next_number(reader), 2);
    scribble_end(&registry);
    tachy_stream_detach(&pinner);
    test_publish(writer, 6);
    assert_int_equal(test_next_number(reader), 6);
    tachy_stream_detach(&reader);
    tachy_writer_destroy(&writer);
}

static void fault_54_a_copy_notices_that_its_pin_was_cleared(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.held_max = 2});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL, *clone = NULL;
    test_publish(writer, 1);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    struct scribbled registry = scribble(test_stream_name(), "a.reg");
    struct ring_reader *block = ((struct ring_registry *)registry.base)->readers;
    for (uint32_t cell = 0; cell < RING_CELLS_MAX; cell++)
        block->cells[cell] = 0;
    for (uint64_t number = 2; number < 12; number++)
        test_publish(writer, number);
    assert_int_equal(tachy_frame_clone(frame, &clone), TACHY_CORRUPT);
    assert_non_null(strstr(tachy_error(), "pin"));
    assert_null(clone);
    tachy_frame_release(&frame);
    scribble_end(&registry);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static struct scribbled other; // the registry, beside the control object

static void scribble_words(struct scribbled *control, unsigned round)
{
    struct ring_control *map = (struct ring_control *)control->base;
    struct ring_registry *registry = (struct ring_registry *)other.base;
    map->bell = round % 2 == 0 ? next_random() : 0;
    registry->wait_mask = next_random();
    registry->producer_word = next_random();
    registry->producer_waits = next_random() % 2;
}

static void fault_55_random_wake_words_neither_end_a_wait_early_nor_make_it_endless(void **state)
{
    (void)state;
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){0}, false);
    tachy_stream *stream = peer_attach(&peer, (tachy_stream_params){0});
    struct scribbled control = scribble(peer.name, "a.ctl");
    other = scribble(peer.name, "a.reg");
    assert_int_equal(test_next_number(stream), 2);
    pid_t scribbler = scribble_start(scribble_words, &control);
    for (int i = 0; i < 10; i++) {
        tachy_frame *frame = NULL;
        int64_t start_ns = test_now_ns();
        assert_int_equal(tachy_stream_next(stream, 30 * ms_ns, &frame), TACHY_TIMED_OUT);
        assert_true(test_now_ns() - start_ns >= 30 * ms_ns);
    }
    scribble_stop(scribbler);
    scribble_end(&control);
    scribble_end(&other);
    tachy_stream_detach(&stream);
    peer_end(&peer);
}

static void fault_55_frames_arrive_while_the_wake_words_are_random(void **state)
{
    (void)state;
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){.lossless_wait_ns = 50 * ms_ns}, true);
    struct scribbled control = scribble(peer.name, "a.ctl");
    other = scribble(peer.name, "a.reg");
    tachy_stream *stream = peer_attach(&peer, (tachy_stream_params){.reading = TACHY_LOSSLESS});
    pid_t scribbler = scribble_start(scribble_words, &control);
    for (int taken = 0; taken < 50;) {
        tachy_frame *frame = NULL;
        tachy_status status = tachy_stream_next(stream, 60 * 1000 * ms_ns, &frame);
        assert_true(status == TACHY_OK || status == TACHY_DEMOTED);
        taken += status == TACHY_OK;
        tachy_frame_release(&frame);
    }
    scribble_stop(scribbler);
    scribble_end(&control);
    scribble_end(&other);
    tachy_stream_detach(&stream);
    peer_end(&peer);
}

static void fault_61_a_peer_that_keeps_the_locks_of_blocks_harms_only_their_slots(void **state)
{
    (void)state;
    enum { FIRST = 1, COUNT = 2 };
    tachy_writer *writer = test_writer((tachy_writer_params){.readers_max = 4, .held_max = 4});
    int locked = scribble_open(test_stream_name(), "a.reg");
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = FIRST, .l_len = COUNT};
    assert_int_equal(fcntl(locked, F_OFD_SETLK, &lock), 0);
    tachy_stream *streams[4] = {NULL};
    streams[0] = test_reader((tachy_stream_params){0});
    streams[1] = test_reader((tachy_stream_params){0});
    const tachy_stream_params params = {.size = sizeof params, .name = test_stream_name()};
    assert_int_equal(tachy_stream_attach(&params, 0, &streams[2]), TACHY_FULL);
    for (uint64_t number = 1; number < 50; number++) {
        test_publish(writer, number);
        assert_int_equal(test_next_number(streams[0]), number);
        assert_int_equal(test_next_number(streams[1]), number);
    }
    close(locked);
    streams[2] = test_reader((tachy_stream_params){0});
    streams[3] = test_reader((tachy_stream_params){0});
    for (int i = 0; i < 4; i++)
        tachy_stream_detach(&streams[i]);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_54_a_scribbled_registry_costs_frames_but_no_crash_and_no_endless_wait),
    cmocka_unit_test(fault_54_a_peer_that_pins_every_slot_changes_no_frame_that_is_kept),
    cmocka_unit_test(fault_54_a_copy_notices_that_its_pin_was_cleared),
    cmocka_unit_test(fault_55_random_wake_words_neither_end_a_wait_early_nor_make_it_endless),
    cmocka_unit_test(fault_55_frames_arrive_while_the_wake_words_are_random),
    cmocka_unit_test(fault_61_a_peer_that_keeps_the_locks_of_blocks_harms_only_their_slots))
