// Liveness: open-file-description locks, and their descriptors across fork.
#include "common/shm/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t guard_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t guard_once = PTHREAD_ONCE_INIT;
static int *guarded;
static size_t guarded_count, guarded_room;
static uint32_t forks; // written only in a child that has one thread

// Of others, taken before the one above: their owners guard descriptors under them. Both tables are guarded by that one.
static pthread_mutex_t *mutexes[LOCK_RANKS], *taken[LOCK_RANKS];

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
    pthread_mutex_t *taking[LOCK_RANKS];
    pthread_mutex_lock(&guard_mutex);
    memcpy(taking, mutexes, sizeof taking);
    pthread_mutex_unlock(&guard_mutex);
    for (size_t i = 0; i < LOCK_RANKS; i++)
        if (taking[i] != NULL)
            pthread_mutex_lock(taking[i]);
    pthread_mutex_lock(&guard_mutex);
    memcpy(taken, taking, sizeof taken);
}

static void after_fork_in_parent(void)
{
    pthread_mutex_t *letting[LOCK_RANKS];
    memcpy(letting, taken, sizeof letting);
    pthread_mutex_unlock(&guard_mutex);
    for (size_t i = 0; i < LOCK_RANKS; i++)
        if (letting[i] != NULL)
            pthread_mutex_unlock(letting[i]);
}

static void after_fork_in_child(void)
{
    forks++;
    for (size_t i = 0; i < guarded_count; i++)
        close(guarded[i]);
    guarded_count = 0;
    after_fork_in_parent();
}

static void watch_forks(void)
{
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

// Under the mutex, as `forget`.
static bool remember(int fd)
{
    if (guarded_count == guarded_room) {
        size_t room = guarded_room == 0 ? 16 : guarded_room * 2;
        int *grown = realloc(guarded, room * sizeof *grown);
        if (grown == NULL)
            return false;
        guarded = grown;
        guarded_room = room;
    }
    guarded[guarded_count++] = fd;
    return true;
}

static void forget(int fd)
{
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
}

void lock_hold_forks(void)
{
    pthread_once(&guard_once, watch_forks);
    pthread_mutex_lock(&guard_mutex);
}

void lock_allow_forks(void)
{
    pthread_mutex_unlock(&guard_mutex);
}

int lock_guard_opened(int fd)
{
    if (fd < 0 || remember(fd))
        return fd;
    close(fd);
    errno = ENOMEM;
    return -1;
}

void lock_close(int fd)
{
    lock_hold_forks();
    forget(fd);
    close(fd);
    lock_allow_forks();
}

void lock_across_forks(enum lock_rank rank, pthread_mutex_t *mutex)
{
    lock_hold_forks();
    mutexes[rank] = mutex;
    lock_allow_forks();
}

uint32_t lock_forks(void)
{
    return forks;
}
