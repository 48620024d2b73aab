// A reader of the demo.
#include "consumer/tools/demo/reader.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "consumer/tools/attach.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/stop.h"

static const int64_t moment_ns = 50 * (int64_t)NS_PER_MS; // how soon a signal is noticed
static const int64_t report_every_ns = 200 * (int64_t)NS_PER_MS;
static const int64_t patience_ns =
    60 * (int64_t)NS_PER_S; // while the producer makes its device and its scene

static const void *middle(const tachy_plane *plane, size_t pixel_bytes)
{
    return (const char *)plane->data + plane->height / 2 * plane->row_bytes +
           plane->width / 2 * pixel_bytes;
}

// Frames from before anybody attached may have been published without being drawn.
static bool is_drawn(const tachy_frame *frame)
{
    return frame != NULL && tachy_frame_plane(frame, "color") != NULL &&
           tachy_frame_plane(frame, "depth") != NULL && tachy_frame_plane(frame, "id") != NULL;
}

// "sofa, 2.31 m": depth, id and name, straight from the frame.
static void look(const tachy_frame *frame, char *sees, size_t bytes)
{
    const tachy_plane *depth = tachy_frame_plane(frame, "depth");
    const tachy_plane *id = tachy_frame_plane(frame, "id");
    sees[0] = 0;
    if (depth->format != TACHY_F32 || id->format != TACHY_U32)
        return;
    float metres = *(const float *)middle(depth, sizeof metres);
    const tachy_identity *identity =
        tachy_frame_identity(frame, *(const uint32_t *)middle(id, sizeof(uint32_t)));
    char name[32] = "the room";
    if (identity != NULL)
        text_printable(identity->name, name, sizeof name);
    if (isfinite(metres))
        snprintf(sees, bytes, "%s, %.2f m", name, (double)metres);
    else
        snprintf(sees, bytes, "the sky");
}

static void report(tachy_stream *stream, struct reader_report *report, int pipe)
{
    report->at_ns = clock_now_ns();
    report->stats.size = sizeof report->stats;
    if (tachy_stream_stats(stream, &report->stats) != TACHY_OK)
        return;
    ssize_t written = write(pipe, report, sizeof *report);
    (void)written; // the demo is gone: its death ends this process too
}

static int read_frames(tachy_stream *stream, int pipe)
{
    struct reader_report now = {0};
    int64_t next_report_ns = 0, next_look_ns = 0;
    while (stop_signal() == 0) {
        tachy_frame *frame = NULL;
        tachy_status status = tachy_stream_next(stream, moment_ns, &frame);
        if (status == TACHY_CLOSED || status == TACHY_GONE)
            return OUTCOME_GONE; // the demo says why
        if (status < 0)
            return outcome_of(status);
        int64_t now_ns = clock_now_ns();
        bool drawn = is_drawn(frame);
        if (drawn && now.first_ns == 0)
            now.first_ns = now_ns;
        if (drawn && now_ns >= next_look_ns) {
            look(frame, now.sees, sizeof now.sees);
            next_look_ns = now_ns + report_every_ns;
        }
        if (now_ns >= next_report_ns) {
            report(stream, &now, pipe);
            next_report_ns = now_ns + report_every_ns;
        }
        tachy_frame_release(&frame);
    }
    report(stream, &now, pipe);
    return OUTCOME_OK;
}

int reader_run(const struct reader_task *task, int pipe)
{
    const tachy_stream_params params = {
        .size = sizeof params,
        .name = task->stream,
        .reading = task->reading,
        .reader_name = "tachy demo",
    };
    tachy_stream *stream = NULL;
    int outcome = attach_patiently(&params, patience_ns, true, &stream);
    if (outcome == OUTCOME_OK)
        outcome = read_frames(stream, pipe);
    tachy_stream_detach(&stream);
    return outcome;
}
