// Attaching, for tools: waits for a stream that is not there yet, and notices Ctrl-C meanwhile.
#ifndef CONSUMER_TOOLS_ATTACH_H
#define CONSUMER_TOOLS_ATTACH_H

#include <stdbool.h>
#include <tachy/read.h>

/// OUTCOME_OK, or the exit status with a line said; 128 + signal if one came (stop_watch must have been called).
/// `outwait_dead`: a writer that is about to replace a dead one is waited for too.
int attach_patiently(const tachy_stream_params *params, int64_t patience_ns, bool outwait_dead,
                     tachy_stream **stream);

#endif
