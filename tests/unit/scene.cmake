tachy_test(scene_math_test SOURCES unit/scene_math_test.c LIBRARIES tachy-scene)
tachy_test(scene_test SOURCES unit/scene_test.c LIBRARIES tachy-scene)
tachy_test(shape_test SOURCES unit/shape_test.c LIBRARIES tachy-scene)
tachy_test(builtin_test SOURCES unit/builtin_test.c LIBRARIES tachy-builtin tachy-command tachy-scene)
