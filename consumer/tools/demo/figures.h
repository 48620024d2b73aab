// What the demo measured, as JSON.
#ifndef CONSUMER_TOOLS_DEMO_FIGURES_H
#define CONSUMER_TOOLS_DEMO_FIGURES_H

#include "consumer/tools/demo/table.h"

struct figures {
    const struct table *table;
    uint32_t width, height;
    int64_t first_frame_ns; ///< from the command's start until both readers had a frame
    int64_t lasted_ns;      ///< from then on
};

/// OUTCOME_OK, or OUTCOME_ERROR with a line said.
int figures_write(const struct figures *figures, const char *path);

#endif
