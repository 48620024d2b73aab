// How much longer a writer waits for lossless readers.
#include "common/ring/patience.h"

// Brings the buckets up to `now_ns`; what is older than ten spans drops out, never sooner.
static void advance(struct patience *patience, int64_t now_ns)
{
    int64_t bucket = now_ns / (patience->span_ns / 4 + 1);
    if (bucket - patience->newest >= PATIENCE_BUCKETS)
        patience->newest = bucket - PATIENCE_BUCKETS;
    while (patience->newest < bucket)
        patience->spent_ns[++patience->newest % PATIENCE_BUCKETS] = 0;
}

int64_t patience_left(struct patience *patience, int64_t now_ns)
{
    advance(patience, now_ns);
    int64_t left = patience->span_ns;
    for (int i = 0; i < PATIENCE_BUCKETS && left > 0; i++)
        left = patience->spent_ns[i] < left ? left - patience->spent_ns[i] : 0;
    return left;
}

void patience_spend(struct patience *patience, int64_t now_ns, int64_t spent_ns)
{
    advance(patience, now_ns);
    // Counted as of its end: it then drops out late rather than soon.
    patience->spent_ns[patience->newest % PATIENCE_BUCKETS] += spent_ns;
}
