// Places where a test may end, stop or fail a process: nothing at all but in the library that tests alone link.
//
// TACHY_FAIL=publish.before_head:kill@3,claim.busy:sleep: the third passing of one, every passing of the other.
// Actions: kill, stop (SIGSTOP), sleep (10 ms), error (TACHY_FAILPOINT_STATUS only). A name that is no failpoint ends the process.
#ifndef COMMON_BASE_FAILPOINT_H
#define COMMON_BASE_FAILPOINT_H

#include <tachy/status.h>

#ifdef TACHY_FAILPOINTS

#include <stddef.h>

/// One place of the code. All of them lie in a section of their own, so each has a number without being listed anywhere.
struct failpoint {
    const char *name; ///< "publish.before_head"
};

void failpoint_pass(const struct failpoint *at);
tachy_status failpoint_status(const struct failpoint *at, tachy_status status);

#define FAILPOINT_HERE(literal)                                                                    \
    __extension__({                                                                                \
        static const struct failpoint here __attribute__((section("tachy_failpoints"), used,       \
                                                          aligned(sizeof(void *)))) = {literal};   \
        &here;                                                                                     \
    })

/// A step: `TACHY_FAILPOINT("publish.before_head");`. One named *.done ends what its part before the dot began.
#define TACHY_FAILPOINT(name) failpoint_pass(FAILPOINT_HERE(name))

/// A step whose outcome is `status` unless the plan says `error`: then TACHY_SYSTEM, with a line.
#define TACHY_FAILPOINT_STATUS(name, status) failpoint_status(FAILPOINT_HERE(name), status)

/// What happens from now on, in the form of TACHY_FAIL; "" is nothing. Passings are counted anew.
void failpoint_plan(const char *plan);

/// From now on *step says which failpoint was passed last: its number + 1. A byte of shared memory outlives a kill.
void failpoint_record(volatile unsigned char *step);

/// All failpoints of this program, in no particular order.
size_t failpoint_count(void);
const char *failpoint_name(size_t number);

#else

#define TACHY_FAILPOINT(name) ((void)0)
#define TACHY_FAILPOINT_STATUS(name, status) (status)

#endif
#endif
