# The independent ray caster: a library for the system tests, and its own test.
find_package(embree 3 REQUIRED)
pkg_check_modules(JSONC REQUIRED IMPORTED_TARGET json-c)
pkg_check_modules(LIBPNG REQUIRED IMPORTED_TARGET libpng)
add_library(tachy-oracle STATIC oracle/alpha.c oracle/caster.c oracle/file.c oracle/judge.c oracle/model.c)
target_link_libraries(tachy-oracle PUBLIC tachy-test embree PkgConfig::JSONC PkgConfig::LIBPNG m)

tachy_test(oracle_test SOURCES unit/oracle_test.c LIBRARIES tachy-oracle)
