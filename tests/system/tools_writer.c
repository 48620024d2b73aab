// A writer for the tools' tests: every byte of its frames follows from where it is. Ends on SIGTERM, taking its stream along.
//
// usage: tools_writer STREAM WIDTH HEIGHT IMAGES [silent | late | hostile | mixed | read | full | resize]
//   silent: no frame is ever published; late: the first 30 frames have no plane depth; hostile: a reader with a nasty name;
//   mixed: a first plane "frame" of twice the size; read: a reader that takes every second frame; full: one frame may be held,
//   and a reader has reserved it; resize: every 20 frames they become twice as large, or as large as before
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tachy/tachy.h>
#include <unistd.h>

enum { LATE_FRAMES = 30, RESIZE_EVERY = 20, FRAME_US = 10000 };

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

static void *pixel(void *base, const tachy_plane *plane, uint32_t n, uint32_t y, uint32_t x,
                   size_t bytes)
{
    return (char *)base + n * plane->image_bytes + y * plane->row_bytes + x * bytes;
}

static void fill(tachy_draft *draft)
{
    const tachy_plane *color_plane, *depth_plane, *id_plane;
    void *color = tachy_draft_plane(draft, "color", &color_plane);
    void *depth = tachy_draft_plane(draft, "depth", &depth_plane);
    void *id = tachy_draft_plane(draft, "id", &id_plane);
    for (uint32_t n = 0; n < color_plane->count; n++) {
        for (uint32_t y = 0; y < color_plane->height; y++) {
            for (uint32_t x = 0; x < color_plane->width; x++) {
                const uint8_t rgba[4] = {(uint8_t)x, (uint8_t)y, (uint8_t)(10 * n), 255};
                memcpy(pixel(color, color_plane, n, y, x, 4), rgba, 4);
                *(float *)pixel(depth, depth_plane, n, y, x, 4) =
                    (float)n + (float)x / 4 + (float)y / 1024;
                *(uint32_t *)pixel(id, id_plane, n, y, x, 4) = (x + y) % 3;
            }
        }
    }
}

static void set_cameras(tachy_draft *draft, uint32_t images)
{
    for (uint32_t n = 0; n < images; n++) {
        tachy_camera camera = {.fx = 100 + n, .fy = 200 + n, .cx = 3.5, .cy = 4.5, .far_m = 50};
        for (int i = 0; i < 16; i++)
            camera.camera_from_world[i] = i + 0.125 * n;
        snprintf(camera.name, sizeof camera.name, "a");
        tachy_draft_set_camera(draft, n, &camera);
    }
}

static bool publish(tachy_writer *writer, uint64_t frame, uint32_t images, bool late)
{
    tachy_draft *draft = NULL;
    tachy_status status = tachy_writer_claim(writer, 0, &draft);
    if (status == TACHY_EMPTY)
        return true;
    if (status != TACHY_OK)
        return false;
    fill(draft);
    set_cameras(draft, images);
    tachy_draft_set_frame(draft, 1000 + frame, (int64_t)frame, 100);
    if (late && frame < LATE_FRAMES)
        tachy_draft_set_valid(draft, 1 | 4);
    return tachy_draft_publish(&draft) == TACHY_OK;
}

static tachy_writer *create(const char *name, uint32_t width, uint32_t height, uint32_t images,
                            const char *how)
{
    bool mixed = strcmp(how, "mixed") == 0;
    const tachy_plane_params planes[] = {
        {"frame", TACHY_U8, images, 2 * height, 2 * width, 1},
        {"color", TACHY_U8, images, height, width, 4},
        {"depth", TACHY_F32, images, height, width, 1},
        {"id", TACHY_U32, images, height, width, 1},
    };
    const tachy_writer_params params = {.size = sizeof params,
                                        .name = name,
                                        .planes = mixed ? planes : planes + 1,
                                        .plane_count = mixed ? 4 : 3,
                                        .held_max = strcmp(how, "full") == 0 ? 1 : 0,
                                        .seed = 77};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        return NULL;
    const tachy_identity red = {.object_id = 41, .id_color = {200, 10, 20}, .name = "red"};
    const tachy_identity blue = {.object_id = -5, .id_color = {0, 30, 220}, .name = "blue"};
    tachy_identity rows[] = {red, blue};
    for (int i = 0; i < 2; i++) {
        uint32_t id;
        rows[i].category = "thing";
        if (tachy_writer_add_identity(writer, &rows[i], &id) != TACHY_OK)
            tachy_writer_destroy(&writer);
    }
    return writer;
}

static bool resize(tachy_writer *writer, uint32_t width, uint32_t height, uint32_t images)
{
    const tachy_plane_params planes[] = {
        {"color", TACHY_U8, images, height, width, 4},
        {"depth", TACHY_F32, images, height, width, 1},
        {"id", TACHY_U32, images, height, width, 1},
    };
    const tachy_writer_params params = {.size = sizeof params, .planes = planes, .plane_count = 3};
    return tachy_writer_resize(writer, &params) == TACHY_OK;
}

// A reader in the writer's own process, for tests of what tools say about readers.
static bool attach(const char *name, const char *how, tachy_stream **reader)
{
    bool hostile = strcmp(how, "hostile") == 0;
    if (!hostile && strcmp(how, "read") != 0 && strcmp(how, "full") != 0)
        return true;
    const tachy_stream_params params = {.size = sizeof params,
                                        .name = name,
                                        .reader_name =
                                            hostile ? "\x1b[31m\"nasty\"\xff" : "every second"};
    return tachy_stream_attach(&params, 0, reader) == TACHY_OK;
}

static void take_newest(tachy_stream *reader)
{
    tachy_frame *seen = NULL;
    if (tachy_stream_next(reader, 0, &seen) == TACHY_OK)
        tachy_frame_release(&seen);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    const char *how = argc > 5 ? argv[5] : "";
    uint32_t width = (uint32_t)atoi(argv[2]), height = (uint32_t)atoi(argv[3]);
    uint32_t images = (uint32_t)atoi(argv[4]);
    signal(SIGTERM, stop);
    tachy_writer *writer = create(argv[1], width, height, images, how);
    tachy_stream *reader = NULL;
    bool good = writer != NULL && attach(argv[1], how, &reader);
    for (uint64_t frame = 0; good && !stopped; frame++) {
        uint32_t times = frame / RESIZE_EVERY % 2 == 0 ? 1 : 2;
        if (strcmp(how, "resize") == 0 && frame > 0 && frame % RESIZE_EVERY == 0)
            good = resize(writer, times * width, times * height, images);
        if (good && strcmp(how, "silent") != 0)
            good = publish(writer, frame, images, strcmp(how, "late") == 0);
        if (strcmp(how, "read") == 0 && frame % 2 == 1)
            take_newest(reader);
        usleep(FRAME_US);
    }
    if (!good)
        fprintf(stderr, "tools_writer: %s\n", tachy_error());
    tachy_stream_detach(&reader);
    tachy_writer_destroy(&writer);
    return good ? 0 : 1;
}
