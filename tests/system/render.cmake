# The renderer on a real Vulkan driver, without streams.
set(render_lib system/render_picture.c system/render_scene.c)
tachy_test(render_test SOURCES system/render_test.c ${render_lib} LIBRARIES tachy-producer-core m SANITIZED)
tachy_test(render_delivery_test SOURCES system/render_delivery_test.c ${render_lib}
           LIBRARIES tachy-producer-core m SANITIZED)
