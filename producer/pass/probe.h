// Whether a device renders into host memory as slots have it: tried once at start, not believed.
#ifndef PRODUCER_PASS_PROBE_H
#define PRODUCER_PASS_PROBE_H

#include "producer/gpu/device.h"

/// Renders every kind of plane into a small shared mapping and looks at the bytes. TACHY_OK: delivery tier 1 works.
tachy_status probe_tier1(const struct device *device);

#endif
