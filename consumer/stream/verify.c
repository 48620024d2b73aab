// Checking a frame's planes against the checksums its writer stored.
#include "common/base/error.h"
#include "common/ring/checksum.h"
#include "consumer/stream/stream.h"

static bool is_checked(const tachy_stream *stream)
{
    return stream->verify && stream->objects.about.crc_offset != 0;
}

void stream_copy_sums(const tachy_stream *stream, uint32_t slot, uint32_t sums[RING_PLANES_MAX])
{
    if (is_checked(stream))
        checksum_copy(stream->objects.map, stream->objects.about.crc_offset, slot, sums);
}

tachy_status stream_verify(const tachy_stream *stream, const tachy_frame *frame)
{
    if (!is_checked(stream))
        return TACHY_OK;
    int plane =
        checksum_find_damage(frame->sums, frame->geometry, frame->slot, frame->descriptor.planes);
    if (plane < 0)
        return TACHY_OK;
    return error_set(TACHY_CORRUPT,
                     "stream %s: plane %s of frame %llu has not the CRC32C that its writer stored: "
                     "something wrote to the frame after it was published",
                     stream->objects.name.stream, frame->geometry->names[plane],
                     (unsigned long long)frame->pin.sequence);
}
