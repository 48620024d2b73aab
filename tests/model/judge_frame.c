// What must hold of a frame while it is pinned.
#include "tests/model/explore.h"
#include "tests/model/memory.h"
#include "tests/model/schedule.h"
#include "tests/model/world.h"

void judge_frame(unsigned reader, const struct reader_pin *pin)
{
    for (int i = 0; i < WORLD_WORDS; i++) {
        const char *why;
        const uint64_t *word = &world.slots[pin->slot][i];
        uint64_t value =
            memory_read_plain(schedule_thread(), memory_place(word, sizeof *word), &why);
        if (why != NULL)
            explore_fail("reader %u: frame %llu: %s", reader, (unsigned long long)pin->sequence,
                         why);
        if (value != world.judge.tags[pin->sequence])
            explore_fail("reader %u: frame %llu is torn: word %d is %llu, not %llu", reader,
                         (unsigned long long)pin->sequence, i, (unsigned long long)value,
                         (unsigned long long)world.judge.tags[pin->sequence]);
    }
}
