// Whether logind removes a user's shared memory when the user logs out: its RemoveIPC=, which is on where nothing is said.
#include <ctype.h>
#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "consumer/tools/doctor/check.h"

enum { LINE_BYTES = 512, PATH_BYTES = 512, SYSTEM_USER_MAX = 999 };

// In the order in which logind reads them: a later file has the last word.
static const char *const files[] = {
    "/usr/lib/systemd/logind.conf",          "/etc/systemd/logind.conf",
    "/usr/lib/systemd/logind.conf.d/*.conf", "/run/systemd/logind.conf.d/*.conf",
    "/etc/systemd/logind.conf.d/*.conf",
};

static bool is_true(const char *word)
{
    static const char *const words[] = {"yes", "true", "on", "1", "y", "t"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(words[i], word) == 0)
            return true;
    }
    return false;
}

static void read_file(const char *path, bool *removes)
{
    char line[LINE_BYTES], word[16];
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, " RemoveIPC = %15s", word) == 1)
            *removes = is_true(word);
    }
    if (file != NULL)
        fclose(file);
}

static bool logind_removes(void)
{
    bool removes = true;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        glob_t found;
        if (glob(files[i], 0, NULL, &found) != 0)
            continue;
        for (size_t j = 0; j < found.gl_pathc; j++)
            read_file(found.gl_pathv[j], &removes);
        globfree(&found);
    }
    return removes;
}

static bool user_lingers(void)
{
    const struct passwd *user = getpwuid(geteuid());
    char path[PATH_BYTES];
    if (user == NULL ||
        snprintf(path, sizeof path, "/var/lib/systemd/linger/%s", user->pw_name) >= PATH_BYTES)
        return false;
    return access(path, F_OK) == 0;
}

void check_remove_ipc(struct check_result *result)
{
    if (access("/run/systemd/system", F_OK) != 0)
        check_see(result, true, "no systemd runs here");
    else if (!logind_removes())
        check_see(result, true, "RemoveIPC is off");
    else if (geteuid() <= SYSTEM_USER_MAX)
        check_see(result, true, "RemoveIPC is on, and spares system users like user %u", geteuid());
    else if (user_lingers())
        check_see(result, true, "RemoveIPC is on, and spares user %u, who lingers", geteuid());
    else
        check_see(result, false,
                  "RemoveIPC is on: the streams of user %u go when its last session "
                  "ends",
                  geteuid());
    if (!result->ok)
        check_advise(result, "RemoveIPC=no in /etc/systemd/logind.conf, then systemctl restart "
                             "systemd-logind; or loginctl enable-linger");
}
