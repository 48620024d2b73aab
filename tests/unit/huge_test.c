// Large streams in huge pages: mapped where such pages can be mapped, and what says that it lies in them does.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include <tachy/tachy.h>

enum { HUGE_BYTES = 2 << 20, PAGE_BYTES = 4096 };

static char name[64];

static tachy_writer *make_writer(uint32_t side)
{
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    const tachy_plane_params plane = {"color", TACHY_U8, 1, side, side, 4};
    const tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1, .held_max = 2};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

static tachy_stream *make_reader(void)
{
    const tachy_stream_params params = {.size = sizeof params, .name = name};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

static void publish(tachy_writer *writer)
{
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
}

// What the kernel says of the mapping that holds `address`: its start, and how much of it is mapped by huge pages.
static void ask_kernel(const void *address, uint64_t *start, uint64_t *huge)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[512];
    bool inside = false;
    *start = *huge = 0;
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        uint64_t from, to, kib;
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " ", &from, &to) == 2) {
            inside = (uintptr_t)address >= from && (uintptr_t)address < to;
            if (inside)
                *start = from;
        } else if (inside && sscanf(line, "ShmemPmdMapped: %" SCNu64, &kib) == 1) {
            *huge = kib * 1024;
        }
    }
    if (maps != NULL)
        fclose(maps);
    assert_true(*start != 0);
}

static void a_large_stream_is_mapped_where_huge_pages_fit(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1024);
    tachy_stream *stream = make_reader();
    tachy_frame *frame = NULL;
    void *base;
    size_t bytes;
    uint64_t start, huge;
    assert_int_equal(tachy_writer_memory(writer, &base, &bytes), TACHY_OK);
    ask_kernel(base, &start, &huge);
    assert_int_equal(start % HUGE_BYTES, 0);
    publish(writer);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    ask_kernel(tachy_frame_plane(frame, "color")->data, &start, &huge);
    assert_int_equal(start % HUGE_BYTES, 0);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

// The kernel need not grant them: memory may be in small pieces.
static void what_says_to_lie_in_huge_pages_does(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1024);
    tachy_stream *stream = make_reader();
    const tachy_info *info = NULL;
    void *base;
    size_t bytes;
    uint64_t start, huge;
    assert_int_equal(tachy_writer_memory(writer, &base, &bytes), TACHY_OK);
    for (size_t at = 0; at < bytes; at += PAGE_BYTES)
        assert_int_equal(((const volatile char *)base)[at], 0);
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    ask_kernel(base, &start, &huge);
    print_message("# %" PRIu64 " bytes of %" PRIu64 " in huge pages\n", info->huge_bytes,
                  info->slots * info->slot_bytes);
    assert_true(huge >= info->huge_bytes);
    assert_true(info->huge_bytes == 0 ||
                info->huge_bytes + HUGE_BYTES > info->slots * info->slot_bytes);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_stream_smaller_than_a_huge_page_has_none(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(16);
    tachy_stream *stream = make_reader();
    const tachy_info *info = NULL;
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    assert_int_equal(info->huge_bytes, 0);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_large_stream_is_mapped_where_huge_pages_fit),
                cmocka_unit_test(what_says_to_lie_in_huge_pages_does),
                cmocka_unit_test(a_stream_smaller_than_a_huge_page_has_none))
