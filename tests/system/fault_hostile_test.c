// Faults of section E: peers that write what they please into the objects of a stream.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/ring/layout.h"
#include "tests/lib/main.h"
#include "tests/lib/peer.h"
#include "tests/lib/stream.h"

static const int64_t s_ns = 1000000000;

static tachy_status try_attach(const struct peer *peer, tachy_stream **stream)
{
    const tachy_stream_params params = {.size = sizeof params, .name = peer->name};
    return tachy_stream_attach(&params, 0, stream);
}

static volatile uint64_t sink; // what is read counts as used

static void read_frame(const tachy_frame *frame)
{
    static const char *const planes[] = {"color", "depth"};
    uint8_t picture[TEST_WIDTH * TEST_HEIGHT * 3];
    for (int i = 0; i < 2; i++) {
        const tachy_plane *plane = tachy_frame_plane(frame, planes[i]);
        for (size_t at = 0; plane != NULL && at < plane->image_bytes * plane->count; at++)
            sink += ((const uint8_t *)plane->data)[at];
        tachy_frame_encode(frame, 0, i == 0 ? "_img" : "_depth", NULL, picture, sizeof picture,
                           (size_t)TEST_WIDTH * 3);
    }
    const void *packed = NULL;
    size_t bytes = 0;
    if (tachy_frame_header(frame, &packed, &bytes) == TACHY_OK)
        for (size_t at = 0; at < bytes; at++)
            sink += ((const uint8_t *)packed)[at];
    tachy_frame_cameras(frame, &bytes);
    const tachy_identity *identities = tachy_frame_identities(frame, &bytes);
    for (size_t i = 0; i < bytes; i++)
        sink += strlen(identities[i].name) + strlen(identities[i].category);
}

// Attaches and takes what there is; whatever is refused is refused.
static void read_stream(const struct peer *peer, tachy_reading reading)
{
    const tachy_stream_params params = {
        .size = sizeof params, .name = peer->name, .reading = reading, .verify = true};
    tachy_stream *stream = NULL;
    tachy_frame *frame = NULL, *clone = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        return;
    for (int i = 0; i < 2; i++) {
        if (tachy_stream_next(stream, 0, &frame) != TACHY_OK)
            continue;
        read_frame(frame);
        if (tachy_frame_clone(frame, &clone) == TACHY_OK)
            read_frame(clone);
        tachy_frame_release(&clone);
        tachy_frame_release(&frame);
    }
    const tachy_info *info = NULL;
    tachy_stats stats = {.size = sizeof stats};
    tachy_stream_info(stream, &info);
    tachy_stream_stats(stream, &stats);
    tachy_stream_detach(&stream);
}

static void expect_readable(const struct peer *peer)
{
    tachy_stream *stream = peer_attach(peer, (tachy_stream_params){.verify = true});
    assert_int_equal(test_next_number(stream), 2);
    tachy_stream_detach(&stream);
}

// ---- sizes

static void shrink(const struct peer *peer, const char *kind, int permille)
{
    int fd = scribble_open(peer->name, kind);
    assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) / 1000 * permille), 0);
    close(fd);
}

static void fault_48_a_guarded_reader_outlives_an_emptied_object(void **state)
{
    (void)state;
    static const char *const kinds[] = {"a.ctl", "a.dat.1"};
    for (int i = 0; i < 2; i++) {
        struct peer peer;
        peer_start(&peer, (tachy_writer_params){0}, false);
        tachy_stream *stream = peer_attach(&peer, (tachy_stream_params){.guard = true});
        tachy_frame *frame = NULL;
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
        shrink(&peer, kinds[i], 0);
        read_frame(frame);
        tachy_frame_release(&frame);
        assert_int_equal(tachy_stream_next(stream, 60 * s_ns, &frame), TACHY_CORRUPT);
        assert_non_null(strstr(tachy_error(), peer.name));
        tachy_stream_detach(&stream);
        peer_end(&peer);
    }
}

static void fault_49_half_an_object_is_corrupt_with_guard_and_a_hole_with_verify(void **state)
{
    (void)state;
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){.verify = true}, false);
    tachy_stream *guarded = peer_attach(&peer, (tachy_stream_params){.guard = true});
    tachy_stream *stream = peer_attach(&peer, (tachy_stream_params){.verify = true});
    int fd = scribble_open(peer.name, "a.dat.1");
    tachy_frame *frame = NULL, *clone = NULL;
    off_t end = lseek(fd, 0, SEEK_END);
    int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    assert_int_equal(fallocate(fd, mode, 2 * RING_PAGE, end - 2 * RING_PAGE), 0);
    close(fd);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
    assert_non_null(strstr(tachy_error(), "CRC32C"));
    tachy_stream_detach(&stream);
    assert_int_equal(tachy_stream_next(guarded, 0, &frame), TACHY_OK); // zeros, and it cannot know
    shrink(&peer, "a.dat.1", 10);
    assert_int_equal(tachy_frame_clone(frame, &clone), TACHY_CORRUPT);
    tachy_frame_release(&frame);
    tachy_stream_detach(&guarded);
    peer_end(&peer);
}

