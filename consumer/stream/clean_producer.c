// One producer's objects: is any of their locks held, by whom, and what follows.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/shm/folder.h"
#include "common/shm/holder.h"
#include "common/shm/lock.h"
#include "common/shm/owner.h"
#include "consumer/stream/clean.h"

enum { LOCK_BYTE = 0, LOOKS = 5, LOOK_EVERY_MS = 200, BLOCK_BYTES = 512 };

struct producer_objects {
    struct leftover *leftovers;
    size_t count;
};

struct verdict {
    tachy_fate fate; ///< TACHY_REMOVED: nothing keeps them
    uint32_t holder;
};

static bool is_same(const struct leftover *leftover, const struct stat *file)
{
    return file->st_dev == leftover->device && file->st_ino == leftover->inode;
}

// The object that was listed, for reading. -1: it is gone, or cannot be opened.
static int open_same(const struct leftover *leftover)
{
    char path[FOLDER_PATH_BYTES];
    folder_join(leftover->file, path);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat file;
    if (fd < 0 || (fstat(fd, &file) == 0 && is_same(leftover, &file)))
        return fd;
    close(fd);
    errno = ENOENT;
    return -1;
}

// Fills in the objects whose lock somebody holds. False: one of them cannot be asked.
static bool list_held(const struct producer_objects *objects, struct held_object *held,
                      size_t *held_count)
{
    bool all_asked = true;
    *held_count = 0;
    for (size_t i = 0; i < objects->count; i++) {
        const struct leftover *leftover = &objects->leftovers[i];
        if (leftover->kind == KIND_OTHER || !leftover->ours)
            continue;
        int fd = open_same(leftover);
        if (fd < 0) {
            all_asked = all_asked && errno == ENOENT;
            continue;
        }
        if (lock_is_held(fd, LOCK_BYTE))
            held[(*held_count)++] =
                (struct held_object){.device = leftover->device, .inode = leftover->inode};
        close(fd);
    }
    return all_asked;
}

static struct verdict judge(const struct producer_objects *objects, struct held_object *held)
{
    size_t held_count;
    if (!list_held(objects, held, &held_count))
        return (struct verdict){.fate = TACHY_UNCLEAR};
    if (held_count == 0)
        return (struct verdict){.fate = TACHY_REMOVED};
    struct holder_answer answer = holder_find(held, held_count);
    if (answer.writer != 0)
        return (struct verdict){.fate = TACHY_IN_USE, .holder = answer.writer};
    if (!answer.all_seen)
        return (struct verdict){.fate = TACHY_UNCLEAR};
    return (struct verdict){.fate = TACHY_HELD, .holder = held[0].holder};
}

// A producer that is starting holds its lock for a moment before it has anything else that shows what it is.
static struct verdict judge_patiently(const struct producer_objects *objects,
                                      struct held_object *held)
{
    struct verdict verdict = judge(objects, held);
    for (int i = 1; i < LOOKS && verdict.fate == TACHY_HELD; i++) {
        nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_MS * NS_PER_MS}, NULL);
        verdict = judge(objects, held);
    }
    return verdict;
}

static void remove_one(struct leftover *leftover)
{
    char path[FOLDER_PATH_BYTES];
    folder_join(leftover->file, path);
    struct stat file;
    leftover->told.fate = TACHY_REMOVED;
    if (lstat(path, &file) != 0 || !is_same(leftover, &file))
        return;
    if (unlink(path) != 0)
        leftover->told.fate = TACHY_STUCK;
    else if (file.st_nlink == 1)
        leftover->told.bytes = (uint64_t)file.st_blocks * BLOCK_BYTES;
}

// The lock file goes last: as long as it has its name and somebody its lock, nobody else becomes this producer.
static void remove_all(const struct producer_objects *objects)
{
    for (int locks = 0; locks < 2; locks++) {
        for (size_t i = 0; i < objects->count; i++) {
            struct leftover *leftover = &objects->leftovers[i];
            if (leftover->ours && (leftover->kind == KIND_LOCK) == (locks == 1))
                remove_one(leftover);
        }
    }
}

static void tell_all(const struct producer_objects *objects, struct verdict verdict)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct leftover *leftover = &objects->leftovers[i];
        if (!leftover->ours)
            continue;
        leftover->told.fate = verdict.fate;
        leftover->told.holder = verdict.holder;
    }
}

static void remove_dead(const struct producer_objects *objects)
{
    const char *stem = objects->leftovers[0].name.producer_stem;
    int fd;
    if (owner_take(stem, &fd) != TACHY_OK) { // keeps anybody from becoming the producer meanwhile
        tell_all(objects, (struct verdict){.fate = TACHY_UNCLEAR});
        return;
    }
    remove_all(objects);
    owner_drop(stem, fd); // made here, if it was not there
}

void clean_producer(struct leftover *leftovers, size_t count, bool force)
{
    const struct producer_objects objects = {.leftovers = leftovers, .count = count};
    struct verdict verdict = {.fate = TACHY_STUCK};
    struct held_object *held = calloc(count, sizeof *held);
    if (held != NULL)
        verdict = force ? judge_patiently(&objects, held) : judge(&objects, held);
    free(held);
    tell_all(&objects, verdict);
    if (verdict.fate == TACHY_REMOVED)
        remove_dead(&objects);
    else if (verdict.fate == TACHY_HELD && force)
        remove_all(&objects);
}
