// The project's other programs.
#include "consumer/tools/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "consumer/tools/outcome.h"

static bool join(struct program_path *path, const char *folder, size_t folder_bytes,
                 const char *rest, const char *name)
{
    size_t rest_bytes = strlen(rest), name_bytes = strlen(name);
    if (folder_bytes + 1 + rest_bytes + name_bytes >= sizeof path->text)
        return false;
    char *at = mempcpy(path->text, folder, folder_bytes);
    *at++ = '/';
    at = mempcpy(at, rest, rest_bytes);
    memcpy(at, name, name_bytes + 1);
    return access(path->text, X_OK) == 0;
}

static bool find_in_path(const char *name, struct program_path *path)
{
    const char *list = getenv("PATH");
    for (const char *at = list; at != NULL && *at != 0; at += *at == ':') {
        size_t bytes = strcspn(at, ":");
        if (bytes > 0 && join(path, at, bytes, "", name))
            return true;
        at += bytes;
    }
    return false;
}

const char *program_self(void)
{
    static char path[PATH_MAX];
    ssize_t bytes = readlink("/proc/self/exe", path, sizeof path - 1);
    if (bytes <= 0)
        return "tachy";
    path[bytes] = 0;
    return path;
}

bool program_find(const char *name, struct program_path *path)
{
    const char *self = program_self();
    const char *slash = strrchr(self, '/');
    size_t folder_bytes = slash == NULL ? 0 : (size_t)(slash - self);
    if (slash != NULL && (join(path, self, folder_bytes, "", name) ||
                          join(path, self, folder_bytes, "../libexec/tachy/", name)))
        return true;
    return find_in_path(name, path);
}

int program_become(const char *name, char **argv)
{
    struct program_path path;
    if (!program_find(name, &path))
        return outcome_say(OUTCOME_ERROR,
                           "there is no program %s beside %s, in ../libexec/tachy or in PATH: "
                           "build it, or install the whole project",
                           name, program_self());
    execv(path.text, argv);
    return outcome_say(OUTCOME_ERROR, "cannot run %s: %s", path.text, strerror(errno));
}
