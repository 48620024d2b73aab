// Checksums: one flipped bit is caught by a reader that verifies, and by nobody else.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/crc32c.h"
#include "common/ring/layout.h"
#include "tests/lib/main.h"
#include "tests/lib/stream.h"

// Bit by bit, by the definition: shares nothing with what it judges.
static uint32_t slow_crc(const unsigned char *bytes, size_t count)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? crc >> 1 ^ UINT32_C(0x82f63b78) : crc >> 1;
    }
    return ~crc;
}

static void a_crc32c_is_the_standards_by_instruction_and_by_table(void **state)
{
    (void)state;
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    assert_int_equal(crc32c_by_table(0, "123456789", 9), 0xe3069283);
    unsigned char bytes[300];
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(crc32c(0, bytes, 32), 0x8a9136aa); // RFC 3720, B.4
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 167 + i / 7);
    for (size_t start = 0; start < 9; start++) {
        for (size_t count = 0; count + start < sizeof bytes; count += 1 + count / 9) {
            uint32_t wanted = slow_crc(bytes + start, count);
            assert_int_equal(crc32c(0, bytes + start, count), wanted);
            assert_int_equal(crc32c_by_table(0, bytes + start, count), wanted);
            uint32_t half = crc32c(0, bytes + start, count / 2);
            assert_int_equal(crc32c(half, bytes + start + count / 2, count - count / 2), wanted);
        }
    }
}

static void *map_object(const char *kind, size_t *bytes)
{
    char path[160];
    const char *stream = test_stream_name();
    snprintf(path, sizeof path, "/dev/shm/tachy.%.*s.a.%s", (int)strcspn(stream, "/"), stream,
             kind);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat object;
    assert_true(fd >= 0 && fstat(fd, &object) == 0);
    *bytes = (size_t)object.st_size;
    void *map = mmap(NULL, *bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(map, MAP_FAILED);
    close(fd);
    return map;
}

// Another process flips one bit of plane `plane` of the newest frame.
static void flip(int plane, size_t byte, int bit)
{
    pid_t child = fork();
    if (child == 0) {
        size_t control_bytes, data_bytes;
        const struct ring_control *control = map_object("ctl", &control_bytes);
        char *data = map_object("dat.1", &data_bytes);
        const struct ring_data *head = (const struct ring_data *)data;
        size_t slot = control->head & (RING_SLOTS_MAX - 1);
        data[head->slots_offset + slot * head->slot_bytes + head->planes[plane].offset + byte] ^=
            (char)(1 << bit);
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void one_flipped_bit_is_caught_and_the_plane_is_named(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.verify = true});
    tachy_stream *stream = test_reader((tachy_stream_params){.verify = true});
    tachy_stream *copying = test_reader((tachy_stream_params){.verify = true, .copying = true});
    tachy_stream *trusting = test_reader((tachy_stream_params){0});
    static const char *const planes[] = {"plane color ", "plane depth "};
    tachy_frame *frame = NULL;
    for (uint64_t number = 1; number <= 20; number++) {
        test_publish(writer, number);
        assert_int_equal(test_next_number(stream), number);
        assert_int_equal(test_next_number(copying), number);
        test_publish(writer, number + 100);
        size_t last = number % 2 == 0 ? 4 * 32 - 1 : 4 * 64 - 1;
        flip((int)(number % 2), number % 4 == 0 ? last : number, (int)(number % 8));
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
        assert_non_null(strstr(tachy_error(), planes[number % 2]));
        assert_non_null(strstr(tachy_error(), test_stream_name()));
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_EMPTY); // once
        assert_int_equal(tachy_stream_next(copying, 0, &frame), TACHY_CORRUPT);
        assert_int_equal(tachy_stream_next(trusting, 0, &frame), TACHY_OK);
        tachy_frame_release(&frame);
    }
    tachy_stats stats = test_stats(stream);
    assert_int_equal(stats.corrupt, 20);
    assert_int_equal(stats.received, 20);
    assert_int_equal(stats.held, 0);
    assert_int_equal(test_stats(trusting).corrupt, 0);
    tachy_stream_detach(&copying);
    tachy_stream_detach(&trusting);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void planes_that_a_frame_has_not_are_not_checked(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.verify = true});
    tachy_stream *stream = test_reader((tachy_stream_params){.verify = true});
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    memset(tachy_draft_plane(draft, "depth", NULL), 77, 16); // left over from an aborted attempt
    assert_int_equal(tachy_draft_set_valid(draft, 1), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    flip(1, 3, 3);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_null(tachy_frame_plane(frame, "depth"));
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_writer_that_stores_none_is_read_all_the_same(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){.verify = true});
    test_publish(writer, 1);
    assert_int_equal(test_next_number(stream), 1);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void an_offset_of_checksums_that_reaches_outside_is_refused(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.verify = true});
    size_t bytes;
    struct ring_control *control = map_object("ctl", &bytes);
    const uint64_t offset = control->about.crc_offset;
    const uint64_t wrong[] = {1, 64, offset + 4, offset - 4, bytes, UINT64_MAX - 3};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        control->about.crc_offset = wrong[i];
        tachy_stream_params params = {
            .size = sizeof params, .name = test_stream_name(), .verify = true};
        tachy_stream *stream = NULL;
        assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_CORRUPT);
    }
    control->about.crc_offset = offset;
    munmap(control, bytes);
    tachy_stream *stream = test_reader((tachy_stream_params){.verify = true});
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_crc32c_is_the_standards_by_instruction_and_by_table),
                cmocka_unit_test(one_flipped_bit_is_caught_and_the_plane_is_named),
                cmocka_unit_test(planes_that_a_frame_has_not_are_not_checked),
                cmocka_unit_test(a_writer_that_stores_none_is_read_all_the_same),
                cmocka_unit_test(an_offset_of_checksums_that_reaches_outside_is_refused))
