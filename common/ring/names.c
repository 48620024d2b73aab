// Names that somebody removed from /dev/shm under a live writer: seen by the link count, given back.
#include "common/ring/writer.h"

static void mend(tachy_writer *writer, const struct segment *segment, const char *name,
                 const char *spare_of)
{
    char spare[FOLDER_PATH_BYTES];
    segment_spare(spare_of, spare);
    int restored = segment_mend_pair(segment, name, spare);
    writer->names_lost = writer->names_lost || restored < 0;
    writer->names_restored += restored > 0 ? (uint64_t)restored : 0;
}

void writer_mend_names(tachy_writer *writer)
{
    struct object_names names = writer_names(writer);
    mend(writer, &writer->control, writer->announced ? names.control : names.hidden, names.control);
    mend(writer, &writer->registry, names.registry, names.registry);
    mend(writer, &writer->data, names.data, names.data);
    int restored = producer_mend_names(writer->producer);
    writer->names_lost = writer->names_lost || restored < 0;
    writer->names_restored += restored > 0 ? (uint64_t)restored : 0;
}
