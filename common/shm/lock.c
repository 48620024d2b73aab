// Liveness: open-file-description locks, and their descriptors across fork.
#include "common/shm/lock.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t guard_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t guard_once = PTHREAD_ONCE_INIT;
static int *guarded;
static size_t guarded_count, guarded_room;
static uint32_t forks; // written only in a child that has one thread

static struct flock one_byte(short type, uint64_t byte)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1};
}

bool lock_take(int fd, uint64_t byte)
{
    struct flock lock = one_byte(F_WRLCK, byte);
    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

void lock_drop(int fd, uint64_t byte)
{
    struct flock lock = one_byte(F_UNLCK, byte);
    fcntl(fd, F_OFD_SETLK, &lock);
}

bool lock_is_held(int fd, uint64_t byte)
{
    struct flock lock = one_byte(F_RDLCK, byte);
    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static void before_fork(void)
{
    pthread_mutex_lock(&guard_mutex);
}

static void after_fork_in_parent(void)
{
    pthread_mutex_unlock(&guard_mutex);
}

static void after_fork_in_child(void)
{
    forks++;
    for (size_t i = 0; i < guarded_count; i++)
        close(guarded[i]);
    guarded_count = 0;
    pthread_mutex_unlock(&guard_mutex);
}

static void watch_forks(void)
{
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

bool lock_guard(int fd)
{
    pthread_once(&guard_once, watch_forks);
    pthread_mutex_lock(&guard_mutex);
    if (guarded_count == guarded_room) {
        size_t room = guarded_room == 0 ? 16 : guarded_room * 2;
        int *grown = realloc(guarded, room * sizeof *grown);
        if (grown == NULL) {
            pthread_mutex_unlock(&guard_mutex);
            return false;
        }
        guarded = grown;
        guarded_room = room;
    }
    guarded[guarded_count++] = fd;
    pthread_mutex_unlock(&guard_mutex);
    return true;
}

void lock_unguard(int fd)
{
    pthread_mutex_lock(&guard_mutex);
    for (size_t i = 0; i < guarded_count; i++) {
        if (guarded[i] == fd) {
            guarded[i] = guarded[--guarded_count];
            break;
        }
    }
    if (guarded_count == 0) {
        free(guarded);
        guarded = NULL;
        guarded_room = 0;
    }
    pthread_mutex_unlock(&guard_mutex);
}

uint32_t lock_forks(void)
{
    return forks;
}
