tachy_test(frame_header_test SOURCES unit/frame_header_test.c LIBRARIES tachy-frame)
tachy_test(frame_encode_test SOURCES unit/frame_encode_test.c LIBRARIES tachy-frame m)
