// `tachy snapshot STREAM -o FILE`: one frame into a file. What is written goes by the file's extension: a const table.
#include "consumer/tools/snapshot.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <tachy/read.h>

#include "common/base/clock.h"
#include "consumer/tools/attach.h"
#include "consumer/tools/commands.h"
#include "consumer/tools/options.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/output.h"
#include "consumer/tools/stop.h"

struct values {
    const char *stream, *path, *pass, *plane;
    int64_t timeout_ns;
};

static const struct option_row rows[] = {
    {"-o", "FILE", OPTION_TEXT, offsetof(struct values, path),
     "where to; .png, .npy or .npz decides what is written"},
    {"--output", "FILE", OPTION_TEXT, offsetof(struct values, path), NULL},
    {"--pass", "P", OPTION_TEXT, offsetof(struct values, pass),
     "png: _img, _id, _depth or _depth_simple (_img)"},
    {"--plane", "P", OPTION_TEXT, offsetof(struct values, plane),
     "npy: color, depth, id ...; npz: only this one (all)"},
    {"--timeout", "SECONDS", OPTION_SECONDS, offsetof(struct values, timeout_ns),
     "how long to wait for a frame that has what is asked for (10)"},
    {"--frame", "N", OPTION_ABSENT, 0, NULL},
};

static const struct option_page page = {
    .name = "snapshot",
    .synopsis = "STREAM [--pass P | --plane P] -o FILE",
    .text = "Writes the newest frame of a stream into a file.\n"
            "  FILE.png   one picture: a capture pass of the first image\n"
            "  FILE.npy   one plane as a NumPy array (N, H, W, C)\n"
            "  FILE.npz   every plane under its name, always (N, H, W, C), with camera_from_world\n"
            "             (N, 4, 4), intrinsics (N, 3, 3), sequence, frame and time (int64[2], a "
            "fraction);\n"
            "             a plane that has the name of one of these is 'plane.NAME'\n"
            "While it reads it is one of the stream's readers; it copies, and holds no frame.\n"
            "\n"
            "Examples:\n"
            "  tachy snapshot sim/a -o a.png\n"
            "  tachy snapshot sim/a --pass _id -o ids.png\n"
            "  tachy snapshot sim/a --plane depth -o depth.npy\n"
            "  tachy snapshot sim/a -o a.npz && python3 -c \"import numpy; "
            "print(numpy.load('a.npz')['depth'])\"\n",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .operand = "STREAM",
    .operand_offset = offsetof(struct values, stream),
};

static const struct kind {
    const char *extension;
    const char *needs;   ///< the option it cannot do without, or NULL
    const char *refuses; ///< the option that it cannot take, or NULL
    int (*write)(const struct snapshot *snapshot);
} kinds[] = {
    {".png", NULL, "--plane", snapshot_write_png},
    {".npy", "--plane", "--pass", snapshot_write_npy},
    {".npz", NULL, "--pass", snapshot_write_npz},
    {".tachy-frame", NULL, NULL, NULL},
};

static const struct kind *find_kind(const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t tail = strlen(kinds[i].extension);
        if (length > tail && strcasecmp(path + length - tail, kinds[i].extension) == 0)
            return &kinds[i];
    }
    return NULL;
}

static bool is_given(const char *option, const struct values *values)
{
    return option != NULL && (strcmp(option, "--pass") == 0 ? values->pass : values->plane) != NULL;
}

// The row for the file's extension, if it goes with the other options; NULL with a line said.
static const struct kind *choose(const struct values *values)
{
    if (values->path == NULL) {
        outcome_say(OUTCOME_USAGE,
                    "snapshot wants -o FILE, with FILE ending in .png, .npy or .npz");
        return NULL;
    }
    const struct kind *kind = find_kind(values->path);
    if (kind == NULL)
        outcome_say(OUTCOME_USAGE, "snapshot: '%s' ends in none of .png, .npy, .npz", values->path);
    else if (kind->write == NULL)
        outcome_say(OUTCOME_USAGE, "snapshot: %s is not in this version yet", kind->extension);
    else if (values->pass != NULL && values->plane != NULL)
        outcome_say(OUTCOME_USAGE, "snapshot takes --pass or --plane, not both");
    else if (is_given(kind->refuses, values))
        outcome_say(OUTCOME_USAGE, "snapshot: a %s file does not take %s", kind->extension,
                    kind->refuses);
    else if (kind->needs != NULL && !is_given(kind->needs, values))
        outcome_say(OUTCOME_USAGE, "snapshot: a %s file wants %s", kind->extension, kind->needs);
    else
        return kind;
    return NULL;
}

