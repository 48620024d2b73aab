// What one frame holds: planes, cameras, identities, encodings. The conventions stand at each declaration.
//
// A frame is a view into shared memory (from tachy_stream_next) or a copy of its own (from tachy_frame_clone); the same
// functions serve both. Every pointer handed out here dies with its frame. One thread at a time per frame, but for
// tachy_frame_release, which any thread may call.
#ifndef TACHY_FRAME_H
#define TACHY_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tachy/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tachy_frame tachy_frame;

/// The type of one channel of one pixel.
typedef enum tachy_format {
    TACHY_U8 = 1,
    TACHY_U16,
    TACHY_U32,
    TACHY_F16,
    TACHY_F32,
    TACHY_S16
} tachy_format;

/// One plane: [count][height][width][channels], row 0 on top. Rows are `row_bytes` apart, images `image_bytes`;
/// what lies between the end of a row's pixels and the next row has no meaning.
typedef struct tachy_plane {
    const char *name; ///< "color", "depth", "id" ...
    const void *data; ///< NULL in tachy_info
    tachy_format format;
    uint32_t count; ///< images: 1, or more in batch and stereo streams
    uint32_t height, width, channels;
    size_t row_bytes, image_bytes;
} tachy_plane;

typedef enum tachy_projection {
    TACHY_PERSPECTIVE = 0,
    TACHY_ORTHOGRAPHIC,
    TACHY_FISHEYE,
    TACHY_EQUIRECTANGULAR,
} tachy_projection;

/// The camera of one image. World: metres, left-handed, y up. Camera: x right, y down, z forward.
typedef struct tachy_camera {
    double camera_from_world[16]; ///< row-major 4x4, metres
    double previous_camera_from_world
        [16];              ///< of the frame numbered one less, which plane `flow` refers to
    double fx, fy, cx, cy; ///< pixels; the centre of pixel (i, j) is (i + 0.5, j + 0.5)
    double previous_fx, previous_fy, previous_cx, previous_cy;
    double near_m, far_m; ///< metres along z
    double fov_y_deg;     ///< vertical field of view, degrees
    double focal_mm;      ///< for a sensor 36 mm high
    double distortion[5]; ///< Brown-Conrady k1 k2 p1 p2 k3
    tachy_projection projection;
    uint32_t reserved;
    char name[64]; ///< the avatar's, NUL-terminated
} tachy_camera;

/// One row of the producer's id table: who the pixels of plane `id` belong to.
typedef struct tachy_identity {
    int64_t object_id; ///< anything the user chose
    uint8_t id_color[3], category_color[3];
    const char *name, *category; ///< UTF-8, NUL-terminated
} tachy_identity;

/// For tachy_frame_encode; zero means the default.
typedef struct tachy_encode_params {
    size_t size;          ///< sizeof(tachy_encode_params)
    double full_scale_px; ///< pass "_flow": motion of full brightness; 0 = 16 px
    double
        far_m; ///< passes "_depth", "_depth_simple": depth of full brightness; 0 = the camera's far plane, else 100 m
} tachy_encode_params;

/// Gives a frame back and sets *frame to NULL. From any thread; NULL and a pointer to NULL are legal.
TACHY_API void tachy_frame_release(tachy_frame **frame);

/// 1, 2, 3 ... per stream and epoch; a gap is this reader's skip or loss.
TACHY_API uint64_t tachy_frame_sequence(const tachy_frame *frame);

/// The producer's frame, shared by all its streams; a gap beyond the sequence's own is the writer's drop.
TACHY_API uint64_t tachy_frame_number(const tachy_frame *frame);

/// Simulation time in nanoseconds, rounded.
TACHY_API int64_t tachy_frame_time_ns(const tachy_frame *frame);

/// Simulation time in seconds, exact, as a fraction that is not reduced.
TACHY_API void tachy_frame_time(const tachy_frame *frame, int64_t *numerator, int64_t *denominator);

/// When it was published, nanoseconds of CLOCK_MONOTONIC.
TACHY_API int64_t tachy_frame_published_ns(const tachy_frame *frame);

/// The plane of that name, or NULL: not in this frame.
TACHY_API const tachy_plane *tachy_frame_plane(const tachy_frame *frame, const char *name);

/// One camera per image, or NULL (count 0) where the writer set none or the header is damaged (tachy_error says which).
/// `count` may be NULL.
TACHY_API const tachy_camera *tachy_frame_cameras(const tachy_frame *frame, size_t *count);

/// The identity behind an id of plane `id`; NULL for 0, for an id beyond the rows this frame may refer to, and for a damaged row.
TACHY_API const tachy_identity *tachy_frame_identity(const tachy_frame *frame, uint32_t id);

/// The whole id table as of this frame, row 1 first: index with id - 1. NULL (count 0) when it is empty or damaged.
TACHY_API const tachy_identity *tachy_frame_identities(const tachy_frame *frame, size_t *count);

/// The name of the plane that a capture pass is made of, "_depth" -> "depth" for example, to ask for when attaching. NULL: no such pass.
TACHY_API const char *tachy_pass_plane(const char *pass);

/// Writes one capture pass as RGB8 (one of `_img _id _depth _depth_simple`, with or without the underscore) of image `image` into
/// `rgb`: rows of 3 * width bytes, `row_bytes` apart (0 = 3 * width), `bytes` in all.
/// `params` may be NULL. TACHY_INVALID: unknown pass, image or a buffer too small; TACHY_NOT_FOUND: this frame has not the
/// plane that the pass is made of; TACHY_CORRUPT: the header or the id table is damaged.
TACHY_API tachy_status tachy_frame_encode(const tachy_frame *frame, uint32_t image,
                                          const char *pass, const tachy_encode_params *params,
                                          void *rgb, size_t bytes, size_t row_bytes);

/// The packed tachy.FrameHeader (proto/frame.proto), a private copy that dies with its frame. *bytes may be 0.
/// TACHY_CORRUPT: it cannot be as long as it says; TACHY_NO_MEMORY; TACHY_INVALID: after fork.
TACHY_API tachy_status tachy_frame_header(const tachy_frame *frame, const void **packed,
                                          size_t *bytes);

/// A copy of the frame in memory of its own; release it like any frame. TACHY_NO_MEMORY; TACHY_CORRUPT: the frame was
/// overwritten while it was copied, which only a peer that cleared our pins can cause.
TACHY_API tachy_status tachy_frame_clone(const tachy_frame *frame, tachy_frame **clone);

#ifdef __cplusplus
}
#endif
#endif
