// The rivals' carriers; those that are not built are not defined.
#ifndef BENCH_RIVALS_RIVALS_H
#define BENCH_RIVALS_RIVALS_H

#include <sys/types.h>

#include "bench/carrier.h"

extern const struct carrier unix_socket_carrier, zeromq_carrier, nng_carrier, iceoryx_carrier,
    iceoryx2_carrier, aeron_carrier;

/// A server of a rival: forks, and the child runs `serve` until it is told to end; it does not outlive this process.
pid_t rivals_serve(int (*serve)(void));
void rivals_end(pid_t server);

#endif
