// The options of `tachy produce`: one table, one loop.
#include "producer/options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/frame/encode.h"
#include "producer/pass/planes.h"

typedef bool (*option_reader)(const char *text, struct options *options);

struct option_row {
    const char *name, *argument; ///< no argument: a switch
    option_reader read;          ///< NULL: part of the design, not here yet
    const char *help;            ///< also what is expected, in error lines
};

static bool read_number(const char *text, uint64_t most, uint64_t *number)
{
    char *end;
    errno = 0;
    if (*text < '0' || *text > '9')
        return false;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *end != 0 || value > most)
        return false;
    *number = value;
    return true;
}

static bool read_u32(const char *text, uint64_t most, uint32_t *number)
{
    uint64_t value;
    if (!read_number(text, most, &value))
        return false;
    *number = (uint32_t)value;
    return true;
}

static bool read_name(const char *text, struct options *options)
{
    options->name = text;
    return *text != 0 && strchr(text, '/') == NULL;
}

static bool read_scene(const char *text, struct options *options)
{
    options->scene = text;
    return *text != 0;
}

static bool read_commands(const char *text, struct options *options)
{
    options->commands = text;
    return *text != 0;
}

static bool read_avatars(const char *text, struct options *options)
{
    options->avatars_said = true;
    return read_u32(text, 4096, &options->avatars);
}

static bool read_size(const char *text, struct options *options)
{
    char width[16];
    const char *cross = strchr(text, 'x');
    if (cross == NULL || (size_t)(cross - text) >= sizeof width)
        return false;
    memcpy(width, text, (size_t)(cross - text));
    width[cross - text] = 0;
    return read_u32(width, UINT32_MAX, &options->width) &&
           read_u32(cross + 1, UINT32_MAX, &options->height) && options->width > 0 &&
           options->height > 0;
}

static bool read_passes(const char *text, struct options *options)
{
    options->planes_said = true;
    while (*text != 0) {
        char word[32];
        size_t length = strcspn(text, ",");
        if (length == 0 || length >= sizeof word)
            return false;
        memcpy(word, text, length);
        word[length] = 0;
        const char *made_of = pass_plane(word);
        const struct plane_row *row = plane_find(made_of != NULL ? made_of : word);
        if (row == NULL)
            return false;
        options->planes |= UINT64_C(1) << (row - plane_table);
        text += length;
        if (*text == ',' && *++text == 0)
            return false;
    }
    return options->planes != 0;
}

// "29.97" becomes 2997/100: simulation time is exact.
static bool read_fps(const char *text, struct options *options)
{
    options->flat_out = strcmp(text, "max") == 0;
    if (options->flat_out)
        return true;
    char digits[16] = "";
    int64_t denominator = 1;
    const char *point = strchr(text, '.');
    size_t whole = point != NULL ? (size_t)(point - text) : strlen(text);
    size_t rest = point != NULL ? strlen(point + 1) : 0;
    if (whole == 0 || whole > 6 || rest > 6 || (point != NULL && rest == 0))
        return false;
    snprintf(digits, sizeof digits, "%.*s%s", (int)whole, text, point != NULL ? point + 1 : "");
    for (size_t i = 0; i < rest; i++)
        denominator *= 10;
    uint64_t numerator;
    if (!read_number(digits, INT64_MAX, &numerator) || numerator == 0)
        return false;
    options->fps_numerator = (int64_t)numerator;
    options->fps_denominator = denominator;
    return true;
}

static bool read_frames(const char *text, struct options *options)
{
    return read_number(text, UINT64_MAX, &options->frames);
}

static bool read_quality(const char *text, struct options *options)
{
    return read_u32(text, 1, &options->quality);
}

static bool read_readers(const char *text, struct options *options)
{
    return read_u32(text, 480, &options->readers) && options->readers > 0;
}

static bool read_mode(const char *text, struct options *options)
{
    char *end;
    unsigned long mode = strtoul(text, &end, 8);
    options->mode = (uint32_t)mode;
    return *text >= '0' && *text <= '7' && *end == 0 && (mode == 0600 || mode == 0660);
}

static bool read_tier(const char *text, struct options *options)
{
    return read_u32(text, 3, &options->tier) && (options->tier == 1 || options->tier == 3);
}

static bool read_device(const char *text, struct options *options)
{
    options->device = text;
    return *text != 0;
}

static bool read_threads(const char *text, struct options *options)
{
    options->threads_said = true;
    return read_u32(text, 32, &options->threads);
}

static bool read_seed(const char *text, struct options *options)
{
    return read_number(text, UINT64_MAX, &options->seed);
}

static bool read_log(const char *text, struct options *options)
{
    return log_level_parse(text, &options->log);
}

static bool read_help(const char *text, struct options *options)
{
    (void)text;
    return options->help = true;
}

static bool read_version(const char *text, struct options *options)
{
    (void)text;
    return options->version = true;
}

