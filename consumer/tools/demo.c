// `tachy demo`: a producer and two readers as processes, a live table, a contact sheet and the measured figures.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "consumer/tools/commands.h"
#include "consumer/tools/demo/child.h"
#include "consumer/tools/demo/figures.h"
#include "consumer/tools/demo/pictures.h"
#include "consumer/tools/demo/reader.h"
#include "consumer/tools/demo/table.h"
#include "consumer/tools/options.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/program.h"
#include "consumer/tools/stop.h"

enum { AVATARS = TABLE_ROWS_MAX, READERS_PER_STREAM = 3 };

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
    int64_t began_ns,
        first_frame_ns; ///< of CLOCK_MONOTONIC; the second 0 until all readers have a frame
    uint32_t width, height;
    char name[48];
    pid_t producer, readers[AVATARS];
    int pipes[AVATARS]; ///< -1: closed
    struct table table;
};

// ---- start

// The largest size whose two streams fit into what is free: Docker's default is 64 MB.
static void choose_size(struct demo *demo)
{
    static const uint32_t sizes[][2] = {{640, 480}, {480, 360}, {320, 240}, {160, 120}};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    const uint64_t pixel_bytes = 12, slots = READERS_PER_STREAM + 4, rest = 2 << 20;
    struct statvfs shm;
    uint64_t free_bytes =
        statvfs("/dev/shm", &shm) == 0 ? (uint64_t)shm.f_bavail * shm.f_frsize : 0;
    int i = 0;
    while (i < SIZES - 1 &&
           AVATARS * (sizes[i][0] * sizes[i][1] * pixel_bytes * slots + rest) > free_bytes)
        i++;
    demo->width = sizes[i][0];
    demo->height = sizes[i][1];
}

// "demo", so that what a killed demo left is replaced by the next; another name where one is running.
static void choose_name(struct demo *demo)
{
    snprintf(demo->name, sizeof demo->name, "%s",
             demo->values.name == NULL ? "demo" : demo->values.name);
    tachy_listing *listing = NULL;
    if (demo->values.name != NULL || tachy_listing_create(&listing) != TACHY_OK)
        return;
    const tachy_info *info;
    for (size_t i = 0; (info = tachy_listing_at(listing, i)) != NULL; i++) {
        if (info->alive && strcmp(info->producer, "demo") == 0)
            snprintf(demo->name, sizeof demo->name, "demo-%d", (int)getpid());
    }
    tachy_listing_destroy(&listing);
}

static int start_producer(struct demo *demo)
{
    struct program_path path;
    char avatars[16], size[32], readers[16];
    if (!program_find("tachy-produce", &path))
        return outcome_say(OUTCOME_ERROR,
                           "there is no program tachy-produce beside %s, in ../libexec/tachy or in "
                           "PATH: build it with -DTACHY_PRODUCER=ON",
                           program_self());
    snprintf(avatars, sizeof avatars, "%d", AVATARS);
    snprintf(size, sizeof size, "%ux%u", demo->width, demo->height);
    snprintf(readers, sizeof readers, "%d", READERS_PER_STREAM);
    char *argv[] = {path.text, "--name", demo->name, "--avatars", avatars, "--size",
                    size,      "--fps",  "60",       "--readers", readers, NULL};
    demo->producer = child_run(path.text, argv);
    if (demo->producer > 0)
        return OUTCOME_OK;
    demo->producer = 0;
    return outcome_say(OUTCOME_ERROR, "cannot start %s: %s", path.text, strerror(errno));
}

static int start_reader(struct demo *demo, int index)
{
    struct reader_task *task = &demo->table.rows[index].task;
    snprintf(task->stream, sizeof task->stream, "%s/%c", demo->name, 'a' + index);
    task->reading = index == 0 ? TACHY_NEWEST : TACHY_EVERY;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return outcome_say(OUTCOME_ERROR, "cannot make a pipe: %s", strerror(errno));
    pid_t pid = child_fork();
    if (pid == 0) {
        close(ends[0]);
        _exit(reader_run(task, ends[1]));
    }
    close(ends[1]);
    demo->pipes[index] = ends[0];
    demo->readers[index] = pid > 0 ? pid : 0;
    if (pid < 0)
        return outcome_say(OUTCOME_ERROR, "cannot start a reader: %s", strerror(errno));
    return OUTCOME_OK;
}

static int start(struct demo *demo)
{
    demo->began_ns = clock_now_ns();
    for (int i = 0; i < AVATARS; i++)
        demo->pipes[i] = -1;
    if (demo->values.name != NULL && strlen(demo->values.name) >= sizeof demo->name)
        return outcome_say(OUTCOME_USAGE, "demo: --name takes at most %zu bytes",
                           sizeof demo->name - 1);
    choose_name(demo);
    if (mkdir(demo->values.folder, 0777) != 0 && errno != EEXIST)
        return outcome_say(OUTCOME_ERROR, "cannot make the folder %s: %s", demo->values.folder,
                           strerror(errno));
    choose_size(demo);
    int outcome = start_producer(demo);
    for (int i = 0; outcome == OUTCOME_OK && i < AVATARS; i++)
        outcome = start_reader(demo, i);
    return outcome;
}

