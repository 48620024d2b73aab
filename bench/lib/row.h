// One measured figure on stdout, as a line of JSON; bench/run reads them and puts the rounds together.
#ifndef BENCH_LIB_ROW_H
#define BENCH_LIB_ROW_H

/// What was measured. Each field is a key of its own, so that ratios find their two sides; NULL is "".
struct row {
    const char *area; ///< "limits", "latency", "publish", "render"
    const char *name; ///< "cache line", "tachy", "unix socket" ...
    const char *mode; ///< "spinning", "no reader", "delivering" ...
    const char *size; ///< "64 B", "640x480" ...
    const char *unit; ///< "us", "ms"
    double value;     ///< the middle of this round
};

void row_print(const struct row *row);

/// The same line without a value: what could not be measured, and why.
void row_missing(const struct row *row, const char *why);

/// A fact about the machine or driver, for the head of the report.
void row_fact(const char *name, const char *text);

#endif
