// JSON values against the table's fields: types, bounds, defaults, and the exact words of what is wrong.
#ifndef PRODUCER_COMMAND_CHECK_H
#define PRODUCER_COMMAND_CHECK_H

#include <json-c/json.h>

#include "producer/command/call.h"

/// Fills in the call's values from the command's JSON object; TACHY_INVALID with call->error filled in: the first field that is wrong.
tachy_status check_fields(struct command_call *call, struct json_object *command);

#endif
