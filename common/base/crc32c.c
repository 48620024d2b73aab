// CRC32C: by the CPU's own instruction where it has one, asked at run time, else by tables.
#include "common/base/crc32c.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#if defined(__aarch64__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#define POLYNOMIAL UINT32_C(0x82f63b78) // reflected

enum { LANES = 8 };

/// tables[k][b]: what byte b adds that lies k bytes before the end of eight.
static uint32_t tables[LANES][256];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void make_tables(void)
{
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t crc = b;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
        tables[0][b] = crc;
    }
    for (uint32_t b = 0; b < 256; b++)
        for (int k = 1; k < LANES; k++)
            tables[k][b] = tables[k - 1][b] >> 8 ^ tables[0][tables[k - 1][b] & 255];
}

static uint64_t load(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

uint32_t crc32c_by_table(uint32_t crc, const void *data, size_t bytes)
{
    pthread_once(&tables_once, make_tables);
    const unsigned char *at = data;
    crc = ~crc;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; bytes >= LANES; bytes -= LANES, at += LANES) {
        uint64_t word = load(at) ^ crc;
        crc = 0;
        for (int k = 0; k < LANES; k++)
            crc ^= tables[LANES - 1 - k][word >> (8 * k) & 255];
    }
#endif
    for (; bytes > 0; bytes--, at++)
        crc = crc >> 8 ^ tables[0][(crc ^ *at) & 255];
    return ~crc;
}

#if defined(__x86_64__)
static bool has_instruction(void)
{
    return __builtin_cpu_supports("sse4.2");
}

__attribute__((target("sse4.2"))) static uint32_t
by_instruction(uint32_t crc, const unsigned char *at, size_t bytes)
{
    uint64_t sum = ~crc;
    for (; bytes >= sizeof sum; bytes -= sizeof sum, at += sizeof sum)
        sum = __builtin_ia32_crc32di(sum, load(at));
    uint32_t rest = (uint32_t)sum;
    for (; bytes > 0; bytes--, at++)
        rest = __builtin_ia32_crc32qi(rest, *at);
    return ~rest;
}
#elif defined(__aarch64__)
static bool has_instruction(void)
{
    return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
}

__attribute__((target("+crc"))) static uint32_t
by_instruction(uint32_t crc, const unsigned char *at, size_t bytes)
{
    crc = ~crc;
    for (; bytes >= sizeof(uint64_t); bytes -= sizeof(uint64_t), at += sizeof(uint64_t))
        crc = __crc32cd(crc, load(at));
    for (; bytes > 0; bytes--, at++)
        crc = __crc32cb(crc, *at);
    return ~crc;
}
#else
static bool has_instruction(void)
{
    return false;
}

static uint32_t by_instruction(uint32_t crc, const unsigned char *at, size_t bytes)
{
    return crc32c_by_table(crc, at, bytes);
}
#endif

uint32_t crc32c(uint32_t crc, const void *data, size_t bytes)
{
    return has_instruction() ? by_instruction(crc, data, bytes) : crc32c_by_table(crc, data, bytes);
}
