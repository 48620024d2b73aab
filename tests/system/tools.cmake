add_executable(tools_writer system/tools_writer.c)
target_link_libraries(tools_writer PRIVATE tachy::tachy)
set_target_properties(tools_writer PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
tachy_test(tools_test SCRIPT SOURCES system/tools_test.sh DEPENDS tools_writer)