// ---- watch

// Reads the reports that are there. False: the reader has ended.
static bool take_reports(struct demo *demo, int index)
{
    struct reader_report report;
    ssize_t bytes = read(demo->pipes[index], &report, sizeof report);
    if (bytes == (ssize_t)sizeof report)
        table_take(&demo->table, index, &report);
    return bytes == (ssize_t)sizeof report || (bytes < 0 && errno == EINTR);
}

// Waits for reports at most so long. False: a reader has ended.
static bool listen_for(struct demo *demo, int timeout_ms)
{
    struct pollfd ends[AVATARS];
    for (int i = 0; i < AVATARS; i++)
        ends[i] = (struct pollfd){.fd = demo->pipes[i], .events = POLLIN};
    if (poll(ends, AVATARS, timeout_ms) <= 0)
        return true;
    bool all = true;
    for (int i = 0; i < AVATARS; i++)
        all = (ends[i].revents == 0 || take_reports(demo, i)) && all;
    return all;
}

static void note_first_frame(struct demo *demo)
{
    int64_t last_ns = 0;
    for (int i = 0; i < AVATARS; i++) {
        int64_t first_ns = demo->table.rows[i].report.first_ns;
        if (first_ns == 0)
            return;
        last_ns = first_ns > last_ns ? first_ns : last_ns;
    }
    demo->first_frame_ns = last_ns;
    printf("two avatars of %u x %u; first frames in both readers %.2f s after the command; Ctrl-C "
           "ends\n\n",
           demo->width, demo->height, (double)(last_ns - demo->began_ns) / NS_PER_S);
}

// Has anybody died who should not? Then the exit status to end with, with a line said: by whoever failed, or here.
static int find_dead(struct demo *demo, bool all_report)
{
    int outcome = OUTCOME_OK;
    bool ended = child_has_ended(&demo->producer, &outcome);
    if (ended && outcome != OUTCOME_OK && outcome < OUTCOME_SIGNAL)
        return outcome;
    for (int i = 0; !ended && !all_report && i < AVATARS; i++) {
        if (child_has_ended(&demo->readers[i], &outcome) && outcome != OUTCOME_GONE)
            return outcome;
        ended = demo->readers[i] == 0;
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
        table_draw(&demo->table);
        if (clock_now_ns() - demo->first_frame_ns >= demo->values.lasts_ns)
            return OUTCOME_OK;
    }
}

// ---- end

// Ends the readers and takes their last reports, then the producer.
static void finish(struct demo *demo)
{
    const int64_t patience_ns = 5 * (int64_t)NS_PER_S;
    for (int i = 0; i < AVATARS; i++) {
        child_end(&demo->readers[i], patience_ns);
        while (demo->pipes[i] >= 0 && take_reports(demo, i))
            ;
        if (demo->pipes[i] >= 0)
            close(demo->pipes[i]);
        demo->pipes[i] = -1;
    }
    child_end(&demo->producer, 2 * patience_ns);
}

static int write_pictures(const struct demo *demo, char *path)
{
    const char *streams[AVATARS];
    for (int i = 0; i < AVATARS; i++)
        streams[i] = demo->table.rows[i].task.stream;
    snprintf(path, PATH_MAX, "%s/contact-sheet.png", demo->values.folder);
    return pictures_write(streams, AVATARS, path);
}

static int write_figures(const struct demo *demo, int64_t ended_ns, char *path)
{
    struct figures figures = {.table = &demo->table, .width = demo->width, .height = demo->height};
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
    struct demo demo = {.values = {.folder = "demo-output", .lasts_ns = 10 * (int64_t)NS_PER_S}};
    int outcome = options_read(&page, argc, argv, &demo.values);
    if (outcome != OPTIONS_GO)
        return outcome;
    stop_watch();
    outcome = start(&demo);
    if (outcome == OUTCOME_OK)
        outcome = watch(&demo);
    int64_t ended_ns = clock_now_ns();
    char pictures[PATH_MAX], figures[PATH_MAX];
    bool seen = demo.first_frame_ns != 0 && demo.producer != 0;
    int kept = seen ? write_pictures(&demo, pictures) : OUTCOME_OK;
    finish(&demo);
    if (seen && kept == OUTCOME_OK)
        kept = write_figures(&demo, ended_ns, figures);
    if (seen && kept == OUTCOME_OK)
        print_next(pictures, figures);
    return outcome_printed(outcome == OUTCOME_OK ? kept : outcome);
}
