// The demo's contact sheet.
#include "consumer/tools/demo/pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <tachy/read.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/image/codec/codec.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/output.h"
#include "consumer/tools/sheet/paint.h"
#include "consumer/tools/sheet/sheet.h"

static const int64_t patience_ns = 10 * (int64_t)NS_PER_S;

struct pictures {
    size_t count;
    tachy_stream *streams[PICTURES_STREAMS_MAX];
    tachy_frame *frames[PICTURES_STREAMS_MAX];
};

static void finish(struct pictures *pictures)
{
    for (size_t i = 0; i < pictures->count; i++) {
        tachy_frame_release(&pictures->frames[i]);
        tachy_stream_detach(&pictures->streams[i]);
    }
}

// How many of the planes that can be painted this frame has; `view` (may be NULL) gets them.
static size_t find_planes(const tachy_info *info, const tachy_frame *frame, struct sheet_view *view)
{
    size_t count = 0;
    for (size_t i = 0; i < info->plane_count && count < SHEET_PLANES_MAX; i++) {
        const tachy_plane *plane = tachy_frame_plane(frame, info->planes[i].name);
        if (plane == NULL || paint_find(plane) == NULL)
            continue;
        if (view != NULL)
            view->planes[count] = plane;
        count++;
    }
    return count;
}

// The next frame of stream i that was drawn; what nobody asked for in time may have been published without.
static tachy_status take(struct pictures *pictures, size_t i)
{
    enum { TRIES = 30 };
    tachy_status status = TACHY_OK;
    const tachy_info *info;
    for (int tries = 0; status == TACHY_OK && tries < TRIES; tries++) {
        tachy_frame_release(&pictures->frames[i]);
        status = tachy_stream_next(pictures->streams[i], patience_ns, &pictures->frames[i]);
        if (status == TACHY_OK)
            status = tachy_stream_info(pictures->streams[i], &info);
        if (status == TACHY_OK && find_planes(info, pictures->frames[i], NULL) > 0)
            return TACHY_OK;
    }
    return status;
}

static tachy_status attach(struct pictures *pictures, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const tachy_stream_params params = {
            .size = sizeof params, .name = names[i], .reader_name = "tachy demo, pictures"};
        tachy_status status = tachy_stream_attach(&params, patience_ns, &pictures->streams[i]);
        if (status != TACHY_OK)
            return status;
        pictures->count = i + 1;
        status = take(pictures, i);
        if (status != TACHY_OK)
            return status;
    }
    return TACHY_OK;
}

// All streams of a producer share its frame number: takes newer frames of whoever is behind, until all show one moment.
static tachy_status align(struct pictures *pictures)
{
    enum { TRIES = 60 };
    for (int tries = 0; tries < TRIES; tries++) {
        size_t behind = 0, ahead = 0;
        for (size_t i = 1; i < pictures->count; i++) {
            uint64_t number = tachy_frame_number(pictures->frames[i]);
            behind = number < tachy_frame_number(pictures->frames[behind]) ? i : behind;
            ahead = number > tachy_frame_number(pictures->frames[ahead]) ? i : ahead;
        }
        if (behind == ahead)
            return TACHY_OK;
        tachy_status status = take(pictures, behind);
        if (status != TACHY_OK)
            return status;
    }
    return TACHY_OK; // two moments are still worth a picture; the captions say which
}

static tachy_status describe(tachy_stream *stream, const tachy_frame *frame,
                             struct sheet_view *view)
{
    const tachy_info *info;
    tachy_status status = tachy_stream_info(stream, &info);
    if (status != TACHY_OK)
        return status;
    snprintf(view->label, sizeof view->label, "%s", info->name);
    snprintf(view->caption, sizeof view->caption, "frame %llu, %.3f s",
             (unsigned long long)tachy_frame_number(frame),
             (double)tachy_frame_time_ns(frame) / NS_PER_S);
    view->plane_count = find_planes(info, frame, view);
    view->camera = tachy_frame_cameras(frame, NULL);
    view->identities = tachy_frame_identities(frame, &view->identity_count);
    return TACHY_OK;
}

static int save(const struct canvas *canvas, const char *path)
{
    const struct codec_pixels pixels = {canvas->width, canvas->height, 3, 8, canvas->pixels};
    void *bytes = NULL;
    size_t size = 0;
    if (codec_encode(&pixels, "png", &bytes, &size) != TACHY_OK)
        return outcome_say(OUTCOME_ERROR, "%s", error_line());
    struct output output;
    int outcome = output_begin(&output, path);
    if (outcome == OUTCOME_OK) {
        fwrite(bytes, 1, size, output.file);
        outcome = output_finish(&output);
    }
    free(bytes);
    return outcome;
}

static int draw(struct pictures *pictures, const char *path)
{
    struct sheet_view views[PICTURES_STREAMS_MAX] = {0};
    for (size_t i = 0; i < pictures->count; i++) {
        tachy_status status = describe(pictures->streams[i], pictures->frames[i], &views[i]);
        if (status != TACHY_OK)
            return outcome_of(status);
    }
    char title[64];
    snprintf(title, sizeof title, "Tachyscope %s", tachy_version());
    struct canvas canvas = {0};
    if (!sheet_draw(views, pictures->count, title,
                    "what each avatar sees, plane by plane, read out of shared memory", &canvas))
        return outcome_say(OUTCOME_ERROR, "no contact sheet: no memory, or no plane to show");
    int outcome = save(&canvas, path);
    canvas_finish(&canvas);
    return outcome;
}

int pictures_write(const char *const *names, size_t count, const char *path)
{
    struct pictures pictures = {0};
    tachy_status status = attach(&pictures, names, count);
    if (status == TACHY_OK)
        status = align(&pictures);
    int outcome = status == TACHY_OK ? draw(&pictures, path) : outcome_of(status);
    finish(&pictures);
    return outcome;
}
