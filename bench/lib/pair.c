// Two processes on two cores, or one and a crowd.
#include "bench/lib/pair.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"

enum { ROLE_S_MAX = 60, LOOKS_PER_CLOCK = 4096, CORES_MAX = 64, CROWD_MAX = 64 };
static const int64_t patience_ns = 20 * (int64_t)NS_PER_S;

static int own_core; // of this role's process

void *pair_map(size_t bytes)
{
    void *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        fprintf(stderr, "bench: cannot share %zu bytes: %s\n", bytes, strerror(errno));
        return NULL;
    }
    return shared;
}

void pair_unmap(void *shared, size_t bytes)
{
    if (shared)
        munmap(shared, bytes);
}

static int find_cores(int cores[CORES_MAX])
{
    cpu_set_t allowed;
    int found = 0;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
        for (int core = 0; core < CPU_SETSIZE && found < CORES_MAX; core++)
            if (CPU_ISSET(core, &allowed))
                cores[found++] = core;
    if (found < 2)
        fprintf(stderr, "bench: a writer and a reader need two cores; this process may use %d\n",
                found);
    return found;
}

void pair_pin(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(own_core, &set);
    sched_setaffinity(0, sizeof(set), &set);
}

void pair_unpin(void)
{
    cpu_set_t set;
    memset(&set, 0xff, sizeof(set)); // the kernel leaves out what is not there
    sched_setaffinity(0, sizeof(set), &set);
}

// The child of a fork; the role is its last.
static void enter_role(int core)
{
    signal(SIGINT, SIG_IGN); // after Ctrl-C the pair finishes, so that its shared memory is removed
    alarm(ROLE_S_MAX);
    own_core = core;
    pair_pin();
}

static _Noreturn void leave_role(bool done)
{
    exit(done ? 0 : 1); // not _exit: a rival's library takes its leave of its server only then
}

static pid_t start_role(pair_role role, int core, void *shared)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    enter_role(core);
    leave_role(role(shared));
}

static pid_t start_reader(crowd_role role, uint32_t index, int core, void *shared)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    enter_role(core);
    leave_role(role(shared, index));
}

static bool wait_role(pid_t pid)
{
    int status;
    if (pid < 0)
        return false;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void explain(bool started)
{
    if (!started)
        fprintf(stderr, "bench: cannot start a process: %s\n", strerror(errno));
}

bool pair_run(pair_role writer, pair_role reader, bool swapped, void *shared)
{
    int cores[CORES_MAX];
    if (find_cores(cores) < 2)
        return false;
    pid_t first = start_role(writer, cores[swapped], shared);
    pid_t second = start_role(reader, cores[!swapped], shared);
    explain(first > 0 && second > 0);
    bool wrote = wait_role(first);
    return wait_role(second) && wrote;
}

bool pair_run_crowd(pair_role writer, crowd_role reader, uint32_t readers, void *shared)
{
    int cores[CORES_MAX], others = find_cores(cores) - 1;
    pid_t crowd[CROWD_MAX];
    if (others < 1 || readers > CROWD_MAX)
        return false;
    pid_t first = start_role(writer, cores[0], shared);
    explain(first > 0);
    for (uint32_t i = 0; i < readers; i++) {
        crowd[i] = start_reader(reader, i, cores[1 + i % (uint32_t)others], shared);
        explain(crowd[i] > 0);
    }
    bool done = wait_role(first);
    for (uint32_t i = 0; i < readers; i++)
        done = wait_role(crowd[i]) && done;
    return done;
}

bool pair_spin_until(const struct cell *cell, uint64_t value)
{
    int64_t end = 0;
    for (uint64_t looks = 1; cell_get(cell) < value; looks++) {
        if (looks % LOOKS_PER_CLOCK)
            continue;
        int64_t now = clock_now_ns();
        end = end ? end : now + patience_ns;
        if (now > end)
            return false;
    }
    return true;
}

bool pair_sleep_until(const struct cell *cell, uint64_t value)
{
    int64_t end = clock_now_ns() + patience_ns;
    while (cell_get(cell) < value) {
        if (clock_now_ns() > end)
            return false;
        pair_sleep_ns(100 * (int64_t)NS_PER_US);
    }
    return true;
}

void pair_spin_ns(int64_t ns)
{
    int64_t end = clock_now_ns() + ns;
    while (clock_now_ns() < end)
        ;
}

void pair_sleep_ns(int64_t ns)
{
    struct timespec span = clock_timespec(ns);
    nanosleep(&span, NULL);
}
