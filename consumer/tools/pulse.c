// The pulse of a stream over a span of time.
#include "consumer/tools/pulse.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/clock.h"

void pulse_begin(struct pulse *pulse, int64_t now_ns)
{
    pulse->frames = pulse->passed = pulse->intervals = 0;
    pulse->began_ns = now_ns;
    pulse->interval_sum = pulse->interval_squares = 0;
    pulse->interval_min_ns = INT64_MAX;
    pulse->interval_max_ns = 0;
}

void pulse_take(struct pulse *pulse, int64_t latency_ns, int64_t interval_ns)
{
    pulse->latency_ns[pulse->frames++ % PULSE_FRAMES] = latency_ns;
    if (interval_ns <= 0)
        return;
    pulse->intervals++;
    pulse->interval_sum += (double)interval_ns;
    pulse->interval_squares += (double)interval_ns * (double)interval_ns;
    if (interval_ns < pulse->interval_min_ns)
        pulse->interval_min_ns = interval_ns;
    if (interval_ns > pulse->interval_max_ns)
        pulse->interval_max_ns = interval_ns;
}

void pulse_pass(struct pulse *pulse, uint64_t count)
{
    pulse->passed += count;
}

static int compare(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

struct pulse_figures pulse_end(struct pulse *pulse, int64_t now_ns)
{
    struct pulse_figures figures = {.frames = pulse->frames, .intervals = pulse->intervals};
    if (now_ns > pulse->began_ns)
        figures.per_second =
            (double)(pulse->frames + pulse->passed) * NS_PER_S / (double)(now_ns - pulse->began_ns);
    if (pulse->intervals > 0) {
        double mean = pulse->interval_sum / (double)pulse->intervals;
        double variance = pulse->interval_squares / (double)pulse->intervals - mean * mean;
        figures.jitter_ns = variance > 0 ? (int64_t)sqrt(variance) : 0;
        figures.interval_min_ns = pulse->interval_min_ns;
        figures.interval_max_ns = pulse->interval_max_ns;
    }
    size_t kept = pulse->frames < PULSE_FRAMES ? pulse->frames : PULSE_FRAMES;
    if (kept == 0)
        return figures;
    qsort(pulse->latency_ns, kept, sizeof pulse->latency_ns[0], compare);
    figures.latency_p50_ns = pulse->latency_ns[(kept - 1) / 2];
    figures.latency_p99_ns = pulse->latency_ns[(kept - 1) * 99 / 100];
    figures.latency_max_ns = pulse->latency_ns[kept - 1];
    return figures;
}
