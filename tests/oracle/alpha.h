// The alpha channel of a texture, sampled as glTF says. Decoded by libpng, not by the product's codecs.
#ifndef TESTS_ORACLE_ALPHA_H
#define TESTS_ORACLE_ALPHA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oracle_alpha {
    uint8_t *texels; ///< row 0 is v = 0
    uint32_t width, height;
    bool nearest; ///< else bilinear; both repeat
};

/// False for bytes that are no PNG file.
bool oracle_alpha_decode(const uint8_t *png, size_t size, struct oracle_alpha *alpha);

/// 0 to 1. *doubt: how much a sampler of finite precision may be off.
double oracle_alpha_sample(const struct oracle_alpha *alpha, double u, double v, double *doubt);

#endif
