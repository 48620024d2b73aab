// LD_PRELOAD of the sanitizer run: libraries stay loaded, so that a leak inside one is reported under its name.
//
// The Vulkan loader unloads drivers at its end; what they leaked would then belong to an "unknown module", which no
// suppression can name (tests/lib/lsan.supp).
#include <dlfcn.h>

__attribute__((visibility("default"))) int dlclose(void *handle)
{
    (void)handle;
    return 0;
}
