// What one frame holds: views into its slot, and private copies of what is not fixed in size.
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/frame/encode.h"
#include "common/frame/header.h"
#include "common/shm/lock.h"
#include "consumer/stream/stream.h"

// Frames are const to their users; what is made on first use is ours to add. No frame lies in read-only memory.
static tachy_frame *own(const tachy_frame *frame)
{
    return (tachy_frame *)frame;
}

tachy_status frame_check_fork(const tachy_frame *frame)
{
    if (frame->stream == NULL || frame->forks == lock_forks())
        return TACHY_OK;
    return error_set(TACHY_INVALID, "this frame is the parent's; reopen after fork "
                                    "(tachy_stream_attach)");
}

static void forget(tachy_frame *frame)
{
    free(frame->header);
    free(frame->cameras);
    ids_release(&frame->ids);
    frame->header = NULL;
    frame->cameras = NULL;
    frame->cameras_read = false;
}

void tachy_frame_release(tachy_frame **frame)
{
    if (frame == NULL || *frame == NULL)
        return;
    tachy_frame *old = *frame;
    *frame = NULL;
    forget(old);
    tachy_stream *stream = old->stream;
    if (stream == NULL) {
        free((void *)old->geometry);
        free((void *)old->slot);
        free(old);
        return;
    }
    struct generation *generation = old->generation; // the handle is not ours once its cell is free
    if (old->forks == lock_forks())                  // in a forked child the pin is the parent's
        reader_release(&stream->reader, old->pin.cell);
    stream_drop_generation(stream, generation);
}

uint64_t tachy_frame_sequence(const tachy_frame *frame)
{
    return frame == NULL ? 0 : frame->pin.sequence;
}

uint64_t tachy_frame_number(const tachy_frame *frame)
{
    return frame == NULL ? 0 : frame->descriptor.number;
}

void tachy_frame_time(const tachy_frame *frame, int64_t *numerator, int64_t *denominator)
{
    if (frame == NULL)
        return;
    if (numerator != NULL)
        *numerator = frame->descriptor.time_numerator;
    if (denominator != NULL)
        *denominator = frame->descriptor.time_denominator;
}

int64_t tachy_frame_time_ns(const tachy_frame *frame)
{
    if (frame == NULL)
        return 0;
    __extension__ typedef __int128 wide;
    wide scaled = (wide)frame->descriptor.time_numerator * NS_PER_S * 2;
    wide denominator = frame->descriptor.time_denominator;
    wide half_up = scaled >= 0 ? scaled + denominator : scaled - denominator;
    wide rounded = half_up / (denominator * 2);
    if (rounded > INT64_MAX)
        return INT64_MAX;
    return rounded < INT64_MIN ? INT64_MIN : (int64_t)rounded;
}

int64_t tachy_frame_published_ns(const tachy_frame *frame)
{
    return frame == NULL ? 0 : frame->descriptor.published_ns;
}

const tachy_plane *tachy_frame_plane(const tachy_frame *frame, const char *name)
{
    if (frame == NULL || name == NULL || frame_check_fork(frame) != TACHY_OK)
        return NULL;
    int plane = geometry_find(frame->geometry, name);
    if (plane < 0 || (frame->descriptor.planes >> plane & 1) == 0)
        return NULL;
    tachy_plane *view = &own(frame)->planes[plane];
    *view = frame->geometry->planes[plane];
    view->data = frame->slot + frame->geometry->offsets[plane];
    return view;
}

static tachy_status load_header(tachy_frame *frame)
{
    tachy_status status = frame_check_fork(frame);
    uint32_t bytes = frame->descriptor.header_bytes;
    if (status != TACHY_OK || frame->header != NULL || bytes == 0)
        return status;
    if (bytes > frame->geometry->header_capacity)
        return error_set(
            TACHY_CORRUPT, "frame %llu: its header says to be %u bytes, at most %u fit",
            (unsigned long long)frame->pin.sequence, bytes, frame->geometry->header_capacity);
    frame->header = malloc(bytes);
    if (frame->header == NULL)
        return error_set(TACHY_NO_MEMORY, "no memory for a frame's header (%u bytes)", bytes);
    memcpy(frame->header, frame->slot, bytes);
    return frame_check_memory(frame);
}

static tachy_status load_cameras(tachy_frame *frame)
{
    tachy_status status = load_header(frame);
    if (status != TACHY_OK || frame->header == NULL)
        return status;
    if (!frame->cameras_read)
        frame->cameras_status = frame_header_unpack(frame->header, frame->descriptor.header_bytes,
                                                    frame->geometry->images, &frame->cameras);
    frame->cameras_read = true;
    return frame->cameras_status;
}

tachy_status tachy_frame_header(const tachy_frame *frame, const void **packed, size_t *bytes)
{
    if (frame == NULL)
        return error_null(__func__, "frame");
    if (packed == NULL)
        return error_null(__func__, "packed");
    if (bytes == NULL)
        return error_null(__func__, "bytes");
    tachy_status status = load_header(own(frame));
    if (status != TACHY_OK)
        return status;
    *packed = frame->header;
    *bytes = frame->header == NULL ? 0 : frame->descriptor.header_bytes;
    return TACHY_OK;
}

const tachy_camera *tachy_frame_cameras(const tachy_frame *frame, size_t *count)
{
    bool fine = frame != NULL && load_cameras(own(frame)) == TACHY_OK && frame->cameras != NULL;
    if (count != NULL)
        *count = fine ? frame->geometry->images : 0;
    return fine ? frame->cameras : NULL;
}

static tachy_status gather(tachy_frame *frame, uint32_t image, const char *plane,
                           struct pass_context *context)
{
    tachy_status status = load_cameras(frame);
    if (status != TACHY_OK)
        return status;
    if (frame->cameras != NULL && image < frame->geometry->images)
        context->camera = &frame->cameras[image];
    if (strcmp(plane, "id") != 0 || frame->descriptor.id_rows == 0)
        return TACHY_OK;
    return frame_identities(frame, &context->identities, &context->identity_count);
}

const char *tachy_pass_plane(const char *pass)
{
    return pass == NULL ? NULL : pass_plane(pass);
}

tachy_status tachy_frame_encode(const tachy_frame *frame, uint32_t image, const char *pass,
                                const tachy_encode_params *params, void *rgb, size_t bytes,
                                size_t row_bytes)
{
    if (frame == NULL)
        return error_null(__func__, "frame");
    if (pass == NULL)
        return error_null(__func__, "pass");
    if (rgb == NULL)
        return error_null(__func__, "rgb");
    tachy_status status = frame_check_fork(frame);
    if (status != TACHY_OK)
        return status;
    const char *name = pass_plane(pass);
    if (name == NULL)
        return error_set(TACHY_INVALID,
                         "there is no capture pass %s; there are _img _id _depth _depth_simple",
                         pass);
    const tachy_plane *plane = tachy_frame_plane(frame, name);
    if (plane == NULL)
        return error_set(TACHY_NOT_FOUND, "frame %llu has no plane %s, which pass %s is made of",
                         (unsigned long long)frame->pin.sequence, name, pass);
    struct pass_context context = {0};
    status = gather(own(frame), image, name, &context);
    if (status != TACHY_OK)
        return status;
    status = pass_encode(pass, plane, image, &context, params, rgb, bytes, row_bytes);
    return status != TACHY_OK ? status : frame_check_memory(frame);
}
