tachy_test(flat_check_test SOURCES unit/flat_check_test.c LIBRARIES tachy-import)
tachy_test(gltf_test SOURCES unit/gltf_test.c LIBRARIES tachy-import)
tachy_test(import_test SOURCES unit/import_test.c LIBRARIES tachy-import)
tachy_test(texture_test SOURCES unit/texture_test.c LIBRARIES tachy-import tachy-image)
