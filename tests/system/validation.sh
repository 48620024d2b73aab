#!/usr/bin/env bash
# Vulkan's validation layer, with synchronization validation, has nothing to say about any way to render.
source "$(dirname "$0")/../lib/tap.sh"

export TACHY_VALIDATE=1

silent() { # ARGUMENTS of tachy-produce
    local name
    name=$(unique_name)
    expect_status 0 "$bin/tachy-produce" --name "$name" --fps max --frames 12 "$@"
    [ ! -s err ] || fail "not silent with $*: $(head -c 2000 err)"
    expect_nothing_left "$name"
}

the_layer_is_there_and_loaded() {
    "$bin/tachy-produce" --name "$(unique_name)" --size 32x32 >said 2>&1 &
    producer=$!
    wait_until grep -q libVkLayer_khronos_validation "/proc/$producer/maps"
    kill "$producer"
    wait "$producer"
}

every_tier_and_quality_renders_in_silence() {
    local tier quality
    for tier in 1 3; do
        for quality in 0 1; do
            silent --tier "$tier" --quality "$quality" --avatars 2 --size 96x64 --passes color,depth,id
        done
    done
}

every_set_of_planes_renders_in_silence() {
    local planes
    for planes in color depth id color,depth color,id depth,id color,depth,id; do
        silent --size 64x64 --passes "$planes"
    done
}

odd_and_extreme_sizes_render_in_silence() {
    local size
    for size in 1x1 63x41 2x1023 1921x7 640x480; do
        silent --size "$size" --passes color,depth,id
    done
}

scene_files_and_an_empty_world_render_in_silence() {
    local scene
    for scene in "$top"/tests/models/{BoxTextured.glb,room.gltf,traps.gltf} empty; do
        silent --scene "$scene" --avatars 3 --size 80x60 --passes color,depth,id
    done
}

tap_main the_layer_is_there_and_loaded every_tier_and_quality_renders_in_silence every_set_of_planes_renders_in_silence \
    odd_and_extreme_sizes_render_in_silence scene_files_and_an_empty_world_render_in_silence "$@"
