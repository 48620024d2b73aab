// Which clock times are of: boot and time namespace.
#ifndef COMMON_RING_DOMAIN_H
#define COMMON_RING_DOMAIN_H

#include <stdint.h>

struct clock_domain {
    char boot_id[40];        ///< NUL-terminated; "" if the kernel does not say
    int64_t clock_offset_ns; ///< of CLOCK_MONOTONIC in this time namespace
};

struct clock_domain domain_read(void);

#endif
