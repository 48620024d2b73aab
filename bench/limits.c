// bench-limits: one round of what the machine allows: cache line, memcpy, clock.
#include <math.h>
#include <stdio.h>

#include "bench/lib/limit.h"
#include "bench/lib/row.h"
#include "bench/lib/sizes.h"

static void report(const char *name, const char *size, double ns)
{
    struct row row = {"limits", name, "", size, "us", ns / 1000};
    if (isnan(ns))
        row_missing(&row, "see the line above");
    else
        row_print(&row);
}

int main(void)
{
    report("cache line", "", limit_cache_line_ns());
    report("cache line, stamped", "", limit_stamped_line_ns());
    report("clock_gettime", "", limit_clock_ns());
    for (size_t i = 0; i < SIZE_COUNT; i++)
        report("memcpy", size_table[i].label, limit_memcpy_ns(size_table[i].bytes));
    return 0;
}
