// `tachy demo`: a producer and two readers as processes, a live table, a contact sheet and the measured figures.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "consumer/tools/commands.h"
#include "consumer/tools/demo/child.h"
#include "consumer/tools/demo/figures.h"
#include "consumer/tools/demo/pictures.h"
#include "consumer/tools/demo/session.h"
#include "consumer/tools/options.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/program.h"
#include "consumer/tools/stop.h"

static const int64_t first_frame_max_ns = 60 * (int64_t)NS_PER_S;

struct values {
    const char *folder, *name;
    int64_t lasts_ns;
};

static const struct option_row rows[] = {
    {"--seconds", "N", OPTION_SECONDS, offsetof(struct values, lasts_ns),
     "how long, from the first frame on (10)"},
    {"-o", "DIR", OPTION_TEXT, offsetof(struct values, folder),
     "where the pictures and figures go (demo-output)"},
    {"--name", "NAME", OPTION_TEXT, offsetof(struct values, name),
     "of the producer (demo; another where that is running)"},
};

static const struct option_page page = {
    .name = "demo",
    .synopsis = "[--seconds N] [-o DIR]",
    .text =
        "Starts a producer with the built-in room and two avatars, and two readers: one takes the\n"
        "newest frame of avatar a, one every frame of avatar b. All are processes of their own; "
        "what\n"
        "the readers see never was copied. Ends after ten seconds or on Ctrl-C and leaves\n"
        "  DIR/contact-sheet.png   both avatars, every plane\n"
        "  DIR/figures.json        frames per second, latency, frames skipped and lost\n"
        "\n"
        "Examples:\n"
        "  tachy demo\n"
        "  tachy demo --seconds 3 -o /tmp/demo\n",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
};

struct demo {
    struct values values;
    int64_t began_ns;       // of CLOCK_MONOTONIC
    int64_t first_frame_ns; // 0 until all readers have a frame
    struct session session;
};

static int start(struct demo *demo)
{
    demo->began_ns = clock_now_ns();
    if (mkdir(demo->values.folder, 0777) != 0 && errno != EEXIST)
        return outcome_say(OUTCOME_ERROR, "cannot make the folder %s: %s", demo->values.folder,
                           strerror(errno));
    return session_start(&demo->session, demo->values.name);
}

// ---- watch

// Waits for reports at most so long. False: a reader has ended.
static bool listen_for(struct demo *demo, int timeout_ms)
{
    struct pollfd ends[AVATARS];
    for (int i = 0; i < AVATARS; i++)
        ends[i] = (struct pollfd){.fd = demo->session.pipes[i], .events = POLLIN};
    if (poll(ends, AVATARS, timeout_ms) <= 0)
        return true;
    bool all = true;
    for (int i = 0; i < AVATARS; i++)
        all = (ends[i].revents == 0 || session_take_report(&demo->session, i)) && all;
    return all;
}

static void note_first_frame(struct demo *demo)
{
    int64_t last_ns = 0;
    for (int i = 0; i < AVATARS; i++) {
        int64_t first_ns = demo->session.table.rows[i].report.first_ns;
        if (first_ns == 0)
            return;
        last_ns = first_ns > last_ns ? first_ns : last_ns;
    }
    demo->first_frame_ns = last_ns;
    printf("two avatars of %u x %u; first frames in both readers %.2f s after the command; Ctrl-C "
           "ends\n\n",
           demo->session.width, demo->session.height,
           (double)(last_ns - demo->began_ns) / NS_PER_S);
}

