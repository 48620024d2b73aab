// Vulkan: the loader, and what the producer makes of the drivers.
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "consumer/tools/demo/child.h"
#include "consumer/tools/doctor/check.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/program.h"
#include "consumer/tools/stop.h"

enum { SAID_BYTES = 4096 };

static const int64_t patience_ns = 30 * (int64_t)NS_PER_S;

typedef int (*version_call)(uint32_t *version); // vkEnumerateInstanceVersion

void check_vulkan_loader(struct check_result *result)
{
    void *loader = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    if (loader == NULL) {
        check_see(result, false, "libvulkan.so.1 is not there");
        check_advise(result, "the producer needs it, readers do not: apt install libvulkan1");
        return;
    }
    uint32_t version = 0;
    void *symbol = dlsym(loader, "vkEnumerateInstanceVersion");
    version_call enumerate_version;
    memcpy(&enumerate_version, &symbol, sizeof symbol);
    if (symbol == NULL || enumerate_version(&version) != 0)
        version = 0;
    unsigned major = version >> 22 & 127, minor = version >> 12 & 1023;
    check_see(result, major > 1 || (major == 1 && minor >= 3), "libvulkan.so.1, Vulkan %u.%u.%u",
              major, minor, version & 4095);
    if (!result->ok)
        check_advise(result, "the producer needs Vulkan 1.3: a newer libvulkan1, as in Debian 12");
    dlclose(loader);
}

// Reads what the other end writes, until it is closed or patience is over.
static void read_all(int pipe_end, char said[SAID_BYTES])
{
    size_t used = 0;
    int64_t deadline_ns = clock_deadline_ns(patience_ns), left_ns;
    while (used < SAID_BYTES - 1 && (left_ns = deadline_ns - clock_now_ns()) > 0) {
        struct pollfd end = {.fd = pipe_end, .events = POLLIN};
        if (poll(&end, 1, (int)(left_ns / NS_PER_MS) + 1) < 0 && errno != EINTR)
            break;
        ssize_t got = end.revents == 0 ? -1 : read(pipe_end, said + used, SAID_BYTES - 1 - used);
        if (got == 0 || stop_signal() != 0)
            break;
        used += got > 0 ? (size_t)got : 0;
    }
    said[used] = 0;
}

// An empty world's only frame: the device is opened as for any other, and no stream is made.
static void become_producer(const char *path, int pipe_end)
{
    char *argv[] = {"tachy-produce", "--name", "doctor", "--scene", "empty", "--avatars", "0",
                    "--frames",      "1",      "--fps",  "max",     NULL};
    stop_unwatch();
    dup2(pipe_end, STDOUT_FILENO);
    dup2(pipe_end, STDERR_FILENO);
    execv(path, argv);
    _exit(OUTCOME_ERROR);
}

// What it said, on both outputs. Its exit status, 128 + signal, or -1: it could not be run, or not to its end.
static int try_producer(const char *path, char said[SAID_BYTES])
{
    int ends[2], outcome = -1;
    said[0] = 0;
    if (pipe(ends) != 0)
        return -1;
    pid_t pid = child_fork();
    if (pid == 0)
        become_producer(path, ends[1]);
    close(ends[1]);
    if (pid > 0)
        read_all(ends[0], said);
    close(ends[0]);
    int64_t deadline_ns = clock_deadline_ns(NS_PER_S);
    while (pid > 0 && !child_has_ended(&pid, &outcome) && clock_now_ns() < deadline_ns)
        usleep(1000);
    if (pid > 0)
        child_end(&pid, NS_PER_S);
    return outcome;
}

// The last line of what was said, without "tachy produce: error: ".
static const char *last_line(char *said)
{
    size_t length = strlen(said);
    while (length > 0 && said[length - 1] == '\n')
        said[--length] = 0;
    char *newline = strrchr(said, '\n');
    char *line = newline == NULL ? said : newline + 1;
    char *error = strstr(line, "error: ");
    return error == NULL ? line : error + strlen("error: ");
}

void check_vulkan_device(struct check_result *result)
{
    struct program_path path;
    char said[SAID_BYTES];
    if (!program_find("tachy-produce", &path)) {
        check_see(result, true, "tachy-produce is not installed: readers and tools only");
        return;
    }
    int outcome = try_producer(path.text, said);
    char *tier = strstr(said, "delivery tier ");
    if (outcome == OUTCOME_OK && tier != NULL) {
        check_see(result, true, "%.*s", (int)strcspn(tier, ";\n"), tier);
        return;
    }
    if (outcome > OUTCOME_SIGNAL)
        check_see(result, false, "the driver ended tachy-produce by signal %d",
                  outcome - OUTCOME_SIGNAL);
    else if (outcome < 0)
        check_see(result, false, "tachy-produce could not open a device within %d s",
                  (int)(patience_ns / NS_PER_S));
    else
        check_see(result, false, "%.400s", last_line(said));
    check_advise(result, "apt install mesa-vulkan-drivers for the CPU driver; for an NVIDIA GPU in "
                         "a container: --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all");
}
