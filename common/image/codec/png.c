// PNG by libpng. It leaves by longjmp on errors, so whatever it changes lives in a struct of the caller's, and the
// functions that call setjmp have no locals that change.
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/image/codec/format.h"

enum { CHUNK_BYTES_MAX = 8 << 20 }; // of text, profiles and the like

// One run of libpng: the bytes it takes or makes, and why it stopped.
struct run {
    const char *name;
    png_structp png;
    png_infop info;
    const unsigned char *in;
    size_t in_bytes, in_used;
    unsigned char *out;
    size_t out_bytes, out_room;
    png_bytepp rows;
    bool no_memory;
    char why[160];
    jmp_buf stop;
};

static void on_error(png_structp png, png_const_charp why)
{
    struct run *run = png_get_error_ptr(png);
    snprintf(run->why, sizeof run->why, "%s", why);
    longjmp(run->stop, 1);
}

static void on_warning(png_structp png, png_const_charp why)
{
    (void)png;
    (void)why;
}

static tachy_status failed(const struct run *run)
{
    if (run->no_memory)
        return error_set(TACHY_NO_MEMORY, "PNG %s: no memory", run->name);
    return error_set(TACHY_CORRUPT, "PNG %s is damaged: %s", run->name, run->why);
}

// ---- decode

static bool recognise(const unsigned char *bytes, size_t size)
{
    return size >= 8 && png_sig_cmp(bytes, 0, 8) == 0;
}

static void take(png_structp png, png_bytep to, size_t count)
{
    struct run *run = png_get_io_ptr(png);
    if (count > run->in_bytes - run->in_used)
        png_error(png, "it ends too early");
    memcpy(to, run->in + run->in_used, count);
    run->in_used += count;
}

static bool begin_reading(struct run *run)
{
    run->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, run, on_error, on_warning);
    run->info = run->png == NULL ? NULL : png_create_info_struct(run->png);
    return run->info != NULL;
}

// Reads up to the pixels and asks for 8 or 16 bits of grey or RGB, alpha where the file has any transparency.
static bool read_shape(struct run *run, struct codec_pixels *pixels)
{
    if (setjmp(run->stop) != 0)
        return false;
    png_set_read_fn(run->png, run, take);
    png_set_user_limits(run->png, CODEC_SIDE_MAX, CODEC_SIDE_MAX);
    png_set_chunk_malloc_max(run->png, CHUNK_BYTES_MAX);
    png_set_keep_unknown_chunks(run->png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_read_info(run->png, run->info);
    png_set_expand(run->png);
    const uint16_t one = 1;
    if (*(const uint8_t *)&one == 1)
        png_set_swap(run->png); // the file's 16-bit samples are big-endian
    png_set_interlace_handling(run->png);
    png_read_update_info(run->png, run->info);
    pixels->width = png_get_image_width(run->png, run->info);
    pixels->height = png_get_image_height(run->png, run->info);
    pixels->channels = png_get_channels(run->png, run->info);
    pixels->bits = png_get_bit_depth(run->png, run->info);
    return true;
}

static bool read_pixels(struct run *run)
{
    if (setjmp(run->stop) != 0)
        return false;
    png_read_image(run->png, run->rows);
    png_read_end(run->png, NULL);
    return true;
}

static bool point_at_rows(struct run *run, const struct codec_pixels *pixels)
{
    run->rows = malloc(pixels->height * sizeof *run->rows);
    run->no_memory = run->rows == NULL;
    for (uint32_t y = 0; run->rows != NULL && y < pixels->height; y++)
        run->rows[y] = (png_bytep)pixels->data + y * codec_row_bytes(pixels);
    return run->rows != NULL;
}

static tachy_status decode(const void *bytes, size_t size, const char *name,
                           struct codec_pixels *pixels)
{
    struct run run = {.name = name, .in = bytes, .in_bytes = size};
    tachy_status status = TACHY_OK;
    run.no_memory = !begin_reading(&run);
    if (run.no_memory || !read_shape(&run, pixels))
        status = failed(&run);
    if (status == TACHY_OK)
        status = codec_pixels_allocate(pixels, name);
    if (status == TACHY_OK && (!point_at_rows(&run, pixels) || !read_pixels(&run)))
        status = failed(&run);
    free(run.rows);
    png_destroy_read_struct(&run.png, &run.info, NULL);
    return status;
}

// ---- encode

static void give(png_structp png, png_bytep from, size_t count)
{
    struct run *run = png_get_io_ptr(png);
    if (count > run->out_room - run->out_bytes) {
        size_t room = 2 * run->out_room + count;
        unsigned char *out = realloc(run->out, room);
        run->no_memory = out == NULL;
        if (out == NULL)
            png_error(png, "no memory");
        run->out = out;
        run->out_room = room;
    }
    memcpy(run->out + run->out_bytes, from, count);
    run->out_bytes += count;
}

static void flush(png_structp png)
{
    (void)png;
}

static bool write_all(struct run *run, const struct codec_pixels *pixels)
{
    static const int colors[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                 PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    if (setjmp(run->stop) != 0)
        return false;
    png_set_write_fn(run->png, run, give, flush);
    png_set_IHDR(run->png, run->info, pixels->width, pixels->height, (int)pixels->bits,
                 colors[pixels->channels], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(run->png, run->info);
    const uint16_t one = 1;
    if (*(const uint8_t *)&one == 1 && pixels->bits == 16)
        png_set_swap(run->png);
    png_write_image(run->png, run->rows);
    png_write_end(run->png, NULL);
    return true;
}

static tachy_status encode(const struct codec_pixels *pixels, void **bytes, size_t *size)
{
    struct run run = {.name = "to write"};
    run.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &run, on_error, on_warning);
    run.info = run.png == NULL ? NULL : png_create_info_struct(run.png);
    run.no_memory = run.info == NULL;
    tachy_status status = TACHY_OK;
    if (run.no_memory || !point_at_rows(&run, pixels) || !write_all(&run, pixels)) {
        status = failed(&run);
        free(run.out);
    } else {
        *bytes = run.out;
        *size = run.out_bytes;
    }
    free(run.rows);
    png_destroy_write_struct(&run.png, &run.info);
    return status;
}

const struct codec_format codec_png = {"png", recognise, decode, encode};
