// Textures of every shape that the decoders hand out, as 8-bit RGBA; and escapes in their names.
#include "producer/import/texture.h"

#include <string.h>

#include "producer/import/url.h"
#include "tests/lib/main.h"

static void becomes(uint32_t channels, uint32_t bits, void *data, const uint8_t expected[8])
{
    struct codec_pixels pixels = {2, 1, channels, bits, data};
    uint8_t rgba[8];
    texture_to_rgba8(&pixels, rgba);
    assert_memory_equal(rgba, expected, sizeof rgba);
}

static void grey_goes_to_all_colours_and_alpha_is_full_where_there_is_none(void **state)
{
    (void)state;
    becomes(1, 8, (uint8_t[]){7, 200}, (uint8_t[]){7, 7, 7, 255, 200, 200, 200, 255});
    becomes(2, 8, (uint8_t[]){7, 1, 200, 2}, (uint8_t[]){7, 7, 7, 1, 200, 200, 200, 2});
    becomes(3, 8, (uint8_t[]){1, 2, 3, 4, 5, 6}, (uint8_t[]){1, 2, 3, 255, 4, 5, 6, 255});
    becomes(4, 8, (uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8}, (uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8});
}

static void sixteen_bits_are_rounded_to_eight(void **state)
{
    (void)state;
    becomes(1, 16, (uint16_t[]){65535, 128}, (uint8_t[]){255, 255, 255, 255, 0, 0, 0, 255});
    becomes(2, 16, (uint16_t[]){129, 257 * 9 + 128, 257 * 3, 257 * 4 + 129},
            (uint8_t[]){1, 1, 1, 9, 3, 3, 3, 5});
}

static void percent_escapes_are_undone_and_bad_ones_refused(void **state)
{
    (void)state;
    char plain[8];
    assert_true(url_decode("a%20b%C3%a9", plain, sizeof plain));
    assert_string_equal(plain, "a b\xc3\xa9");
    assert_false(url_decode("%", plain, sizeof plain));
    assert_false(url_decode("%2", plain, sizeof plain));
    assert_false(url_decode("%zz", plain, sizeof plain));
    assert_false(url_decode("%00", plain, sizeof plain));
    assert_true(url_decode("1234567", plain, sizeof plain));
    assert_false(url_decode("12345678", plain, sizeof plain));
}

TACHY_TEST_MAIN(cmocka_unit_test(grey_goes_to_all_colours_and_alpha_is_full_where_there_is_none),
                cmocka_unit_test(sixteen_bits_are_rounded_to_eight),
                cmocka_unit_test(percent_escapes_are_undone_and_bad_ones_refused))
