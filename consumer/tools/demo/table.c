// The demo's live table.
#include "consumer/tools/demo/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "consumer/tools/describe.h"

static const int64_t line_every_ns = 2 * (int64_t)NS_PER_S; // where there is no terminal

void table_take(struct table *table, int index, const struct reader_report *report)
{
    struct table_row *row = &table->rows[index];
    row->report = *report;
    if (row->before.at_ns == 0)
        row->before = *report;
    int64_t elapsed_ns = report->at_ns - row->before.at_ns;
    if (elapsed_ns < NS_PER_S)
        return;
    row->per_second = (double)(report->stats.received - row->before.stats.received) * NS_PER_S /
                      (double)elapsed_ns;
    row->before = *report;
}

double table_overall(const struct table_row *row)
{
    const struct reader_report *report = &row->report;
    if (report->first_ns == 0 || report->stats.received < 2 || report->at_ns <= report->first_ns)
        return 0;
    return (double)(report->stats.received - 1) * NS_PER_S /
           (double)(report->at_ns - report->first_ns);
}

static void print_row(const struct table_row *row, const char *end)
{
    const tachy_stats *stats = &row->report.stats;
    char p50[DESCRIBE_BYTES], p99[DESCRIBE_BYTES], rate[16] = "-";
    describe_ns(stats->latency_p50_ns, p50);
    describe_ns(stats->latency_p99_ns, p99);
    double per_second = row->per_second > 0 ? row->per_second : table_overall(row);
    if (per_second > 0)
        snprintf(rate, sizeof rate, "%.1f", per_second);
    printf("%-16s %-7s %8s %8" PRIu64 " %9s %9s %4" PRIu64 " %7" PRIu64 " %5" PRIu64 "   %s%s\n",
           row->task.stream, describe_reading(row->task.reading), rate, stats->received, p50, p99,
           stats->lag, stats->skipped, stats->lost, row->report.sees, end);
}

static void print_head(const char *end)
{
    printf("%-16s %-7s %8s %8s %9s %9s %4s %7s %5s   %s%s\n", "STREAM", "READER", "FRAMES/S",
           "FRAMES", "P50", "P99", "LAG", "SKIPPED", "LOST", "SEES IN THE MIDDLE", end);
}

void table_draw(struct table *table)
{
    bool terminal = isatty(STDOUT_FILENO);
    const char *end = terminal ? "\x1b[K" : "";
    if (!terminal && clock_now_ns() < table->next_line_ns)
        return;
    if (terminal && table->drawn)
        printf("\x1b[%dA", TABLE_ROWS_MAX);
    if (!table->drawn)
        print_head(end);
    for (int i = 0; i < TABLE_ROWS_MAX; i++)
        print_row(&table->rows[i], end);
    fflush(stdout);
    table->drawn = true;
    table->next_line_ns = clock_deadline_ns(line_every_ns);
}

void table_finish(struct table *table)
{
    for (int i = 0; i < TABLE_ROWS_MAX; i++)
        table->rows[i].per_second = table_overall(&table->rows[i]);
    table->next_line_ns = 0;
    table_draw(table);
}