// ---- numbers

// Every word of the first `bytes` of an object, set to what is most likely to hurt.
static void sweep_words(const struct peer *peer, const char *kind, size_t bytes)
{
    static const uint32_t values[] = {0, 1, INT32_MAX, UINT32_MAX};
    struct scribbled mapped = scribble(peer->name, kind);
    char *whole = malloc(mapped.bytes);
    assert_non_null(whole);
    memcpy(whole, mapped.base, mapped.bytes);
    for (size_t at = 0; at + 4 <= bytes && at < mapped.bytes; at += 4) {
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            memcpy(mapped.base + at, &values[i], 4);
            read_stream(peer, i % 2 == 0 ? TACHY_EVERY : TACHY_NEWEST);
            memcpy(mapped.base, whole, mapped.bytes);
        }
    }
    free(whole);
    scribble_end(&mapped);
}

static void fault_50_no_word_of_any_object_is_believed(void **state)
{
    (void)state;
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){.readers_max = 2, .held_max = 2, .verify = true},
               false);
    sweep_words(&peer, "a.ctl", sizeof(struct ring_control) + 6 * sizeof(struct ring_slot));
    sweep_words(&peer, "a.reg", sizeof(struct ring_registry) + 2 * RING_LINE);
    sweep_words(&peer, "a.dat.1",
                offsetof(struct ring_data, planes) + 2 * sizeof(struct ring_plane));
    sweep_words(&peer, "ids.0", sizeof(struct ring_ids) + 3 * sizeof(struct ring_id_row));
    expect_readable(&peer);
    peer_end(&peer);
}

static void fault_51_sums_that_wrap_are_refused(void **state)
{
    (void)state;
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){.verify = true}, false);
    struct scribbled control = scribble(peer.name, "a.ctl"), data = scribble(peer.name, "a.dat.1");
    struct ring_about *about = &((struct ring_control *)control.base)->about;
    struct ring_data *head = (struct ring_data *)data.base;
    struct ring_plane *plane = &head->planes[1];
    const struct {
        void *at;
        size_t bytes;
        uint64_t value;
    } cases[] = {{&head->slots_offset, 8, UINT64_MAX - RING_PAGE + 1},
                 {&head->slot_bytes, 8, UINT64_C(1) << 63},
                 {&head->slots, 4, UINT32_MAX},
                 {&head->slots, 4, 0},
                 {&about->slots, 4, 0},
                 {&about->slots, 4, UINT32_MAX},
                 {&about->crc_offset, 8, UINT64_MAX - 3},
                 {&plane->row_bytes, 8, 4},
                 {&plane->row_bytes, 8, UINT64_MAX - 63},
                 {&plane->image_bytes, 8, UINT64_C(1) << 62},
                 {&plane->offset, 8, UINT64_MAX - 63}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t before = 0;
        tachy_stream *stream = NULL;
        memcpy(&before, cases[i].at, cases[i].bytes);
        memcpy(cases[i].at, &cases[i].value, cases[i].bytes);
        if (try_attach(&peer, &stream) != TACHY_CORRUPT)
            fail_msg("case %zu was believed", i);
        memcpy(cases[i].at, &before, cases[i].bytes);
    }
    expect_readable(&peer);
    scribble_end(&control);
    scribble_end(&data);
    peer_end(&peer);
}

static void flip_header_bytes(struct scribbled *control, unsigned round)
{
    struct ring_control *map = (struct ring_control *)control->base;
    for (uint32_t slot = 0; slot < map->about.slots; slot++)
        *(volatile uint32_t *)&map->slots[slot].descriptor.header_bytes =
            round % 2 == 0 ? 64 : 1U << 31;
}

static void fault_52_a_length_that_changes_under_the_reader_is_looked_at_once(void **state)
{
    (void)state;
    enum { READS = 5000 };
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){0}, false);
    struct scribbled control = scribble(peer.name, "a.ctl");
    tachy_stream *stream = peer_attach(&peer, (tachy_stream_params){.reading = TACHY_EVERY});
    pid_t flipper = scribble_start(flip_header_bytes, &control);
    int64_t hung_ns = test_now_ns() + 60 * s_ns;
    int fine = 0, refused = 0;
    while (fine + refused < READS || fine == 0 || refused == 0) {
        tachy_frame *frame = NULL;
        const void *packed = NULL;
        size_t bytes = 0;
        assert_int_equal(tachy_stream_at(stream, 2, 0, &frame), TACHY_OK);
        tachy_status status = tachy_frame_header(frame, &packed, &bytes);
        assert_true(status == TACHY_CORRUPT || bytes == 64 || bytes == 0);
        for (size_t i = 0; i < bytes; i++)
            sink += ((const uint8_t *)packed)[i];
        fine += bytes == 64;
        refused += status == TACHY_CORRUPT;
        tachy_frame_release(&frame);
        assert_true(test_now_ns() < hung_ns);
    }
    scribble_stop(flipper);
    scribble_end(&control);
    tachy_stream_detach(&stream);
    peer_end(&peer);
}

