// Fuzzes the bytes of the registry: the writer's steps between a peer's writes, and a reader's.
#include "tests/fuzz/stream.h"

static struct fuzzed object;
static tachy_writer *writer;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    writer = fuzz_start(4);
    fuzz_open("a.reg", &object);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint64_t wanted = 0;
    tachy_writer_stats stats = {.size = sizeof stats};
    fuzz_patch(&object, data + 1, size - 1);
    fuzz_publish(writer);
    tachy_writer_wanted(writer, &wanted);
    tachy_writer_read_stats(writer, &stats);
    fuzz_patch(&object, data + 1, size - 1); // what the writer swept comes back
    fuzz_read(data[0]);
    fuzz_publish(writer);
    fuzz_restore(&object);
    return 0;
}
