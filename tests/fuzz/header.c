// Fuzzes a frame's header. The parser alone, as a frame's first look at its cameras calls it: byte 0 is the number of images.
#include <stdlib.h>
#include <string.h>

#include "common/frame/header.h"
#include "tests/fuzz/stream.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    uint32_t images = data[0] % 5 + 1U;
    tachy_camera *cameras = NULL;
    tachy_status status = frame_header_unpack(data + 1, size - 1, images, &cameras);
    for (uint32_t i = 0; status == TACHY_OK && cameras != NULL && i < images; i++)
        if (memchr(cameras[i].name, 0, sizeof cameras[i].name) == NULL)
            abort();
    free(cameras);
    return 0;
}
