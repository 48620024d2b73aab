// bench-render: one round of what a frame of the built-in room costs the producer, by size, planes and delivery.
//
// The loop is the product's (producer/publish): two frames in flight, one image per submit, claim, camera, submit, then
// deliver and publish the older frame. Not delivering leaves out the ring alone: the device renders into images of its
// own. A figure is the time of a chunk of frames, from the first claim to the last delivery, over their number; the four
// ways of one size take turns, chunk by chunk. A reader looks at the last frame: what it shows must not be empty.
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tachy/tachy.h>
#include <unistd.h>

#include "bench/lib/middle.h"
#include "bench/lib/row.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "producer/pass/render.h"
#include "producer/scene/builtin.h"

enum { IN_FLIGHT = 2, WAYS = 4, SIZES = 4, WARM_UP = 2, CHUNK_MS = 40, CHUNK_FRAMES_MIN = 4 };
enum { CHUNKS_MAX = 5, SIZE_MS = 2500, SIZE_MS_QUICK = 600 }; // a slow machine gets fewer chunks
static const int64_t patience_ns = 10 * (int64_t)NS_PER_S;

static const struct picture {
    const char *label;
    uint32_t width, height;
} pictures[SIZES] = {
    {"64x64", 64, 64}, {"256x256", 256, 256}, {"640x480", 640, 480}, {"1920x1080", 1920, 1080}};

static const struct kind {
    const char *planes_label, *mode;
    uint64_t planes;
    bool delivering;
} kinds[WAYS] = {
    {"1 plane", "not delivering", 1 << PLANE_COLOR, false},
    {"1 plane", "delivering", 1 << PLANE_COLOR, true},
    {"3 planes", "not delivering", 1 << PLANE_COLOR | 1 << PLANE_DEPTH | 1 << PLANE_ID, false},
    {"3 planes", "delivering", 1 << PLANE_COLOR | 1 << PLANE_DEPTH | 1 << PLANE_ID, true},
};

struct flight {
    uint64_t ticket;
    tachy_draft *draft; ///< NULL when not delivering
};

/// One way to render one size.
struct way {
    const struct kind *kind;
    const struct scene_avatar *avatar;
    char name[96];
    tachy_writer *writer; ///< NULL when not delivering
    struct render_target *target;
    struct flight flights[IN_FLIGHT];
    uint64_t begun, ended; ///< frames
    double chunk_ms[CHUNKS_MAX];
};

static struct scene *scene;
static struct render *render;
static char failure[1200]; ///< the last one, for the rows that are missing because of it
static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

static bool fail(const struct way *way, const char *what, const char *line)
{
    snprintf(failure, sizeof(failure), "%s: %s", what, line);
    fprintf(stderr, "bench: render %s: %s\n", way->name, failure);
    return false;
}

static bool make_writer(struct way *way)
{
    tachy_plane_params planes[PLANE_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < PLANE_COUNT; i++)
        if (way->kind->planes >> i & 1)
            planes[count++] = (tachy_plane_params){
                plane_table[i].name, plane_table[i].format, 1,
                way->avatar->height, way->avatar->width,    plane_table[i].channels};
    tachy_writer_params params = {.size = sizeof(params),
                                  .name = way->name,
                                  .planes = planes,
                                  .plane_count = count,
                                  .held_max = 1,
                                  .drafts_max = IN_FLIGHT};
    return tachy_writer_create(&params, &way->writer) == TACHY_OK ||
           fail(way, "no stream", tachy_error());
}

static bool way_init(struct way *way, const struct kind *kind, const struct scene_avatar *avatar)
{
    *way = (struct way){.kind = kind, .avatar = avatar};
    snprintf(way->name, sizeof(way->name), "bench-%d/%s-%d", (int)getpid(), avatar->name,
             (int)(kind - kinds));
    struct render_target_params params = {.name = way->name,
                                          .width = avatar->width,
                                          .height = avatar->height,
                                          .planes = kind->planes};
    if (kind->delivering &&
        (!make_writer(way) ||
         tachy_writer_memory(way->writer, &params.memory, &params.memory_bytes) != TACHY_OK))
        return false;
    return render_target_create(render, &params, &way->target) == TACHY_OK ||
           fail(way, "no target", error_line());
}

static bool end_frame(struct way *way)
{
    struct flight *flight = &way->flights[way->ended % IN_FLIGHT];
    if (render_deliver(render, flight->ticket, patience_ns) != TACHY_OK)
        return fail(way, "deliver", error_line());
    way->ended++;
    if (flight->draft && tachy_draft_publish(&flight->draft) != TACHY_OK)
        return fail(way, "publish", tachy_error());
    return true;
}

static bool prepare_draft(struct way *way, tachy_draft **draft, struct render_image *image)
{
    int64_t numerator, denominator;
    if (tachy_writer_claim(way->writer, 0, draft) != TACHY_OK)
        return fail(way, "claim", tachy_error());
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        const tachy_plane *layout;
        if (!(way->kind->planes >> i & 1))
            continue;
        image->data[i] = tachy_draft_plane(*draft, plane_table[i].name, &layout);
        image->row_bytes[i] = layout->row_bytes;
    }
    scene_time(scene, &numerator, &denominator);
    return (tachy_draft_set_camera(*draft, 0, image->camera) == TACHY_OK &&
            tachy_draft_set_frame(*draft, scene->frame, numerator, denominator) == TACHY_OK) ||
           fail(way, "camera and time", tachy_error());
}

static bool begin_frame(struct way *way)
{
    struct flight *flight = &way->flights[way->begun % IN_FLIGHT];
    struct render_image image = {
        .target = way->target, .camera = &way->avatar->camera, .planes = way->kind->planes};
    scene_step(scene);
    if (way->writer && !prepare_draft(way, &flight->draft, &image))
        return false;
    if (render_submit(render, scene, &image, 1, &flight->ticket) != TACHY_OK)
        return fail(way, "submit", error_line());
    way->begun++;
    return true;
}

