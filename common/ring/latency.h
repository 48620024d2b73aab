// A log-linear histogram of times in shared memory: eight buckets per power of two, exact below 8 ns.
#ifndef COMMON_RING_LATENCY_H
#define COMMON_RING_LATENCY_H

#include <tachy/read.h>

#include "common/ring/layout.h"

void latency_reset(struct ring_reader *reader);

/// By the reader's own thread only. Negative times count as 0.
void latency_record(struct ring_reader *reader, int64_t ns);

/// Fills in the latency figures, by whoever maps the registry. Numbers that make no sense stay within bounds.
void latency_summarise(const struct ring_reader *reader, tachy_stats *stats);

#endif
