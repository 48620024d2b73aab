// Image files: every depth PNG has, damaged and hostile files. The PNGs to read are built here, chunk by chunk.
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>
#include <zlib.h>

#include "common/base/error.h"
#include "common/image/codec/codec.h"
#include "tests/lib/main.h"

struct file {
    uint8_t bytes[1 << 16];
    size_t size;
};

static void put(struct file *file, const void *bytes, size_t count)
{
    assert_true(file->size + count <= sizeof file->bytes);
    memcpy(file->bytes + file->size, bytes, count);
    file->size += count;
}

static void put_chunk(struct file *file, const char *type, const void *bytes, uint32_t count)
{
    uint32_t length = htonl(count);
    put(file, &length, 4);
    size_t from = file->size;
    put(file, type, 4);
    put(file, bytes, count);
    uint32_t crc = htonl((uint32_t)crc32(0, file->bytes + from, count + 4));
    put(file, &crc, 4);
}

static void begin_png(struct file *file, uint32_t width, uint32_t height, uint8_t bits,
                      uint8_t color)
{
    file->size = 0;
    put(file, "\x89PNG\r\n\x1a\n", 8);
    uint8_t header[13] = {0};
    memcpy(header, &(uint32_t){htonl(width)}, 4);
    memcpy(header + 4, &(uint32_t){htonl(height)}, 4);
    header[8] = bits, header[9] = color;
    put_chunk(file, "IHDR", header, sizeof header);
}

// `rows`: each begins with its filter byte.
static void end_png(struct file *file, const void *rows, size_t count)
{
    uint8_t packed[4096];
    uLongf size = sizeof packed;
    assert_int_equal(compress(packed, &size, rows, count), Z_OK);
    put_chunk(file, "IDAT", packed, (uint32_t)size);
    put_chunk(file, "IEND", "", 0);
}

static void assert_decodes(const struct file *file, uint32_t width, uint32_t height,
                           uint32_t channels, uint32_t bits, const void *expected)
{
    struct codec_pixels pixels;
    tachy_status status = codec_decode(file->bytes, file->size, "test", &pixels);
    if (status != TACHY_OK)
        fail_msg("%s", error_line());
    assert_int_equal(pixels.width, width);
    assert_int_equal(pixels.height, height);
    assert_int_equal(pixels.channels, channels);
    assert_int_equal(pixels.bits, bits);
    assert_memory_equal(pixels.data, expected, (size_t)width * height * channels * bits / 8);
    free(pixels.data);
}

static struct file file;

static void grey_of_1_2_4_and_8_bits_is_spread_to_8(void **state)
{
    (void)state;
    begin_png(&file, 4, 2, 1, 0);
    end_png(&file, "\0\xa0\0\x50", 4);
    assert_decodes(&file, 4, 2, 1, 8, "\xff\0\xff\0\0\xff\0\xff");
    begin_png(&file, 4, 1, 2, 0);
    end_png(&file, "\0\x1b", 2); // 0 1 2 3
    assert_decodes(&file, 4, 1, 1, 8, "\x00\x55\xaa\xff");
    begin_png(&file, 3, 1, 4, 0);
    end_png(&file, "\0\x07\xf0", 3);
    assert_decodes(&file, 3, 1, 1, 8, "\x00\x77\xff");
    begin_png(&file, 3, 1, 8, 0);
    end_png(&file, "\0\x01\x80\xfe", 4);
    assert_decodes(&file, 3, 1, 1, 8, "\x01\x80\xfe");
}

static void samples_of_16_bits_come_in_host_order(void **state)
{
    (void)state;
    static const uint16_t grey[] = {0x0102, 0xfffe}, color[] = {1, 0x0203, 0xff00, 0x8000};
    begin_png(&file, 2, 1, 16, 0);
    end_png(&file, "\0\x01\x02\xff\xfe", 5);
    assert_decodes(&file, 2, 1, 1, 16, grey);
    begin_png(&file, 1, 1, 16, 6);
    end_png(&file, "\0\x00\x01\x02\x03\xff\x00\x80\x00", 9);
    assert_decodes(&file, 1, 1, 4, 16, color);
}

static void a_palette_becomes_rgb_and_with_transparency_rgba(void **state)
{
    (void)state;
    begin_png(&file, 3, 1, 2, 3);
    put_chunk(&file, "PLTE", "\x01\x02\x03\x11\x12\x13\x21\x22\x23", 9);
    end_png(&file, "\0\x18", 2); // 0 1 2
    assert_decodes(&file, 3, 1, 3, 8, "\x01\x02\x03\x11\x12\x13\x21\x22\x23");
    begin_png(&file, 3, 1, 2, 3);
    put_chunk(&file, "PLTE", "\x01\x02\x03\x11\x12\x13\x21\x22\x23", 9);
    put_chunk(&file, "tRNS", "\x00\x80", 2);
    end_png(&file, "\0\x18", 2);
    assert_decodes(&file, 3, 1, 4, 8, "\x01\x02\x03\x00\x11\x12\x13\x80\x21\x22\x23\xff");
}

