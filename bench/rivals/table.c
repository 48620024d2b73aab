// Which rivals there are, and why one is missing.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/rivals/rivals.h"

#ifdef BENCH_NO_ICEORYX2
#define ICEORYX2 NULL, BENCH_NO_ICEORYX2
#else
#define ICEORYX2 &iceoryx2_carrier, NULL
#endif
#ifdef BENCH_NO_ICEORYX
#define ICEORYX NULL, BENCH_NO_ICEORYX
#else
#define ICEORYX &iceoryx_carrier, NULL
#endif
#ifdef BENCH_NO_AERON
#define AERON NULL, BENCH_NO_AERON
#else
#define AERON &aeron_carrier, NULL
#endif
#ifdef BENCH_NO_NNG
#define NNG NULL, BENCH_NO_NNG
#else
#define NNG &nng_carrier, NULL
#endif
#ifdef BENCH_NO_ZEROMQ
#define ZEROMQ NULL, BENCH_NO_ZEROMQ
#else
#define ZEROMQ &zeromq_carrier, NULL
#endif

const struct rival rival_table[RIVAL_COUNT] = {
    {"iceoryx2", ICEORYX2}, {"iceoryx", ICEORYX},
    {"Aeron", AERON},       {"unix socket", &unix_socket_carrier, NULL},
    {"nng ipc", NNG},       {"ZeroMQ ipc", ZEROMQ},
};

static bool failed[RIVAL_COUNT]; // to start its server

pid_t rivals_serve(int (*serve)(void))
{
    fflush(stdout);
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    signal(SIGINT, SIG_IGN); // the parent ends it, so that its shared memory is removed
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    _exit(getppid() == parent ? serve() : 1);
}

void rivals_end(pid_t server)
{
    if (server <= 0)
        return;
    kill(server, SIGTERM);
    while (waitpid(server, NULL, 0) < 0 && errno == EINTR)
        ;
}

void rivals_start(void)
{
    for (int i = 0; i < RIVAL_COUNT; i++) {
        const struct carrier *carrier = rival_table[i].carrier;
        failed[i] = carrier && carrier->start && !carrier->start();
    }
}

void rivals_stop(void)
{
    for (int i = 0; i < RIVAL_COUNT; i++) {
        const struct carrier *carrier = rival_table[i].carrier;
        if (carrier && carrier->stop)
            carrier->stop();
    }
}

static const char *refuses(const struct carrier *carrier, const struct route *route)
{
    if (carrier->bytes_max && route->size->bytes > carrier->bytes_max)
        return carrier->why_no_more;
    if (route->readers > 1 && carrier->why_no_fanout)
        return carrier->why_no_fanout;
    return route->sleeping ? carrier->why_no_sleep : carrier->why_no_spin;
}

const char *rival_missing(const struct rival *rival, const struct route *route)
{
    if (!rival->carrier)
        return rival->why;
    if (failed[rival - rival_table])
        return "its server did not start";
    return refuses(rival->carrier, route);
}

void frame_mark(void *frame, size_t bytes, uint64_t number)
{
    memcpy(frame, &number, sizeof(number));
    memcpy((char *)frame + bytes - sizeof(number), &number, sizeof(number));
}

static uint64_t number_at(const void *frame)
{
    uint64_t number;
    memcpy(&number, frame, sizeof(number));
    return number;
}

bool frame_is(const struct carrier *carrier, const void *frame, size_t bytes, uint64_t number)
{
    uint64_t first = number_at(frame);
    uint64_t last = number_at((const char *)frame + bytes - sizeof(number));
    if (first == number && last == number)
        return true;
    fprintf(stderr, "bench: %s: frame %llu has the numbers %llu and %llu\n", carrier->name,
            (unsigned long long)number, (unsigned long long)first, (unsigned long long)last);
    return false;
}
