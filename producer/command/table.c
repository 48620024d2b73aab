// The command table: name, noun, fields and one line of help. Names, fields and defaults are ThreeDWorld's.
#include "producer/command/nouns.h"

#define METRES "metres", -1e6, 1e6
#define DEGREES "degrees", -1e6, 1e6

static const struct command_field add_object_fields[] = {
    {"id", FIELD_INTEGER, true},
    {"name", FIELD_TEXT, true},
    {"url", FIELD_TEXT},
    {"position", FIELD_VECTOR, false, METRES},
    {"rotation", FIELD_VECTOR, false, DEGREES},
    {"scale_factor", FIELD_NUMBER, false, "", 1e-6, 1e6, .standard = 1},
    {"category", FIELD_TEXT},
    {"affordance_points", FIELD_VECTORS, false, METRES},
    {"shell", FIELD_BOOL},
};

static const struct command_field teleport_object_fields[] = {
    {"position", FIELD_VECTOR, true, METRES}, {"id", FIELD_INTEGER, true},  {"physics", FIELD_BOOL},
    {"absolute", FIELD_BOOL, .standard = 1},  {"use_centroid", FIELD_BOOL},
};

static const struct command_field rotate_object_to_euler_angles_fields[] = {
    {"euler_angles", FIELD_VECTOR, true, DEGREES},
    {"id", FIELD_INTEGER, true},
    {"use_centroid", FIELD_BOOL},
};

static const struct command_field create_avatar_fields[] = {
    {"type", FIELD_TEXT, .standard_text = "A_Img_Caps_Kinematic", .only = "A_Img_Caps_Kinematic"},
    {"id", FIELD_TEXT, .standard_text = "a"},
};

static const struct command_field teleport_avatar_to_fields[] = {
    {"position", FIELD_VECTOR, true, METRES},
    {"avatar_id", FIELD_TEXT, .standard_text = "a"},
};

static const struct command_field look_at_position_fields[] = {
    {"position", FIELD_VECTOR, true, METRES},
    {"sensor_name", FIELD_TEXT, .standard_text = "SensorContainer", .only = "SensorContainer"},
    {"avatar_id", FIELD_TEXT, .standard_text = "a"},
};

static const struct command_field set_field_of_view_fields[] = {
    {"field_of_view", FIELD_NUMBER, false, "degrees", 1, 179, .standard = 54.43222},
    {"avatar_id", FIELD_TEXT, .standard_text = "a"},
};

static const struct command_field set_screen_size_fields[] = {
    {"width", FIELD_INTEGER, false, "pixels", 1, 65536, .standard = 256},
    {"height", FIELD_INTEGER, false, "pixels", 1, 65536, .standard = 256},
    {"avatar_id", FIELD_TEXT},
};

#define COMMAND(name, noun, run, help)                                                             \
    {                                                                                              \
#name, noun, help, name##_fields, sizeof name##_fields / sizeof *name##_fields, run        \
    }

const struct command command_table[] = {
    COMMAND(
        add_object, "object", object_add,
        "Adds one object: the scene file at `url` (file:///...), else the built-in model `name`."),
    COMMAND(teleport_object, "object", object_teleport,
            "Puts an object at a position; what made it move by itself ends."),
    COMMAND(rotate_object_to_euler_angles, "object", object_rotate_to_euler_angles,
            "Turns an object to angles about z, then x, then y."),
    COMMAND(create_avatar, "avatar", avatar_create,
            "Makes an avatar, a camera with a stream of its own, at the origin looking along +z."),
    COMMAND(teleport_avatar_to, "avatar", avatar_teleport,
            "Puts an avatar at a position; what made it move by itself ends."),
    COMMAND(look_at_position, "avatar", avatar_look_at_position,
            "Turns an avatar's camera to a position."),
    COMMAND(set_field_of_view, "avatar", avatar_set_field_of_view,
            "Sets the vertical field of view of an avatar's camera."),
    COMMAND(set_screen_size, "screen", screen_set_size,
            "Sets the size of one avatar's images, or of all and of those to come."),
};
const size_t command_count = sizeof command_table / sizeof command_table[0];