static const struct option_row option_table[] = {
    {"--name", "NAME", read_name,
     "the producer's name, without a slash (sim): its streams are NAME/a, NAME/b ..."},
    {"--scene", "SCENE", read_scene, "room (built in), empty, or a scene file such as glTF (room)"},
    {"--commands", "FILE", read_commands,
     "a JSON array of commands, applied before the first frame"},
    {"--avatars", "N", read_avatars,
     "cameras named a, b, c ..., 0 to 4096 (1; with --commands that create some: 0)"},
    {"--size", "WxH", read_size, "pixels of each image, at least 1x1 (256x256)"},
    {"--passes", "LIST", read_passes,
     "planes and passes, by commas, of color depth id _img _id _depth _depth_simple: drawn in "
     "every frame, and only "
     "these have memory (all have, and are drawn when a reader wants them)"},
    {"--fps", "F", read_fps,
     "frames per second, at most 999999, or max: as fast as it goes while somebody looks (60)"},
    {"--frames", "N", read_frames, "end after so many; 0: never (0)"},
    {"--quality", "0|1", read_quality,
     "0: no shadows, 1: shadows; 2 to 5 are not in this version yet (1)"},
    {"--readers", "N", read_readers,
     "reserve frames for so many readers of each stream, 1 to 480 (by the size of a frame)"},
    {"--mode", "OCTAL", read_mode, "rights on the shared memory: 0600 or 0660 (0600)"},
    {"--tier", "1|3", read_tier,
     "how pixels get into shared memory. 1: rendered there, 3: copied once; 2 is not in this "
     "version yet (the best that works)"},
    {"--device", "NAME|INDEX", read_device,
     "which Vulkan device: a part of its name, or its number (a GPU if there is one)"},
    {"--threads", "N", read_threads, "threads of the CPU driver, 0 to 32 (one per core)"},
    {"--seed", "N", read_seed, "varies the built-in room; told to readers (0)"},
    {"--log", "LEVEL", read_log, "error, warn, info or debug (warn)"},
    {"--help", NULL, read_help, "this page"},
    {"--version", NULL, read_version, "the version"},
    {"--lockstep", NULL, NULL, NULL},
    {"--batch", NULL, NULL, NULL},
    {"--models", "DIR", NULL, NULL},
    {"--color", "SPACE", NULL, NULL},
    {"--objects-max", "N", NULL, NULL},
};
enum { OPTION_COUNT = sizeof option_table / sizeof option_table[0] };

static const struct option_row *find(const char *word, size_t length)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strlen(option_table[i].name) == length &&
            strncmp(option_table[i].name, word, length) == 0)
            return &option_table[i];
    }
    return NULL;
}

// One option at argv[*at]: "--size 640x480" or "--size=640x480". Moves *at past it.
static tachy_status parse_one(int argc, char **argv, int *at, struct options *options)
{
    const char *word = argv[(*at)++];
    const char *equals = strchr(word, '=');
    const struct option_row *row =
        find(word, equals != NULL ? (size_t)(equals - word) : strlen(word));
    if (row == NULL)
        return error_set(TACHY_INVALID, "unknown option '%s'; `tachy produce --help` lists them",
                         word);
    if (row->read == NULL)
        return error_set(TACHY_UNSUPPORTED, "%s is not in this version yet", row->name);
    const char *text = equals != NULL ? equals + 1 : "";
    if (row->argument == NULL && equals != NULL)
        return error_set(TACHY_INVALID, "%s takes no value, got '%s'", row->name, text);
    if (row->argument != NULL && equals == NULL) {
        if (*at == argc)
            return error_set(TACHY_INVALID, "%s needs a value: %s", row->name, row->help);
        text = argv[(*at)++];
    }
    if (!row->read(text, options))
        return error_set(TACHY_INVALID, "%s: got '%s'; expected: %s", row->name, text, row->help);
    return TACHY_OK;
}

tachy_status options_parse(int argc, char **argv, struct options *options)
{
    *options = (struct options){
        .name = "sim",
        .scene = "room",
        .avatars = 1,
        .width = 256,
        .height = 256,
        .fps_numerator = 60,
        .fps_denominator = 1,
        .quality = 1,
        .log = LOG_WARN,
    };
    for (int at = 1; at < argc;) {
        tachy_status status = parse_one(argc, argv, &at, options);
        if (status != TACHY_OK)
            return status;
    }
    return TACHY_OK;
}

void options_help(void)
{
    puts("tachy produce: renders what each avatar sees and publishes every frame into shared "
         "memory.\n"
         "\n"
         "  tachy produce                                      the built-in room, stream sim/a\n"
         "  tachy produce --scene model.gltf --avatars 2       a scene file, streams sim/a and "
         "sim/b\n"
         "  tachy produce --scene empty --commands world.json  a world built by commands\n"
         "\n"
         "Then, from another terminal: tachy ls, tachy info sim/a, tachy snapshot sim/a -o a.png\n"
         "\n"
         "Options (and what is taken without them):");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_table[i];
        if (row->read == NULL)
            continue;
        char left[32];
        snprintf(left, sizeof left, "%s %s", row->name, row->argument != NULL ? row->argument : "");
        printf("  %-20s %s\n", left, row->help);
    }
    puts("\nExit codes: 0 ok, 1 error, 2 usage, 130 after Ctrl-C. Ctrl-C and SIGTERM leave nothing "
         "in shared memory.");
}
