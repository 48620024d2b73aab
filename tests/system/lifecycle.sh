#!/usr/bin/env bash
# A producer from start to end: how it ends, what it says of itself, and that it leaves nothing.
source "$(dirname "$0")/../lib/tap.sh"

name=

# A dead producer's stream can be asked about too, until its name is taken again.
is_live() { # STREAM
    "$bin/tachy" info "$1" --json | grep -qE '"alive": ?true'
}

start() { # ARGUMENTS of tachy-produce
    : "${name:=$(unique_name)}"
    "$bin/tachy-produce" --name "$name" --size 64x48 "$@" >said 2>&1 &
    producer=$!
    wait_until is_live "$name/a"
}

end_with() { # SIGNAL STATUS
    local got=0
    kill -"$1" "$producer"
    wait "$producer" || got=$?
    [ "$got" = "$2" ] || fail "exit status $got, not $2, after SIG$1: $(cat said)"
    expect_nothing_left "$name"
}

sigterm_ends_a_producer_with_status_0_and_leaves_nothing() {
    start --avatars 2
    end_with TERM 0
}

ctrl_c_ends_a_producer_with_status_130_and_leaves_nothing() {
    name=$(unique_name)
    start_interruptible "$bin/tachy-produce" --name "$name" --size 64x48 >said 2>&1
    producer=$started
    wait_until is_live "$name/a"
    end_with INT 130
}

a_number_of_frames_ends_a_producer_by_itself() {
    name=$(unique_name)
    expect_status 0 "$bin/tachy-produce" --name "$name" --size 64x48 --frames 5 --fps max
    expect_nothing_left "$name"
}

a_killed_producers_name_can_be_taken_again() {
    start
    kill -KILL "$producer"
    wait "$producer" || true
    start
    end_with TERM 0
}

an_empty_world_without_avatars_is_legal() {
    name=$(unique_name)
    expect_status 0 "$bin/tachy-produce" --name "$name" --scene empty --avatars 0 --frames 3 --fps max
    expect_nothing_left "$name"
}

the_cpu_driver_delivers_at_tier_1() {
    start
    "$bin/tachy" info "$name/a" --json >info.json
    "$python" - <<'END'
import json
info = json.load(open("info.json"))
assert info["tier"] == 1, info["tier"]
assert info["alive"] is True
assert [(p["name"], p["format"], p["width"], p["height"], p["channels"]) for p in info["planes"]] == [
    ("color", "u8", 64, 48, 4), ("depth", "f32", 64, 48, 1), ("id", "u32", 64, 48, 1)], info["planes"]
END
    end_with TERM 0
}

tier_3_is_told_where_it_is_forced() {
    start --tier 3
    "$bin/tachy" info "$name/a" --json | grep -qE '"tier": ?3'
    end_with TERM 0
}

ls_shows_every_avatars_stream() {
    start --avatars 3
    wait_until is_live "$name/c"
    "$bin/tachy" ls --json >ls.json
    "$python" -c '
import json, sys
listing = json.load(open("ls.json"))
assert listing["version"] == 1
names = [s["name"] for s in listing["streams"] if s["producer"] == sys.argv[1]]
assert sorted(names) == [sys.argv[1] + "/" + a for a in "abc"], names' "$name"
    end_with TERM 0
}

a_snapshot_holds_what_the_stream_shows() {
    start
    "$bin/tachy" snapshot "$name/a" --timeout 240 -o shot.png
    "$bin/tachy" snapshot "$name/a" --timeout 240 -o shot.npz
    "$bin/tachy" snapshot "$name/a" --timeout 240 --plane depth -o depth.npy
    end_with TERM 0
    "$python" - <<'END'
import numpy as np
shot = np.load("shot.npz")
assert shot["color"].shape == (1, 48, 64, 4) and shot["color"].dtype == np.uint8, shot["color"].shape
assert shot["depth"].shape == (1, 48, 64, 1) and shot["depth"].dtype == np.float32
assert shot["id"].shape == (1, 48, 64, 1) and shot["id"].dtype == np.uint32
assert shot["camera_from_world"].shape == (1, 4, 4) and shot["intrinsics"].shape == (1, 3, 3)
assert abs(np.linalg.det(shot["camera_from_world"][0]) + 1) < 1e-9
assert (np.isinf(shot["depth"]) <= (shot["id"] == 0)).all()
assert shot["depth"].min() > 0 and len(np.unique(shot["id"])) > 2
assert np.load("depth.npy").shape[-3:] == (48, 64, 1) or np.load("depth.npy").shape == (48, 64)
assert open("shot.png", "rb").read(8) == b"\x89PNG\r\n\x1a\n"
END
}

a_demo_takes_the_place_of_a_killed_one() {
    start --avatars 2
    wait_until is_live "$name/b"
    kill -KILL "$producer"
    wait "$producer" || true
    "$bin/tachy" demo --name "$name" --seconds 0.5 -o demo >/dev/null
    test -s demo/contact-sheet.png
}

help_teaches_and_the_version_is_the_projects() {
    local version
    version=$(sed -n 's/^project(tachyscope VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
    "$bin/tachy" --version | grep -qF "$version"
    "$bin/tachy-produce" --version | grep -qF "$version"
    "$bin/tachy" --help | grep -q snapshot
    "$bin/tachy" produce --help | grep -q -- --scene
}

tap_main sigterm_ends_a_producer_with_status_0_and_leaves_nothing \
    ctrl_c_ends_a_producer_with_status_130_and_leaves_nothing a_number_of_frames_ends_a_producer_by_itself \
    a_killed_producers_name_can_be_taken_again an_empty_world_without_avatars_is_legal \
    the_cpu_driver_delivers_at_tier_1 tier_3_is_told_where_it_is_forced ls_shows_every_avatars_stream \
    a_snapshot_holds_what_the_stream_shows a_demo_takes_the_place_of_a_killed_one \
    help_teaches_and_the_version_is_the_projects "$@"
