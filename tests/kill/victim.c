// One writer in a process of its own, to be stopped or killed at a step.
#include "tests/kill/victim.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "common/base/failpoint.h"
#include "tests/kill/actor.h"
#include "tests/kill/pattern.h"
#include "tests/lib/main.h"

enum { PACE_US = 1000, READ = 0, WRITE = 1, FAILED = 9 };

static void publish(tachy_writer *writer, uint64_t seed, uint64_t sequence)
{
    tachy_draft *draft = NULL;
    if (tachy_writer_claim(writer, ACTOR_HANG_NS, &draft) != TACHY_OK)
        _exit(FAILED);
    pattern_fill(draft, seed, sequence);
    if (tachy_draft_publish(&draft) != TACHY_OK)
        _exit(FAILED);
}

static tachy_writer *begin(const struct victim_params *params)
{
    failpoint_plan(params->create_plan == NULL ? "" : params->create_plan);
    tachy_writer_params writer_params = {.size = sizeof writer_params,
                                         .name = params->stream,
                                         .planes = pattern_planes,
                                         .plane_count = 2,
                                         .readers_max = KILL_READERS,
                                         .held_max = KILL_HELD,
                                         .history = VICTIM_FIRST,
                                         .seed = params->seed};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&writer_params, &writer) != TACHY_OK) {
        fprintf(stderr, "# %s\n", tachy_error());
        _exit(FAILED);
    }
    for (uint64_t i = 1; i <= VICTIM_FIRST; i++)
        publish(writer, params->seed, i);
    return writer;
}

// Whether a byte came, or (`closed`) the test closed its end of the pipe.
static bool hears(int go, int timeout_ms, bool *closed)
{
    struct pollfd poll_fd = {.fd = go, .events = POLLIN};
    if (poll(&poll_fd, 1, timeout_ms) != 1)
        return false;
    char byte;
    *closed = read(go, &byte, 1) == 0;
    return true;
}

static void bear(int nursery)
{
    if (fork() != 0)
        return;
    char byte;
    while (read(nursery, &byte, 1) > 0) // ends with the test, which holds the other end
        ;
    _exit(0);
}

static _Noreturn void live(const struct victim_params *params, int ready, int go, int nursery)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    tachy_writer *writer = begin(params);
    if (params->forks)
        bear(nursery);
    close(nursery);
    if (write(ready, "r", 1) != 1)
        _exit(FAILED);
    bool closed = false;
    hears(go, -1, &closed);
    failpoint_plan(params->plan == NULL ? "" : params->plan);
    for (uint64_t i = VICTIM_FIRST + 1; !closed; i++) {
        publish(writer, params->seed, i);
        actor_pause_us(PACE_US);
        hears(go, 0, &closed);
    }
    tachy_writer_destroy(&writer);
    _exit(0);
}

void victim_start(const struct victim_params *params, struct victim *victim)
{
    int ready[2], go[2], nursery[2];
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    assert_int_equal(pipe2(go, O_CLOEXEC), 0);
    assert_int_equal(pipe2(nursery, O_CLOEXEC), 0);
    fflush(stdout);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ready[READ]);
        close(go[WRITE]);
        close(nursery[WRITE]);
        live(params, ready[WRITE], go[READ], nursery[READ]);
    }
    close(ready[WRITE]);
    close(go[READ]);
    close(nursery[READ]);
    *victim = (struct victim){pid, ready[READ], go[WRITE], nursery[WRITE]};
}

bool victim_await(const struct victim *victim)
{
    char byte;
    return read(victim->ready, &byte, 1) == 1;
}

void victim_go(const struct victim *victim)
{
    assert_int_equal(write(victim->go, "g", 1), 1);
}

int victim_wait(struct victim *victim)
{
    int status = 0;
    assert_int_equal(waitpid(victim->pid, &status, WUNTRACED), victim->pid);
    if (!WIFSTOPPED(status))
        victim->pid = 0;
    return status;
}

static void close_pipes(struct victim *victim)
{
    const int pipes[] = {victim->ready, victim->go, victim->nursery};
    for (size_t i = 0; i < sizeof pipes / sizeof pipes[0]; i++)
        if (pipes[i] > 0)
            close(pipes[i]);
    *victim = (struct victim){0};
}

int victim_close(struct victim *victim)
{
    close(victim->go);
    victim->go = 0;
    int64_t deadline = actor_now_ns() + ACTOR_HANG_NS;
    int status = 0;
    while (waitpid(victim->pid, &status, WNOHANG) == 0) {
        actor_pause_us(PACE_US);
        if (actor_now_ns() > deadline)
            kill(victim->pid, SIGKILL);
    }
    close_pipes(victim);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void victim_finish(struct victim *victim)
{
    if (victim->pid > 0) {
        kill(victim->pid, SIGKILL);
        waitpid(victim->pid, NULL, 0);
    }
    close_pipes(victim);
}
