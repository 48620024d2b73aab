// The pulse of a stream over a span of time: rate, jitter and latency of the frames that one reader took.
#ifndef CONSUMER_TOOLS_PULSE_H
#define CONSUMER_TOOLS_PULSE_H

#include <stddef.h>
#include <stdint.h>

/// Of the last so many frames of a span is the latency kept; intervals are counted over all.
enum { PULSE_FRAMES = 1 << 15 };

struct pulse {
    uint64_t frames, passed;
    int64_t began_ns;
    int64_t latency_ns[PULSE_FRAMES];      ///< publish -> in hand
    double interval_sum, interval_squares; ///< between publishes, nanoseconds
    int64_t interval_min_ns, interval_max_ns;
    uint64_t intervals;
};

/// What is shown of it. Nothing is known of intervals and latency (all 0) before the frames that it takes.
struct pulse_figures {
    uint64_t frames, intervals;
    double per_second; ///< published
    int64_t jitter_ns; ///< standard deviation of the time from one publish to the next
    int64_t interval_min_ns, interval_max_ns;
    int64_t latency_p50_ns, latency_p99_ns, latency_max_ns;
};

void pulse_begin(struct pulse *pulse, int64_t now_ns);

/// A frame is in hand. `interval_ns`: since the frame before it was published; 0 = it is no neighbour of that one.
void pulse_take(struct pulse *pulse, int64_t latency_ns, int64_t interval_ns);

/// So many frames were published that this reader did not take: they count in the rate.
void pulse_pass(struct pulse *pulse, uint64_t count);

/// The latencies end sorted: nothing more is taken until pulse_begin.
struct pulse_figures pulse_end(struct pulse *pulse, int64_t now_ns);

#endif