static void a_transparent_color_becomes_alpha(void **state)
{
    (void)state;
    begin_png(&file, 2, 1, 8, 2);
    put_chunk(&file, "tRNS", "\0\x01\0\x02\0\x03", 6);
    end_png(&file, "\0\x01\x02\x03\x01\x02\x04", 7);
    assert_decodes(&file, 2, 1, 4, 8, "\x01\x02\x03\x00\x01\x02\x04\xff");
    begin_png(&file, 2, 1, 8, 0);
    put_chunk(&file, "tRNS", "\0\x07", 2);
    end_png(&file, "\0\x07\x08", 3);
    assert_decodes(&file, 2, 1, 2, 8, "\x07\x00\x08\xff");
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    enum { WIDTH = 61, HEIGHT = 37 };
    static uint8_t data[WIDTH * HEIGHT * 4 * 2];
    srand(5);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)rand();
    for (uint32_t channels = 1; channels <= 4; channels++) {
        for (uint32_t bits = 8; bits <= 16; bits += 8) {
            struct codec_pixels in = {WIDTH, HEIGHT, channels, bits, data};
            void *bytes;
            struct file copy;
            assert_int_equal(codec_encode(&in, "PNG", &bytes, &copy.size), TACHY_OK);
            assert_true(copy.size <= sizeof copy.bytes);
            memcpy(copy.bytes, bytes, copy.size);
            free(bytes);
            assert_decodes(&copy, WIDTH, HEIGHT, channels, bits, data);
        }
    }
}

static void what_cannot_be_written_is_refused(void **state)
{
    (void)state;
    uint8_t pixel[8] = {0};
    const struct codec_pixels good = {1, 1, 3, 8, pixel};
    void *bytes;
    size_t size;
    assert_int_equal(codec_encode(&good, "gif", &bytes, &size), TACHY_UNSUPPORTED);
    assert_int_equal(codec_encode(&good, "pn", &bytes, &size), TACHY_UNSUPPORTED);
    assert_int_equal(codec_encode(&good, "", &bytes, &size), TACHY_UNSUPPORTED);
    static const struct codec_pixels bad[] = {{0, 1, 3, 8}, {1, 0, 3, 8}, {1, 1, 0, 8},
                                              {1, 1, 5, 8}, {1, 1, 3, 4}, {70000, 1, 3, 8}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct codec_pixels pixels = bad[i];
        pixels.data = pixel;
        assert_int_equal(codec_encode(&pixels, "png", &bytes, &size), TACHY_INVALID);
    }
}

static void sizes_beyond_the_limits_are_refused_before_memory_is_taken(void **state)
{
    (void)state;
    static const uint32_t sides[][2] = {
        {0x7fffffff, 0x7fffffff}, {65537, 1}, {65536, 65536}, {0, 1}};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        begin_png(&file, sides[i][0], sides[i][1], 8, 6);
        end_png(&file, "\0\0\0\0\0", 5);
        struct codec_pixels pixels = {.data = &file};
        assert_int_equal(codec_decode(file.bytes, file.size, "huge", &pixels), TACHY_CORRUPT);
        assert_non_null(strstr(error_line(), "huge"));
        assert_ptr_equal(pixels.data, &file);
    }
}

// Decodes a private, exactly sized copy, so that a sanitizer sees a read past its end.
static tachy_status try_decode(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size + 1);
    memcpy(exact, bytes, size);
    struct codec_pixels pixels;
    tachy_status status = codec_decode(exact, size, "damaged", &pixels);
    if (status == TACHY_OK)
        free(pixels.data);
    free(exact);
    return status;
}

static void assert_every_cut_is_refused(const struct file *whole, size_t from, size_t until)
{
    for (size_t cut = from; cut < until; cut++)
        assert_true(try_decode(whole->bytes, cut) < 0);
}

static void assert_flips_do_no_harm(const struct file *whole)
{
    srand(11);
    for (int round = 0; round < 3000; round++) {
        struct file hurt = *whole;
        for (int flips = 1 + rand() % 6; flips > 0; flips--)
            hurt.bytes[(size_t)rand() % hurt.size] ^= (uint8_t)(1 + rand() % 255);
        tachy_status status = try_decode(hurt.bytes, hurt.size);
        assert_true(status == TACHY_OK || status == TACHY_CORRUPT || status == TACHY_UNSUPPORTED);
    }
}

