// A real tachy-produce for a test.
#include "tests/lib/producer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/main.h"

static const int64_t minute_ns = INT64_C(60000000000);

static void write_commands(struct producer *producer, const char *commands)
{
    snprintf(producer->commands, sizeof producer->commands, "/tmp/tachy-commands-XXXXXX");
    int fd = mkstemp(producer->commands);
    assert_true(fd >= 0);
    assert_true(write(fd, commands, strlen(commands)) == (ssize_t)strlen(commands));
    close(fd);
}

void producer_start(struct producer *producer, const char *commands, const char *const arguments[])
{
    *producer = (struct producer){.name = test_producer_name()};
    const char *argv[PRODUCER_ARGUMENTS_MAX] = {TACHY_TEST_BIN "/tachy-produce", "--name",
                                                producer->name};
    size_t count = 3;
    if (commands != NULL) {
        write_commands(producer, commands);
        argv[count++] = "--commands";
        argv[count++] = producer->commands;
    }
    for (size_t i = 0; arguments[i] != NULL; i++) {
        assert_true(count + 1 < PRODUCER_ARGUMENTS_MAX);
        argv[count++] = arguments[i];
    }
    setenv("TACHY_VALIDATE", "1", 1);
    process_start(&producer->process, argv);
}

/// Ends the test with the producer's own words.
static void give_up(struct producer *producer, const char *what)
{
    char *said = process_said(&producer->process);
    char message[2048];
    snprintf(message, sizeof message, "%s: %s; the producer said: %.1500s", what, tachy_error(),
             said);
    free(said);
    process_end(&producer->process, SIGKILL);
    if (producer->commands[0] != '\0')
        unlink(producer->commands);
    fail_msg("%s", message);
}

/// A layer that is not there would be silent too.
static bool validation_watches(const struct producer *producer)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)producer->process.pid);
    FILE *maps = fopen(path, "r");
    bool found = false;
    while (maps != NULL && !found && fgets(line, sizeof line, maps) != NULL)
        found = strstr(line, "libVkLayer_khronos_validation") != NULL;
    if (maps != NULL)
        fclose(maps);
    return found;
}

tachy_stream *producer_attach(struct producer *producer, const char *avatar, tachy_reading reading)
{
    char name[128];
    snprintf(name, sizeof name, "%s/%s", producer->name, avatar);
    const tachy_stream_params params = {
        .size = sizeof params, .name = name, .reading = reading, .held_max = 2};
    tachy_stream *stream = NULL;
    tachy_status status = TACHY_NOT_FOUND;
    for (int slice = 0; slice < 3000 && status != TACHY_OK && process_runs(&producer->process);
         slice++)
        status = tachy_stream_attach(&params, minute_ns / 600, &stream);
    if (status != TACHY_OK)
        give_up(producer, "no stream to attach to");
    if (!validation_watches(producer))
        give_up(producer, "the validation layer is not loaded");
    return stream;
}

tachy_frame *producer_next(struct producer *producer, tachy_stream *stream, const char *plane)
{
    tachy_frame *frame = NULL;
    for (int i = 0; i < 100; i++) {
        if (tachy_stream_next(stream, 5 * minute_ns, &frame) != TACHY_OK)
            give_up(producer, "no frame");
        if (plane == NULL || tachy_frame_plane(frame, plane) != NULL)
            return frame;
        tachy_frame_release(&frame);
    }
    give_up(producer, "no frame with that plane");
    return NULL;
}

void producer_end(struct producer *producer)
{
    int copy = dup(producer->process.said);
    int status = process_end(&producer->process, SIGTERM);
    const struct process words = {.said = copy};
    char *said = process_said(&words);
    close(copy);
    if (producer->commands[0] != '\0')
        unlink(producer->commands);
    if (status != 0 || strstr(said, "validation") != NULL)
        print_error("the producer said: %.3000s\n", said);
    assert_int_equal(status, 0);
    assert_null(strstr(said, "validation"));
    free(said);
    assert_int_equal(test_shm_count(producer->name), 0);
}
