// What one picture needs beside the slot: the lit image, the depth buffer and, where slots are not rendered into, planes.
#ifndef PRODUCER_PASS_ATTACHMENTS_H
#define PRODUCER_PASS_ATTACHMENTS_H

#include "producer/pass/target.h"

tachy_status attachments_create(const struct render_target *target,
                                struct attachments **attachments);
void attachments_destroy(const struct device *device, struct attachments **attachments);

#endif
