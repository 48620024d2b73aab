# The renderer on a real Vulkan driver, without streams.
tachy_test(render_test SOURCES system/render_test.c system/render_scene.c LIBRARIES tachy-producer-core m SANITIZED)
