// tachy-produce: builds a world, renders what each avatar sees, publishes every frame, until told to stop.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/version.h"
#include "producer/options.h"
#include "producer/publish/frame.h"
#include "producer/publish/pace.h"
#include "producer/world.h"

enum { FRAMES_IN_FLIGHT = 2, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

static volatile sig_atomic_t stop_signal;

static void on_stop(int number)
{
    stop_signal = number;
}

// Without SA_RESTART: a sleep ends at once.
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

struct producer {
    struct scene *scene;
    struct render *render;
    struct publisher publisher;
};

static tachy_status open_render(const struct options *options, struct render **render)
{
    char threads[16];
    snprintf(threads, sizeof threads, "%u", options->threads);
    if (options->threads_said)
        setenv("LP_NUM_THREADS", threads, 1); // the CPU driver reads it when it starts
    struct render_params params = {
        .device = options->device,
        .tier = options->tier,
        .quality = options->quality,
        .frames_in_flight = FRAMES_IN_FLIGHT,
        .validate = getenv("TACHY_VALIDATE") != NULL,
    };
    return render_create(&params, render);
}

static tachy_status open_producer(const struct options *options, struct producer *producer)
{
    tachy_status status = world_create(options, &producer->scene);
    if (status == TACHY_OK)
        status = open_render(options, &producer->render);
    if (status == TACHY_OK)
        status =
            world_check_textures(producer->scene, options->scene, render_size_max(producer->render),
                                 render_device_name(producer->render));
    if (status != TACHY_OK)
        return status;
    struct stream_params streams = {
        .producer = options->name,
        .planes = options->planes_said ? options->planes : (UINT64_C(1) << PLANE_COUNT) - 1,
        .readers = options->readers,
        .mode = options->mode,
        .seed = options->seed,
        .drafts = FRAMES_IN_FLIGHT,
    };
    return publisher_init(&producer->publisher, producer->render, producer->scene, &streams,
                          options->planes_said ? options->planes : 0);
}

static void print_streams(const struct options *options, const struct producer *producer)
{
    const struct scene *scene = producer->scene;
    for (size_t i = 0; i < scene->avatar_count; i++)
        printf("producing %s/%s, %ux%u\n", options->name, scene->avatars[i].name,
               scene->avatars[i].width, scene->avatars[i].height);
    printf("delivery tier %u on %s; Ctrl-C ends it\n", render_tier(producer->render),
           render_device_name(producer->render));
    fflush(stdout);
}

static void sleep_ns(int64_t ns)
{
    struct timespec span = clock_timespec(ns);
    nanosleep(&span, NULL);
}

// One turn: publishes a frame that is ready, begins one that is due, or waits for whichever comes first.
static tachy_status turn(struct publisher *publisher, struct pace *pace, bool more)
{
    int64_t left = more ? pace_left_ns(pace) : INT64_MAX;
    bool full = publisher->flight_count == publisher->flight_max;
    if (left > 0 || full) {
        int64_t patience = full || left > NS_PER_S ? NS_PER_S : left;
        tachy_status status = publisher_end(publisher, patience);
        if (status == TACHY_EMPTY)
            sleep_ns(patience);
        return status < 0 ? status : TACHY_OK;
    }
    pace_begun(pace);
    tachy_status status = publisher_begin(publisher);
    pace->idle = !publisher->drew;
    return status;
}

static tachy_status run(const struct options *options, struct publisher *publisher)
{
    struct pace pace;
    pace_start(&pace, options->flat_out, options->fps_numerator, options->fps_denominator);
    tachy_status status = TACHY_OK;
    while (status == TACHY_OK && stop_signal == 0) {
        bool more = options->frames == 0 || publisher->scene->frame < options->frames;
        if (!more && publisher->flight_count == 0)
            break;
        status = turn(publisher, &pace, more);
    }
    return status;
}

static void close_producer(struct producer *producer)
{
    publisher_finish(&producer->publisher);
    render_destroy(&producer->render);
    scene_destroy(&producer->scene);
}

static int produce(const struct options *options)
{
    struct producer producer = {0};
    tachy_status status = open_producer(options, &producer);
    if (status == TACHY_OK) {
        print_streams(options, &producer);
        status = run(options, &producer.publisher);
    }
    if (status != TACHY_OK)
        log_error("%s", error_line());
    uint64_t complaints = producer.render != NULL ? render_complaints(producer.render) : 0;
    close_producer(&producer);
    if (status != TACHY_OK || complaints > 0)
        return EXIT_FAILURE;
    return stop_signal == SIGINT ? EXIT_INTERRUPTED : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct options options;
    log_open("tachy produce", LOG_WARN);
    if (options_parse(argc, argv, &options) != TACHY_OK) {
        log_error("%s", error_line());
        return EXIT_USAGE;
    }
    log_open("tachy produce", options.log);
    if (options.help)
        options_help();
    else if (options.version)
        printf("tachy-produce %s\n", TACHY_VERSION_STRING);
    if (options.help || options.version)
        return EXIT_SUCCESS;
    catch_signals();
    return produce(&options);
}
