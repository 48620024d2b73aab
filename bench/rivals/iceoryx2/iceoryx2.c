// A rival: iceoryx2, its crate behind the C functions of lib.rs, compiled into this program with link-time optimisation.
#include "bench/rivals/rivals.h"

struct iceoryx2_route {
    const char *name;
    size_t bytes, readers;
    bool sleeping, every;
};

void *bench_iceoryx2_open_writer(const struct iceoryx2_route *route);
void *bench_iceoryx2_open_reader(const struct iceoryx2_route *route);
void *bench_iceoryx2_loan(void *writer);
bool bench_iceoryx2_publish(void *writer);
const void *bench_iceoryx2_receive(void *reader);
void bench_iceoryx2_release(void *reader);
void bench_iceoryx2_close_writer(void *writer);
void bench_iceoryx2_close_reader(void *reader);

static struct iceoryx2_route translate(const struct route *route)
{
    return (struct iceoryx2_route){route->name, route->size->bytes, route->readers, route->sleeping,
                                   route->every};
}

static void *open_writer(const struct route *route)
{
    struct iceoryx2_route translated = translate(route);
    return bench_iceoryx2_open_writer(&translated);
}

static void *open_reader(const struct route *route, uint32_t index)
{
    (void)index;
    struct iceoryx2_route translated = translate(route);
    return bench_iceoryx2_open_reader(&translated);
}

const struct carrier iceoryx2_carrier = {
    .name = "iceoryx2",
    .in_place_max = SIZE_MAX,
    .open_writer = open_writer,
    .loan = bench_iceoryx2_loan,
    .publish = bench_iceoryx2_publish,
    .close_writer = bench_iceoryx2_close_writer,
    .open_reader = open_reader,
    .receive = bench_iceoryx2_receive,
    .release = bench_iceoryx2_release,
    .close_reader = bench_iceoryx2_close_reader,
};
