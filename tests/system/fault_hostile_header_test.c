// Faults of section E: headers, dimensions, versions and payloads that are not what a writer of ours makes.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ring/layout.h"
#include "tests/lib/main.h"
#include "tests/lib/peer.h"
#include "tests/lib/process.h"
#include "tests/lib/stream.h"

enum { IMAGES = 40, HEADER_BYTES_MAX = 4096 + 512 * IMAGES };

static char name[64];

static tachy_writer *batch_writer_of(bool verify)
{
    static const tachy_plane_params planes[] = {
        {"color", TACHY_U8, IMAGES, TEST_HEIGHT, TEST_WIDTH, 4},
        {"depth", TACHY_F32, IMAGES, TEST_HEIGHT, TEST_WIDTH, 1}};
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    const tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = planes, .plane_count = 2, .verify = verify};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

static tachy_writer *batch_writer(void)
{
    return batch_writer_of(false);
}

static tachy_stream *attach(void)
{
    const tachy_stream_params params = {.size = sizeof params, .name = name};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

static void publish(tachy_writer *writer, const tachy_camera *camera)
{
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    if (camera != NULL)
        assert_int_equal(tachy_draft_set_camera(draft, 0, camera), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
}

/// A header as a peer puts it into the newest frame's slot.
struct header {
    unsigned char bytes[HEADER_BYTES_MAX];
    size_t used;
    size_t claimed; ///< what the descriptor says; 0 = used
};

static void put(struct header *header, const void *bytes, size_t count)
{
    assert_true(header->used + count <= sizeof header->bytes);
    memcpy(header->bytes + header->used, bytes, count);
    header->used += count;
}

static void put_again(struct header *header, const char *bytes, size_t count, int times)
{
    for (int i = 0; i < times; i++)
        put(header, bytes, count);
}

// The frame's cameras, NULL if they are refused; its planes are there either way.
static const tachy_camera *read_header(tachy_writer *writer, tachy_stream *stream,
                                       const struct header *header, tachy_frame **frame)
{
    publish(writer, NULL);
    struct scribbled control = scribble(name, "a.ctl"), data = scribble(name, "a.dat.1");
    struct ring_control *map = (struct ring_control *)control.base;
    const struct ring_data *head = (const struct ring_data *)data.base;
    uint64_t slot = map->head & (RING_SLOTS_MAX - 1);
    memcpy(data.base + head->slots_offset + slot * head->slot_bytes, header->bytes, header->used);
    map->slots[slot].descriptor.header_bytes =
        (uint32_t)(header->claimed == 0 ? header->used : header->claimed);
    scribble_end(&control);
    scribble_end(&data);
    assert_int_equal(tachy_stream_next(stream, 0, frame), TACHY_OK);
    assert_non_null(tachy_frame_plane(*frame, "color"));
    size_t count = 1;
    const tachy_camera *cameras = tachy_frame_cameras(*frame, &count);
    assert_int_equal(count, cameras == NULL ? 0 : IMAGES);
    return cameras;
}

static void expect_refused(const struct header *header, const char *what)
{
    tachy_writer *writer = batch_writer();
    tachy_stream *stream = attach();
    tachy_frame *frame = NULL;
    if (read_header(writer, stream, header, &frame) != NULL)
        fail_msg("%s was believed", what);
    assert_true(tachy_error()[0] != 0);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

// Field 1, a camera of image 0 with a packed matrix; what follows it in a test says what is wrong.
static const char camera[] = "\x0a\x85\x01"
                             "\x08\x00"
                             "\x1a\x80\x01"
                             "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"
                             "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm";
enum { CAMERA_BYTES = sizeof camera - 1 };

static void fault_57_a_header_that_is_cut_oversized_nested_or_incomplete_is_refused(void **state)
{
    (void)state;
    static struct header cut, large, beyond, nested, groups, missing, unknown;
    put(&cut, camera, CAMERA_BYTES - 9);
    expect_refused(&cut, "a header cut short");
    put(&large, camera, CAMERA_BYTES);
    large.claimed = 60000;
    expect_refused(&large, "a header of 60 kB");
    put(&beyond, camera, CAMERA_BYTES);
    beyond.claimed = UINT32_MAX;
    expect_refused(&beyond, "a header of 4 GiB");
    put_again(&nested, "\x0a\xff\x7f", 3, 6000); // each says that 16 KiB follow
    expect_refused(&nested, "messages in messages");
    put_again(&groups, "\x0b", 1, 20000); // 20,000 groups that begin and never end
    expect_refused(&groups, "20,000 groups");
    put(&missing, "\x0a\x03\x11\x00\x00", 5); // a camera without its required image
    expect_refused(&missing, "a camera of no image");
    put(&unknown, camera, CAMERA_BYTES);
    put_again(&unknown, "\x78\x01", 2, 12000); // a field that nobody knows, 12,000 times
    put(&unknown, "\x0a", 1);
    expect_refused(&unknown, "unknown fields, then a half one");
}

static void fault_57_fields_that_are_unknown_or_come_twice_do_no_harm(void **state)
{
    (void)state;
    static struct header header;
    tachy_writer *writer = batch_writer();
    tachy_stream *stream = attach();
    tachy_frame *frame = NULL;
    put(&header, camera, CAMERA_BYTES);
    put(&header, camera, CAMERA_BYTES);
    put_again(&header, "\x78\x01", 2, 100);
    const tachy_camera *cameras = read_header(writer, stream, &header, &frame);
    assert_non_null(cameras);
    assert_memory_equal(cameras[0].camera_from_world, "mmmmmmmm", 8);
    tachy_frame_release(&frame);
    put_again(&header, "\x78\x01", 2, 10000); // more than a parser of bounded memory takes
    read_header(writer, stream, &header, &frame);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void fault_58_dimensions_and_formats_that_cannot_be_are_refused(void **state)
{
    (void)state;
    tachy_writer *writer = batch_writer();
    struct scribbled data = scribble(name, "a.dat.1");
    struct ring_plane *plane = &((struct ring_data *)data.base)->planes[0], whole = *plane;
    const struct ring_plane cases[] = {{.width = 0, .height = 4},
                                       {.width = 8, .height = 0},
                                       {.width = 65536, .height = 65536},
                                       {.width = UINT32_MAX, .height = UINT32_MAX},
                                       {.width = 8, .height = 4, .format = 77},
                                       {.width = 8, .height = 4, .format = UINT32_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plane->width = cases[i].width;
        plane->height = cases[i].height;
        plane->format = cases[i].format == 0 ? whole.format : cases[i].format;
        const tachy_stream_params params = {.size = sizeof params, .name = name};
        tachy_stream *stream = NULL;
        if (tachy_stream_attach(&params, 0, &stream) != TACHY_CORRUPT)
            fail_msg("case %zu was believed", i);
        *plane = whole;
    }
    tachy_stream *stream = attach();
    tachy_stream_detach(&stream);
    scribble_end(&data);
    tachy_writer_destroy(&writer);
}

static void fault_58_intrinsics_that_are_no_numbers_pass_as_data(void **state)
{
    (void)state;
    static const double values[] = {NAN, INFINITY, -INFINITY, 0, -1, 1e308};
    tachy_writer *writer = batch_writer();
    tachy_stream *stream = attach();
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double value = values[i];
        uint8_t picture[TEST_WIDTH * TEST_HEIGHT * 3];
        tachy_camera odd = {.fx = value, .fy = value, .near_m = value, .far_m = value};
        tachy_frame *frame = NULL;
        size_t count = 0;
        publish(writer, &odd);
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
        const tachy_camera *cameras = tachy_frame_cameras(frame, &count);
        assert_int_equal(count, IMAGES);
        assert_memory_equal(&cameras[0].fx, &value, sizeof value);
        const char *const passes[] = {"_depth", "_depth_simple"};
        for (int pass = 0; pass < 2; pass++) // a status or a picture, but no trap
            tachy_frame_encode(frame, 0, passes[pass], NULL, picture, sizeof picture,
                               (size_t)TEST_WIDTH * 3);
        tachy_frame_release(&frame);
    }
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static tachy_status try_attach(const struct peer *peer)
{
    const tachy_stream_params params = {.size = sizeof params, .name = peer->name};
    tachy_stream *stream = NULL;
    tachy_status status = tachy_stream_attach(&params, 0, &stream);
    if (status == TACHY_OK)
        assert_int_equal(test_next_number(stream), 2);
    tachy_stream_detach(&stream);
    return status;
}

static void fault_59_a_newer_minor_is_read_and_another_major_order_or_word_refused(void **state)
{
    (void)state;
    static const char *const kinds[] = {"a.ctl", "a.reg", "a.dat.1"};
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){0}, false);
    for (int i = 0; i < 3; i++) {
        struct scribbled mapped = scribble(peer.name, kinds[i]);
        struct ring_mark *mark = (struct ring_mark *)mapped.base;
        mark->minor += 3;
        assert_int_equal(try_attach(&peer), TACHY_OK);
        mark->major++;
        assert_int_equal(try_attach(&peer), TACHY_VERSION);
        assert_non_null(strstr(tachy_error(), "rebuild"));
        mark->major--;
        mark->word_bits = 32;
        assert_int_equal(try_attach(&peer), TACHY_VERSION);
        mark->word_bits = RING_WORD_BITS;
        mark->byte_order = __builtin_bswap32(RING_BYTE_ORDER);
        assert_int_equal(try_attach(&peer), TACHY_VERSION);
        mark->byte_order = RING_BYTE_ORDER;
        uint64_t magic = mark->magic;
        mark->magic = __builtin_bswap64(magic);
        assert_int_equal(try_attach(&peer), TACHY_VERSION);
        mark->magic = magic;
        scribble_end(&mapped);
    }
    assert_int_equal(try_attach(&peer), TACHY_OK);
    peer_end(&peer);
}

static void fault_60_one_bit_of_the_payload_is_caught_by_verifying(void **state)
{
    (void)state;
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){.verify = true}, false);
    struct scribbled control = scribble(peer.name, "a.ctl"), data = scribble(peer.name, "a.dat.1");
    const struct ring_control *map = (const struct ring_control *)control.base;
    const struct ring_data *head = (const struct ring_data *)data.base;
    uint64_t slot = map->head & (RING_SLOTS_MAX - 1);
    for (int plane = 0; plane < 2; plane++) {
        uint64_t start = head->slots_offset + slot * head->slot_bytes + head->planes[plane].offset;
        const uint64_t bits[] = {0, 8 * head->planes[plane].image_bytes / 2 + 3,
                                 8 * head->planes[plane].image_bytes - 1};
        for (int i = 0; i < 3; i++) {
            tachy_stream *stream = peer_attach(&peer, (tachy_stream_params){.verify = true});
            tachy_frame *frame = NULL;
            data.base[start + bits[i] / 8] ^= (char)(1 << (bits[i] % 8));
            assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
            assert_non_null(strstr(tachy_error(), plane == 0 ? "plane color" : "plane depth"));
            assert_int_equal(test_stats(stream).corrupt, 1);
            data.base[start + bits[i] / 8] ^= (char)(1 << (bits[i] % 8));
            tachy_stream_detach(&stream);
        }
    }
    assert_int_equal(try_attach(&peer), TACHY_OK);
    scribble_end(&control);
    scribble_end(&data);
    peer_end(&peer);
}

static void fault_60_one_bit_of_any_image_of_a_batch_is_caught(void **state)
{
    (void)state;
    tachy_writer *writer = batch_writer_of(true);
    const tachy_stream_params params = {.size = sizeof params, .name = name, .verify = true};
    tachy_stream *stream = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_OK);
    struct scribbled control = scribble(name, "a.ctl"), data = scribble(name, "a.dat.1");
    const struct ring_control *map = (const struct ring_control *)control.base;
    const struct ring_data *head = (const struct ring_data *)data.base;
    for (uint64_t image = 0; image < IMAGES; image++) {
        tachy_frame *frame = NULL;
        publish(writer, NULL);
        uint64_t slot = map->head & (RING_SLOTS_MAX - 1);
        data.base[head->slots_offset + slot * head->slot_bytes + head->planes[1].offset +
                  image * head->planes[1].image_bytes] ^= 1;
        if (tachy_stream_next(stream, 0, &frame) != TACHY_CORRUPT)
            fail_msg("a bit of image %d passed", (int)image);
        assert_non_null(strstr(tachy_error(), "plane depth"));
    }
    scribble_end(&control);
    scribble_end(&data);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_57_a_header_that_is_cut_oversized_nested_or_incomplete_is_refused),
    cmocka_unit_test(fault_57_fields_that_are_unknown_or_come_twice_do_no_harm),
    cmocka_unit_test(fault_58_dimensions_and_formats_that_cannot_be_are_refused),
    cmocka_unit_test(fault_58_intrinsics_that_are_no_numbers_pass_as_data),
    cmocka_unit_test(fault_59_a_newer_minor_is_read_and_another_major_order_or_word_refused),
    cmocka_unit_test(fault_60_one_bit_of_the_payload_is_caught_by_verifying),
    cmocka_unit_test(fault_60_one_bit_of_any_image_of_a_batch_is_caught))
