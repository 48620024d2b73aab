// The functions behind the command table, by noun.
#ifndef PRODUCER_COMMAND_NOUNS_H
#define PRODUCER_COMMAND_NOUNS_H

#include "producer/command/call.h"

tachy_status object_add(struct command_call *call);
tachy_status object_teleport(struct command_call *call);
tachy_status object_rotate_to_euler_angles(struct command_call *call);

tachy_status avatar_create(struct command_call *call);
tachy_status avatar_teleport(struct command_call *call);
tachy_status avatar_look_at_position(struct command_call *call);
tachy_status avatar_set_field_of_view(struct command_call *call);

tachy_status screen_set_size(struct command_call *call);

#endif
