// The middle of many samples.
#include "bench/lib/median.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double median(double *samples, size_t count)
{
    if (count == 0)
        return NAN;
    qsort(samples, count, sizeof(*samples), compare);
    return (samples[(count - 1) / 2] + samples[count / 2]) / 2;
}
