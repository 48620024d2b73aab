// A writer in a process of its own, and its objects as a process sees them that means harm.
#include "tests/lib/peer.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/stream.h"

enum { IDENTITIES = 1500 }; // two generations of the id table

static void publish_on(tachy_writer *writer)
{
    for (uint64_t number = 3;; number++) {
        tachy_draft *draft = NULL;
        const tachy_identity chair = {.object_id = (int64_t)number, .name = "chair"};
        uint32_t id = 0;
        if (number < IDENTITIES)
            tachy_writer_add_identity(writer, &chair, &id);
        test_pause_ms(1);
        if (tachy_writer_claim(writer, 0, &draft) != TACHY_OK)
            continue;
        const tachy_plane *layout = NULL;
        void *color = tachy_draft_plane(draft, "color", &layout);
        memset(color, (int)(number & 255), layout->image_bytes);
        tachy_draft_set_frame(draft, number, (int64_t)number, 60);
        tachy_draft_publish(&draft);
    }
}

static void write_until_killed(tachy_writer_params params, bool goes_on, int said)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    tachy_writer *writer = test_writer(params);
    for (int64_t i = 0; i < 3; i++) {
        const tachy_identity chair = {.object_id = i, .name = "chair", .category = "furniture"};
        uint32_t id = 0;
        if (tachy_writer_add_identity(writer, &chair, &id) != TACHY_OK)
            _exit(1);
    }
    test_publish(writer, 1);
    test_publish(writer, 2);
    if (write(said, test_stream_name(), strlen(test_stream_name())) < 0)
        _exit(1);
    close(said);
    if (goes_on)
        publish_on(writer);
    for (;;)
        pause();
}

void peer_start(struct peer *peer, tachy_writer_params params, bool goes_on)
{
    int said[2];
    *peer = (struct peer){0};
    assert_int_equal(pipe(said), 0);
    fflush(stdout);
    peer->pid = fork();
    assert_true(peer->pid >= 0);
    if (peer->pid == 0) {
        close(said[0]);
        write_until_killed(params, goes_on, said[1]);
    }
    close(said[1]);
    assert_true(read(said[0], peer->name, sizeof peer->name - 1) > 0);
    close(said[0]);
}

void peer_end(struct peer *peer)
{
    char producer[64] = "";
    memcpy(producer, peer->name, strcspn(peer->name, "/"));
    kill(peer->pid, SIGKILL);
    assert_int_equal(waitpid(peer->pid, NULL, 0), peer->pid);
    // Its objects may be damaged, so that tachy_clean could not tell whose they are.
    char prefix[80], path[320];
    int length = snprintf(prefix, sizeof prefix, "tachy.%s.", producer);
    DIR *folder = opendir("/dev/shm");
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        snprintf(path, sizeof path, "/dev/shm/%s", entry->d_name);
        if (strncmp(entry->d_name, prefix, (size_t)length) == 0)
            unlink(path);
    }
    if (folder != NULL)
        closedir(folder);
}

tachy_stream *peer_attach(const struct peer *peer, tachy_stream_params params)
{
    params.size = sizeof params;
    params.name = peer->name;
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

int scribble_open(const char *stream, const char *kind)
{
    char path[160];
    snprintf(path, sizeof path, "/dev/shm/tachy.%.*s.%s", (int)strcspn(stream, "/"), stream, kind);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        fail_msg("%s is not there", path);
    return fd;
}

struct scribbled scribble(const char *stream, const char *kind)
{
    int fd = scribble_open(stream, kind);
    struct stat object;
    assert_int_equal(fstat(fd, &object), 0);
    struct scribbled mapped = {.bytes = (size_t)object.st_size};
    mapped.base = mmap(NULL, mapped.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_ptr_not_equal(mapped.base, MAP_FAILED);
    close(fd);
    return mapped;
}

void scribble_end(struct scribbled *scribbled)
{
    munmap(scribbled->base, scribbled->bytes);
    *scribbled = (struct scribbled){0};
}

pid_t scribble_start(void (*flip)(struct scribbled *scribbled, unsigned round),
                     struct scribbled *scribbled)
{
    fflush(stdout);
    pid_t flipper = fork();
    assert_true(flipper >= 0);
    if (flipper != 0)
        return flipper;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (unsigned round = 0;; round++)
        flip(scribbled, round);
}

void scribble_stop(pid_t flipper)
{
    kill(flipper, SIGKILL);
    assert_int_equal(waitpid(flipper, NULL, 0), flipper);
}
