// bench-stall: one round of how long a writer stands still when its lossless reader, a process with 64 MB of heap, is killed
// by SIGKILL while it holds a frame. The kernel lets the dead process's locks go only after its memory: the reader has
// a lock on a file of its own as well, and how long that one outlives the kill is what no design on locks can beat. Both
// spans begin with the kill and end in the same death: the first publish after it, and the other lock found free.
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tachy/tachy.h>
#include <unistd.h>

#include "bench/lib/middle.h"
#include "bench/lib/pair.h"
#include "bench/lib/row.h"
#include "common/base/clock.h"

enum { DEATHS = 5, HEAP_BYTES = 64 << 20, WIDTH = 16, HEIGHT = 1, SETTLE_NS = 20 * NS_PER_MS };
static const int64_t patience_ns = 5 * (int64_t)NS_PER_S;
static const int64_t lossless_wait_ns = NS_PER_S;

struct run {
    char name[48];
    int lock_fd;
    struct cell opened, holding, killed_ns;
    int64_t before_ns;    // the last publish before the kill
    int64_t published_ns; // the first publish after it
    int64_t kept_ns;      // how long the kernel kept the other lock
};

static bool fail(const char *what)
{
    fprintf(stderr, "bench: stall: %s: %s\n", what, tachy_error());
    return false;
}

static bool publish_one(tachy_writer *writer)
{
    tachy_draft *draft;
    if (tachy_writer_claim(writer, TACHY_FOREVER, &draft) != TACHY_OK)
        return fail("claim");
    return tachy_draft_publish(&draft) == TACHY_OK || fail("publish");
}

// Else a writer that waits for nobody would look like one that is let go at once.
static bool was_held_up(const struct run *run)
{
    bool held_up = (int64_t)cell_get(&run->killed_ns) - run->before_ns > SETTLE_NS / 2;
    if (!held_up)
        fprintf(stderr, "bench: stall: the writer did not wait for its reader\n");
    return held_up;
}

// Publishes until it is held up, and on when the dead reader is out of the way.
static bool write_frames(void *shared)
{
    struct run *run = shared;
    tachy_plane_params plane = {"color", TACHY_U8, 1, HEIGHT, WIDTH, 4};
    tachy_writer_params params = {.size = sizeof(params),
                                  .name = run->name,
                                  .planes = &plane,
                                  .plane_count = 1,
                                  .lossless_wait_ns = lossless_wait_ns};
    tachy_writer *writer;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        return fail("cannot make a stream");
    cell_set(&run->opened, 1);
    bool done = pair_sleep_until(&run->opened, 2);
    int64_t end = clock_now_ns() + patience_ns;
    while (done && run->published_ns == 0 && clock_now_ns() < end) {
        done = publish_one(writer);
        int64_t now = clock_now_ns();
        if (cell_get(&run->killed_ns) != 0 && now > (int64_t)cell_get(&run->killed_ns))
            run->published_ns = now;
        else
            run->before_ns = now;
    }
    tachy_writer_destroy(&writer);
    return done && run->published_ns != 0 && was_held_up(run);
}

static bool lock_file(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

static bool lock_is_free(int fd)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1};
    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_UNLCK;
}

// The victim. Its descriptor of the file is its own: a forked one would keep the lock.
static void hold_frame(struct run *run, const char *path)
{
    tachy_stream_params params = {
        .size = sizeof(params), .name = run->name, .reading = TACHY_LOSSLESS};
    tachy_stream *stream;
    tachy_frame *frame;
    char *heap = malloc(HEAP_BYTES);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (!heap || fd < 0 || !lock_file(fd))
        return;
    memset(heap, 1, HEAP_BYTES);
    if (tachy_stream_attach(&params, patience_ns, &stream) != TACHY_OK)
        return;
    cell_set(&run->opened, 2);
    if (tachy_stream_next(stream, patience_ns, &frame) != TACHY_OK)
        return;
    cell_set(&run->holding, 1);
    __asm__ volatile("" ::"r"(heap) : "memory");
    pause();
}

static double wait_free_us(int fd, int64_t from_ns)
{
    while (!lock_is_free(fd))
        if (clock_now_ns() - from_ns > patience_ns)
            return NAN;
    return (double)(clock_now_ns() - from_ns) / NS_PER_US;
}

// Kills the victim when the writer stands still, and watches the other lock. In the reader's place of the pair.
static bool kill_reader(void *shared)
{
    struct run *run = shared;
    char path[48];
    if (!pair_sleep_until(&run->opened, 1))
        return false;
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), run->lock_fd);
    pid_t victim = fork();
    if (victim == 0) {
        hold_frame(run, path);
        _exit(1);
    }
    bool held = victim > 0 && pair_sleep_until(&run->holding, 1);
    pair_sleep_ns(SETTLE_NS); // the writer is held up by now
    int64_t now = clock_now_ns();
    cell_set(&run->killed_ns, (uint64_t)now);
    kill(victim, SIGKILL);
    double free_us = wait_free_us(run->lock_fd, now);
    run->kept_ns = (int64_t)(free_us * NS_PER_US);
    waitpid(victim, NULL, 0);
    return held && !isnan(free_us);
}

static bool measure_death(struct run *run, int number, double *stall_us, double *lock_us)
{
    memset(run, 0, sizeof(*run));
    snprintf(run->name, sizeof(run->name), "bench-%d/stall-%d", (int)getpid(), number);
    run->lock_fd = memfd_create("bench-stall", 0);
    bool done = run->lock_fd >= 0 && pair_run(write_frames, kill_reader, false, run);
    if (run->lock_fd >= 0)
        close(run->lock_fd);
    *stall_us = (double)(run->published_ns - (int64_t)cell_get(&run->killed_ns)) / NS_PER_US;
    *lock_us = (double)run->kept_ns / NS_PER_US;
    return done;
}

static void report(const char *name, bool done, double us)
{
    struct row row = {"stall", name, "", "64 B", "us", us};
    if (done)
        row_print(&row);
    else
        row_missing(&row, "it failed");
}

int main(void)
{
    double stalls_us[DEATHS], locks_us[DEATHS], most_us = 0;
    struct run *run = pair_map(sizeof(*run));
    bool done = run != NULL;
    for (int i = 0; done && i < DEATHS; i++) {
        done = measure_death(run, i, &stalls_us[i], &locks_us[i]);
        if (stalls_us[i] > most_us)
            most_us = stalls_us[i];
    }
    report("writer stands still", done, middle(stalls_us, DEATHS));
    report("the kernel keeps a lock", done, middle(locks_us, DEATHS));
    report("longest stall", done, most_us);
    report("lossless_wait_ns", true, (double)lossless_wait_ns / NS_PER_US);
    pair_unmap(run, sizeof(*run));
    return done ? 0 : 1;
}
