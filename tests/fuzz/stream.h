// A real stream in /dev/shm for the fuzz targets: its objects are patched by the input, then read the way a program would.
//
// An input of a patching target: byte 0 picks how the stream is read, then patches follow, each a little-endian u32 (offset,
// modulo the object's bytes), a byte (modulo 8, plus 1: how many) and so many bytes. Each input starts from the object as it was.
#ifndef TESTS_FUZZ_STREAM_H
#define TESTS_FUZZ_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <tachy/tachy.h>

/// libFuzzer's entry points.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/// An object of the stream, mapped as a peer with every right would.
struct fuzzed {
    char *base;
    char *whole; ///< what it held before
    size_t bytes;
};

/// Makes the stream, with two images, cameras, identities, checksums and `frames` frames. Removed when the program ends.
tachy_writer *fuzz_start(int frames);

/// Publishes one more frame, or finds every slot held.
void fuzz_publish(tachy_writer *writer);

/// `kind`: "a.ctl", "a.reg", "a.dat.1", "ids.0".
void fuzz_open(const char *kind, struct fuzzed *object);

/// Puts the patches of an input into the object; fuzz_restore takes them out.
void fuzz_patch(struct fuzzed *object, const uint8_t *data, size_t size);
void fuzz_restore(struct fuzzed *object);

/// Attaches as byte `how` says and touches every byte and call that a reader has.
void fuzz_read(uint8_t how);

#endif
