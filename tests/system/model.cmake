# The ring's own files, compiled against the model's atomics, locks, sleep and clock.
set(ring ${PROJECT_SOURCE_DIR}/common/ring)
add_library(model-ring OBJECT
  ${ring}/interrupt.c ${ring}/patience.c ${ring}/pool.c ${ring}/reader.c ${ring}/registry.c ${ring}/wait.c ${ring}/writer.c
  ${PROJECT_SOURCE_DIR}/common/shm/doorbell_semaphore.c)
target_link_libraries(model-ring PRIVATE tachy-base tachy-frame)
add_library(model OBJECT
  model/atomics.c model/doorbell.c model/explore.c model/jobs.c model/judge.c model/judge_frame.c model/kernel.c
  model/memory.c model/mutants.c model/play.c model/play_reader.c model/scenarios.c model/schedule.c model/site.c
  model/trace.c model/world.c)
target_link_libraries(model PRIVATE tachy-base tachy-frame)
set_source_files_properties(model/memory.c PROPERTIES COMPILE_OPTIONS -O3)
foreach(part model-ring model)
  target_include_directories(${part} SYSTEM BEFORE PRIVATE ${PROJECT_SOURCE_DIR}/tests/model/include)
  target_compile_options(${part} PRIVATE -include ${PROJECT_SOURCE_DIR}/tests/model/product.h)
endforeach()
foreach(bounds ci long)
  set(name ring_model_test)
  set(flags TIMEOUT 1800)
  if(bounds STREQUAL "long")
    set(name ring_model_long_test)
    set(flags TIMEOUT 14400 LONG)
  endif()
  tachy_test(${name} SOURCES model/ring_model_test.c model/bounds_${bounds}.c
    $<TARGET_OBJECTS:model-ring> $<TARGET_OBJECTS:model> LIBRARIES tachy-static ${flags})
endforeach()
