// Ending a wait from outside.
#include "common/shm/lock.h"
#include "consumer/stream/stream.h"

void tachy_stream_interrupt(tachy_stream *stream)
{
    if (stream != NULL && stream->forks == lock_forks()) // a forked child's copy wakes nobody
        reader_interrupt(&stream->reader);
}
