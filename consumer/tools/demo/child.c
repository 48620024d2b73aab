// Processes that the demo starts.
#include "consumer/tools/demo/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/stop.h"

pid_t child_fork(void)
{
    pid_t parent = getpid(), pid = fork();
    if (pid != 0)
        return pid;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) // it died before the line above
        _exit(OUTCOME_ERROR);
    return 0;
}

pid_t child_run(const char *path, char **argv)
{
    pid_t pid = child_fork();
    if (pid != 0)
        return pid;
    stop_unwatch();
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0)
        dup2(nowhere, STDOUT_FILENO);
    execv(path, argv);
    _exit(outcome_say(OUTCOME_ERROR, "cannot run %s: errno %d", path, errno));
}

bool child_has_ended(pid_t *pid, int *outcome)
{
    int status;
    if (*pid == 0 || waitpid(*pid, &status, WNOHANG) != *pid)
        return false;
    *outcome = WIFSIGNALED(status) ? OUTCOME_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
    *pid = 0;
    return true;
}

void child_end(pid_t *pid, int64_t patience_ns)
{
    if (*pid == 0)
        return;
    kill(*pid, SIGTERM);
    int64_t deadline_ns = clock_deadline_ns(patience_ns);
    int outcome;
    while (!child_has_ended(pid, &outcome) && clock_now_ns() < deadline_ns)
        usleep(2000);
    if (*pid == 0)
        return;
    kill(*pid, SIGKILL);
    waitpid(*pid, NULL, 0);
    *pid = 0;
}
