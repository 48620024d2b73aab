// A producer: what all writers of one process under one producer name share.
#include "common/ring/producer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "common/ring/mark.h"
#include "common/shm/folder.h"
#include "common/shm/kind.h"
#include "common/shm/lock.h"
#include "common/shm/owner.h"

enum { WRITER_BYTE = 0, DYING_OWNER_MS = 2000, POLL_MS = 2 };

struct producer {
    struct producer *next;
    char stem[NAME_STEM_BYTES];
    uint64_t epoch;
    unsigned references;
    uint32_t forks;
    int lock_fd;
    struct id_table ids;
};

// Guards the list, each reference count and each id table's writing side. Never held while anybody is waited for: forks take
// it too, so that a child may make producers of its own.
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t mutex_once = PTHREAD_ONCE_INIT;
static struct producer *producers;

/// A walk over the objects of a producer that is about to start.
struct leftovers {
    bool alive;
    tachy_status status;
    bool remove;
};

// Only names that a writer would give: what else begins like them is somebody's own.
static bool visit_leftover(const char *name, void *context)
{
    struct leftovers *found = context;
    enum object_kind kind;
    struct stream_name stream;
    if (!kind_from_file(name, &kind, &stream) || kind == KIND_LOCK)
        return true;
    if (found->remove) {
        TACHY_FAILPOINT("create.before_removal");
        if (folder_is_ours(name) == TACHY_OK)
            folder_remove(name, -1);
        return true;
    }
    if (kind != KIND_CONTROL)
        return true;
    tachy_status status = folder_is_ours(name);
    if (status == TACHY_DENIED)
        found->status = status;
    struct segment segment = segment_none;
    if (status != TACHY_OK || segment_open(name, 1, SEGMENT_READ, &segment) != TACHY_OK)
        return true;
    found->alive = found->alive || lock_is_held(segment.fd, WRITER_BYTE);
    segment_finish(&segment);
    return true;
}

// All writers of a producer live in the process that holds .lock, so once that is ours the rest is a dead one's, unless
// somebody removed .lock under a live one: its control objects' locks tell. TACHY_BUSY: one of them is alive.
static tachy_status remove_leftovers(const char *stem)
{
    char prefix[NAME_OBJECT_BYTES];
    name_object(stem, "", prefix); // "tachy.sim."
    struct leftovers found = {.status = TACHY_OK};
    tachy_status status = folder_scan(prefix, visit_leftover, &found);
    if (status == TACHY_OK && found.alive)
        return TACHY_BUSY;
    if (status == TACHY_OK && found.status == TACHY_OK) {
        found.remove = true;
        status = folder_scan(prefix, visit_leftover, &found);
    }
    return status != TACHY_OK ? status : found.status;
}

static tachy_status try_become(const char *stem, int *fd)
{
    int locked = -1;
    tachy_status status = owner_take(stem, &locked);
    if (status != TACHY_OK)
        return status;
    TACHY_FAILPOINT("create.locked");
    status = remove_leftovers(stem);
    if (status != TACHY_OK) {
        owner_drop(stem, locked);
        return status;
    }
    *fd = locked;
    return TACHY_OK;
}

static struct producer *find(const char *stem)
{
    for (struct producer *p = producers; p != NULL; p = p->next)
        if (p->forks == lock_forks() && strcmp(p->stem, stem) == 0)
            return p;
    return NULL;
}

// TACHY_BUSY: another process has the name now.
static tachy_status make(const struct stream_name *name, mode_t mode, struct producer **producer)
{
    struct producer *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory", name->stream);
    tachy_status status = try_become(name->producer_stem, &made->lock_fd);
    if (status != TACHY_OK) {
        free(made);
        return status;
    }
    memcpy(made->stem, name->producer_stem, sizeof made->stem);
    made->epoch = mark_random();
    made->forks = lock_forks();
    ids_init(&made->ids, made->stem, made->epoch, mode);
    made->next = producers;
    producers = made;
    *producer = made;
    return TACHY_OK;
}

static void watch_forks(void)
{
    lock_across_forks(LOCK_OF_PRODUCERS, &mutex);
}

// One try. Another thread of this process may become it meanwhile: then we join it.
static tachy_status try_get(const struct stream_name *name, mode_t mode, struct producer **producer)
{
    pthread_once(&mutex_once, watch_forks);
    pthread_mutex_lock(&mutex);
    tachy_status status = TACHY_OK;
    struct producer *found = find(name->producer_stem);
    if (found == NULL)
        status = make(name, mode, &found);
    if (found != NULL) {
        found->references++;
        *producer = found;
    }
    pthread_mutex_unlock(&mutex);
    return status;
}

tachy_status producer_get(const struct stream_name *name, mode_t mode, struct producer **producer)
{
    int64_t deadline = clock_deadline_ns((int64_t)DYING_OWNER_MS * NS_PER_MS);
    tachy_status status;
    while ((status = try_get(name, mode, producer)) == TACHY_BUSY) {
        if (clock_now_ns() >= deadline)
            return error_set(TACHY_EXISTS,
                             "stream %s: another process is the producer %s (it holds "
                             "%s/%s.lock); choose another name (--name) or end it",
                             name->stream, name->producer, folder_path, name->producer_stem);
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * NS_PER_MS}, NULL);
    }
    return status;
}

static void end(struct producer *producer)
{
    struct producer **link = &producers;
    while (*link != producer)
        link = &(*link)->next;
    *link = producer->next;
    ids_finish(&producer->ids);
    owner_drop(producer->stem, producer->lock_fd);
    free(producer);
}

void producer_put(struct producer **producer)
{
    struct producer *old = *producer;
    *producer = NULL;
    if (old == NULL || old->forks != lock_forks())
        return;
    pthread_mutex_lock(&mutex);
    if (--old->references == 0)
        end(old);
    pthread_mutex_unlock(&mutex);
}

uint64_t producer_epoch(const struct producer *producer)
{
    return producer->epoch;
}

tachy_status producer_add_identity(struct producer *producer, const tachy_identity *identity,
                                   uint32_t *id)
{
    pthread_mutex_lock(&mutex);
    tachy_status status = ids_add(&producer->ids, identity, id);
    pthread_mutex_unlock(&mutex);
    return status;
}

int producer_mend_names(struct producer *producer)
{
    if (pthread_mutex_trylock(&mutex) != 0)
        return 0; // somebody makes a stream or a row: next time
    int restored = ids_mend_names(&producer->ids);
    pthread_mutex_unlock(&mutex);
    return restored;
}

void producer_ids(const struct producer *producer, uint32_t *generation, uint32_t *rows)
{
    ids_published(&producer->ids, generation, rows);
}
