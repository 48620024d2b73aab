// Names of streams and of their objects in /dev/shm.
//
// Stream "sim/a": each part percent-escapes everything but [A-Za-z0-9_-], parts join with '.': tachy.sim.a.ctl,
// tachy.sim.a.reg, tachy.sim.a.dat.<generation>; its producer "sim": tachy.sim.lock, tachy.sim.ids.<generation>.
#ifndef COMMON_SHM_NAME_H
#define COMMON_SHM_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tachy/status.h>

enum {
    NAME_STEM_BYTES =
        208, ///< "tachy.sim.a", with its NUL; leaves room for ".dat.4294967295.spare" in 255
    NAME_OBJECT_BYTES = 256,
    NAME_STREAM_BYTES = 256,
};

/// A checked stream name and the stems of its objects' names.
struct stream_name {
    char stream[NAME_STREAM_BYTES];      ///< "sim/a"
    char producer[NAME_STREAM_BYTES];    ///< "sim"
    char stem[NAME_STEM_BYTES];          ///< "tachy.sim.a"
    char producer_stem[NAME_STEM_BYTES]; ///< "tachy.sim"
};

/// TACHY_INVALID: empty, an empty part, or too long.
tachy_status name_parse(const char *stream, struct stream_name *name);

/// The stream behind a file's name such as "tachy.sim.a.ctl"; false: not the name of a control object.
bool name_from_control(const char *file, struct stream_name *name);

/// "<stem>.<kind>", for kinds "ctl", "reg", "lock".
void name_object(const char *stem, const char *kind, char object[NAME_OBJECT_BYTES]);

/// "<stem>.<kind>.<generation>", for kinds "dat", "ids".
void name_generation(const char *stem, const char *kind, uint32_t generation,
                     char object[NAME_OBJECT_BYTES]);

#endif