// What the file needs, and no plane more is rendered for it; NULL = all.
static const char *planes_needed(const struct kind *kind, const struct values *values)
{
    return kind->write == snapshot_write_png ? tachy_pass_plane(values->pass) : values->plane;
}

static int attach(const struct kind *kind, const struct values *values, tachy_stream **stream)
{
    const tachy_stream_params params = {
        .size = sizeof params,
        .name = values->stream,
        .planes = planes_needed(kind, values),
        .reader_name = "tachy snapshot",
        .copying = true, // also where readers hold all there is to hold
        .guard = true,
    };
    if (kind->write == snapshot_write_png && params.planes == NULL)
        return outcome_say(
            OUTCOME_ERROR,
            "there is no capture pass %s: tachy snapshot --help names those there are",
            values->pass);
    int64_t patience_ns = 3 * (int64_t)NS_PER_S; // as long as a producer takes to start
    if (values->timeout_ns < patience_ns)
        patience_ns = values->timeout_ns;
    return attach_patiently(&params, patience_ns, false, stream);
}

static int say_timeout(const struct values *values)
{
    return outcome_say(OUTCOME_TIMEOUT,
                       "no frame of %s had what %s needs within %.3g s; a lock-step producer makes "
                       "one when it is told {\"frames\": 1}",
                       values->stream, values->path, (double)values->timeout_ns / NS_PER_S);
}

// One frame, if one comes within a moment. SNAPSHOT_LACKS: not this time.
static int try_once(tachy_stream *stream, const struct kind *kind, const struct values *values,
                    FILE *file)
{
    const int64_t moment_ns = 50 * (int64_t)NS_PER_MS; // how soon Ctrl-C is noticed
    tachy_frame *frame = NULL;
    tachy_status status = tachy_stream_next(stream, moment_ns, &frame);
    if (status == TACHY_TIMED_OUT || status == TACHY_EMPTY || status == TACHY_CHANGED)
        return SNAPSHOT_LACKS;
    struct snapshot snapshot = {.frame = frame, .file = file};
    snapshot.pass = values->pass;
    snapshot.plane = values->plane;
    if (status == TACHY_OK)
        status = tachy_stream_info(stream, &snapshot.info);
    int outcome = status == TACHY_OK ? kind->write(&snapshot) : outcome_of(status);
    tachy_frame_release(&frame);
    return outcome;
}

// Reads until a frame has what the file needs, and writes that.
static int write_first(tachy_stream *stream, const struct kind *kind, const struct values *values,
                       FILE *file)
{
    int64_t deadline_ns = clock_deadline_ns(values->timeout_ns);
    int outcome;
    while ((outcome = try_once(stream, kind, values, file)) == SNAPSHOT_LACKS) {
        if (stop_signal() != 0)
            return OUTCOME_SIGNAL + stop_signal();
        if (clock_now_ns() >= deadline_ns)
            return say_timeout(values);
    }
    return outcome;
}

int command_snapshot(int argc, char **argv)
{
    struct values values = {.timeout_ns = 10 * (int64_t)NS_PER_S};
    int result = options_read(&page, argc, argv, &values);
    if (result != OPTIONS_GO)
        return result;
    const struct kind *kind = choose(&values);
    if (kind == NULL)
        return OUTCOME_USAGE;
    if (values.pass == NULL)
        values.pass = "_img";
    stop_watch();
    struct output output = {0};
    tachy_stream *stream = NULL;
    result = attach(kind, &values, &stream);
    if (result == OUTCOME_OK)
        result = output_begin(&output, values.path);
    if (result == OUTCOME_OK)
        result = write_first(stream, kind, &values, output.file);
    if (result == OUTCOME_OK)
        result = output_finish(&output);
    output_abandon(&output);
    tachy_stream_detach(&stream);
    return result;
}
