// `tachy top`: the streams and who reads them, live.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <tachy/read.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "consumer/tools/commands.h"
#include "consumer/tools/describe.h"
#include "consumer/tools/options.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/screen.h"
#include "consumer/tools/stop.h"
#include "consumer/tools/top_rate.h"

struct values {
    int64_t interval_ns;
    uint64_t count;
    bool once, json;
};

static const struct option_row rows[] = {
    {"--interval", "SECONDS", OPTION_SECONDS, offsetof(struct values, interval_ns),
     "from one refresh to the next (1)"},
    {"--count", "N", OPTION_COUNT, offsetof(struct values, count),
     "end after so many refreshes (0: on Ctrl-C)"},
    {"--once", NULL, OPTION_SWITCH, offsetof(struct values, once), "one refresh: --count 1"},
    {"--json", NULL, OPTION_SWITCH, offsetof(struct values, json),
     "each refresh is one line: what `tachy ls --json` prints"},
};

static const struct option_page page = {
    .name = "top",
    .synopsis = "[--interval SECONDS] [--count N] [--json]",
    .text =
        "Shows every stream and, below it, who reads it: frames per second, the time from\n"
        "publish to read (of half and of 99 % of the frames), how many frames the reader is\n"
        "behind, how many it skipped or lost, and how many it holds. The figures lie in shared\n"
        "memory: nobody is asked, nothing is attached to.\n"
        "\n"
        "Examples:\n"
        "  tachy top\n"
        "  tachy top --once\n"
        "  tachy top --interval 0.5 --json >figures.jsonl\n",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
};

static const int64_t shortest_interval_ns = 10 * (int64_t)NS_PER_MS;

struct top {
    struct values values;
    struct screen screen;
    struct rates rates;
};

// ---- the table

static void print_stream(struct top *top, const tachy_info *info)
{
    char name[256], size[DESCRIBE_BYTES], memory[DESCRIBE_BYTES];
    text_printable(info->name, name, sizeof name);
    describe_size(info, size);
    describe_bytes(info->shared_bytes, memory);
    screen_line(&top->screen,
                "%-22s %8u %-8s %8.1f %9" PRIu64 "   %s, %s, %" PRIu64 " dropped, %u of %u held "
                "frames reserved",
                name, info->pid, info->alive ? "writer" : "dead", info->alive ? info->fps : 0.0,
                info->head, size, memory, info->dropped, info->held_reserved, info->held_max);
}

static void print_reader(struct top *top, const tachy_info *info, const tachy_reader_info *reader)
{
    const tachy_stats *stats = &reader->stats;
    char name[64], p50[DESCRIBE_BYTES] = "-", p99[DESCRIBE_BYTES] = "-", rate[32] = "-";
    text_printable(reader->name, name, sizeof name);
    double per_second = rates_take(&top->rates, info, reader);
    if (per_second >= 0)
        snprintf(rate, sizeof rate, "%.1f", per_second);
    if (stats->latency_count > 0) {
        describe_ns(stats->latency_p50_ns, p50);
        describe_ns(stats->latency_p99_ns, p99);
    }
    screen_line(&top->screen,
                "  %-20s %8u %-8s %8s %9" PRIu64 " %9s %9s %4" PRIu64 " %8" PRIu64 " %7" PRIu64
                " %4u",
                name, reader->pid, describe_reading(reader->reading), rate, stats->received, p50,
                p99, stats->lag, stats->skipped, stats->lost, stats->held);
}

static void print_table(struct top *top, const tachy_listing *listing)
{
    const tachy_info *info;
    const tachy_reader_info *reader;
    screen_begin(&top->screen);
    rates_begin(&top->rates);
    if (tachy_listing_at(listing, 0) == NULL)
        screen_line(&top->screen, "No streams. Start one with: tachy produce");
    else
        screen_line(&top->screen, "%-22s %8s %-8s %8s %9s %9s %9s %4s %8s %7s %4s", "STREAM", "PID",
                    "", "FRAMES/S", "FRAMES", "P50", "P99", "LAG", "SKIPPED", "LOST", "HELD");
    for (size_t i = 0; (info = tachy_listing_at(listing, i)) != NULL; i++) {
        print_stream(top, info);
        for (size_t j = 0; (reader = tachy_listing_reader(listing, i, j)) != NULL; j++)
            print_reader(top, info, reader);
    }
    screen_end(&top->screen);
}

// ---- the loop

static int refresh(struct top *top)
{
    tachy_listing *listing = NULL;
    tachy_status status = tachy_listing_create(&listing);
    if (status != TACHY_OK)
        return outcome_of(status);
    if (top->values.json)
        describe_listing_json(stdout, listing);
    else
        print_table(top, listing);
    tachy_listing_destroy(&listing);
    return outcome_printed(OUTCOME_OK);
}

static int run(struct top *top)
{
    const struct values *values = &top->values;
    int64_t next_ns = clock_now_ns();
    for (uint64_t i = 1;; i++) {
        int outcome = refresh(top);
        if (outcome != OUTCOME_OK || i == values->count)
            return outcome;
        next_ns += values->interval_ns;
        if (!stop_sleep(next_ns))
            return OUTCOME_SIGNAL + stop_signal();
    }
}

int command_top(int argc, char **argv)
{
    struct top top = {.values = {.interval_ns = NS_PER_S}};
    int result = options_read(&page, argc, argv, &top.values);
    if (result != OPTIONS_GO)
        return result;
    if (top.values.once)
        top.values.count = 1;
    if (top.values.interval_ns < shortest_interval_ns)
        return outcome_say(OUTCOME_USAGE, "top: --interval wants at least 0.01 seconds");
    stop_watch();
    result = run(&top);
    rates_finish(&top.rates);
    return result;
}
