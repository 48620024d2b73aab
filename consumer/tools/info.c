// `tachy info STREAM`: everything about one stream and its readers.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <tachy/read.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "consumer/tools/commands.h"
#include "consumer/tools/describe.h"
#include "consumer/tools/options.h"
#include "consumer/tools/outcome.h"

struct values {
    const char *stream;
    bool json;
    int64_t wait_ns;
};

static const struct option_row rows[] = {
    {"--wait", "SECONDS", OPTION_SECONDS, offsetof(struct values, wait_ns),
     "how long to wait for the stream to appear (3)"},
    {"--json", NULL, OPTION_SWITCH, offsetof(struct values, json),
     "one object: name, producer, planes, slots, readers ..."},
};

static const struct option_page page = {
    .name = "info",
    .synopsis = "STREAM [--json]",
    .text = "Shows what a stream is, how it is doing, and who reads it. It takes no frame and no "
            "place\n"
            "among the readers.\n"
            "\n"
            "Examples:\n"
            "  tachy info sim/a\n"
            "  tachy info sim/a --json\n",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
    .operand = "STREAM",
    .operand_offset = offsetof(struct values, stream),
};

static const char *tier_name(uint32_t tier)
{
    static const char *const names[] = {"not from a device", "1: rendered into shared memory",
                                        "2: copied by the device", "3: mapped, and one memcpy"};
    return tier < sizeof names / sizeof *names ? names[tier] : "unknown";
}

static void print_plane(const tachy_plane *plane)
{
    char name[64], bytes[DESCRIBE_BYTES];
    text_printable(plane->name, name, sizeof name);
    describe_bytes((uint64_t)plane->image_bytes * plane->count, bytes);
    printf("  %-12s %u x %u x %u x %u %s, %s, rows of %zu bytes\n", name, plane->count,
           plane->height, plane->width, plane->channels, describe_format(plane->format), bytes,
           plane->row_bytes);
}

static void print_reader(const tachy_reader_info *reader)
{
    char name[64], p50[DESCRIBE_BYTES], p99[DESCRIBE_BYTES];
    text_printable(reader->name, name, sizeof name);
    describe_ns(reader->stats.latency_p50_ns, p50);
    describe_ns(reader->stats.latency_p99_ns, p99);
    printf("  %-18s %8u %-8s %10" PRIu64 " %8" PRIu64 " %8" PRIu64 " %5" PRIu64 " %4u %9s %9s\n",
           name, reader->pid, describe_reading(reader->reading), reader->stats.received,
           reader->stats.skipped, reader->stats.lost, reader->stats.lag, reader->stats.held, p50,
           p99);
}

static void print_readers(const tachy_listing *listing, size_t index)
{
    const tachy_reader_info *reader = tachy_listing_reader(listing, index, 0);
    if (reader == NULL) {
        puts("readers    none");
        return;
    }
    printf("readers\n  %-18s %8s %-8s %10s %8s %8s %5s %4s %9s %9s\n", "NAME", "PID", "READING",
           "RECEIVED", "SKIPPED", "LOST", "LAG", "HELD", "P50", "P99");
    for (size_t i = 1; reader != NULL; i++) {
        print_reader(reader);
        reader = tachy_listing_reader(listing, index, i);
    }
}

static void print_stream(const tachy_listing *listing, size_t index)
{
    const tachy_info *info = tachy_listing_at(listing, index);
    char name[256], program[256], slot[DESCRIBE_BYTES], shared[DESCRIBE_BYTES];
    text_printable(info->name, name, sizeof name);
    text_printable(info->program, program, sizeof program);
    describe_bytes(info->slot_bytes, slot);
    describe_bytes(info->shared_bytes, shared);
    printf("stream     %s\n", name);
    printf("writer     %s, pid %u, %s\n", program, info->pid, info->alive ? "alive" : "dead");
    printf("frames     %" PRIu64 " published, %.1f per second, %" PRIu64
           " dropped because readers held every slot\n",
           info->published, info->fps, info->dropped);
    printf(
        "memory     %s in %s pages: %u slots of %s; %u of %u held frames are reserved by readers\n",
        shared, describe_pages(info), info->slots, slot, info->held_reserved, info->held_max);
    printf("delivery   %s\n", tier_name(info->tier));
    printf("identity   epoch %016" PRIx64 ", generation %" PRIu64 ", newest frame %" PRIu64
           ", seed %" PRIu64 "\n",
           info->epoch, info->generation, info->head, info->seed);
    if (info->foreign_clock)
        puts("clock      the clock domain differs: the writer is in another time namespace, so "
             "there is no latency to tell");
    puts("planes");
    for (size_t i = 0; i < info->plane_count; i++)
        print_plane(&info->planes[i]);
    print_readers(listing, index);
}

static void print(const tachy_listing *listing, size_t index, bool as_json)
{
    struct json json = {.to = stdout};
    if (as_json) {
        describe_json(&json, listing, index);
        putchar('\n');
    } else {
        print_stream(listing, index);
    }
}

static bool find(const tachy_listing *listing, const char *stream, size_t *index)
{
    const tachy_info *info;
    for (size_t i = 0; (info = tachy_listing_at(listing, i)) != NULL; i++) {
        if (strcmp(info->name, stream) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

// What is unfinished or being replaced may come yet; what is damaged, denied or of another version is said at once.
static int explain(const tachy_listing *listing, const char *stream, bool last)
{
    const char *name = NULL, *line = NULL;
    tachy_status status;
    for (size_t i = 0; (status = tachy_listing_failure(listing, i, &name, &line)) != TACHY_OK; i++)
        if (strcmp(name, stream) == 0)
            return status == TACHY_TIMED_OUT && !last ? OPTIONS_GO : outcome_because(status, line);
    if (!last)
        return OPTIONS_GO;
    return outcome_say(OUTCOME_NO_STREAM, "there is no stream '%s': tachy ls shows those there are",
                       stream);
}

// OPTIONS_GO: not there yet, and this was not the last look.
static int try_once(const struct values *values, bool last)
{
    tachy_listing *listing = NULL;
    tachy_status status = tachy_listing_create(&listing);
    if (status != TACHY_OK)
        return outcome_of(status);
    size_t index;
    int result;
    if (find(listing, values->stream, &index)) {
        print(listing, index, values->json);
        result = outcome_printed(OUTCOME_OK);
    } else {
        result = explain(listing, values->stream, last);
    }
    tachy_listing_destroy(&listing);
    return result;
}

int command_info(int argc, char **argv)
{
    struct values values = {.wait_ns = 3 * (int64_t)NS_PER_S};
    int result = options_read(&page, argc, argv, &values);
    if (result != OPTIONS_GO)
        return result;
    int64_t deadline = clock_deadline_ns(values.wait_ns);
    while ((result = try_once(&values, clock_now_ns() >= deadline)) == OPTIONS_GO)
        usleep(50000);
    return result;
}
