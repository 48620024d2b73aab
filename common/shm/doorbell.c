// The ways to sleep until another process rings.
#include "common/shm/doorbell.h"

#include <string.h>

#include "common/shm/doorbell_ways.h"

static const struct doorbell *const ways[DOORBELL_WAYS] = {
    [DOORBELL_FUTEX] = &doorbell_futex,
    [DOORBELL_SEMAPHORE] = &doorbell_semaphore,
};

const struct doorbell *doorbell_of(uint32_t way)
{
    return ways[way < DOORBELL_WAYS ? way : DOORBELL_FUTEX];
}

enum doorbell_way doorbell_find(const char *name)
{
    enum doorbell_way way = DOORBELL_FUTEX;
    while (way < DOORBELL_WAYS &&
           !(name == NULL ? ways[way]->works() : strcmp(ways[way]->name, name) == 0))
        way++;
    return way;
}
