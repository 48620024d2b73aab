// Status codes and the error line: how every call of libtachy answers.
#ifndef TACHY_STATUS_H
#define TACHY_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TACHY_API __attribute__((visibility("default")))
#else
#define TACHY_API
#endif

/// NULL never crashes a call, whether for a handle, an argument or the place of an answer: unless the declaration gives NULL a
/// meaning, the call does nothing and answers TACHY_INVALID, or NULL or 0 where it has no status. Releasing, detaching,
/// aborting and destroying NULL is legal. A handle that has been ended must not be used again.
///
/// 0 is success, positive an everyday outcome, negative a failure. Out-parameters change only on success.
typedef enum tachy_status {
    TACHY_OK = 0,
    TACHY_EMPTY = 1,     ///< nothing new now (timeout 0)
    TACHY_TIMED_OUT = 2, ///< the caller's patience ended first
    TACHY_CLOSED = 3,    ///< the writer ended the stream; said after its last frame was handed out
    TACHY_GONE = 4,      ///< the writer died; said after its last whole frame was handed out
    TACHY_CHANGED = 5,   ///< a new epoch or geometry: read tachy_stream_info again, then go on
    TACHY_INTERRUPTED = 6, ///< a wait was ended by the reader's own program
    TACHY_DEMOTED =
        7, ///< told once: a lossless reader was too slow and is an every-reader from now on
    TACHY_INVALID = -1,   ///< an argument is wrong; the error line names it
    TACHY_NO_MEMORY = -2, ///< malloc failed
    TACHY_NOT_FOUND = -3, ///< no such stream, plane or frame
    TACHY_DENIED = -4,    ///< no rights, or an object of somebody else's at the name
    TACHY_VERSION = -5,   ///< written by another major version of the shared-memory layout: rebuild
    TACHY_CORRUPT = -6,   ///< bytes in shared memory or in a file are not what they must be
    TACHY_UNSUPPORTED = -7, ///< legal, but this build or machine cannot do it
    TACHY_BUSY = -8,        ///< the caller holds too much already (frames, drafts)
    TACHY_SYSTEM = -9,      ///< the operating system refused; the error line names the errno
    TACHY_EXISTS = -10,     ///< the name is taken by a live producer
    TACHY_FULL = -11,       ///< a table is full; the error line names who fills it
} tachy_status;

/// The status' own name, "TACHY_EMPTY" for example; "TACHY_?" for a number that is none. Never NULL, static.
TACHY_API const char *tachy_status_name(tachy_status status);

/// This thread's last failure in one line: what, on which stream or file, why, and what to do about it.
/// Never NULL; "" before the first failure. Valid until this thread's next failing call.
TACHY_API const char *tachy_error(void);

/// The library's version, "0.1.0" for example. Static.
TACHY_API const char *tachy_version(void);

#ifdef __cplusplus
}
#endif
#endif
