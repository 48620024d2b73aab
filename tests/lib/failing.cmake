# The library once more, with its failpoints (common/base/failpoint.h): only tests link it.
add_library(tachy-failpoint OBJECT ${PROJECT_SOURCE_DIR}/common/base/failpoint.c)
target_compile_definitions(tachy-failpoint PUBLIC TACHY_FAILPOINTS=1)
target_link_libraries(tachy-failpoint PUBLIC tachy-base)

set(failing_sources)
foreach(room tachy-ring tachy-stream)
  get_target_property(files ${room} SOURCES)
  get_target_property(folder ${room} SOURCE_DIR)
  list(TRANSFORM files PREPEND ${folder}/)
  list(APPEND failing_sources ${files})
endforeach()
get_target_property(failing_needs tachy-ring LINK_LIBRARIES)

add_library(tachy-failing STATIC EXCLUDE_FROM_ALL ${failing_sources})
target_link_libraries(tachy-failing PUBLIC tachy-failpoint ${failing_needs})
# The product's own commands are what clang-tidy is to see.
set_target_properties(tachy-failing PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
