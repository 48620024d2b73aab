// What the demo measured.
#include "consumer/tools/demo/figures.h"

#include <unistd.h>

#include "common/base/clock.h"
#include "consumer/tools/describe.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/output.h"

static void put_row(struct json *json, const struct table_row *row)
{
    const tachy_stats *stats = &row->report.stats;
    json_open(json, NULL, '{');
    json_text(json, "stream", row->task.stream);
    json_text(json, "reading", describe_reading(row->task.reading));
    json_real(json, "frames_per_second", table_overall(row));
    json_unsigned(json, "received", stats->received);
    json_unsigned(json, "skipped", stats->skipped);
    json_unsigned(json, "lost", stats->lost);
    json_unsigned(json, "lag", stats->lag);
    json_signed(json, "latency_min_ns", stats->latency_min_ns);
    json_signed(json, "latency_p50_ns", stats->latency_p50_ns);
    json_signed(json, "latency_p90_ns", stats->latency_p90_ns);
    json_signed(json, "latency_p99_ns", stats->latency_p99_ns);
    json_signed(json, "latency_max_ns", stats->latency_max_ns);
    json_close(json, '}');
}

int figures_write(const struct figures *figures, const char *path)
{
    struct output output;
    int outcome = output_begin(&output, path);
    if (outcome != OUTCOME_OK)
        return outcome;
    struct json json = {.to = output.file};
    json_open(&json, NULL, '{');
    json_unsigned(&json, "version", 1);
    json_text(&json, "tachyscope", tachy_version());
    json_signed(&json, "cores", sysconf(_SC_NPROCESSORS_ONLN));
    json_unsigned(&json, "width", figures->width);
    json_unsigned(&json, "height", figures->height);
    json_real(&json, "command_to_first_frame_s", (double)figures->first_frame_ns / NS_PER_S);
    json_real(&json, "seconds", (double)figures->lasted_ns / NS_PER_S);
    json_open(&json, "readers", '[');
    for (int i = 0; i < TABLE_ROWS_MAX; i++)
        put_row(&json, &figures->table->rows[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    fputc('\n', output.file);
    return output_finish(&output);
}
