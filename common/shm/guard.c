// Mapped memory whose object may shrink under us: the process' SIGBUS handler puts pages of zeros where the object ends.
//
// Guards lie in a list that only grows, so that the handler walks it without a lock; ended ones are used again.
#include "common/shm/guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/shm/lock.h"

struct guard {
    struct guard *next;
    _Atomic uintptr_t start; ///< 0 = in nobody's use
    _Atomic uintptr_t end;
    _Atomic uint32_t forks; ///< a forked child has other things at these addresses
    _Atomic bool writable, hit;
};

static _Atomic(struct guard *) guards;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; // of guard_watch and guard_forget
static pthread_once_t mutex_once = PTHREAD_ONCE_INIT;
static struct sigaction previous;
static uintptr_t page_bytes;

static struct guard *find(uintptr_t address)
{
    // Partner: guard_watch's releases of guards and start. Carry the links, and the range's end.
    struct guard *guard = atomic_load_explicit(&guards, memory_order_acquire);
    for (; guard != NULL; guard = guard->next) {
        uintptr_t start = atomic_load_explicit(&guard->start, memory_order_acquire);
        // Relaxed: start's acquire carries them.
        if (start != 0 && address >= start &&
            address < atomic_load_explicit(&guard->end, memory_order_relaxed) &&
            atomic_load_explicit(&guard->forks, memory_order_relaxed) == lock_forks())
            return guard;
    }
    return NULL;
}

// From the page that is gone to the end: pages before it are still the object's, and may hold frames in use.
static bool cover(struct guard *guard, char *address)
{
    char *from = address - ((uintptr_t)address & (page_bytes - 1));
    // Relaxed: find's acquire of start carries both.
    uintptr_t end = atomic_load_explicit(&guard->end, memory_order_relaxed);
    bool writable = atomic_load_explicit(&guard->writable, memory_order_relaxed);
    int rights = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    // Partner: guard_is_hit's acquire; before the read goes on, so that no zero is believed unknowingly.
    atomic_store_explicit(&guard->hit, true, memory_order_release);
    return mmap(from, end - (uintptr_t)from, rights, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                0) != MAP_FAILED;
}

// Two handlers that each found the other before it would call each other for ever. The kernel zeroes the tail of what it tells
// about a signal, so a mark there lasts as long as the one delivery, also if a handler leaves by longjmp.
static bool was_here(siginfo_t *info)
{
    static const char mark[] = "tachy";
    char *tail = (char *)info + sizeof *info - sizeof mark;
    bool was = memcmp(tail, mark, sizeof mark) == 0;
    memcpy(tail, mark, sizeof mark);
    return was;
}

// Not ours: as if we were not there. Without a handler the fault comes again when we return and ends the process; a SIGBUS that
// somebody sent does not, so it is sent again.
static void pass_on(int signal, siginfo_t *info, void *context)
{
    bool sent = info->si_code <= 0; // by kill() and its like
    bool ignored = previous.sa_handler == SIG_IGN, handled = previous.sa_handler != SIG_DFL;
    if (ignored && sent)
        return;
    if (handled && !ignored && !was_here(info)) {
        if ((previous.sa_flags & SA_SIGINFO) != 0)
            previous.sa_sigaction(signal, info, context);
        else
            previous.sa_handler(signal);
        return;
    }
    struct sigaction fatal = {.sa_handler = SIG_DFL};
    sigaction(SIGBUS, &fatal, NULL);
    if (sent)
        raise(SIGBUS); // delivered when the handler returns
}

static void on_sigbus(int signal, siginfo_t *info, void *context)
{
    struct guard *guard = info->si_code == BUS_ADRERR ? find((uintptr_t)info->si_addr) : NULL;
    if (guard == NULL || !cover(guard, info->si_addr))
        pass_on(signal, info, context);
}

// Under the mutex. A handler installed over ours is put behind it again.
static void install(void)
{
    struct sigaction current;
    sigaction(SIGBUS, NULL, &current);
    if ((current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == on_sigbus)
        return;
    previous = current; // before ours can run
    struct sigaction ours = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGBUS, &ours, NULL);
}

static struct guard *find_unused(void)
{
    // Relaxed, as in make_unused: under the mutex.
    struct guard *guard = atomic_load_explicit(&guards, memory_order_relaxed);
    while (guard != NULL && atomic_load_explicit(&guard->start, memory_order_relaxed) != 0)
        guard = guard->next;
    return guard;
}

static struct guard *make_unused(void)
{
    struct guard *guard = calloc(1, sizeof *guard);
    if (guard == NULL)
        return NULL;
    // Relaxed: under the mutex.
    guard->next = atomic_load_explicit(&guards, memory_order_relaxed);
    // Partner: find's acquire. Carries the link.
    atomic_store_explicit(&guards, guard, memory_order_release);
    return guard;
}

static void watch_forks(void)
{
    lock_across_forks(LOCK_OF_GUARDS, &mutex);
}

struct guard *guard_watch(void *base, size_t bytes, bool writable)
{
    pthread_once(&mutex_once, watch_forks);
    pthread_mutex_lock(&mutex);
    page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
    install();
    struct guard *guard = find_unused();
    if (guard == NULL)
        guard = make_unused();
    if (guard != NULL) {
        uintptr_t end = ((uintptr_t)base + bytes + page_bytes - 1) & ~(page_bytes - 1);
        // Relaxed, all four: start's release carries them.
        atomic_store_explicit(&guard->end, end, memory_order_relaxed);
        atomic_store_explicit(&guard->forks, lock_forks(), memory_order_relaxed);
        atomic_store_explicit(&guard->writable, writable, memory_order_relaxed);
        atomic_store_explicit(&guard->hit, false, memory_order_relaxed);
        // Partner: find's acquire.
        atomic_store_explicit(&guard->start, (uintptr_t)base, memory_order_release);
    }
    pthread_mutex_unlock(&mutex);
    return guard;
}

void guard_forget(struct guard **guard)
{
    struct guard *old = *guard;
    *guard = NULL;
    if (old == NULL)
        return;
    pthread_mutex_lock(&mutex);
    // Relaxed: nobody reads the range any more; the mutex carries it to the next user.
    atomic_store_explicit(&old->start, 0, memory_order_relaxed);
    pthread_mutex_unlock(&mutex);
}

bool guard_is_hit(const struct guard *guard)
{
    // Partner: cover's release.
    return guard != NULL && atomic_load_explicit(&guard->hit, memory_order_acquire);
}
