pkg_check_modules(CODEC_TEST REQUIRED IMPORTED_TARGET zlib libturbojpeg)
tachy_test(codec_test SOURCES unit/codec_test.c LIBRARIES tachy-image PkgConfig::CODEC_TEST)
