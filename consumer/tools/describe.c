// A stream as text and as JSON.
#include "consumer/tools/describe.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

const char *describe_reading(tachy_reading reading)
{
    static const char *const names[] = {
        [TACHY_NEWEST] = "newest", [TACHY_EVERY] = "every", [TACHY_LOSSLESS] = "lossless"};
    return (unsigned)reading < sizeof names / sizeof *names ? names[reading] : "?";
}

const char *describe_format(tachy_format format)
{
    static const char *const names[] = {"?",
                                        [TACHY_U8] = "u8",
                                        [TACHY_U16] = "u16",
                                        [TACHY_U32] = "u32",
                                        [TACHY_F16] = "f16",
                                        [TACHY_F32] = "f32",
                                        [TACHY_S16] = "s16"};
    return (unsigned)format < sizeof names / sizeof *names ? names[format] : "?";
}

void describe_size(const tachy_info *info, char text[DESCRIBE_BYTES])
{
    text[0] = 0;
    if (info->plane_count == 0)
        return;
    const tachy_plane *plane = &info->planes[0];
    int used = snprintf(text, DESCRIBE_BYTES, "%ux%u", plane->width, plane->height);
    if (plane->count > 1)
        snprintf(text + used, DESCRIBE_BYTES - (size_t)used, " x%u", plane->count);
}

void describe_planes(const tachy_info *info, char text[DESCRIBE_BYTES])
{
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < info->plane_count; i++) {
        char name[64];
        text_printable(info->planes[i].name, name, sizeof name);
        int more = snprintf(text + used, DESCRIBE_BYTES - used, "%s%s", i == 0 ? "" : " ", name);
        if (more < 0 || used + (size_t)more >= DESCRIBE_BYTES) {
            text[used] = 0;
            return;
        }
        used += (size_t)more;
    }
}

void describe_bytes(uint64_t bytes, char text[DESCRIBE_BYTES])
{
    static const struct {
        double size;
        const char *unit;
    } units[] = {{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}};
    size_t i = 0;
    while ((double)bytes < units[i].size && i < 3)
        i++;
    double value = (double)bytes / units[i].size;
    snprintf(text, DESCRIBE_BYTES, value < 10 && i < 3 ? "%.1f %s" : "%.0f %s", value,
             units[i].unit);
}

const char *describe_pages(const tachy_info *info)
{
    return info->huge_bytes > 0 ? "huge" : "small";
}

void describe_ns(int64_t ns, char text[DESCRIBE_BYTES])
{
    double value = (double)ns;
    if (value < 1e3)
        snprintf(text, DESCRIBE_BYTES, "%.0f ns", value);
    else if (value < 1e6)
        snprintf(text, DESCRIBE_BYTES, "%.1f us", value / 1e3);
    else if (value < 1e9)
        snprintf(text, DESCRIBE_BYTES, "%.1f ms", value / 1e6);
    else
        snprintf(text, DESCRIBE_BYTES, "%.1f s", value / 1e9);
}

static void put_plane(struct json *json, const tachy_plane *plane)
{
    json_open(json, NULL, '{');
    json_text(json, "name", plane->name);
    json_text(json, "format", describe_format(plane->format));
    json_unsigned(json, "count", plane->count);
    json_unsigned(json, "height", plane->height);
    json_unsigned(json, "width", plane->width);
    json_unsigned(json, "channels", plane->channels);
    json_close(json, '}');
}

static void put_reader(struct json *json, const tachy_reader_info *reader)
{
    json_open(json, NULL, '{');
    json_text(json, "name", reader->name);
    json_unsigned(json, "pid", reader->pid);
    json_text(json, "reading", describe_reading(reader->reading));
    json_unsigned(json, "received", reader->stats.received);
    json_unsigned(json, "skipped", reader->stats.skipped);
    json_unsigned(json, "lost", reader->stats.lost);
    json_unsigned(json, "lag", reader->stats.lag);
    json_unsigned(json, "held", reader->stats.held);
    json_signed(json, "latency_p50_ns", reader->stats.latency_p50_ns);
    json_signed(json, "latency_p99_ns", reader->stats.latency_p99_ns);
    json_close(json, '}');
}

static void put_numbers(struct json *json, const tachy_info *info)
{
    json_unsigned(json, "slots", info->slots);
    json_unsigned(json, "slot_bytes", info->slot_bytes);
    json_unsigned(json, "shared_bytes", info->shared_bytes);
    json_unsigned(json, "held_reserved", info->held_reserved);
    json_unsigned(json, "held_max", info->held_max);
    json_unsigned(json, "tier", info->tier);
    json_text(json, "pages", describe_pages(info));
    json_bool(json, "foreign_clock", info->foreign_clock);
    json_unsigned(json, "published", info->published);
    json_unsigned(json, "dropped", info->dropped);
}

void describe_json(struct json *json, const tachy_listing *listing, size_t index)
{
    const tachy_info *info = tachy_listing_at(listing, index);
    json_open(json, NULL, '{');
    json_text(json, "name", info->name);
    json_text(json, "producer", info->producer);
    json_text(json, "program", info->program);
    json_unsigned(json, "pid", info->pid);
    json_bool(json, "alive", info->alive);
    json_unsigned(json, "epoch", info->epoch);
    json_unsigned(json, "generation", info->generation);
    json_unsigned(json, "head", info->head);
    json_real(json, "fps", info->fps);
    json_open(json, "planes", '[');
    for (size_t i = 0; i < info->plane_count; i++)
        put_plane(json, &info->planes[i]);
    json_close(json, ']');
    put_numbers(json, info);
    json_open(json, "readers", '[');
    const tachy_reader_info *reader;
    for (size_t i = 0; (reader = tachy_listing_reader(listing, index, i)) != NULL; i++)
        put_reader(json, reader);
    json_close(json, ']');
    json_close(json, '}');
}

void describe_listing_json(FILE *to, const tachy_listing *listing)
{
    struct json json = {.to = to};
    json_open(&json, NULL, '{');
    json_unsigned(&json, "version", 1);
    json_open(&json, "streams", '[');
    for (size_t i = 0; tachy_listing_at(listing, i) != NULL; i++)
        describe_json(&json, listing, i);
    json_close(&json, ']');
    json_close(&json, '}');
    fputc('\n', to);
}
