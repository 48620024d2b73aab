// What struct render holds.
#ifndef PRODUCER_PASS_STATE_H
#define PRODUCER_PASS_STATE_H

#include "producer/gpu/instance.h"
#include "producer/gpu/timeline.h"
#include "producer/pass/frame.h"
#include "producer/pass/geometry.h"
#include "producer/pass/target.h"

struct render {
    struct instance instance;
    struct device device;
    struct timeline timeline; ///< its values are the tickets
    struct world world;
    struct shadow shadow;
    struct geometry geometry;
    struct post post;
    struct draw_list list;
    struct frame frames[FRAMES_MAX]; ///< ticket t has frames[t % frame_count]
    uint32_t frame_count, tier, quality;
    bool told_of_lights; ///< that there are too many of them
    uint64_t delivered;  ///< the newest ticket whose pixels are where they belong
};

#endif