static bool render_frames(struct way *way, uint64_t count)
{
    for (uint64_t end = way->begun + count; way->begun < end;)
        if ((way->begun - way->ended == IN_FLIGHT && !end_frame(way)) || !begin_frame(way))
            return false;
    while (way->ended < way->begun)
        if (!end_frame(way))
            return false;
    return !stopped;
}

static void way_finish(struct way *way)
{
    while (way->ended < way->begun && end_frame(way))
        ;
    for (int i = 0; i < IN_FLIGHT; i++)
        tachy_draft_abort(&way->flights[i].draft);
    render_target_destroy(&way->target); // first: it has the writer's memory imported
    tachy_writer_destroy(&way->writer);
}

static bool shows_something(const tachy_frame *frame, const char *name)
{
    const tachy_plane *plane = tachy_frame_plane(frame, name);
    if (!plane)
        return false;
    const char *middle = (const char *)plane->data + plane->height / 2 * plane->row_bytes;
    for (size_t i = 0; i < plane->width * 4; i++) // all three have 4 bytes per pixel
        if (middle[i])
            return true;
    return false;
}

static bool check_last_frame(const struct way *way)
{
    tachy_stream_params params = {.size = sizeof(params), .name = way->name};
    tachy_stream *stream = NULL;
    tachy_frame *frame = NULL;
    bool whole = tachy_stream_attach(&params, 0, &stream) == TACHY_OK &&
                 tachy_stream_next(stream, 0, &frame) == TACHY_OK &&
                 tachy_frame_sequence(frame) == way->begun;
    for (size_t i = 0; whole && i < PLANE_COUNT; i++)
        whole = !(way->kind->planes >> i & 1) || shows_something(frame, plane_table[i].name);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    return whole || fail(way, "the last frame is not there, or empty", tachy_error());
}

static bool measure_chunk(struct way *way, uint64_t frames, double *chunk_ms)
{
    int64_t begin = clock_now_ns();
    if (!render_frames(way, frames))
        return false;
    *chunk_ms = (double)(clock_now_ns() - begin) / NS_PER_MS / (double)frames;
    return true;
}

static size_t clamp(double value, size_t low, size_t high)
{
    return value < (double)low ? low : value > (double)high ? high : (size_t)value;
}

static bool measure_ways(struct way ways[WAYS], double size_ms, size_t *chunks)
{
    double frame_ms;
    for (int i = 0; i < WAYS; i++) // compiles shaders, fills caches
        if (!render_frames(&ways[i], WARM_UP))
            return false;
    if (!measure_chunk(&ways[WAYS - 1], WARM_UP, &frame_ms))
        return false;
    size_t frames = clamp(CHUNK_MS / frame_ms, CHUNK_FRAMES_MIN, 1000);
    *chunks = clamp(size_ms / (WAYS * (double)frames * frame_ms), 1, CHUNKS_MAX);
    for (size_t chunk = 0; chunk < *chunks; chunk++)
        for (int i = 0; i < WAYS; i++)
            if (!measure_chunk(&ways[i], frames, &ways[i].chunk_ms[chunk]))
                return false;
    for (int i = 0; i < WAYS; i++)
        if (ways[i].writer && !check_last_frame(&ways[i]))
            return false;
    return true;
}

static void report(const struct way *way, size_t picture, size_t chunks, bool done)
{
    double samples[CHUNKS_MAX];
    struct row row = {"render", way->kind->planes_label, way->kind->mode, pictures[picture].label,
                      "ms"};
    memcpy(samples, way->chunk_ms, sizeof(samples));
    row.value = middle(samples, chunks);
    if (done)
        row_print(&row);
    else
        row_missing(&row, failure);
}

static bool measure_picture(size_t picture, double size_ms)
{
    struct way ways[WAYS] = {0};
    size_t chunks = 0;
    bool done = render != NULL;
    for (int i = 0; i < WAYS; i++)
        ways[i].kind = &kinds[i];
    for (int i = 0; done && i < WAYS; i++)
        done = way_init(&ways[i], &kinds[i], &scene->avatars[picture]);
    done = done && measure_ways(ways, size_ms, &chunks);
    for (int i = 0; i < WAYS; i++)
        report(&ways[i], picture, chunks, done);
    for (int i = 0; i < WAYS; i++)
        way_finish(&ways[i]);
    return done;
}

static bool make_world(void)
{
    struct scene_avatar *avatar;
    scene = scene_create();
    if (!scene || builtin_room(scene, 0) != TACHY_OK)
        return false;
    for (size_t i = 0; i < SIZES; i++) {
        if (scene_add_avatar(scene, pictures[i].label, &avatar) != TACHY_OK)
            return false;
        avatar->width = pictures[i].width;
        avatar->height = pictures[i].height;
        scene_place_avatar(scene, 0, avatar);
    }
    struct render_params params = {.quality = 1, .frames_in_flight = IN_FLIGHT}; // the defaults
    return render_create(&params, &render) == TACHY_OK;
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    bool done = make_world();
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    if (done) {
        char driver[256];
        snprintf(driver, sizeof(driver), "%s, delivery tier %u", render_device_name(render),
                 render_tier(render));
        row_fact("driver", driver);
    } else {
        fail(&(struct way){0}, "no renderer", error_line());
    }
    for (size_t i = 0; i < SIZES && !stopped; i++)
        done &= measure_picture(i, quick ? SIZE_MS_QUICK : SIZE_MS);
    render_destroy(&render);
    scene_destroy(&scene);
    return done ? 0 : 1;
}
