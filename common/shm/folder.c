// /dev/shm as a folder: paths, whose an object is, removing names.
#include "common/shm/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"

const char folder_path[] = "/dev/shm";

void folder_join(const char *name, char path[FOLDER_PATH_BYTES])
{
    snprintf(path, FOLDER_PATH_BYTES, "%s/%s", folder_path, name);
}

// Another user's object counts as meant for us only where its owner opened it to a group: read by mode, not by luck.
static bool owner_is_fine(const struct stat *file)
{
    return file->st_uid == geteuid() || file->st_uid == 0 || (file->st_mode & S_IRGRP) != 0;
}

tachy_status folder_check(const char *name, int fd, uint64_t *bytes)
{
    struct stat file;
    if (fstat(fd, &file) != 0)
        return error_set(TACHY_SYSTEM, "%s/%s: cannot look at it: %s (%s)", folder_path, name,
                         strerrordesc_np(errno), strerrorname_np(errno));
    if (!S_ISREG(file.st_mode))
        return error_set(TACHY_SYSTEM,
                         "%s/%s: not a regular file (a pipe, device or folder has the name); "
                         "remove it",
                         folder_path, name);
    if ((file.st_mode & S_IWOTH) != 0)
        return error_set(TACHY_DENIED, "%s/%s: everybody may write it (mode %04o): refused",
                         folder_path, name, file.st_mode & 07777);
    if (!owner_is_fine(&file))
        return error_set(TACHY_DENIED, "%s/%s: belongs to user %u, not to us (user %u): refused",
                         folder_path, name, file.st_uid, geteuid());
    *bytes = (uint64_t)file.st_size;
    return TACHY_OK;
}

static tachy_status fail_foreign(const char *path, const struct stat *file)
{
    return error_set(TACHY_DENIED,
                     "%s: the name is taken by an object of user %u (we are user %u): never "
                     "adopted; choose another name or have it removed",
                     path, file->st_uid, geteuid());
}

tachy_status folder_is_ours(const char *name)
{
    char path[FOLDER_PATH_BYTES];
    folder_join(name, path);
    struct stat file;
    if (lstat(path, &file) != 0)
        return TACHY_NOT_FOUND;
    return file.st_uid == geteuid() ? TACHY_OK : fail_foreign(path, &file);
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)    ? "a directory"
           : S_ISLNK(mode)  ? "a symbolic link"
           : S_ISFIFO(mode) ? "a pipe"
                            : "a device or socket";
}

tachy_status folder_fail_taken(const char *name)
{
    char path[FOLDER_PATH_BYTES];
    folder_join(name, path);
    struct stat file;
    if (lstat(path, &file) != 0) // gone again
        return error_set(TACHY_EXISTS, "%s: the name was taken", path);
    if (file.st_uid != geteuid())
        return fail_foreign(path, &file);
    if (!S_ISREG(file.st_mode))
        return error_set(TACHY_SYSTEM, "%s: %s has the name; remove it", path,
                         kind_of(file.st_mode));
    return error_set(TACHY_EXISTS, "%s: a file has the name", path);
}

void folder_remove(const char *name, int fd)
{
    char path[FOLDER_PATH_BYTES];
    folder_join(name, path);
    struct stat named, ours;
    if (fd >= 0 && (lstat(path, &named) != 0 || fstat(fd, &ours) != 0 ||
                    named.st_ino != ours.st_ino || named.st_dev != ours.st_dev))
        return;
    unlink(path);
}

tachy_status folder_scan(const char *prefix, bool (*visit)(const char *name, void *context),
                         void *context)
{
    DIR *folder = opendir(folder_path);
    if (folder == NULL)
        return error_set(TACHY_SYSTEM, "%s: cannot list it: %s (%s)", folder_path,
                         strerrordesc_np(errno), strerrorname_np(errno));
    size_t length = strlen(prefix);
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        if (strncmp(entry->d_name, prefix, length) == 0 && !visit(entry->d_name, context))
            break;
    closedir(folder);
    return TACHY_OK;
}
