// `tachy hz STREAM`: the rate, the jitter and the latency of a stream, measured by being one of its readers.
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tachy/read.h>

#include "common/base/clock.h"
#include "consumer/tools/attach.h"
#include "consumer/tools/commands.h"
#include "consumer/tools/describe.h"
#include "consumer/tools/options.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/pulse.h"
#include "consumer/tools/stop.h"

struct values {
    const char *stream, *reading, *planes;
    int64_t lasts_ns, wait_ns;
    bool json;
};

static const struct option_row rows[] = {
    {"--seconds", "N", OPTION_SECONDS, offsetof(struct values, lasts_ns),
     "how long (0: until Ctrl-C)"},
    {"--reading", "R", OPTION_TEXT, offsetof(struct values, reading),
     "newest, which reserves no frame, or every, which reserves one (newest)"},
    {"--planes", "LIST", OPTION_TEXT, offsetof(struct values, planes),
     "what this reader wants rendered: color,depth ... (nothing: it takes what comes)"},
    {"--wait", "SECONDS", OPTION_SECONDS, offsetof(struct values, wait_ns),
     "how long to wait for the stream to appear (3)"},
    {"--json", NULL, OPTION_SWITCH, offsetof(struct values, json),
     "an object per line: {\"version\": 1, \"stream\", \"summary\", \"seconds\", \"frames\" ...}"},
};

static const struct option_page page = {
    .name = "hz",
    .synopsis = "STREAM [--seconds N] [--planes LIST] [--json]",
    .text = "Reads a stream and says each second, and at the end: frames per second; the jitter\n"
            "(standard deviation of the time from one publish to the next) and the longest such\n"
            "time; the latency from publish to this reader. It reserves no frame, copies no plane "
            "and\n"
            "asks for none, so that what it measures is what happens without it. Frames that were\n"
            "published while it looked away are in the rate, and counted as skipped.\n"
            "\n"
            "Examples:\n"
            "  tachy hz sim/a\n"
            "  tachy hz sim/a --seconds 5 --planes color,depth\n",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .operand = "STREAM",
    .operand_offset = offsetof(struct values, stream),
};

struct hz {
    struct values values;
    tachy_stream *stream;
    int64_t began_ns, second_ns;      // of the whole, and of the second now counted
    uint64_t sequence;                // of the frame before
    int64_t published_ns;             // of the frame before
    uint64_t said_skipped, said_lost; // with the seconds before
    bool foreign_clock;               // publish times cannot be compared with ours
    struct pulse second, whole;
};

// ---- what it says

static void print_text(const struct hz *hz, const struct pulse_figures *figures, bool summary,
                       const tachy_stats *missed)
{
    char p50[DESCRIBE_BYTES], p99[DESCRIBE_BYTES], jitter[DESCRIBE_BYTES], longest[DESCRIBE_BYTES];
    char when[32];
    describe_ns(figures->latency_p50_ns, p50);
    describe_ns(figures->latency_p99_ns, p99);
    describe_ns(figures->jitter_ns, jitter);
    describe_ns(figures->interval_max_ns, longest);
    bool timed = figures->frames > 0 && !hz->foreign_clock;
    snprintf(when, sizeof when, "%.0f s", (double)(clock_now_ns() - hz->began_ns) / NS_PER_S);
    printf("%-7s %9.1f %9" PRIu64 " %9s %9s %9s %9s %8" PRIu64 " %6" PRIu64 "\n",
           summary ? "in all" : when, figures->per_second, figures->frames,
           figures->intervals > 0 ? jitter : "-", figures->intervals > 0 ? longest : "-",
           timed ? p50 : "-", timed ? p99 : "-", missed->skipped, missed->lost);
}

static void put_latency(struct json *json, const struct hz *hz, const char *key, int64_t ns)
{
    if (hz->foreign_clock)
        json_real(json, key, NAN); // null
    else
        json_signed(json, key, ns);
}

