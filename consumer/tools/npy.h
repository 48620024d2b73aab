// NumPy's .npy, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#ifndef CONSUMER_TOOLS_NPY_H
#define CONSUMER_TOOLS_NPY_H

#include <stddef.h>
#include <stdint.h>
#include <tachy/frame.h>

/// An array in C order, or rows of one that are not side by side.
struct npy {
    const char *type; ///< "<f4"
    size_t dimensions, shape[4];
    const void *data;
    size_t piece_bytes;  ///< the data are pieces of so many bytes ...
    size_t pieces, step; ///< ... so many, so many bytes apart
    size_t group,
        group_step; ///< after each `group` pieces the next begins group_step after the last group's first
};

/// Always (N, H, W, C).
struct npy npy_of_plane(const tachy_plane *plane);

/// `count` numbers of 8 bytes, side by side.
struct npy npy_of_numbers(const char *type, const void *numbers, size_t dimensions,
                          const size_t *shape);

/// The bytes of the whole .npy file.
uint64_t npy_bytes(const struct npy *npy);

/// Hands the file's bytes, in order, to `take`.
void npy_write(const struct npy *npy, void (*take)(void *sink, const void *bytes, size_t count),
               void *sink);

#endif
