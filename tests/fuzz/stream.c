// A real stream in /dev/shm for the fuzz targets.
#include "tests/fuzz/stream.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { IMAGES = 2, SIDE = 8, PICTURE_BYTES_MAX = 1 << 16, FRAMES_READ = 3 };

static char producer[32];
static tachy_writer *made;

static void give_up(const char *what)
{
    fprintf(stderr, "fuzz: %s: %s\n", what, tachy_error());
    exit(2);
}

static void finish(void)
{
    tachy_writer_destroy(&made);
}

static void fill(tachy_draft *draft)
{
    static const char *const names[] = {"color", "depth", "id"};
    for (int i = 0; i < 3; i++) {
        const tachy_plane *layout = NULL;
        void *plane = tachy_draft_plane(draft, names[i], &layout);
        memset(plane, i == 2 ? 0 : 65, layout->image_bytes * layout->count);
    }
    tachy_camera camera = {.fx = 1, .fy = 1, .near_m = 0.1, .far_m = 100, .name = "a"};
    for (uint32_t image = 0; image < IMAGES; image++)
        tachy_draft_set_camera(draft, image, &camera);
}

void fuzz_publish(tachy_writer *writer)
{
    tachy_draft *draft = NULL;
    tachy_status status = tachy_writer_claim(writer, TACHY_FOREVER, &draft);
    if (status == TACHY_EMPTY)
        return;
    if (status != TACHY_OK)
        give_up("no draft");
    fill(draft);
    if (tachy_draft_publish(&draft) != TACHY_OK)
        give_up("no publish");
}

tachy_writer *fuzz_start(int frames)
{
    static const tachy_plane_params planes[] = {{"color", TACHY_U8, IMAGES, SIDE, SIDE, 4},
                                                {"depth", TACHY_F32, IMAGES, SIDE, SIDE, 1},
                                                {"id", TACHY_U32, IMAGES, SIDE, SIDE, 1}};
    char name[64];
    snprintf(producer, sizeof producer, "fuzz%d", (int)getpid());
    snprintf(name, sizeof name, "%s/a", producer);
    const tachy_writer_params params = {.size = sizeof params,
                                        .name = name,
                                        .planes = planes,
                                        .plane_count = 3,
                                        .readers_max = 4,
                                        .held_max = 8,
                                        .lossless_wait_ns = 100000,
                                        .verify = true};
    if (tachy_writer_create(&params, &made) != TACHY_OK)
        give_up("no writer");
    atexit(finish);
    for (int64_t i = 0; i < 3; i++) {
        const tachy_identity identity = {.object_id = i, .name = "chair", .category = "thing"};
        uint32_t id;
        if (tachy_writer_add_identity(made, &identity, &id) != TACHY_OK)
            give_up("no identity");
    }
    for (int i = 0; i < frames; i++)
        fuzz_publish(made);
    return made;
}

void fuzz_open(const char *kind, struct fuzzed *object)
{
    char path[128];
    struct stat file;
    snprintf(path, sizeof path, "/dev/shm/tachy.%s.%s", producer, kind);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file) != 0)
        give_up(path);
    object->bytes = (size_t)file.st_size;
    object->base = mmap(NULL, object->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    object->whole = malloc(object->bytes);
    if (object->base == MAP_FAILED || object->whole == NULL)
        give_up(path);
    memcpy(object->whole, object->base, object->bytes);
    close(fd);
}

void fuzz_patch(struct fuzzed *object, const uint8_t *data, size_t size)
{
    while (size > 5) {
        uint32_t offset;
        memcpy(&offset, data, 4);
        size_t at = offset % object->bytes, count = data[4] % 8 + 1U;
        data += 5;
        size -= 5;
        if (count > size)
            count = size;
        memcpy(object->base + at, data, count < object->bytes - at ? count : object->bytes - at);
        data += count;
        size -= count;
    }
}

void fuzz_restore(struct fuzzed *object)
{
    memcpy(object->base, object->whole, object->bytes);
}

static volatile uint64_t sink; // what is read counts as used

static void read_plane(const tachy_frame *frame, const tachy_plane *layout)
{
    const tachy_plane *plane = tachy_frame_plane(frame, layout->name);
    uint64_t sum = 0;
    for (size_t i = 0; plane != NULL && i < plane->image_bytes * plane->count; i++)
        sum += ((const uint8_t *)plane->data)[i];
    sink = sum;
}

static void encode(const tachy_frame *frame)
{
    static const char *const passes[] = {"_img", "_id", "_depth", "_depth_simple"};
    static uint8_t picture[PICTURE_BYTES_MAX];
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
        const tachy_plane *plane = tachy_frame_plane(frame, tachy_pass_plane(passes[i]));
        if (plane == NULL || (uint64_t)plane->width * plane->height * 3 > sizeof picture)
            continue;
        for (uint32_t image = 0; image < IMAGES + 1; image++)
            tachy_frame_encode(frame, image, passes[i], NULL, picture,
                               (size_t)plane->width * plane->height * 3, (size_t)plane->width * 3);
    }
}

static void read_words(const tachy_frame *frame)
{
    size_t count = 0, bytes = 0;
    const void *packed = NULL;
    tachy_frame_header(frame, &packed, &bytes);
    tachy_frame_cameras(frame, &count);
    const tachy_identity *identities = tachy_frame_identities(frame, &count);
    for (size_t i = 0; i < count; i++)
        sink = strlen(identities[i].name) + strlen(identities[i].category);
    const tachy_identity *identity = tachy_frame_identity(frame, 2);
    if (identity != NULL)
        sink = strlen(identity->name);
    sink = (uint64_t)tachy_frame_time_ns(frame);
}

static void read_frame(const tachy_frame *frame, const tachy_info *info)
{
    for (size_t i = 0; i < info->plane_count; i++)
        read_plane(frame, &info->planes[i]);
    read_words(frame);
    encode(frame);
}

static void read_stream(tachy_stream *stream)
{
    const tachy_info *info = NULL;
    tachy_stats stats = {.size = sizeof stats};
    if (tachy_stream_info(stream, &info) != TACHY_OK)
        return;
    for (int i = 0; i < FRAMES_READ; i++) {
        tachy_frame *frame = NULL, *clone = NULL;
        tachy_status status =
            i == 1 ? tachy_stream_at(stream, 2, 0, &frame) : tachy_stream_next(stream, 0, &frame);
        if (status != TACHY_OK)
            continue;
        read_frame(frame, info);
        if (tachy_frame_clone(frame, &clone) == TACHY_OK)
            read_frame(clone, info);
        tachy_frame_release(&clone);
        tachy_frame_release(&frame);
    }
    tachy_stream_stats(stream, &stats);
}

void fuzz_read(uint8_t how)
{
    char name[64];
    snprintf(name, sizeof name, "%s/a", producer);
    const bool copying = how % 4 == 3;
    const tachy_stream_params params = {.size = sizeof params,
                                        .name = name,
                                        .reading = copying ? TACHY_NEWEST : how % 4,
                                        .copying = copying,
                                        .verify = (how & 4) != 0,
                                        .follow = (how & 8) != 0};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) == TACHY_OK)
        read_stream(stream);
    tachy_stream_detach(&stream);
}
