// The array of sites that the linker gathered.
#include "tests/model/site.h"

#include <stdio.h>
#include <string.h>

extern struct site __start_model_sites[], __stop_model_sites[];

size_t site_count(void)
{
    return (size_t)(__stop_model_sites - __start_model_sites);
}

struct site *site_at(size_t index)
{
    return &__start_model_sites[index];
}

const char *site_name(const struct site *site)
{
    enum { NAMES = 8, NAME_BYTES = 96 };
    static char names[NAMES][NAME_BYTES];
    static unsigned next;
    char *name = names[next++ % NAMES];
    const char *slash = strrchr(site->file, '/');
    snprintf(name, NAME_BYTES, "%s:%d %s", slash == NULL ? site->file : slash + 1, site->line,
             site->function);
    return name;
}