static void print_json(const struct hz *hz, const struct pulse_figures *figures, bool summary,
                       const tachy_stats *missed)
{
    struct json json = {.to = stdout};
    json_open(&json, NULL, '{');
    json_unsigned(&json, "version", 1);
    json_text(&json, "stream", hz->values.stream);
    json_bool(&json, "summary", summary);
    json_real(&json, "seconds", (double)(clock_now_ns() - hz->began_ns) / NS_PER_S);
    json_unsigned(&json, "frames", figures->frames);
    json_real(&json, "per_second", figures->per_second);
    json_signed(&json, "jitter_ns", figures->jitter_ns);
    json_signed(&json, "interval_min_ns", figures->interval_min_ns);
    json_signed(&json, "interval_max_ns", figures->interval_max_ns);
    put_latency(&json, hz, "latency_p50_ns", figures->latency_p50_ns);
    put_latency(&json, hz, "latency_p99_ns", figures->latency_p99_ns);
    put_latency(&json, hz, "latency_max_ns", figures->latency_max_ns);
    json_unsigned(&json, "skipped", missed->skipped);
    json_unsigned(&json, "lost", missed->lost);
    json_close(&json, '}');
    putchar('\n');
}

static void print(const struct hz *hz, const struct pulse_figures *figures, bool summary,
                  const tachy_stats *missed)
{
    (hz->values.json ? print_json : print_text)(hz, figures, summary, missed);
    fflush(stdout);
}

static void end_second(struct hz *hz, int64_t now_ns)
{
    struct pulse_figures figures = pulse_end(&hz->second, now_ns);
    tachy_stats missed = {.size = sizeof missed};
    tachy_stream_stats(hz->stream, &missed);
    uint64_t skipped = missed.skipped, lost = missed.lost;
    missed.skipped -= hz->said_skipped;
    missed.lost -= hz->said_lost;
    hz->said_skipped = skipped;
    hz->said_lost = lost;
    print(hz, &figures, false, &missed);
    pulse_begin(&hz->second, now_ns);
    hz->second_ns = now_ns;
}

// Of more frames than are kept here, the library's own histogram has the latency: with the few that were there before us.
static void end_whole(struct hz *hz, int64_t now_ns)
{
    struct pulse_figures figures = pulse_end(&hz->whole, now_ns);
    tachy_stats stats = {.size = sizeof stats};
    if (tachy_stream_stats(hz->stream, &stats) == TACHY_OK && hz->whole.frames > PULSE_FRAMES) {
        figures.latency_p50_ns = stats.latency_p50_ns;
        figures.latency_p99_ns = stats.latency_p99_ns;
        figures.latency_max_ns = stats.latency_max_ns;
    }
    print(hz, &figures, true, &stats);
}

// ---- what it measures

static void take(struct hz *hz, const tachy_frame *frame)
{
    int64_t published_ns = tachy_frame_published_ns(frame), now_ns = clock_now_ns();
    uint64_t sequence = tachy_frame_sequence(frame);
    bool neighbour = hz->sequence != 0 && sequence == hz->sequence + 1;
    uint64_t passed =
        hz->sequence != 0 && sequence > hz->sequence ? sequence - hz->sequence - 1 : 0;
    int64_t interval_ns = neighbour ? published_ns - hz->published_ns : 0;
    int64_t latency_ns = hz->foreign_clock ? 0 : now_ns - published_ns;
    // The frame that was there already when we came has waited for nobody.
    bool fresh = hz->foreign_clock ? hz->sequence != 0 : published_ns >= hz->began_ns;
    if (fresh) {
        pulse_take(&hz->second, latency_ns, interval_ns);
        pulse_take(&hz->whole, latency_ns, interval_ns);
    }
    pulse_pass(&hz->second, passed);
    pulse_pass(&hz->whole, passed);
    hz->sequence = sequence;
    hz->published_ns = published_ns;
}

