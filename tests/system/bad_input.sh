#!/usr/bin/env bash
# Bad input: one line that names what, where, why and what to do; the right exit status; nothing left in /dev/shm.
source "$(dirname "$0")/../lib/tap.sh"

name=$(unique_name)
models=$top/tests/models

refuses() { # STATUS REGEX... -- ARGUMENTS of tachy-produce
    local status=$1 regexes=()
    shift
    while [ "$1" != -- ]; do
        regexes+=("$1")
        shift
    done
    shift
    expect_status "$status" "$bin/tachy-produce" --name "$name" --frames 1 "$@"
    expect_one_line "${regexes[@]}"
    expect_nothing_left "$name"
}

# Runs the command after it with a /dev/shm of its own of 1 MB, and lists in ./left what is left there.
# shellcheck disable=SC2016
small_shm=(unshare -m bash -c 'mount -t tmpfs -o size=1m tmpfs /dev/shm || exit 99
    "$@"
    status=$?
    ls -A /dev/shm >left
    exit $status' small_shm)

needs_mounts() {
    unshare -m mount -t tmpfs tmpfs /dev/shm 2>/dev/null || skip "no right to mount a /dev/shm of its own (root needed)"
}

an_unknown_scene_file_is_named() {
    refuses 1 '/nonexistent/scene\.gltf' 'No such file' -- --scene /nonexistent/scene.gltf
}

a_file_that_is_no_scene_is_named() {
    echo "no scene" >text.gltf
    refuses 1 'text\.gltf' -- --scene "$PWD/text.gltf"
}

a_missing_texture_is_named_with_the_scene_that_wants_it() {
    cp "$models"/room.gltf "$models"/*.bin .
    refuses 1 'furniturebits_texture\.png' 'room\.gltf' -- --scene "$PWD/room.gltf"
}

a_missing_buffer_is_named() {
    cp "$models"/room.gltf "$models"/*.png .
    refuses 1 'room\.gltf' -- --scene "$PWD/room.gltf"
}

no_vulkan_driver_says_what_to_install() {
    VK_DRIVER_FILES=/nonexistent VK_ICD_FILENAMES=/nonexistent refuses 1 Vulkan mesa-vulkan-drivers --
}

an_unknown_device_is_named() {
    refuses 1 "no-such-device" -- --device no-such-device
}

a_size_of_0_is_refused() {
    refuses 2 '--size' '0x16' -- --size 0x16
    refuses 2 '--size' '16x0' -- --size 16x0
}

a_size_beyond_the_drivers_limit_is_refused_with_the_limit() {
    refuses 1 '100000x16' 'limit' '[0-9]{4,}x[0-9]{4,}' -- --size 100000x16
}

an_unknown_plane_is_named_with_those_there_are() {
    refuses 2 "'colour'|colour" 'color' 'depth' 'id' -- --passes colour
}

an_unknown_option_is_named() {
    refuses 2 '--frobnicate' '--help' -- --frobnicate
}

what_is_not_there_yet_is_refused_by_name() {
    local option
    for option in --lockstep --batch; do
        refuses 2 "$option" 'not in this version' -- "$option"
    done
    refuses 2 '--models' 'not in this version' -- --models DIR
}

unreadable_commands_are_named() {
    refuses 1 '/nonexistent/commands\.json' -- --commands /nonexistent/commands.json
    echo '[{"$type": "add_object", "name": "prim_cube", ' >broken.json
    refuses 1 'broken\.json' -- --commands "$PWD/broken.json"
    echo '[{"$type": "make_coffee"}]' >unknown.json
    refuses 1 'make_coffee' -- --commands "$PWD/unknown.json"
    echo '[{"$type": "create_avatar", "id": "a"}, {"$type": "set_screen_size", "width": 0, "height": 16}]' >zero.json
    refuses 1 'set_screen_size' 'width' -- --scene empty --commands "$PWD/zero.json"
}

a_shm_that_is_too_small_says_how_much_is_needed_and_how_to_raise_it() {
    needs_mounts
    expect_status 1 "${small_shm[@]}" "$bin/tachy-produce" --name "$name" --frames 1 --size 640x480
    expect_one_line '/dev/shm' '--shm-size' '[0-9]'
    [ ! -s left ] || fail "left behind: $(cat left)"
}

a_name_that_is_taken_is_refused_and_its_owner_goes_on() {
    "$bin/tachy-produce" --name "$name" --size 16x16 >first 2>&1 &
    local owner=$!
    wait_until "$bin/tachy" info "$name/a"
    expect_status 1 "$bin/tachy-produce" --name "$name" --frames 1 --size 16x16
    expect_one_line "$name"
    kill -0 "$owner"
    "$bin/tachy" info "$name/a" >/dev/null
    kill "$owner"
    wait "$owner"
    expect_nothing_left "$name"
}

an_absent_stream_is_exit_status_3() {
    expect_status 3 "$bin/tachy" info "$name/a"
    expect_one_line "$name/a"
    expect_status 3 "$bin/tachy" snapshot "$name/a" -o picture.png
    expect_one_line "$name/a"
    [ ! -e picture.png ]
}

an_unknown_command_of_tachy_is_usage() {
    expect_status 2 "$bin/tachy" frobnicate
    expect_one_line frobnicate
}

tap_main an_unknown_scene_file_is_named a_file_that_is_no_scene_is_named \
    a_missing_texture_is_named_with_the_scene_that_wants_it a_missing_buffer_is_named \
    no_vulkan_driver_says_what_to_install an_unknown_device_is_named a_size_of_0_is_refused \
    a_size_beyond_the_drivers_limit_is_refused_with_the_limit an_unknown_plane_is_named_with_those_there_are \
    an_unknown_option_is_named what_is_not_there_yet_is_refused_by_name unreadable_commands_are_named \
    a_shm_that_is_too_small_says_how_much_is_needed_and_how_to_raise_it \
    a_name_that_is_taken_is_refused_and_its_owner_goes_on an_absent_stream_is_exit_status_3 \
    an_unknown_command_of_tachy_is_usage "$@"
