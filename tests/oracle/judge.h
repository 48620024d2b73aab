// Judges the planes `depth` and `id` of one image against rays cast into the model, pixel by pixel.
#ifndef TESTS_ORACLE_JUDGE_H
#define TESTS_ORACLE_JUDGE_H

#include <tachy/frame.h>

#include "tests/oracle/caster.h"

struct judge_scene {
    struct caster *caster;
    const uint32_t *id_of_object; ///< what plane `id` must show for each object of the model
};

struct judgement {
    uint64_t pixels;
    uint64_t certain;     ///< pixels where nothing else comes within 0.05 px of the centre
    uint64_t background;  ///< certain pixels where nothing is
    uint64_t wrong_id;    ///< certain pixels whose id is another object's
    uint64_t wrong_depth; ///< pixels whose depth is none that lies within 0.05 px
    double worst;         ///< largest error of depth, as a part of what is allowed
    char first[512];      ///< the first wrong pixel in words; "" if there is none
};

/// `image` picks one image of planes that hold several.
void judge_image(const struct judge_scene *scene, const tachy_camera *camera,
                 const tachy_plane *depth, const tachy_plane *id, uint32_t image,
                 struct judgement *judgement);

#endif
