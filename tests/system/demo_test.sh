#!/usr/bin/env bash
# `tachy demo`: what it leaves, and how it ends when its producer or its user ends it.
source "$(dirname "$0")/../lib/tap.sh"

name=$(unique_name)

# A folder with `tachy` beside a producer that is a script.
with_producer() { # SCRIPT
    cp "$bin/tachy" tachy
    printf '#!/bin/sh\n%s\n' "$1" >tachy-produce
    chmod +x tachy-produce
}

needs_the_real_producer() {
    [ -x "$bin/tachy-produce" ] || skip "tachy-produce is not built"
}

start_demo() { # ARGUMENTS
    start_interruptible "$bin/tachy" demo --name "$name" "$@" >out 2>err
}

first_frames_are_there() {
    grep -q "first frames" out
}

no_child_is_left() {
    ! pgrep -f "tachy-produce --name $name " >/dev/null
}

a_failing_producers_line_and_exit_status_are_the_demos() {
    with_producer 'echo "tachy-produce: error: no Vulkan driver" >&2; exit 1'
    expect_status 1 ./tachy demo -o made
    expect_one_line '^tachy-produce: error: no Vulkan driver$'
    [ -z "$(ls made)" ] || fail "left: $(ls made)"
}

a_producer_that_ends_too_early_is_exit_status_5() {
    with_producer 'exit 0'
    expect_status 5 ./tachy demo -o made
    expect_one_line '^tachy: the producer ended'
    with_producer 'kill -9 $$'
    expect_status 5 ./tachy demo -o made
    expect_one_line '^tachy: the producer was ended by signal 9$'
}

ctrl_c_before_the_first_frame_ends_all_processes() {
    with_producer 'echo $$ >pid && mv pid producer; exec sleep 600'
    start_interruptible ./tachy demo -o made >out 2>err
    wait_until test -e producer
    end_started INT 130
    ! kill -0 "$(cat producer)" 2>/dev/null || fail "the producer lives on"
}

a_demo_without_its_producer_says_where_it_looked() {
    cp "$bin/tachy" tachy
    expect_status 1 /usr/bin/env -i PATH=/nonexistent ./tachy demo -o made
    expect_one_line 'tachy-produce' "$PWD/tachy"
}

a_folder_that_cannot_be_made_is_named() {
    expect_status 1 "$bin/tachy" demo -o nowhere/made
    expect_one_line 'nowhere/made'
}

the_demo_leaves_a_contact_sheet_figures_and_commands_to_try() {
    needs_the_real_producer
    local seconds
    for seconds in 2 20 120; do # as long as this machine needs for two frames
        expect_status 0 "$bin/tachy" demo --name "$name" --seconds "$seconds" -o made
        ! grep -q '"received": [01],' made/figures.json || continue
        break
    done
    grep -q "made/contact-sheet.png" out
    grep -qF "$bin/tachy snapshot sim/a" out
    /usr/bin/python3 - <<'END'
import json, struct
figures = json.load(open("made/figures.json"))
assert figures["version"] == 1 and 0 < figures["command_to_first_frame_s"]
for reader, how in zip(figures["readers"], ["newest", "every"]):
    assert reader["reading"] == how and reader["received"] > 1 and reader["frames_per_second"] > 0
    assert 0 < reader["latency_p50_ns"] <= reader["latency_p99_ns"] <= reader["latency_max_ns"]
png = open("made/contact-sheet.png", "rb").read()
width, height = struct.unpack(">II", png[16:24])
assert png[:4] == b"\x89PNG" and width > 3 * figures["width"] and height > 2 * figures["height"]
END
    expect_nothing_left "$name"
}

ctrl_c_ends_the_demo_with_status_130_and_its_pictures() {
    needs_the_real_producer
    start_demo --seconds 600 -o made
    wait_until first_frames_are_there
    end_started INT 130
    [ -s made/contact-sheet.png ] || fail "no contact sheet"
    no_child_is_left
    expect_nothing_left "$name"
}

a_killed_demo_takes_its_processes_along() {
    needs_the_real_producer
    start_demo --seconds 600 -o made
    wait_until first_frames_are_there
    end_started KILL 137
    wait_until no_child_is_left
    expect_nothing_left "$name"
}

tap_main a_failing_producers_line_and_exit_status_are_the_demos \
    a_producer_that_ends_too_early_is_exit_status_5 ctrl_c_before_the_first_frame_ends_all_processes \
    a_demo_without_its_producer_says_where_it_looked a_folder_that_cannot_be_made_is_named \
    the_demo_leaves_a_contact_sheet_figures_and_commands_to_try \
    ctrl_c_ends_the_demo_with_status_130_and_its_pictures a_killed_demo_takes_its_processes_along "$@"
