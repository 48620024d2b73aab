// Streams that change their planes and sizes, for tests.
#include "tests/lib/shape.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/stream.h"

enum { HELD_MAX = 8 }; // more would be many pages for each resize

static const char *const names[] = {"color", "depth", "mask"};

size_t shape_planes(const struct shape *shape, tachy_plane_params planes[3])
{
    const tachy_plane_params all[3] = {
        {names[0], TACHY_U8, shape->images, shape->height, shape->width, 4},
        {names[1], TACHY_F32, shape->images, shape->height, shape->width, 1},
        {names[2], TACHY_U8, shape->images, shape->height, shape->width, 1}};
    memcpy(planes, all, sizeof all);
    return shape->mask ? 3 : 2;
}

tachy_writer *shape_writer(const struct shape *shape, tachy_writer_params params)
{
    tachy_plane_params planes[3];
    char name[64];
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    params.size = sizeof params;
    params.name = params.name == NULL ? name : params.name;
    params.planes = planes;
    params.plane_count = shape_planes(shape, planes);
    params.held_max = params.held_max == 0 ? HELD_MAX : params.held_max;
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    test_name_stream(params.name);
    return writer;
}

tachy_status shape_resize(tachy_writer *writer, const struct shape *shape)
{
    tachy_plane_params planes[3];
    const tachy_writer_params params = {
        .size = sizeof params, .planes = planes, .plane_count = shape_planes(shape, planes)};
    return tachy_writer_resize(writer, &params);
}

static uint8_t byte_of(uint64_t number, size_t plane, size_t at)
{
    return (uint8_t)(number * 131 + plane * 89 + at * 7 + (at >> 8) * 13);
}

void shape_publish(tachy_writer *writer, uint64_t number)
{
    tachy_draft *draft = NULL;
    if (tachy_writer_claim(writer, INT64_C(20000000000), &draft) != TACHY_OK)
        fail_msg("%s", tachy_error());
    for (size_t i = 0; i < 3; i++) {
        const tachy_plane *layout = NULL;
        uint8_t *bytes = tachy_draft_plane(draft, names[i], &layout);
        for (size_t at = 0; bytes != NULL && at < layout->count * layout->image_bytes; at++)
            bytes[at] = byte_of(number, i, at);
    }
    assert_int_equal(tachy_draft_set_frame(draft, number, (int64_t)number, 60), TACHY_OK);
    if (tachy_draft_publish(&draft) != TACHY_OK)
        fail_msg("%s", tachy_error());
}

static void check_plane(const tachy_frame *frame, const struct shape *shape, size_t i)
{
    const tachy_plane *plane = tachy_frame_plane(frame, names[i]);
    if (i == 2 && !shape->mask) {
        assert_null(plane);
        return;
    }
    assert_non_null(plane);
    assert_int_equal(plane->width, shape->width);
    assert_int_equal(plane->height, shape->height);
    assert_int_equal(plane->count, shape->images);
    const uint8_t *bytes = plane->data;
    uint64_t number = tachy_frame_number(frame);
    for (size_t at = 0; at < plane->count * plane->image_bytes; at++)
        if (bytes[at] != byte_of(number, i, at))
            fail_msg("frame %llu, plane %s, byte %zu is %u", (unsigned long long)number, names[i],
                     at, bytes[at]);
}

void shape_check(const tachy_frame *frame, const struct shape *shape)
{
    for (size_t i = 0; i < 3; i++)
        check_plane(frame, shape, i);
}

tachy_frame *shape_next(tachy_stream *stream, const struct shape *shape, uint64_t number)
{
    tachy_frame *frame = NULL;
    tachy_status status = tachy_stream_next(stream, 0, &frame);
    if (status != TACHY_OK)
        fail_msg("frame %llu: %s: %s", (unsigned long long)number, tachy_status_name(status),
                 tachy_error());
    assert_int_equal(tachy_frame_number(frame), number);
    shape_check(frame, shape);
    return frame;
}

void shape_wants_change(tachy_stream *stream, const struct shape *shape)
{
    tachy_frame *frame = NULL;
    const tachy_info *info = NULL;
    assert_string_equal(tachy_status_name(tachy_stream_next(stream, 0, &frame)), "TACHY_CHANGED");
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    assert_int_equal(info->plane_count, shape->mask ? 3 : 2);
    assert_int_equal(info->planes[0].width, shape->width);
    assert_int_equal(info->planes[0].height, shape->height);
    assert_int_equal(info->planes[0].count, shape->images);
}

int shape_count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

int shape_count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];
    int count = 0;
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL)
        count += strstr(line, "/dev/shm/") != NULL;
    fclose(maps);
    return count;
}
