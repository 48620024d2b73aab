// A stream whose objects somebody scribbles into: refused or survived, never believed.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "common/ring/layout.h"
#include "tests/lib/main.h"

static char name[64];

/// One object of the stream, mapped as a peer with every right would.
struct scribbled {
    void *base;
    size_t bytes;
};

static struct scribbled scribble(const char *kind)
{
    char path[128];
    snprintf(path, sizeof path, "/dev/shm/tachy.hostile%d.%s", (int)getpid(), kind);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat object;
    assert_true(fd >= 0 && fstat(fd, &object) == 0);
    struct scribbled mapped = {.bytes = (size_t)object.st_size};
    mapped.base = mmap(NULL, mapped.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(mapped.base, MAP_FAILED);
    close(fd);
    return mapped;
}

static void leave(struct scribbled *mapped)
{
    munmap(mapped->base, mapped->bytes);
}

static tachy_writer *make_writer(void)
{
    const tachy_plane_params planes[] = {{"color", TACHY_U8, 2, 8, 8, 4},
                                         {"id", TACHY_U32, 2, 8, 8, 1}};
    snprintf(name, sizeof name, "hostile%d/a", (int)getpid());
    tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = planes, .plane_count = 2, .held_max = 4};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

static void publish(tachy_writer *writer)
{
    tachy_draft *draft = NULL;
    tachy_camera camera = {.fx = 1, .name = "a"};
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    assert_int_equal(tachy_draft_set_camera(draft, 1, &camera), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
}

static tachy_status try_attach(tachy_stream **stream)
{
    tachy_stream_params params = {.size = sizeof params, .name = name};
    return tachy_stream_attach(&params, 0, stream);
}

static tachy_stream *attach(void)
{
    tachy_stream *stream = NULL;
    assert_int_equal(try_attach(&stream), TACHY_OK);
    return stream;
}

static void another_major_version_is_refused_and_a_newer_minor_read(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    struct scribbled control = scribble("a.ctl");
    struct ring_mark *mark = control.base;
    tachy_stream *stream = NULL;
    mark->major++;
    assert_int_equal(try_attach(&stream), TACHY_VERSION);
    assert_non_null(strstr(tachy_error(), "rebuild"));
    mark->major--;
    mark->minor += 7;
    assert_int_equal(try_attach(&stream), TACHY_OK);
    tachy_stream_detach(&stream);
    mark->byte_order = __builtin_bswap32(mark->byte_order);
    assert_int_equal(try_attach(&stream), TACHY_VERSION);
    leave(&control);
    tachy_writer_destroy(&writer);
}

static void an_unfinished_object_is_waited_for_and_a_strange_one_refused(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    struct scribbled control = scribble("a.ctl");
    struct ring_mark *mark = control.base;
    tachy_stream *stream = NULL;
    uint64_t magic = mark->magic;
    mark->magic = 0;
    assert_int_equal(try_attach(&stream), TACHY_TIMED_OUT);
    mark->magic = 12345;
    assert_int_equal(try_attach(&stream), TACHY_CORRUPT);
    mark->magic = __builtin_bswap64(magic);
    assert_int_equal(try_attach(&stream), TACHY_VERSION);
    mark->magic = magic;
    mark->epoch++;
    assert_int_equal(try_attach(&stream), TACHY_TIMED_OUT); // objects of two lives: being replaced
    leave(&control);
    tachy_writer_destroy(&writer);
}

static void objects_of_two_lives_are_never_mixed(void **state)
{
    (void)state;
    static const char *const kinds[] = {"a.reg", "a.dat.1"};
    tachy_writer *writer = make_writer();
    tachy_stream *stream = NULL;
    for (int i = 0; i < 2; i++) {
        struct scribbled object = scribble(kinds[i]);
        struct ring_mark *mark = object.base;
        mark->epoch++;
        if (try_attach(&stream) != TACHY_TIMED_OUT)
            fail_msg("%s of another life was taken", kinds[i]);
        assert_non_null(strstr(tachy_error(), "two lives"));
        mark->epoch--;
        leave(&object);
    }
    stream = attach();
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

/// What attaching to the first `bytes` of a control object answers.
static tachy_status try_attach_cut(const void *control, size_t bytes)
{
    char path[128], cut[64];
    snprintf(path, sizeof path, "/dev/shm/tachy.hostile%d.cut.ctl", (int)getpid());
    snprintf(cut, sizeof cut, "hostile%d/cut", (int)getpid());
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, control, bytes) == (ssize_t)bytes);
    const tachy_stream_params params = {.size = sizeof params, .name = cut};
    tachy_stream *stream = NULL;
    tachy_status status = tachy_stream_attach(&params, 0, &stream);
    assert_null(stream);
    close(fd);
    unlink(path);
    return status;
}

static void an_object_cut_short_is_told_from_an_unfinished_one_and_another_version(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    struct scribbled mapped = scribble("a.ctl");
    struct ring_control *copy = malloc(sizeof *copy);
    assert_non_null(copy);
    memcpy((void *)copy, mapped.base, sizeof *copy);
    const size_t lengths[] = {32, sizeof copy->mark, 2000, sizeof *copy};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        assert_int_equal(try_attach_cut(copy, lengths[i]), TACHY_CORRUPT);
    copy->mark.bytes = 2000; // consistent in itself, but no control object of ours is so short
    assert_int_equal(try_attach_cut(copy, 2000), TACHY_CORRUPT);
    copy->mark.major++;
    assert_int_equal(try_attach_cut(copy, 2000), TACHY_VERSION);
    assert_int_equal(try_attach_cut(copy, sizeof copy->mark), TACHY_VERSION);
    copy->mark.magic = 0;
    assert_int_equal(try_attach_cut(copy, 2000), TACHY_TIMED_OUT);
    assert_int_equal(try_attach_cut(copy, 0), TACHY_TIMED_OUT);
    free(copy);
    leave(&mapped);
    tachy_writer_destroy(&writer);
}

static void numbers_that_would_reach_outside_are_refused(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    struct scribbled control = scribble("a.ctl"), data = scribble("a.dat.1");
    struct ring_about *about = &((struct ring_control *)control.base)->about;
    struct ring_data *head = data.base;
    struct ring_plane *plane = &head->planes[1];
    const struct {
        void *at;
        size_t bytes;
        uint64_t value;
    } cases[] = {{&about->slots, 4, 0},
                 {&about->slots, 4, UINT32_MAX},
                 {&about->slots, 4, 3},
                 {&about->readers_max, 4, 65},
                 {&about->readers_max, 4, 0},
                 {&about->held_max, 4, 5000},
                 {&about->history, 4, 1 << 30},
                 {&head->slots, 4, 512},
                 {&head->slots_offset, 8, UINT64_MAX - 4095},
                 {&head->slots_offset, 8, 0},
                 {&head->slot_bytes, 8, UINT64_C(1) << 63},
                 {&head->slot_bytes, 8, 0},
                 {&head->plane_count, 4, 65},
                 {&head->plane_count, 4, 0},
                 {&head->images, 4, 0},
                 {&head->images, 4, UINT32_MAX},
                 {&head->header_capacity, 4, UINT32_MAX},
                 {&plane->format, 4, 99},
                 {&plane->count, 4, UINT32_MAX},
                 {&plane->width, 4, 0},
                 {&plane->width, 4, 65536},
                 {&plane->height, 4, UINT32_MAX},
                 {&plane->channels, 4, 5},
                 {&plane->row_bytes, 8, 4},
                 {&plane->row_bytes, 8, UINT64_MAX & ~UINT64_C(63)},
                 {&plane->image_bytes, 8, 1},
                 {&plane->image_bytes, 8, plane->image_bytes + 2}, // misaligned from image 1 on
                 {&plane->image_bytes, 8, UINT64_C(1) << 62},
                 {&plane->offset, 8, 0},
                 {&plane->offset, 8, UINT64_MAX & ~UINT64_C(63)},
                 {plane->name, 8, UINT64_C(0x41414141)}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t before = 0;
        memcpy(&before, cases[i].at, cases[i].bytes);
        memcpy(cases[i].at, &cases[i].value, cases[i].bytes);
        tachy_stream *stream = NULL;
        if (try_attach(&stream) != TACHY_CORRUPT)
            fail_msg("case %zu was believed", i);
        memcpy(cases[i].at, &before, cases[i].bytes);
    }
    tachy_stream *stream = attach(); // all is as before
    tachy_stream_detach(&stream);
    leave(&control);
    leave(&data);
    tachy_writer_destroy(&writer);
}

static void a_head_that_names_no_slot_or_a_stuck_one_is_corrupt(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    publish(writer);
    tachy_stream *stream = attach();
    struct scribbled mapped = scribble("a.ctl");
    struct ring_control *control = mapped.base;
    tachy_frame *frame = NULL;
    uint64_t head = control->head;
    control->head = head | 511;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
    control->head = head;
    uint64_t slot = head & 511;
    control->slots[slot].sequence = RING_BUSY;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
    control->slots[slot].sequence = 1;
    control->slots[slot].descriptor.time_denominator = 0;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
    tachy_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_stream_stats(stream, &stats), TACHY_OK);
    assert_int_equal(stats.corrupt, 3);
    assert_int_equal(stats.held, 0);
    publish(writer);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    tachy_frame_release(&frame);
    leave(&mapped);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_publish_time_of_any_value_is_survived(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    tachy_stream *stream = attach();
    struct scribbled mapped = scribble("a.ctl");
    struct ring_control *control = mapped.base;
    const int64_t times[] = {INT64_MIN, INT64_MAX, -1};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        tachy_frame *frame = NULL;
        publish(writer);
        control->slots[control->head & 511].descriptor.published_ns = times[i];
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
        assert_int_equal(tachy_frame_published_ns(frame), times[i]);
        tachy_frame_release(&frame);
    }
    leave(&mapped);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_damaged_header_leaves_the_planes_readable(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    publish(writer);
    tachy_stream *stream = attach();
    struct scribbled mapped = scribble("a.ctl");
    struct ring_control *control = mapped.base;
    struct ring_descriptor *descriptor = &control->slots[control->head & 511].descriptor;
    descriptor->header_bytes = 1U << 31;
    descriptor->planes = UINT64_MAX;
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    const void *packed = NULL;
    size_t bytes = 1;
    assert_int_equal(tachy_frame_header(frame, &packed, &bytes), TACHY_CORRUPT);
    assert_null(packed);
    assert_null(tachy_frame_cameras(frame, &bytes));
    assert_int_equal(bytes, 0);
    assert_non_null(tachy_frame_plane(frame, "color"));
    tachy_frame_release(&frame);
    leave(&mapped);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_damaged_id_row_hides_only_itself(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    uint32_t id = 0;
    for (int i = 0; i < 3; i++) {
        tachy_identity identity = {i, {0}, {0}, "chair", "furniture"};
        assert_int_equal(tachy_writer_add_identity(writer, &identity, &id), TACHY_OK);
    }
    publish(writer);
    struct scribbled mapped = scribble("ids.0");
    struct ring_ids *ids = mapped.base;
    ids->rows[1].name_offset = UINT32_MAX;
    tachy_stream *stream = attach();
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_null(tachy_frame_identity(frame, 2));
    assert_string_equal(tachy_frame_identity(frame, 1)->name, "chair");
    assert_string_equal(tachy_frame_identity(frame, 3)->category, "furniture");
    size_t count = 1;
    assert_null(tachy_frame_identities(frame, &count));
    assert_int_equal(count, 0);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    ids->rows[1].name_offset = ids->rows[0].name_offset;
    ids->rows[1].name_bytes = 9; // a NUL within
    stream = attach();
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_null(tachy_frame_identity(frame, 2));
    assert_non_null(tachy_frame_identity(frame, 3));
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    leave(&mapped);
    tachy_writer_destroy(&writer);
}

static void an_id_table_that_shrank_is_corrupt_and_the_frame_readable(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    uint32_t id = 0;
    tachy_identity identity = {1, {0}, {0}, "chair", "furniture"};
    assert_int_equal(tachy_writer_add_identity(writer, &identity, &id), TACHY_OK);
    publish(writer);
    struct scribbled mapped = scribble("a.ctl");
    struct ring_control *control = mapped.base;
    control->slots[control->head & 511].descriptor.id_rows = UINT32_MAX;
    tachy_stream *stream = attach();
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_null(tachy_frame_identity(frame, 1));
    assert_non_null(tachy_frame_plane(frame, "id"));
    tachy_frame_release(&frame);
    leave(&mapped);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_scribbled_registry_starves_but_never_crashes_the_writer(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    publish(writer);
    struct scribbled mapped = scribble("a.reg");
    struct ring_registry *registry = mapped.base;
    for (uint32_t i = 0; i < 64; i++) {
        registry->readers[i].state = RING_READER_LIVE;
        registry->readers[i].cursor = UINT64_MAX;
        registry->readers[i].wanted = UINT64_MAX;
        for (uint32_t c = 0; c < RING_CELLS_MAX; c++)
            registry->readers[i].cells[c] = i * 8 + c + 1;
    }
    registry->readers[5].cells[0] = UINT32_MAX;
    uint64_t wanted = 0;
    assert_int_equal(tachy_writer_wanted(writer, &wanted), TACHY_OK);
    assert_int_equal(wanted, 3);
    tachy_listing *listing = NULL;
    assert_int_equal(tachy_listing_create(&listing), TACHY_OK);
    tachy_listing_destroy(&listing);
    publish(writer); // nobody holds those blocks' locks: they are swept
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    assert_int_equal(stats.held, 0);
    leave(&mapped);
    tachy_writer_destroy(&writer);
}

static void a_reader_that_pins_more_than_it_reserved_costs_drops_but_no_kept_frame(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    tachy_stream *stream = attach();
    for (int i = 0; i < 9; i++)
        publish(writer);
    struct scribbled control_map = scribble("a.ctl"), registry_map = scribble("a.reg");
    const struct ring_control *control = control_map.base;
    struct ring_registry *registry = registry_map.base;
    uint32_t newest = control->head & 511, before = control->table[8], cell = 0;
    for (uint32_t slot = 0; slot < control->about.slots; slot++)
        if (slot != newest && slot != before)
            registry->readers[0].cells[cell++] = slot + 1;
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_EMPTY);
    assert_null(draft);
    assert_int_equal(control->slots[newest].sequence, 9);
    assert_int_equal(control->slots[before].sequence, 8);
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    assert_int_equal(stats.dropped, 1);
    const tachy_info *info = NULL; // what tools and readers are told
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    assert_int_equal(info->dropped, 1);
    registry->readers[0].cells[3] = 0;
    publish(writer);
    leave(&control_map);
    leave(&registry_map);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(another_major_version_is_refused_and_a_newer_minor_read),
    cmocka_unit_test(an_unfinished_object_is_waited_for_and_a_strange_one_refused),
    cmocka_unit_test(objects_of_two_lives_are_never_mixed),
    cmocka_unit_test(an_object_cut_short_is_told_from_an_unfinished_one_and_another_version),
    cmocka_unit_test(numbers_that_would_reach_outside_are_refused),
    cmocka_unit_test(a_head_that_names_no_slot_or_a_stuck_one_is_corrupt),
    cmocka_unit_test(a_publish_time_of_any_value_is_survived),
    cmocka_unit_test(a_damaged_header_leaves_the_planes_readable),
    cmocka_unit_test(a_damaged_id_row_hides_only_itself),
    cmocka_unit_test(an_id_table_that_shrank_is_corrupt_and_the_frame_readable),
    cmocka_unit_test(a_reader_that_pins_more_than_it_reserved_costs_drops_but_no_kept_frame),
    cmocka_unit_test(a_scribbled_registry_starves_but_never_crashes_the_writer))
