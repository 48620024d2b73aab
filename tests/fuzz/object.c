// Fuzzes the bytes of one object that only its producer writes: attach, and every call of a reader. FUZZED says which.
#include "tests/fuzz/stream.h"

static struct fuzzed object;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_start(4);
    fuzz_open(FUZZED, &object);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    fuzz_patch(&object, data + 1, size - 1);
    fuzz_read(data[0]);
    fuzz_restore(&object);
    return 0;
}
