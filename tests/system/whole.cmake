# Tests of the whole: real programs, real shared memory, the real Vulkan driver.
tachy_test(faults_complete SCRIPT SOURCES system/faults_complete.sh)
tachy_test(boundaries SCRIPT SOURCES system/boundaries.sh)
tachy_test(lint SCRIPT SOURCES system/lint.sh TIMEOUT 2400)

if(TARGET tachy)
  tachy_test(refusals_test SOURCES system/refusals_test.c LIBRARIES tachy SANITIZED)
endif()

if(TARGET tachy-produce)
  target_sources(tachy-test PRIVATE lib/producer.c)
  target_link_libraries(tachy-test PRIVATE tachy)

  add_library(copy_counter MODULE preload/copy_counter.c)
  target_include_directories(copy_counter PRIVATE ${PROJECT_SOURCE_DIR}/common/include)
  # It defines memcpy itself: no loop of it may be turned into a call of memcpy.
  target_compile_options(copy_counter PRIVATE -fno-builtin -fno-tree-loop-distribute-patterns)
  target_link_libraries(copy_counter PRIVATE ${CMAKE_DL_LIBS})
  set_target_properties(copy_counter PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)

  tachy_test(oracle_render_test SOURCES system/oracle_render_test.c
             LIBRARIES tachy-oracle tachy DEPENDS tachy-produce)
  tachy_test(determinism_test SOURCES system/determinism_test.c
             LIBRARIES tachy DEPENDS tachy-produce)
  tachy_test(copies SCRIPT SOURCES system/copies.sh)
  tachy_test(bad_input SCRIPT SOURCES system/bad_input.sh SANITIZED)
  tachy_test(lifecycle SCRIPT SOURCES system/lifecycle.sh SANITIZED)
  tachy_test(validation SCRIPT SOURCES system/validation.sh)
  tachy_test(small_shm SCRIPT SOURCES system/small_shm.sh)
  tachy_test(install SCRIPT SOURCES system/install.sh)
  tachy_test(clean_clone SCRIPT SOURCES system/clean_clone.sh TIMEOUT 1200)
endif()
