tachy_test(ring_test SOURCES unit/ring_test.c LIBRARIES tachy)
tachy_test(ring_hostile_test SOURCES unit/ring_hostile_test.c LIBRARIES tachy)
tachy_test(name_test SOURCES unit/name_test.c LIBRARIES tachy-static)
tachy_test(patience_test SOURCES unit/patience_test.c LIBRARIES tachy-static)
tachy_test(ring_lossless_test SOURCES unit/ring_lossless_test.c lib/lossless.c lib/sleep.c lib/stream.c
           LIBRARIES tachy Threads::Threads)
tachy_test(ring_bound_test SOURCES unit/ring_bound_test.c lib/lossless.c lib/sleep.c lib/stream.c
           LIBRARIES tachy Threads::Threads)
tachy_test(ring_copying_test SOURCES unit/ring_copying_test.c LIBRARIES tachy)
tachy_test(wake_conformance_test SOURCES unit/wake_conformance_test.c lib/stream.c LIBRARIES tachy-static)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
tachy_test(wake_choice_test SOURCES unit/wake_choice_test.c lib/stream.c LIBRARIES tachy-static PkgConfig::SECCOMP)
tachy_test(fork_test SOURCES unit/fork_test.c lib/stream.c LIBRARIES tachy Threads::Threads)
tachy_test(owner_test SOURCES unit/owner_test.c lib/stream.c LIBRARIES tachy)
