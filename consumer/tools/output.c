// A file that appears whole or not at all.
#include "consumer/tools/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "consumer/tools/outcome.h"

static int refuse(const struct output *output)
{
    return outcome_say(OUTCOME_ERROR, "cannot write %s: %s", output->path, strerror(errno));
}

int output_begin(struct output *output, const char *path)
{
    *output = (struct output){0};
    snprintf(output->path, sizeof output->path, "%s", path);
    int length = snprintf(output->draft, sizeof output->draft, "%s.XXXXXX", path);
    if (length >= (int)sizeof output->draft)
        return outcome_say(OUTCOME_ERROR, "cannot write: the path is longer than %d bytes",
                           PATH_MAX);
    struct stat there;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
        return outcome_say(OUTCOME_ERROR, "cannot write %s: it is there and no regular file", path);
    int fd = mkostemp(output->draft, O_CLOEXEC);
    if (fd < 0)
        return refuse(output);
    mode_t mask = umask(0);
    umask(mask);
    output->file = fchmod(fd, 0666 & ~mask) == 0 ? fdopen(fd, "wb") : NULL;
    if (output->file != NULL)
        return OUTCOME_OK;
    int result = refuse(output);
    close(fd);
    unlink(output->draft);
    return result;
}

int output_finish(struct output *output)
{
    bool good = fflush(output->file) == 0 && !ferror(output->file);
    FILE *file = output->file;
    output->file = NULL;
    good = fclose(file) == 0 && good;
    if (good && rename(output->draft, output->path) == 0)
        return OUTCOME_OK;
    int result = refuse(output);
    unlink(output->draft);
    return result;
}

void output_abandon(struct output *output)
{
    if (output->file == NULL)
        return;
    fclose(output->file);
    output->file = NULL;
    unlink(output->draft);
}
