// What the names of files in /dev/shm say: a writer's are told apart from everybody else's.
#include "common/shm/kind.h"
#include "tests/lib/main.h"

static void a_writers_names_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *file, *stream;
        enum object_kind kind;
    } cases[] = {
        {"tachy.sim.a.ctl", "sim/a", KIND_CONTROL},
        {"tachy.sim.a.ctl.spare", "sim/a", KIND_CONTROL},
        {"tachy.sim.a.ctl.new", "sim/a", KIND_CONTROL},
        {"tachy.sim.a.reg", "sim/a", KIND_OTHER},
        {"tachy.sim.a.reg.spare", "sim/a", KIND_OTHER},
        {"tachy.sim.a.dat.1", "sim/a", KIND_OTHER},
        {"tachy.sim.a.dat.4294967295.spare", "sim/a", KIND_OTHER},
        {"tachy.sim.ids.0", "sim", KIND_OTHER},
        {"tachy.sim.lock", "sim", KIND_LOCK},
        {"tachy.a%2Eb.c%20d.ctl", "a.b/c d", KIND_CONTROL},
        {"tachy.sim.spare.ctl", "sim/spare", KIND_CONTROL},
        {"tachy.lock.lock", "lock", KIND_LOCK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum object_kind kind;
        struct stream_name name;
        print_message("%s\n", cases[i].file);
        assert_true(kind_from_file(cases[i].file, &kind, &name));
        assert_string_equal(name.stream, cases[i].stream);
        assert_int_equal(kind, cases[i].kind);
    }
}

static void names_that_no_writer_gives_are_refused(void **state)
{
    (void)state;
    static const char *const files[] = {
        "",
        "tachy",
        "tachy.ctl",
        "tachy..ctl",
        "tachy.sim",
        "tachy.sim.a",
        "tachy.sim.a.ctl.old",
        "tachy.sim.a.ctl.spare.spare",
        "tachy.sim.a.lock",
        "tachy.sim.a.ids.1",
        "tachy.sim.a.dat",
        "tachy.sim.a.dat.",
        "tachy.sim.a.dat.01",
        "tachy.sim.a.dat.x1",
        "tachy.sim.a.dat.-1",
        "tachy.sim.a.dat.12345678901",
        "tachy.sim.%41.ctl",
        "tachy.sim.a b.ctl",
        "tachy-sim.a.ctl",
        "nottachy.sim.a.ctl",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        enum object_kind kind;
        struct stream_name name;
        print_message("%s\n", files[i]);
        assert_false(kind_from_file(files[i], &kind, &name));
    }
}

TACHY_TEST_MAIN(cmocka_unit_test(a_writers_names_are_taken_apart),
                cmocka_unit_test(names_that_no_writer_gives_are_refused))
