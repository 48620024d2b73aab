// The frame sizes that every carrier is measured with.
#include "bench/lib/sizes.h"

const struct frame_size size_table[SIZE_COUNT] = {
    {"64 B", 16, 1, 64},
    {"256 KB", 256, 256, 262144},
    {"8.3 MB", 1920, 1080, 8294400},
    {"33 MB", 3840, 2160, 33177600},
};
