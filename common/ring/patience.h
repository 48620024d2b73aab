// How much longer a writer waits for lossless readers: at most its span in any ten times that span.
#ifndef COMMON_RING_PATIENCE_H
#define COMMON_RING_PATIENCE_H

#include <stdint.h>

enum { PATIENCE_BUCKETS = 41 }; ///< ten spans in quarters, and the quarter under way

/// Times spent, in buckets of a quarter of the span. A zeroed one with `span_ns` set is fresh.
struct patience {
    int64_t span_ns;
    int64_t newest; ///< number of the newest bucket, counted from time 0
    int64_t spent_ns[PATIENCE_BUCKETS];
};

/// What is left at `now_ns`, at least 0.
int64_t patience_left(struct patience *patience, int64_t now_ns);

/// `spent_ns` of waiting have just ended.
void patience_spend(struct patience *patience, int64_t now_ns, int64_t spent_ns);

#endif
