// The processes of a demo.
#include "consumer/tools/demo/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "consumer/tools/demo/child.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/program.h"

enum { READERS_PER_STREAM = 3 };

// The largest size whose two streams fit into what is free: Docker's default is 64 MB.
static void choose_size(struct session *session)
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
    session->width = sizes[i][0];
    session->height = sizes[i][1];
}

// "demo", so that what a killed demo left is replaced by the next; another name where one is running.
static void choose_name(struct session *session, const char *name)
{
    snprintf(session->name, sizeof session->name, "%s", name == NULL ? "demo" : name);
    tachy_listing *listing = NULL;
    if (name != NULL || tachy_listing_create(&listing) != TACHY_OK)
        return;
    const tachy_info *info;
    for (size_t i = 0; (info = tachy_listing_at(listing, i)) != NULL; i++) {
        if (info->alive && strcmp(info->producer, "demo") == 0)
            snprintf(session->name, sizeof session->name, "demo-%d", (int)getpid());
    }
    tachy_listing_destroy(&listing);
}

static int start_producer(struct session *session)
{
    struct program_path path;
    char avatars[16], size[32], readers[16];
    if (!program_find("tachy-produce", &path))
        return outcome_say(OUTCOME_ERROR,
                           "there is no program tachy-produce beside %s, in ../libexec/tachy or in "
                           "PATH: build it with -DTACHY_PRODUCER=ON",
                           program_self());
    snprintf(avatars, sizeof avatars, "%d", AVATARS);
    snprintf(size, sizeof size, "%ux%u", session->width, session->height);
    snprintf(readers, sizeof readers, "%d", READERS_PER_STREAM);
    char *argv[] = {path.text, "--name", session->name, "--avatars", avatars, "--size",
                    size,      "--fps",  "60",          "--readers", readers, NULL};
    session->producer = child_run(path.text, argv);
    if (session->producer > 0)
        return OUTCOME_OK;
    session->producer = 0;
    return outcome_say(OUTCOME_ERROR, "cannot start %s: %s", path.text, strerror(errno));
}

static int start_reader(struct session *session, int index)
{
    struct reader_task *task = &session->table.rows[index].task;
    snprintf(task->stream, sizeof task->stream, "%s/%c", session->name, 'a' + index);
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
    session->pipes[index] = ends[0];
    session->readers[index] = pid > 0 ? pid : 0;
    if (pid < 0)
        return outcome_say(OUTCOME_ERROR, "cannot start a reader: %s", strerror(errno));
    return OUTCOME_OK;
}

int session_start(struct session *session, const char *name)
{
    if (name != NULL && strlen(name) >= sizeof session->name)
        return outcome_say(OUTCOME_USAGE, "demo: --name takes at most %zu bytes",
                           sizeof session->name - 1);
    choose_name(session, name);
    choose_size(session);
    int outcome = start_producer(session);
    for (int i = 0; outcome == OUTCOME_OK && i < AVATARS; i++)
        outcome = start_reader(session, i);
    return outcome;
}

bool session_take_report(struct session *session, int index)
{
    struct reader_report report;
    ssize_t bytes = read(session->pipes[index], &report, sizeof report);
    if (bytes == (ssize_t)sizeof report)
        table_take(&session->table, index, &report);
    return bytes == (ssize_t)sizeof report || (bytes < 0 && errno == EINTR);
}

void session_finish(struct session *session)
{
    const int64_t patience_ns = 5 * (int64_t)NS_PER_S;
    for (int i = 0; i < AVATARS; i++) {
        child_end(&session->readers[i], patience_ns);
        while (session->pipes[i] >= 0 && session_take_report(session, i))
            ;
        if (session->pipes[i] >= 0)
            close(session->pipes[i]);
        session->pipes[i] = -1;
    }
    child_end(&session->producer, 2 * patience_ns);
}
