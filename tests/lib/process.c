// Programs under test as real processes.
#include "tests/lib/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/main.h"

enum { END_TRIES = 15000, END_STEP_US = 20000 };

static void become(const char *const argv[], int said)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(said, STDOUT_FILENO);
    dup2(said, STDERR_FILENO);
    execv(argv[0], (char *const *)(uintptr_t)argv);
    perror(argv[0]);
    _exit(127);
}

void process_start(struct process *process, const char *const argv[])
{
    process->said = memfd_create("said", MFD_CLOEXEC);
    assert_true(process->said >= 0);
    fflush(stdout);
    process->pid = fork();
    assert_true(process->pid >= 0);
    if (process->pid == 0)
        become(argv, process->said);
}

bool process_runs(const struct process *process)
{
    siginfo_t info = {0};
    return process->pid > 0 &&
           waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
}

int process_end(struct process *process, int signal)
{
    if (process->pid <= 0)
        return 0;
    if (signal != 0)
        kill(process->pid, signal);
    int status = 0;
    bool late = true;
    for (int i = 0; i < END_TRIES && late; i++) {
        late = waitpid(process->pid, &status, WNOHANG) == 0;
        if (late)
            usleep(END_STEP_US);
    }
    if (late) {
        kill(process->pid, SIGKILL);
        waitpid(process->pid, &status, 0);
    }
    process->pid = 0;
    close(process->said);
    if (late)
        return 255;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

char *process_said(const struct process *process)
{
    struct stat stat = {0};
    fstat(process->said, &stat);
    char *text = calloc(1, (size_t)stat.st_size + 1);
    assert_non_null(text);
    if (pread(process->said, text, (size_t)stat.st_size, 0) < 0)
        text[0] = '\0';
    return text;
}

const char *test_producer_name(void)
{
    static char names[64][32];
    static unsigned count;
    char *name = names[count % 64];
    snprintf(name, sizeof names[0], "t%d-%u", (int)getpid(), count++);
    return name;
}

size_t test_shm_count(const char *producer)
{
    char prefix[64];
    int length = snprintf(prefix, sizeof prefix, "tachy.%s.", producer);
    DIR *folder = opendir("/dev/shm");
    size_t count = 0;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        count += strncmp(entry->d_name, prefix, (size_t)length) == 0;
    if (folder != NULL)
        closedir(folder);
    return count;
}
