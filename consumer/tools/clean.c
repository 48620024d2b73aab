// `tachy clean`: removes what dead writers left in shared memory.
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <tachy/clean.h>

#include "common/base/text.h"
#include "consumer/tools/commands.h"
#include "consumer/tools/describe.h"
#include "consumer/tools/options.h"
#include "consumer/tools/outcome.h"

struct values {
    const char *producer;
    bool force, json;
};

static const struct option_row rows[] = {
    {"--force", NULL, OPTION_SWITCH, offsetof(struct values, force),
     "also what only a process that is no writer keeps, by holding a lock"},
    {"--producer", "NAME", OPTION_TEXT, offsetof(struct values, producer),
     "only this producer's (everybody's)"},
    {"--json", NULL, OPTION_SWITCH, offsetof(struct values, json),
     "{\"version\": 1, \"objects\": [{\"name\", \"producer\", \"fate\", \"bytes\", \"holder\"}]}"},
};

static const struct option_page page = {
    .name = "clean",
    .synopsis = "[--force] [--producer NAME]",
    .text = "Removes the shared memory of producers that died without doing so, and says what it\n"
            "removed. A live producer's objects, other users' and other programs' files stay.\n"
            "\n"
            "Examples:\n"
            "  tachy clean\n"
            "  tachy clean --producer sim --force\n",
    .rows = rows,
    .row_count = sizeof rows / sizeof *rows,
};

static const struct fate_row {
    const char *word;
    const char *kept; ///< why an object stays; NULL: not worth a line of its own
} fates[] = {
    [TACHY_REMOVED] = {"removed", NULL},
    [TACHY_IN_USE] = {"in use", NULL},
    [TACHY_HELD] = {"held", "a process holds its lock without being a writer; tachy clean --force "
                            "removes it"},
    [TACHY_UNCLEAR] = {"unclear", "its lock is held by a process that cannot be seen from here, "
                                  "perhaps a producer in another container"},
    [TACHY_FOREIGN] = {"foreign", "it belongs to another user, or is no regular file"},
    [TACHY_STUCK] = {"stuck", "the system refused to remove it"},
};

static const struct fate_row *row_of(const tachy_cleaned *object)
{
    return &fates[(unsigned)object->fate < sizeof fates / sizeof *fates ? object->fate
                                                                        : TACHY_STUCK];
}

static void print_removed(const tachy_cleaned *object)
{
    char name[512], bytes[DESCRIBE_BYTES];
    text_printable(object->name, name, sizeof name);
    describe_bytes(object->bytes, bytes);
    printf("removed  %s%s%s\n", name, object->bytes > 0 ? "  " : "",
           object->bytes > 0 ? bytes : "");
}

// Once per producer and reason: its objects stand together.
static void print_kept(const tachy_cleaned *object, const tachy_cleaned *before)
{
    const char *kept = row_of(object)->kept;
    if (kept == NULL || (before != NULL && before->fate == object->fate &&
                         strcmp(before->producer, object->producer) == 0))
        return;
    char name[512], holder[32] = "";
    text_printable(object->name, name, sizeof name);
    if (object->holder != 0)
        snprintf(holder, sizeof holder, " (process %u)", object->holder);
    printf("kept     %s ...: %s%s\n", name, kept, holder);
}

static void print_objects(const tachy_cleaning *cleaning)
{
    const tachy_cleaned *object, *before = NULL;
    uint64_t bytes = 0;
    size_t removed = 0, in_use = 0;
    for (size_t i = 0; (object = tachy_cleaning_at(cleaning, i)) != NULL; i++) {
        if (object->fate == TACHY_REMOVED)
            print_removed(object);
        else
            print_kept(object, before);
        before = object;
        removed += object->fate == TACHY_REMOVED;
        in_use += object->fate == TACHY_IN_USE;
        bytes += object->bytes;
    }
    char freed[DESCRIBE_BYTES];
    describe_bytes(bytes, freed);
    if (removed == 0)
        printf("Nothing to clean");
    else
        printf("%zu names removed, %s freed", removed, freed);
    if (in_use > 0)
        printf("; %zu names of live producers left alone", in_use);
    puts(".");
}

static void print_json(const tachy_cleaning *cleaning)
{
    struct json json = {.to = stdout};
    const tachy_cleaned *object;
    json_open(&json, NULL, '{');
    json_unsigned(&json, "version", 1);
    json_open(&json, "objects", '[');
    for (size_t i = 0; (object = tachy_cleaning_at(cleaning, i)) != NULL; i++) {
        json_open(&json, NULL, '{');
        json_text(&json, "name", object->name);
        json_text(&json, "producer", object->producer);
        json_text(&json, "fate", row_of(object)->word);
        json_unsigned(&json, "bytes", object->bytes);
        json_unsigned(&json, "holder", object->holder);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    putchar('\n');
}

static int outcome_of_all(const tachy_cleaning *cleaning)
{
    const tachy_cleaned *object;
    for (size_t i = 0; (object = tachy_cleaning_at(cleaning, i)) != NULL; i++) {
        if (object->fate == TACHY_STUCK)
            return OUTCOME_ERROR;
    }
    return OUTCOME_OK;
}

int command_clean(int argc, char **argv)
{
    struct values values = {0};
    int result = options_read(&page, argc, argv, &values);
    if (result != OPTIONS_GO)
        return result;
    const tachy_clean_params params = {
        .size = sizeof params, .producer = values.producer, .force = values.force};
    tachy_cleaning *cleaning = NULL;
    tachy_status status = tachy_clean(&params, &cleaning);
    if (status != TACHY_OK)
        return outcome_of(status);
    if (values.json)
        print_json(cleaning);
    else
        print_objects(cleaning);
    result = outcome_of_all(cleaning);
    tachy_cleaning_destroy(&cleaning);
    return outcome_printed(result);
}
