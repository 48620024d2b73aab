// The demo's live table: redrawn in place on a terminal, plain lines elsewhere.
#ifndef CONSUMER_TOOLS_DEMO_TABLE_H
#define CONSUMER_TOOLS_DEMO_TABLE_H

#include <stdbool.h>

#include "consumer/tools/demo/reader.h"

enum { TABLE_ROWS_MAX = 2 };

struct table_row {
    struct reader_task task;
    struct reader_report report; ///< the newest; at_ns 0: none yet
    struct reader_report before; ///< what the rate is counted from
    double per_second;
};

struct table {
    struct table_row rows[TABLE_ROWS_MAX];
    bool drawn;
    int64_t next_line_ns;
};

/// A new report of row `index`.
void table_take(struct table *table, int index, const struct reader_report *report);

/// Shows the table as it is now.
void table_draw(struct table *table);

/// Shows it for the last time, as the whole demo went.
void table_finish(struct table *table);

/// Frames per second over the row's whole life; 0 before there are two.
double table_overall(const struct table_row *row);

#endif
