// A descriptor that is readable while there is something to take, for epoll and its like.
//
// It is an eventfd. Whether a frame waits changes in two places: each call that takes one settles the descriptor anew, and
// while none waits a helper thread is armed, sleeps by the same bell as a reader does and raises it. Both hold the mutex.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/shm/lock.h"
#include "consumer/stream/stream.h"

/// How often the helper asks whether the writer lives; a wake that got lost costs no more.
static const int64_t slice_ns = 50 * (int64_t)NS_PER_MS;
static const int64_t rest_ns = 10 * (int64_t)NS_PER_S;

struct stream_watch {
    pthread_t thread;
    pthread_mutex_t mutex; ///< guards all below
    int fd;
    bool raised; ///< the descriptor is readable
    bool armed;  ///< the helper is to raise it
    bool stopped;
    uint64_t awaited; ///< the sequence to raise it at
    int64_t probed_ns;
    bool gone; ///< the writer was found dead
};

static void raise_fd(struct stream_watch *watch)
{
    watch->armed = false;
    if (!watch->raised)
        watch->raised = eventfd_write(watch->fd, 1) == 0;
}

static void lower_fd(struct stream_watch *watch)
{
    eventfd_t count;
    if (watch->raised)
        watch->raised = eventfd_read(watch->fd, &count) != 0;
}

// What the stream's own thread and the helper both may ask of the life that is read.
static bool is_ready(const tachy_stream *now, uint64_t awaited)
{
    return reader_head(now->objects.map) >= awaited || reader_is_interrupted(&now->reader) ||
           stream_shrank(now);
}

static bool is_gone(const tachy_stream *now, struct stream_watch *watch)
{
    int64_t time = clock_now_ns();
    if (watch->gone || time - watch->probed_ns < slice_ns)
        return watch->gone;
    watch->probed_ns = time;
    watch->gone = !objects_are_alive(&now->objects);
    return watch->gone;
}

enum duty { REST, WATCH, EXPECT, END };

// Under the mutex. An end is news, but for a reader that follows: to it the next beginning is.
static enum duty decide(const tachy_stream *stream, struct stream_watch *watch)
{
    const tachy_stream *now = stream->now;
    if (watch->stopped)
        return END;
    if (!watch->armed)
        return REST;
    bool ready = is_ready(now, watch->awaited);
    bool ended = !ready && (reader_is_closed(now->objects.map) || is_gone(now, watch));
    if (ready || (ended && (!stream->params.follow || stream_can_follow(stream)))) {
        raise_fd(watch);
        return REST;
    }
    return ended ? EXPECT : WATCH;
}

// The life that is read stays while the helper looks at it.
static enum duty look(tachy_stream *stream, tachy_stream **now, uint64_t *awaited)
{
    struct stream_watch *watch = stream->watch;
    pthread_mutex_lock(&watch->mutex);
    *now = stream->now;
    reader_retain(&(*now)->reader);
    enum duty duty = decide(stream, watch);
    *awaited = watch->awaited;
    pthread_mutex_unlock(&watch->mutex);
    return duty;
}

static void *serve(void *argument)
{
    tachy_stream *stream = argument, *now;
    enum duty duty;
    do {
        uint32_t nudges =
            reader_nudges(&stream->reader); // before the look: what changes after it ends the sleep
        uint64_t awaited;
        duty = look(stream, &now, &awaited);
        if (duty == WATCH)
            reader_watch(&now->reader, awaited, nudges, slice_ns);
        else if (duty != END)
            reader_rest(&now->reader, nudges, duty == REST ? rest_ns : slice_ns);
        stream_drop(now);
    } while (duty != END);
    return NULL;
}

void stream_hold_fd(tachy_stream *handle)
{
    if (handle->watch != NULL)
        pthread_mutex_lock(&handle->watch->mutex);
}

void stream_let_fd(tachy_stream *handle)
{
    if (handle->watch != NULL)
        pthread_mutex_unlock(&handle->watch->mutex);
}

void stream_settle_fd(tachy_stream *stream)
{
    struct stream_watch *watch = stream->watch;
    if (watch == NULL)
        return;
    pthread_mutex_lock(&watch->mutex);
    const tachy_stream *now = stream->now;
    watch->awaited = now->reader.cursor;
    watch->gone = now->gone;
    watch->armed = true;
    decide(stream, watch);
    if (watch->armed)
        lower_fd(watch);
    else
        raise_fd(watch);
    bool armed = watch->armed;
    pthread_mutex_unlock(&watch->mutex);
    if (armed)
        reader_nudge(&stream->now->reader);
}

static void destroy(struct stream_watch *watch)
{
    if (watch == NULL)
        return;
    if (watch->fd >= 0)
        close(watch->fd);
    pthread_mutex_destroy(&watch->mutex);
    free(watch);
}

// The program's signals are for its own threads. What a thread's own fault raises is not: blocked, it would end the process
// past every handler, and a guard is one.
static int start_helper(tachy_stream *stream)
{
    static const int faults[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    sigset_t others, before;
    sigfillset(&others);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&others, faults[i]);
    pthread_sigmask(SIG_SETMASK, &others, &before);
    int error = pthread_create(&stream->watch->thread, NULL, serve, stream);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static tachy_status fail(tachy_stream *stream, const char *what, int error)
{
    destroy(stream->watch);
    stream->watch = NULL;
    return error_set(error == ENOMEM ? TACHY_NO_MEMORY : TACHY_SYSTEM,
                     "stream %s: cannot make %s for tachy_stream_fd: %s (%s)",
                     stream->objects.name.stream, what, strerrordesc_np(error),
                     strerrorname_np(error));
}

static tachy_status start(tachy_stream *stream)
{
    struct stream_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory", stream->objects.name.stream);
    pthread_mutex_init(&watch->mutex, NULL);
    stream->watch = watch;
    watch->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (watch->fd < 0)
        return fail(stream, "an eventfd", errno);
    int error = start_helper(stream);
    return error != 0 ? fail(stream, "a thread", error) : TACHY_OK;
}

void stream_stop_fd(tachy_stream *stream)
{
    struct stream_watch *watch = stream->watch;
    if (watch == NULL)
        return;
    if (stream->forks == lock_forks()) { // a forked child has no helper
        pthread_mutex_lock(&watch->mutex);
        watch->stopped = true;
        pthread_mutex_unlock(&watch->mutex);
        reader_nudge(&stream->now->reader);
        pthread_join(watch->thread, NULL);
    }
    stream->watch = NULL;
    destroy(watch);
}

tachy_status tachy_stream_fd(tachy_stream *stream, int *fd)
{
    if (stream == NULL)
        return error_null(__func__, "stream");
    if (fd == NULL)
        return error_null(__func__, "fd");
    tachy_status status = stream_check_fork(stream);
    if (status == TACHY_OK && stream->watch == NULL) {
        status = start(stream);
        if (status == TACHY_OK)
            stream_settle_fd(stream);
    }
    if (status == TACHY_OK)
        *fd = stream->watch->fd;
    return status;
}
