// What an execution that fails did: a line per operation with thread, place in the source, object and value.
#include "tests/model/trace.h"

#include <stdarg.h>
#include <stdio.h>

#include "tests/model/explore.h"
#include "tests/model/schedule.h"

static const char *const kinds[] = {"load", "store", "change", "fence", "check"};
static const char *const orders[] = {"relaxed", "consume", "acquire",
                                     "release", "acq_rel", "seq_cst"};

void trace_line(const char *format, ...)
{
    if (!explore_is_tracing())
        return;
    va_list arguments;
    va_start(arguments, format);
    printf("#   ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

void trace_operation(const struct site *site, uint64_t value)
{
    if (!explore_is_tracing())
        return;
    const char *fence = site->kind == SITE_FENCE && site->removed ? " (removed)" : "";
    if (site->kind == SITE_FENCE)
        trace_line("%-9s %-32s fence %s%s", schedule_name(), site_name(site), orders[site->order],
                   fence);
    else
        trace_line("%-9s %-32s %s %s = %lld (%s)", schedule_name(), site_name(site),
                   kinds[site->kind], site->what, (long long)value, orders[site->order]);
}
