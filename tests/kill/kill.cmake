# Deaths at every step: 10,000 of them, and a million with --long.
set(kill_sources system/kill_test.c kill/actor.c kill/pattern.c kill/reader.c kill/world.c)
tachy_test(kill_test SOURCES ${kill_sources} LIBRARIES tachy-failing TIMEOUT 900)
tachy_test(kill_long_test SOURCES ${kill_sources} LIBRARIES tachy-failing TIMEOUT 14400 LONG)
target_compile_definitions(kill_long_test PRIVATE KILLS=1000000 KILL_TEST="a_million_killed_at_any_step_harm_nobody_else")
