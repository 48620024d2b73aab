// Bodies of tests in a child of their own.
#include "tests/lib/private.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <tachy/status.h>
#include <unistd.h>

#include "tests/lib/main.h"

enum { NO_RIGHT = 77 };

static bool mount_shm(const char *options)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", "/dev/shm", "tmpfs", 0, options) == 0;
}

static size_t count_entries(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;
    if (folder == NULL)
        return 0;
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count - 2; // itself and its parent
}

static void run(const char *options, void (*body)(void))
{
    if (options != NULL && !mount_shm(options))
        exit(NO_RIGHT);
    body();
    EXPECT(options == NULL || count_entries("/dev/shm") == 0);
    exit(0);
}

static int run_child(const char *options, void (*body)(void))
{
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(options, body);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

void private_run(void (*body)(void))
{
    assert_int_equal(run_child(NULL, body), 0);
}

void private_run_in_shm(const char *options, void (*body)(void))
{
    if (geteuid() != 0)
        test_skip("needs root to mount a /dev/shm of its own");
    int status = run_child(options, body);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_RIGHT)
        test_skip("may not mount a tmpfs here");
    assert_int_equal(status, 0);
}

void private_expect(bool fine, const char *what, const char *file, int line)
{
    if (fine)
        return;
    printf("# %s:%d: not so: %s; the last line: %s\n", file, line, what, tachy_error());
    fflush(stdout);
    _exit(1);
}

bool private_error_names(const char *const words[])
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (strstr(tachy_error(), words[i]) == NULL)
            return false;
    return true;
}

size_t private_count_files(void)
{
    return count_entries("/proc/self/fd");
}