// Has anybody died who should not? Then the exit status to end with, with a line said: by whoever failed, or here.
static int find_dead(struct demo *demo, bool all_report)
{
    int outcome = OUTCOME_OK;
    bool ended = child_has_ended(&demo->session.producer, &outcome);
    if (ended && outcome != OUTCOME_OK && outcome < OUTCOME_SIGNAL)
        return outcome;
    for (int i = 0; !ended && !all_report && i < AVATARS; i++) {
        if (child_has_ended(&demo->session.readers[i], &outcome) && outcome != OUTCOME_GONE)
            return outcome;
        ended = demo->session.readers[i] == 0;
    }
    if (!ended)
        return OUTCOME_OK;
    if (outcome >= OUTCOME_SIGNAL)
        return outcome_say(OUTCOME_GONE, "the producer was ended by signal %d",
                           outcome - OUTCOME_SIGNAL);
    return outcome_say(OUTCOME_GONE, "the producer ended before the demo was over");
}

// Until time is over or somebody asks to stop.
static int watch(struct demo *demo)
{
    const int refresh_ms = 100;
    for (;;) {
        bool all_report = listen_for(demo, refresh_ms);
        int outcome = find_dead(demo, all_report);
        if (outcome != OUTCOME_OK)
            return outcome;
        if (stop_signal() != 0)
            return OUTCOME_SIGNAL + stop_signal();
        if (demo->first_frame_ns == 0)
            note_first_frame(demo);
        if (demo->first_frame_ns == 0 && clock_now_ns() - demo->began_ns > first_frame_max_ns)
            return outcome_say(OUTCOME_TIMEOUT, "no frame within %d s of the start",
                               (int)(first_frame_max_ns / NS_PER_S));
        if (demo->first_frame_ns == 0)
            continue;
        table_draw(&demo->session.table);
        if (clock_now_ns() - demo->first_frame_ns >= demo->values.lasts_ns)
            return OUTCOME_OK;
    }
}

static int write_pictures(const struct demo *demo, char *path)
{
    const char *streams[AVATARS];
    for (int i = 0; i < AVATARS; i++)
        streams[i] = demo->session.table.rows[i].task.stream;
    snprintf(path, PATH_MAX, "%s/contact-sheet.png", demo->values.folder);
    return pictures_write(streams, AVATARS, path);
}

static int write_figures(const struct demo *demo, int64_t ended_ns, char *path)
{
    struct figures figures = {.table = &demo->session.table,
                              .width = demo->session.width,
                              .height = demo->session.height};
    figures.first_frame_ns = demo->first_frame_ns - demo->began_ns;
    figures.lasted_ns = ended_ns - demo->first_frame_ns;
    snprintf(path, PATH_MAX, "%s/figures.json", demo->values.folder);
    return figures_write(&figures, path);
}

static void print_next(const char *pictures, const char *figures)
{
    const char *self = program_self();
    printf("\npictures  %s\nfigures   %s\n\nTry next:\n"
           "  %s produce --avatars 2 &\n"
           "  %s info sim/a\n"
           "  %s snapshot sim/a --pass _id -o ids.png\n",
           pictures, figures, self, self, self);
}

int command_demo(int argc, char **argv)
{
    struct demo demo = {
        .values = {.folder = "demo-output", .lasts_ns = 10 * (int64_t)NS_PER_S},
        .session = SESSION_NONE,
    };
    int outcome = options_read(&page, argc, argv, &demo.values);
    if (outcome != OPTIONS_GO)
        return outcome;
    stop_watch();
    outcome = start(&demo);
    if (outcome == OUTCOME_OK)
        outcome = watch(&demo);
    int64_t ended_ns = clock_now_ns();
    char pictures[PATH_MAX], figures[PATH_MAX];
    bool seen = demo.first_frame_ns != 0 && demo.session.producer != 0;
    int kept = seen ? write_pictures(&demo, pictures) : OUTCOME_OK;
    session_finish(&demo.session);
    if (seen)
        table_finish(&demo.session.table);
    if (seen && kept == OUTCOME_OK)
        kept = write_figures(&demo, ended_ns, figures);
    if (seen && kept == OUTCOME_OK)
        print_next(pictures, figures);
    return outcome_printed(outcome == OUTCOME_OK ? kept : outcome);
}
