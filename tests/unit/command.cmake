tachy_test(command_test SOURCES unit/command_test.c LIBRARIES tachy-command)
tachy_test(command_error_test SOURCES unit/command_error_test.c LIBRARIES tachy-command)
