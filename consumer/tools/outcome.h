// How a command ends: exit codes, and the line that says why.
#ifndef CONSUMER_TOOLS_OUTCOME_H
#define CONSUMER_TOOLS_OUTCOME_H

#include <tachy/status.h>

enum outcome {
    OUTCOME_OK = 0,
    OUTCOME_ERROR = 1,
    OUTCOME_USAGE = 2,
    OUTCOME_NO_STREAM = 3,
    OUTCOME_TIMEOUT = 4,
    OUTCOME_GONE = 5,
    OUTCOME_SIGNAL = 128, ///< plus the signal's number: 130 after Ctrl-C
};

/// Prints "tachy: ..." as one printable line on stderr and returns `outcome`.
int outcome_say(int outcome, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// The same for what a call of libtachy answered, with tachy_error() as the line.
int outcome_of(tachy_status status);

/// The same with another line.
int outcome_because(tachy_status status, const char *why);

/// Flushes stdout: OUTCOME_ERROR with a line if what was printed could not be written, else `outcome`.
int outcome_printed(int outcome);

#endif
