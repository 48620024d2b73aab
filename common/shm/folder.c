// /dev/shm as a folder: paths, whose an object is, removing names.
#include "common/shm/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"

const char folder_path[] = "/dev/shm";

void folder_join(const char *name, char path[FOLDER_PATH_BYTES])
{
    snprintf(path, FOLDER_PATH_BYTES, "%s/%s", folder_path, name);
}

static bool is_registry(const char *name)
{
    size_t length = strlen(name);
    return length >= 4 && strcmp(name + length - 4, ".reg") == 0;
}

// Who makes a file gives it a group of its own. Without memory for the list of ours the answer is no.
static bool is_our_group(gid_t group)
{
    if (group == getegid())
        return true;
    int count = getgroups(0, NULL);
    gid_t *groups = count > 0 ? calloc((size_t)count, sizeof *groups) : NULL;
    if (groups != NULL)
        count = getgroups(count, groups);
    bool found = false;
    for (int i = 0; groups != NULL && i < count && !found; i++)
        found = groups[i] == group;
    free(groups);
    return found;
}

// Another user's object is meant for us where it is exactly what the group mode makes, for a group that we are in.
static bool owner_is_fine(const char *name, const struct stat *file)
{
    if (file->st_uid == geteuid() || file->st_uid == 0)
        return true;
    mode_t mode = is_registry(name) ? FOLDER_GROUP_REGISTRY : FOLDER_GROUP;
    return (file->st_mode & 07777) == mode && is_our_group(file->st_gid);
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
    if (!owner_is_fine(name, &file))
        return error_set(TACHY_DENIED,
                         "%s/%s: belongs to user %u, group %u, mode %04o, not to us (user %u): "
                         "refused; another user's stream wants --mode 0660 and a group of ours",
                         folder_path, name, file.st_uid, file.st_gid, file.st_mode & 07777,
                         geteuid());
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

bool folder_names(const char *name, int fd)
{
    char path[FOLDER_PATH_BYTES];
    folder_join(name, path);
    struct stat named, ours;
    return lstat(path, &named) == 0 && fstat(fd, &ours) == 0 && named.st_ino == ours.st_ino &&
           named.st_dev == ours.st_dev;
}

void folder_remove(const char *name, int fd)
{
    char path[FOLDER_PATH_BYTES];
    folder_join(name, path);
    if (fd < 0 || folder_names(name, fd))
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