static void fault_53_a_sequence_that_is_stuck_or_jumps_is_corrupt(void **state)
{
    (void)state;
    static const uint64_t sequences[] = {RING_BUSY, 0, 1, UINT64_C(1) << 55, UINT64_MAX - 1};
    static const tachy_reading ways[] = {TACHY_NEWEST, TACHY_EVERY};
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){0}, false);
    struct scribbled mapped = scribble(peer.name, "a.ctl");
    struct ring_control *control = (struct ring_control *)mapped.base;
    uint64_t head = control->head, slot = head & (RING_SLOTS_MAX - 1);
    tachy_frame *frame = NULL;
    for (int way = 0; way < 2; way++) {
        for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
            tachy_stream *stream = peer_attach(&peer, (tachy_stream_params){.reading = ways[way]});
            if (way == 1)
                assert_int_equal(test_next_number(stream), 1);
            control->slots[slot].sequence = sequences[i];
            assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
            control->slots[slot].sequence = 2;
            control->head = (UINT64_MAX << RING_SLOT_BITS) | slot;
            assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
            control->head = UINT64_C(1) << RING_SLOT_BITS; // back: as if nothing had come
            tachy_status back = tachy_stream_next(stream, 0, &frame);
            assert_true(back == TACHY_CORRUPT || back == TACHY_EMPTY);
            control->head = head;
            assert_int_equal(test_next_number(stream), 2);
            tachy_stream_detach(&stream);
        }
    }
    scribble_end(&mapped);
    peer_end(&peer);
}

// ---- ids

static void expect_no_identities(const struct peer *peer, bool guard)
{
    tachy_stream *stream = peer_attach(peer, (tachy_stream_params){.guard = guard});
    tachy_frame *frame = NULL;
    size_t count = 1;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_null(tachy_frame_identities(frame, &count));
    assert_int_equal(count, 0);
    assert_int_equal(*(const uint8_t *)tachy_frame_plane(frame, "color")->data, 2);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
}

static void fault_63_a_damaged_id_table_costs_identities_and_no_frame(void **state)
{
    (void)state;
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){0}, false);
    struct scribbled control = scribble(peer.name, "a.ctl"), ids = scribble(peer.name, "ids.0");
    struct ring_control *map = (struct ring_control *)control.base;
    struct ring_descriptor *newest = &map->slots[map->head & (RING_SLOTS_MAX - 1)].descriptor;
    struct ring_id_row *row = &((struct ring_ids *)ids.base)->rows[1], whole = *row;
    newest->id_rows = 2000; // more than the table has
    expect_no_identities(&peer, false);
    newest->id_rows = 3;
    row->name_bytes = UINT16_MAX;
    expect_no_identities(&peer, false);
    row->name_bytes = RING_ID_STRING_MAX; // within the area, and over the ends of other names
    expect_no_identities(&peer, false);
    *row = whole;
    row->category_offset = UINT32_MAX;
    expect_no_identities(&peer, false);
    *row = whole;
    tachy_stream *stream = peer_attach(&peer, (tachy_stream_params){.guard = true});
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    shrink(&peer, "ids.0", 0);
    assert_null(tachy_frame_identity(frame, 1));
    assert_non_null(strstr(tachy_error(), "shrank"));
    assert_int_equal(*(const uint8_t *)tachy_frame_plane(frame, "color")->data, 2);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    expect_no_identities(&peer, true); // one that comes later finds it cut short
    scribble_end(&control);
    scribble_end(&ids);
    peer_end(&peer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_48_a_guarded_reader_outlives_an_emptied_object),
    cmocka_unit_test(fault_49_half_an_object_is_corrupt_with_guard_and_a_hole_with_verify),
    cmocka_unit_test(fault_50_no_word_of_any_object_is_believed),
    cmocka_unit_test(fault_51_sums_that_wrap_are_refused),
    cmocka_unit_test(fault_52_a_length_that_changes_under_the_reader_is_looked_at_once),
    cmocka_unit_test(fault_53_a_sequence_that_is_stuck_or_jumps_is_corrupt),
    cmocka_unit_test(fault_63_a_damaged_id_table_costs_identities_and_no_frame))
