// CRC32C (Castagnoli, RFC 3720 appendix B.4): by the CPU's own instruction where it has one.
#ifndef COMMON_BASE_CRC32C_H
#define COMMON_BASE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/// Of `bytes` that follow bytes whose sum is `crc`; 0 to begin.
uint32_t crc32c(uint32_t crc, const void *data, size_t bytes);

/// The same by table: what a CPU without the instruction gets.
uint32_t crc32c_by_table(uint32_t crc, const void *data, size_t bytes);

#endif
