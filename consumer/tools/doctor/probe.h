// An object of /dev/shm without a name: the kernel takes it back when it is closed, whatever happens.
#ifndef CONSUMER_TOOLS_DOCTOR_PROBE_H
#define CONSUMER_TOOLS_DOCTOR_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "consumer/tools/doctor/check.h"

/// A zeroed, resident object of `bytes`, for reading and writing. -1: errno says why not.
int probe_open(size_t bytes);

/// The same, for a check that is nothing without it: -1 with `result` filled in.
int probe_open_or_tell(size_t bytes, struct check_result *result);

/// The same object opened again, for reading only. -1: errno.
int probe_reopen(int fd);

#endif
