// The checks of `tachy doctor`, one function each.
#ifndef CONSUMER_TOOLS_DOCTOR_CHECK_H
#define CONSUMER_TOOLS_DOCTOR_CHECK_H

#include <stdbool.h>

enum { CHECK_BYTES = 512 };

struct check_result {
    bool ok;
    char seen[CHECK_BYTES];   ///< what there is
    char advice[CHECK_BYTES]; ///< what to do about it, or worth knowing; "" = nothing
};

/// Each fills in a zeroed result.
void check_shared_memory(struct check_result *result);
void check_memory_limit(struct check_result *result);
void check_container(struct check_result *result);
void check_permissions(struct check_result *result);
void check_file_locks(struct check_result *result);
void check_kernel(struct check_result *result);
void check_futex(struct check_result *result);
void check_huge_pages(struct check_result *result);
void check_remove_ipc(struct check_result *result);
void check_vulkan_loader(struct check_result *result);
void check_vulkan_device(struct check_result *result);
void check_streams(struct check_result *result);

/// For the functions above: sets `seen` or `advice`, and says whether that is well.
void check_see(struct check_result *result, bool ok, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void check_advise(struct check_result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
