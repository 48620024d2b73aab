// Huge pages for large objects, without privileges: an aligned mapping, and MADV_COLLAPSE where the kernel grants it.
#ifndef COMMON_SHM_HUGE_H
#define COMMON_SHM_HUGE_H

#include <stddef.h>

enum { HUGE_BYTES = 2 << 20 };

/// Maps `bytes` of the object, shared, at an address at which huge pages of it can be mapped whole. MAP_FAILED: errno says why.
void *huge_map(int fd, size_t bytes, int rights);

/// Gives the object, whose size is set and which is otherwise empty, huge pages of zeros: as many as fit whole, from its start.
/// How many bytes; 0: none fits, or the kernel did not grant all of them. The rest is left to be allocated. `base`: of huge_map,
/// for writing.
size_t huge_fill(int fd, void *base, size_t bytes);

#endif
