// /dev/shm as a folder: paths, whose an object is, removing names.
#ifndef COMMON_SHM_FOLDER_H
#define COMMON_SHM_FOLDER_H

#include <stdbool.h>
#include <stdint.h>
#include <tachy/status.h>

enum { FOLDER_PATH_BYTES = 320 };

/// Modes of the objects that a group may use: the registry's, and those of all others but the lock.
enum { FOLDER_GROUP_REGISTRY = 0660, FOLDER_GROUP = 0640 };

extern const char folder_path[]; ///< "/dev/shm", where shm_open looks

void folder_join(const char *name, char path[FOLDER_PATH_BYTES]);

/// Whether the open file is one we may trust by its kind, owner and mode, and its size. TACHY_SYSTEM: no regular file;
/// TACHY_DENIED: writable by everybody, or another user's, unless that is root or opened it in group mode to a group of ours.
tachy_status folder_check(const char *name, int fd, uint64_t *bytes);

/// Whether the name is that of the open file.
bool folder_names(const char *name, int fd);

/// Removes the name, but with fd >= 0 only if it names the same object as `fd`.
void folder_remove(const char *name, int fd);

/// Calls `visit` for every name in the folder that starts with `prefix`, until it answers false.
tachy_status folder_scan(const char *prefix, bool (*visit)(const char *name, void *context),
                         void *context);

/// Whose the object under `name` is. TACHY_NOT_FOUND, without a line: the everyday answer; TACHY_DENIED: another user's, the
/// line says whose.
tachy_status folder_is_ours(const char *name);

/// Why `name` could not be given: what lies there, in the line. TACHY_DENIED: another user's object; TACHY_SYSTEM: no file (a
/// directory, pipe ...); TACHY_EXISTS: a file of ours.
tachy_status folder_fail_taken(const char *name);

#endif
