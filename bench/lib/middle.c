// The middle of many samples.
#include "bench/lib/middle.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double middle(double *samples, size_t count)
{
    size_t first = count / 4, end = count - count / 4;
    double sum = 0;
    if (count == 0)
        return NAN;
    qsort(samples, count, sizeof(*samples), compare);
    for (size_t i = first; i < end; i++)
        sum += samples[i];
    return sum / (double)(end - first);
}
