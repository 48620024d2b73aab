// Runs one scene: ring_races PRODUCER SCENE [SECONDS]. Exit status 66: TSan saw a race; 3: an atomic to weaken was not met.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/tsan/races.h"

static const struct {
    const char *name;
    void (*run)(void);
} scenes[] = {{"peek", scene_peek},   {"look", scene_look},
              {"mark", scene_mark},   {"interrupt", scene_interrupt},
              {"nudge", scene_nudge}, {"drop", scene_drop},
              {"ids", scene_ids},     {"generation", scene_generation},
              {"guard", scene_guard}};

void races_fail(const char *what)
{
    fprintf(stderr, "ring_races: %s: %s\n", what, tachy_error());
    _exit(4);
}

static const char *producer; // written before there are threads

const char *races_producer(void)
{
    return producer;
}

tachy_writer *races_writer(const char *stream, int64_t lossless_wait_ns)
{
    static const tachy_plane_params planes[] = {{"color", TACHY_U8, 1, 4, 16, 4},
                                                {"depth", TACHY_F32, 1, 4, 16, 1}};
    char name[64];
    snprintf(name, sizeof name, "%s/%s", races_producer(), stream);
    const tachy_writer_params params = {.size = sizeof params,
                                        .name = name,
                                        .planes = planes,
                                        .plane_count = 2,
                                        .readers_max = 8,
                                        .held_max = 16,
                                        .lossless_wait_ns = lossless_wait_ns,
                                        .verify = true};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        races_fail("no writer");
    return writer;
}

void races_publish(tachy_writer *writer, uint64_t number)
{
    static const char *const names[] = {"color", "depth"};
    tachy_draft *draft = NULL;
    tachy_status status = tachy_writer_claim(writer, TACHY_FOREVER, &draft);
    if (status == TACHY_EMPTY)
        return;
    if (status != TACHY_OK)
        races_fail("no draft");
    for (int i = 0; i < 2; i++) {
        const tachy_plane *layout = NULL;
        void *plane = tachy_draft_plane(draft, names[i], &layout);
        memset(plane, (int)(number & 255), layout->image_bytes);
    }
    tachy_camera camera = {.fx = (double)number, .name = "a"};
    if (tachy_draft_set_camera(draft, 0, &camera) != TACHY_OK ||
        tachy_draft_set_frame(draft, number, 1, 1) != TACHY_OK ||
        tachy_draft_publish(&draft) != TACHY_OK)
        races_fail("no publish");
}

void races_run(void *(*const *threads)(void *), void *const *arguments, int count)
{
    pthread_t started[16];
    for (int i = 0; i < count; i++)
        if (pthread_create(&started[i], NULL, threads[i], arguments[i]) != 0)
            races_fail("no thread");
    for (int i = 0; i < count; i++)
        pthread_join(started[i], NULL);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    producer = argv[1];
    const char *wanted = argv[2];
    if (strcmp(wanted, "stress") == 0) {
        stress_run(argc > 3 ? atof(argv[3]) : 5);
        return weaken_met_all() ? 0 : 3;
    }
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        if (strcmp(wanted, scenes[i].name) != 0)
            continue;
        scenes[i].run();
        return weaken_met_all() ? 0 : 3;
    }
    return 2;
}
