// The commands of a frame, in order: shadow map, geometry of all pictures, post of all, copies.
#ifndef PRODUCER_PASS_RECORD_H
#define PRODUCER_PASS_RECORD_H

#include "producer/pass/state.h"

/// Records `frame`, whose pictures are all filled in, and ends its command buffer.
tachy_status record_frame(struct render *render, struct frame *frame,
                          const struct shadow_view *shadow);

#endif
