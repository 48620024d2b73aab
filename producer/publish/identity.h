// The scene's objects in the id table that readers see.
#ifndef PRODUCER_PUBLISH_IDENTITY_H
#define PRODUCER_PUBLISH_IDENTITY_H

#include <tachy/write.h>

#include "producer/scene/scene.h"

/// What has been told so far.
struct identity_book {
    uint32_t rows;
    char **categories; ///< each has a colour of its own
    uint32_t *category_colors;
    size_t category_count;
};

/// Adds the rows that the scene has gained to the writer's id table, in order.
tachy_status identity_tell(struct identity_book *book, tachy_writer *writer,
                           const struct scene *scene);

void identity_finish(struct identity_book *book);

#endif
