// `tachy ls`: the streams on this machine.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <tachy/read.h>

#include "common/base/text.h"
#include "consumer/tools/commands.h"
#include "consumer/tools/describe.h"
#include "consumer/tools/options.h"
#include "consumer/tools/outcome.h"

struct values {
    bool json;
};

static const struct option_row rows[] = {
    {"--json", NULL, OPTION_SWITCH, offsetof(struct values, json),
     "{\"version\": 1, \"streams\": [...]}, one stream as `tachy info --json` shows it"},
};

static const struct option_page page = {
    .name = "ls",
    .synopsis = "[--json]",
    .text =
        "Lists the streams on this machine that you may read; why others cannot be read is said "
        "on\n"
        "stderr. A dead one's producer ended without taking its memory away; the next producer of\n"
        "that name replaces it.\n"
        "\n"
        "Examples:\n"
        "  tachy ls\n"
        "  tachy ls --json | python3 -m json.tool\n",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
};

static size_t count_readers(const tachy_listing *listing, size_t index)
{
    size_t count = 0;
    while (tachy_listing_reader(listing, index, count) != NULL)
        count++;
    return count;
}

static void print_stream(const tachy_listing *listing, size_t index)
{
    const tachy_info *info = tachy_listing_at(listing, index);
    char name[256], size[DESCRIBE_BYTES], planes[DESCRIBE_BYTES], bytes[DESCRIBE_BYTES];
    char rate[32] = "dead";
    text_printable(info->name, name, sizeof name);
    describe_size(info, size);
    describe_planes(info, planes);
    describe_bytes(info->shared_bytes, bytes);
    if (info->alive)
        snprintf(rate, sizeof rate, "%.1f", info->fps);
    printf("%-20s %-12s %-20s %9s %10" PRIu64 " %7zu %9s\n", name, size, planes, rate, info->head,
           count_readers(listing, index), bytes);
}

static void print_table(const tachy_listing *listing)
{
    if (tachy_listing_at(listing, 0) == NULL) {
        puts("No streams. Start one with: tachy produce");
        return;
    }
    printf("%-20s %-12s %-20s %9s %10s %7s %9s\n", "STREAM", "SIZE", "PLANES", "FRAMES/S", "FRAMES",
           "READERS", "MEMORY");
    for (size_t i = 0; tachy_listing_at(listing, i) != NULL; i++)
        print_stream(listing, i);
}

static void warn_of_failures(const tachy_listing *listing)
{
    const char *name = NULL, *line = NULL;
    tachy_status status;
    for (size_t i = 0; (status = tachy_listing_failure(listing, i, &name, &line)) != TACHY_OK; i++)
        outcome_because(status, line);
}

int command_ls(int argc, char **argv)
{
    struct values values = {0};
    int result = options_read(&page, argc, argv, &values);
    if (result != OPTIONS_GO)
        return result;
    tachy_listing *listing = NULL;
    tachy_status status = tachy_listing_create(&listing);
    if (status != TACHY_OK)
        return outcome_of(status);
    if (values.json)
        describe_listing_json(stdout, listing);
    else
        print_table(listing);
    fflush(stdout);
    warn_of_failures(listing);
    tachy_listing_destroy(&listing);
    return outcome_printed(OUTCOME_OK);
}