static void a_damaged_png_is_refused(void **state)
{
    (void)state;
    uint8_t rows[16 * 17];
    for (size_t i = 0; i < sizeof rows; i++)
        rows[i] = i % 17 == 0 ? 0 : (uint8_t)(i * 37);
    begin_png(&file, 16, 16, 8, 0);
    end_png(&file, rows, sizeof rows);
    assert_int_equal(try_decode(file.bytes, file.size), TACHY_OK);
    assert_every_cut_is_refused(&file, 0, file.size);
    assert_flips_do_no_harm(&file);
    file.bytes[file.size - 20] ^= 1; // inside the compressed pixels
    assert_int_equal(try_decode(file.bytes, file.size), TACHY_CORRUPT);
    assert_non_null(strstr(error_line(), "damaged"));
}

static void make_jpeg(struct file *jpeg, int format, int subsampling)
{
    enum { SIDE = 32 };
    static uint8_t pixels[SIDE * SIDE * 4];
    size_t step = format == TJPF_GRAY ? 1 : format == TJPF_CMYK ? 4 : 3;
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        for (size_t c = 0; c < step; c++)
            pixels[step * i + c] = (uint8_t)(c == 0   ? 8 * (i % SIDE)
                                             : c == 1 ? 8 * (i / SIDE)
                                                      : 60);
    }
    tjhandle turbo = tjInitCompress();
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    assert_int_equal(
        tjCompress2(turbo, pixels, SIDE, 0, SIDE, format, &bytes, &size, subsampling, 95, 0), 0);
    jpeg->size = 0;
    put(jpeg, bytes, size);
    tjFree(bytes);
    tjDestroy(turbo);
}

static void a_color_jpeg_comes_out_as_rgb_close_to_what_went_in(void **state)
{
    (void)state;
    make_jpeg(&file, TJPF_RGB, TJSAMP_444);
    struct codec_pixels pixels;
    assert_int_equal(codec_decode(file.bytes, file.size, "test", &pixels), TACHY_OK);
    assert_int_equal(pixels.channels, 3);
    assert_int_equal(pixels.bits, 8);
    const uint8_t *p = (const uint8_t *)pixels.data + 3 * (20 * 32 + 10);
    assert_in_range(p[0], 80 - 6, 80 + 6);
    assert_in_range(p[1], 160 - 6, 160 + 6);
    assert_in_range(p[2], 60 - 6, 60 + 6);
    free(pixels.data);
}

static void a_grey_jpeg_keeps_one_channel(void **state)
{
    (void)state;
    make_jpeg(&file, TJPF_GRAY, TJSAMP_GRAY);
    struct codec_pixels pixels;
    assert_int_equal(codec_decode(file.bytes, file.size, "test", &pixels), TACHY_OK);
    assert_int_equal(pixels.channels, 1);
    assert_in_range(((const uint8_t *)pixels.data)[31], 248 - 6, 248 + 6);
    free(pixels.data);
}

static void a_cmyk_jpeg_is_refused_by_name(void **state)
{
    (void)state;
    make_jpeg(&file, TJPF_CMYK, TJSAMP_444);
    assert_int_equal(try_decode(file.bytes, file.size), TACHY_UNSUPPORTED);
    assert_non_null(strstr(error_line(), "CMYK"));
}

static void a_damaged_jpeg_is_refused(void **state)
{
    (void)state;
    make_jpeg(&file, TJPF_RGB, TJSAMP_420);
    assert_every_cut_is_refused(&file, 0,
                                file.size - 2); // without its end marker it is still whole
    assert_flips_do_no_harm(&file);
}

static void what_is_no_image_is_refused_with_its_name(void **state)
{
    (void)state;
    struct codec_pixels pixels;
    assert_int_equal(codec_decode("GIF89a", 6, "cat.gif", &pixels), TACHY_UNSUPPORTED);
    assert_non_null(strstr(error_line(), "cat.gif"));
    assert_int_equal(codec_decode("", 0, "nothing", &pixels), TACHY_UNSUPPORTED);
}

TACHY_TEST_MAIN(cmocka_unit_test(grey_of_1_2_4_and_8_bits_is_spread_to_8),
                cmocka_unit_test(samples_of_16_bits_come_in_host_order),
                cmocka_unit_test(a_palette_becomes_rgb_and_with_transparency_rgba),
                cmocka_unit_test(a_transparent_color_becomes_alpha),
                cmocka_unit_test(what_is_written_is_read_back),
                cmocka_unit_test(what_cannot_be_written_is_refused),
                cmocka_unit_test(sizes_beyond_the_limits_are_refused_before_memory_is_taken),
                cmocka_unit_test(a_damaged_png_is_refused),
                cmocka_unit_test(a_color_jpeg_comes_out_as_rgb_close_to_what_went_in),
                cmocka_unit_test(a_grey_jpeg_keeps_one_channel),
                cmocka_unit_test(a_cmyk_jpeg_is_refused_by_name),
                cmocka_unit_test(a_damaged_jpeg_is_refused),
                cmocka_unit_test(what_is_no_image_is_refused_with_its_name))
