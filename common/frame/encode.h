// Capture passes: what users ask for by name, as RGB8 made from planes. One table; the same bytes whichever tool asks.
#ifndef COMMON_FRAME_ENCODE_H
#define COMMON_FRAME_ENCODE_H

#include <tachy/frame.h>

/// The name of the plane a pass is made of, or NULL: no such pass. Accepts "_img" and "img".
const char *pass_plane(const char *pass);

/// What a pass may need beside its plane. `identities` may be NULL (all ids black), `camera` too (defaults).
struct pass_context {
    const tachy_camera *camera;
    const tachy_identity *identities; ///< row 1 first
    size_t identity_count;
};

/// Encodes image `image` of `plane` (the one that pass_plane names). Errors as tachy_frame_encode.
tachy_status pass_encode(const char *pass, const tachy_plane *plane, uint32_t image,
                         const struct pass_context *context, const tachy_encode_params *params,
                         void *rgb, size_t bytes, size_t row_bytes);

#endif