// Until time is over, somebody asks to stop, or the stream ends.
static int watch(struct hz *hz)
{
    const int64_t moment_ns = 50 * (int64_t)NS_PER_MS; // how soon Ctrl-C is noticed
    int64_t deadline_ns = clock_deadline_ns(hz->values.lasts_ns);
    for (;;) {
        tachy_frame *frame = NULL;
        tachy_status status = tachy_stream_next(hz->stream, moment_ns, &frame);
        if (status == TACHY_OK)
            take(hz, frame);
        tachy_frame_release(&frame);
        if (status < 0 || status == TACHY_CLOSED || status == TACHY_GONE)
            return outcome_of(status);
        int64_t now_ns = clock_now_ns();
        if (now_ns - hz->second_ns >= NS_PER_S)
            end_second(hz, now_ns);
        if (stop_signal() != 0)
            return OUTCOME_SIGNAL + stop_signal();
        if (now_ns >= deadline_ns)
            return OUTCOME_OK;
    }
}

static int attach(struct hz *hz)
{
    const struct values *values = &hz->values;
    const char *reading = values->reading == NULL ? "newest" : values->reading;
    bool newest = strcmp(reading, "newest") == 0;
    if (!newest && strcmp(reading, "every") != 0)
        return outcome_say(OUTCOME_USAGE, "hz: --reading wants newest or every, not '%s'", reading);
    const tachy_stream_params params = {
        .size = sizeof params,
        .name = values->stream,
        .reading = newest ? TACHY_NEWEST : TACHY_EVERY,
        .planes = values->planes == NULL ? "" : values->planes,
        .reader_name = "tachy hz",
        .copying = newest,
        .guard = true,
        .numbers_only = newest,
    };
    return attach_patiently(&params, values->wait_ns, false, &hz->stream);
}

static void look_at_clock(struct hz *hz)
{
    const tachy_info *info = NULL;
    if (tachy_stream_info(hz->stream, &info) != TACHY_OK || !info->foreign_clock)
        return;
    hz->foreign_clock = true;
    outcome_say(OUTCOME_OK,
                "stream %s: the clock domain differs: its writer is in another time namespace, so "
                "there is no latency to tell",
                hz->values.stream);
}

static int measure(struct hz *hz)
{
    look_at_clock(hz);
    hz->began_ns = hz->second_ns = clock_now_ns();
    pulse_begin(&hz->second, hz->began_ns);
    pulse_begin(&hz->whole, hz->began_ns);
    if (!hz->values.json)
        printf("%-7s %9s %9s %9s %9s %9s %9s %8s %6s\n", "", "FRAMES/S", "FRAMES", "JITTER",
               "LONGEST", "P50", "P99", "SKIPPED", "LOST");
    int outcome = watch(hz);
    bool any = hz->whole.frames > 0;
    end_whole(hz, clock_now_ns());
    if (outcome == OUTCOME_OK && !any)
        return outcome_say(OUTCOME_TIMEOUT,
                           "no frame of %s was published within %.3g s; a lock-step producer makes "
                           "one when it is told {\"frames\": 1}",
                           hz->values.stream, (double)hz->values.lasts_ns / NS_PER_S);
    return outcome;
}

int command_hz(int argc, char **argv)
{
    struct hz *hz = calloc(1, sizeof *hz);
    if (hz == NULL)
        return outcome_say(OUTCOME_ERROR, "hz: no memory");
    hz->values.wait_ns = 3 * (int64_t)NS_PER_S;
    int result = options_read(&page, argc, argv, &hz->values);
    if (result == OPTIONS_GO) {
        if (hz->values.lasts_ns == 0)
            hz->values.lasts_ns = TACHY_FOREVER;
        stop_watch();
        result = attach(hz);
        if (result == OUTCOME_OK)
            result = outcome_printed(measure(hz));
    }
    tachy_stream_detach(&hz->stream);
    free(hz);
    return result;
}
