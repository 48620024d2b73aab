// The frame sizes that every carrier is measured with: a word, a small picture of RGBA8, 1080p and 4K.
#ifndef BENCH_LIB_SIZES_H
#define BENCH_LIB_SIZES_H

#include <stddef.h>
#include <stdint.h>

enum { SIZE_COUNT = 4 };

struct frame_size {
    const char *label;
    uint32_t width, height;
    size_t bytes; ///< width * height * 4; no row of these has padding
};

extern const struct frame_size size_table[SIZE_COUNT];

#endif
