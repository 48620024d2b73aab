// The middle of many samples.
#ifndef BENCH_LIB_MIDDLE_H
#define BENCH_LIB_MIDDLE_H

#include <stddef.h>

/// The mean of the middle half of `samples`, which it sorts; NAN for none. As deaf to outliers as the median, and finer
/// where the clock ticks in steps of 10 ns, as it does on some processors.
double middle(double *samples, size_t count);

#endif
