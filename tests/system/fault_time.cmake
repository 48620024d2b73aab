# Faults of time and scheduling: section F.
add_library(wall_steps MODULE preload/wall_steps.c)
target_link_libraries(wall_steps PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(wall_steps PROPERTIES
  C_VISIBILITY_PRESET default LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
tachy_test(fault_time_clocks_test SCRIPT SOURCES system/fault_time_clocks_test.sh DEPENDS tools_writer wall_steps)
tachy_test(fault_time_test SOURCES system/fault_time_test.c lib/stream.c lib/peer.c LIBRARIES tachy TIMEOUT 300)
