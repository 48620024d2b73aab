// When the next frame is due.
#include "producer/publish/pace.h"

#include "common/base/clock.h"

void pace_start(struct pace *pace, bool flat_out, int64_t numerator, int64_t denominator)
{
    *pace = (struct pace){
        .flat_out = flat_out,
        .numerator = numerator,
        .denominator = denominator,
        .start_ns = clock_now_ns(),
    };
}

// From the start in one step, so that rounding never adds up.
static int64_t due_ns(const struct pace *pace)
{
    long double seconds = (long double)pace->frames * pace->denominator / pace->numerator;
    return pace->start_ns + (int64_t)(seconds * NS_PER_S);
}

int64_t pace_left_ns(const struct pace *pace)
{
    if (pace->flat_out && !pace->idle)
        return 0;
    int64_t left = due_ns(pace) - clock_now_ns();
    return left > 0 ? left : 0;
}

void pace_begun(struct pace *pace)
{
    int64_t now = clock_now_ns();
    long double period_ns = (long double)NS_PER_S * pace->denominator / pace->numerator;
    bool behind = now - due_ns(pace) > period_ns; // by a whole frame
    if (behind || pace->flat_out) {
        pace->start_ns = now;
        pace->frames = 0;
    }
    pace->frames++;
}
