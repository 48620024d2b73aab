// Work dealt out to processes of its own.
#include "tests/model/jobs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    pid_t pid;
    size_t index;
    FILE *output;
};

static void start(struct child *child, size_t index, int (*work)(size_t index))
{
    fflush(stdout);
    child->index = index;
    child->output = tmpfile();
    child->pid = child->output == NULL ? -1 : fork();
    if (child->pid < 0) {
        perror("the model: no process for a job");
        abort();
    }
    if (child->pid > 0)
        return;
    // A crash is the job's end, not for cmocka's handler.
    static const int crashes[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        signal(crashes[i], SIG_DFL);
    dup2(fileno(child->output), STDOUT_FILENO);
    int status = work(index);
    fflush(stdout);
    _exit(status);
}

static void collect(struct child *child, int status, void (*done)(const struct job *job))
{
    struct job job = {.index = child->index,
                      .status = WIFEXITED(status) ? WEXITSTATUS(status) : JOB_CRASHED};
    fseek(child->output, 0, SEEK_END);
    long bytes = ftell(child->output), kept = JOB_TEXT_BYTES - 1;
    fseek(child->output, bytes > kept ? bytes - kept : 0, SEEK_SET);
    job.text[fread(job.text, 1, (size_t)kept, child->output)] = 0;
    fclose(child->output);
    child->pid = 0;
    done(&job);
}

static struct child *find(struct child *children, size_t count, pid_t pid)
{
    for (size_t i = 0; i < count; i++)
        if (children[i].pid == pid)
            return &children[i];
    return NULL;
}

void jobs_run(size_t count, int (*work)(size_t index), void (*done)(const struct job *job))
{
    enum { CORES_MAX = 64 };
    struct child children[CORES_MAX] = {{0}};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t most = cores < 1 ? 1 : cores > CORES_MAX ? CORES_MAX : (size_t)cores;
    size_t next = 0, ended = 0;
    while (ended < count) {
        struct child *idle;
        while (next < count && (idle = find(children, most, 0)) != NULL)
            start(idle, next++, work);
        int status;
        struct child *child = find(children, most, waitpid(-1, &status, 0));
        if (child == NULL)
            continue;
        collect(child, status, done);
        ended++;
    }
}
