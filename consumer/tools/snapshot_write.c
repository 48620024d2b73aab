// One frame as PNG, .npy and .npz.
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/image/codec/codec.h"
#include "consumer/tools/npy.h"
#include "consumer/tools/outcome.h"
#include "consumer/tools/snapshot.h"
#include "consumer/tools/zip.h"

// ---- png

static int write_pixels(const struct codec_pixels *pixels, FILE *file)
{
    void *bytes = NULL;
    size_t size = 0;
    if (codec_encode(pixels, "png", &bytes, &size) != TACHY_OK)
        return outcome_say(OUTCOME_ERROR, "%s", error_line());
    fwrite(bytes, 1, size, file);
    free(bytes);
    return OUTCOME_OK;
}

int snapshot_write_png(const struct snapshot *snapshot)
{
    const tachy_plane *plane = tachy_frame_plane(snapshot->frame, tachy_pass_plane(snapshot->pass));
    if (plane == NULL)
        return SNAPSHOT_LACKS;
    size_t row_bytes = 3 * (size_t)plane->width, bytes = row_bytes * plane->height;
    struct codec_pixels pixels = {plane->width, plane->height, 3, 8, malloc(bytes)};
    if (pixels.data == NULL)
        return outcome_say(OUTCOME_ERROR, "no memory for a picture of %zu bytes", bytes);
    tachy_status status =
        tachy_frame_encode(snapshot->frame, 0, snapshot->pass, NULL, pixels.data, bytes, row_bytes);
    int outcome = status == TACHY_OK          ? write_pixels(&pixels, snapshot->file)
                  : status == TACHY_NOT_FOUND ? SNAPSHOT_LACKS
                                              : outcome_of(status);
    free(pixels.data);
    return outcome;
}

// ---- npy, npz

static void write_bytes(void *file, const void *bytes, size_t count)
{
    fwrite(bytes, 1, count, file);
}

int snapshot_write_npy(const struct snapshot *snapshot)
{
    const tachy_plane *plane = tachy_frame_plane(snapshot->frame, snapshot->plane);
    if (plane == NULL)
        return SNAPSHOT_LACKS;
    struct npy npy = npy_of_plane(plane);
    npy_write(&npy, write_bytes, snapshot->file);
    return OUTCOME_OK;
}

static void produce_npy(const void *npy, void (*take)(void *, const void *, size_t), void *sink)
{
    npy_write(npy, take, sink);
}

static int add(struct zip *zip, const char *name, const struct npy *npy)
{
    char file[ZIP_NAME_MAX];
    snprintf(file, sizeof file, "%.*s.npy", (int)sizeof file - 5, name);
    return zip_add(zip, file, npy_bytes(npy), produce_npy, npy);
}

// A plane may have the name of one of the archive's other members; no plane has a dot in its name.
static int add_plane(struct zip *zip, const char *name, const struct npy *npy)
{
    static const char *const others[] = {"camera_from_world", "intrinsics", "objects",
                                         "sequence",          "frame",      "time"};
    char prefixed[ZIP_NAME_MAX];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(name, others[i]) == 0) {
            snprintf(prefixed, sizeof prefixed, "plane.%s", name);
            return add(zip, prefixed, npy);
        }
    }
    return add(zip, name, npy);
}

static int add_planes(struct zip *zip, const struct snapshot *snapshot)
{
    int outcome = OUTCOME_OK;
    for (size_t i = 0; outcome == OUTCOME_OK && i < snapshot->info->plane_count; i++) {
        const char *name = snapshot->info->planes[i].name;
        if (snapshot->plane != NULL && strcmp(snapshot->plane, name) != 0)
            continue;
        const tachy_plane *plane = tachy_frame_plane(snapshot->frame, name);
        if (plane == NULL)
            return SNAPSHOT_LACKS;
        struct npy npy = npy_of_plane(plane);
        outcome = add_plane(zip, name, &npy);
    }
    return outcome;
}

static int add_matrices(struct zip *zip, const tachy_camera *cameras, size_t count,
                        double (*matrices)[16], double (*intrinsics)[9])
{
    for (size_t i = 0; i < count; i++) {
        const tachy_camera *c = &cameras[i];
        const double k[9] = {c->fx, 0, c->cx, 0, c->fy, c->cy, 0, 0, 1};
        memcpy(matrices[i], c->camera_from_world, sizeof matrices[i]);
        memcpy(intrinsics[i], k, sizeof k);
    }
    struct npy npy = npy_of_numbers("<f8", matrices, 3, (const size_t[]){count, 4, 4});
    int outcome = add(zip, "camera_from_world", &npy);
    npy = npy_of_numbers("<f8", intrinsics, 3, (const size_t[]){count, 3, 3});
    return outcome == OUTCOME_OK ? add(zip, "intrinsics", &npy) : outcome;
}

static int add_cameras(struct zip *zip, const tachy_frame *frame)
{
    size_t count = 0;
    const tachy_camera *cameras = tachy_frame_cameras(frame, &count);
    if (cameras == NULL)
        return OUTCOME_OK;
    double(*matrices)[16] = calloc(count, sizeof *matrices);
    double(*intrinsics)[9] = calloc(count, sizeof *intrinsics);
    int outcome = matrices == NULL || intrinsics == NULL
                      ? outcome_say(OUTCOME_ERROR, "no memory for %zu cameras", count)
                      : add_matrices(zip, cameras, count, matrices, intrinsics);
    free(matrices);
    free(intrinsics);
    return outcome;
}

static int add_numbers(struct zip *zip, const tachy_frame *frame)
{
    uint64_t sequence = tachy_frame_sequence(frame), number = tachy_frame_number(frame);
    int64_t time[2];
    tachy_frame_time(frame, &time[0], &time[1]);
    struct npy npy = npy_of_numbers("<u8", &sequence, 0, NULL);
    int outcome = add(zip, "sequence", &npy);
    npy = npy_of_numbers("<u8", &number, 0, NULL);
    if (outcome == OUTCOME_OK)
        outcome = add(zip, "frame", &npy);
    npy = npy_of_numbers("<i8", time, 1, (const size_t[]){2});
    return outcome == OUTCOME_OK ? add(zip, "time", &npy) : outcome;
}

int snapshot_write_npz(const struct snapshot *snapshot)
{
    struct zip zip = {.file = snapshot->file};
    int outcome = add_planes(&zip, snapshot);
    if (outcome == OUTCOME_OK)
        outcome = add_cameras(&zip, snapshot->frame);
    if (outcome == OUTCOME_OK)
        outcome = add_numbers(&zip, snapshot->frame);
    if (outcome == OUTCOME_OK)
        zip_finish(&zip);
    else
        rewind(snapshot
                   ->file); // a frame that lacks a plane may have others: the next one starts again
    return outcome;
}
