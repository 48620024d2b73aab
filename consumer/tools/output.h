// A file that appears whole or not at all: written beside its place, then renamed into it.
#ifndef CONSUMER_TOOLS_OUTPUT_H
#define CONSUMER_TOOLS_OUTPUT_H

#include <limits.h>
#include <stdio.h>

struct output {
    FILE *file;
    char path[PATH_MAX], draft[PATH_MAX];
};

/// OUTCOME_OK, or the exit status with a line said. End it by output_finish or output_abandon.
int output_begin(struct output *output, const char *path);

/// Puts the file in its place. OUTCOME_ERROR with a line if anything could not be written: then there is no file.
int output_finish(struct output *output);

/// Legal at any time, also for a zeroed struct.
void output_abandon(struct output *output);

#endif
