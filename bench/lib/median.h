// The middle of many samples.
#ifndef BENCH_LIB_MEDIAN_H
#define BENCH_LIB_MEDIAN_H

#include <stddef.h>

/// The median of `samples`, which it sorts; NAN for none.
double median(double *samples, size_t count);

#endif
