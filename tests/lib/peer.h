// A writer in a process of its own, and its objects as a process sees them that means harm.
#ifndef TESTS_LIB_PEER_H
#define TESTS_LIB_PEER_H

#include <stdbool.h>
#include <sys/types.h>
#include <tachy/tachy.h>

struct peer {
    pid_t pid;
    char name[64]; ///< of its stream: producer/a
};

/// Starts a writer as test_writer makes it, with three identities and frames 1 and 2. `goes_on`: a frame and an identity
/// every ms from then on.
void peer_start(struct peer *peer, tachy_writer_params params, bool goes_on);

/// Kills it and takes away what it left.
void peer_end(struct peer *peer);

/// A reader of it; fails the test where it is refused.
tachy_stream *peer_attach(const struct peer *peer, tachy_stream_params params);

/// An object of a stream, open, or mapped, for reading and writing. `kind`: "a.ctl", "a.reg", "a.dat.1", "ids.0".
int scribble_open(const char *stream, const char *kind);

struct scribbled {
    char *base;
    size_t bytes;
};
struct scribbled scribble(const char *stream, const char *kind);
void scribble_end(struct scribbled *scribbled);

/// Starts a process that calls `flip` again and again until scribble_stop.
pid_t scribble_start(void (*flip)(struct scribbled *scribbled, unsigned round),
                     struct scribbled *scribbled);
void scribble_stop(pid_t flipper);

#endif
