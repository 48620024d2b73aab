// Which clock times are of: boot and time namespace.
#include "common/ring/domain.h"

#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"

static void read_boot_id(char boot_id[40])
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (file == NULL)
        return;
    if (fgets(boot_id, 40, file) == NULL)
        boot_id[0] = 0;
    boot_id[strcspn(boot_id, "\n")] = 0;
    fclose(file);
}

static int64_t read_offset(void)
{
    FILE *file = fopen("/proc/self/timens_offsets", "re");
    if (file == NULL)
        return 0; // a kernel without time namespaces
    char clock[32];
    long long seconds, nanoseconds;
    int64_t offset = 0;
    while (fscanf(file, "%31s %lld %lld", clock, &seconds, &nanoseconds) == 3)
        if (strcmp(clock, "monotonic") == 0)
            offset = seconds * NS_PER_S + nanoseconds;
    fclose(file);
    return offset;
}

struct clock_domain domain_read(void)
{
    struct clock_domain domain = {.clock_offset_ns = read_offset()};
    read_boot_id(domain.boot_id);
    return domain;
}
