#!/usr/bin/env bash
# The tools on a stream that becomes twice as large, or as large as before, every 20 frames.
source "$(dirname "$0")/../lib/tap.sh"

tachy=$bin/tachy
name=$(unique_name)
stream=$name/a

start_writer() {
    "$tree/tests/tools_writer" "$stream" 37 21 1 resize &
    writer=$!
    trap 'kill $writer 2>/dev/null || true; wait $writer || true' EXIT
    wait_until resized_since 1
}

generation() {
    "$tachy" info "$stream" --json | grep -oE '"generation": [0-9]+' | grep -oE '[0-9]+$'
}

resized_since() { # GENERATION
    [ "$(generation)" -gt "$1" ]
}

# What the writer draws follows from where it is, whatever the size.
check_planes() { # FILE.npz
    "$python" - "$1" <<'END'
import sys
import numpy as np
frame = np.load(sys.argv[1])
color, depth, ids = frame["color"], frame["depth"], frame["id"]
size = color.shape[1:3]
assert size in ((21, 37), (42, 74)), size
assert depth.shape[1:3] == size and ids.shape[1:3] == size, (size, depth.shape, ids.shape)
y, x = np.mgrid[: size[0], : size[1]]
assert (color[0, ..., 0] == x).all() and (color[0, ..., 1] == y).all()
assert (depth[0, ..., 0] == x / 4 + y / 1024).all()
assert (ids[0, ..., 0] == (x + y) % 3).all()
END
}

a_snapshot_is_whole_whichever_size_it_meets() {
    start_writer
    local i
    for i in 1 2 3 4 5 6 7 8; do
        expect_status 0 "$tachy" snapshot "$stream" -o frame$i.npz
        check_planes frame$i.npz
    done
}

hz_measures_on_over_resizes() { # READING
    start_writer
    local reading hz before
    for reading in newest every; do
        before=$(generation)
        "$tachy" hz "$stream" --reading $reading --seconds 0 --json >hz.out 2>hz.err &
        hz=$!
        wait_until grep -q '"summary": false' hz.out
        wait_until resized_since $((before + 5))
        before=$(wc -l <hz.out)
        wait_until bash -c '[ "$(wc -l <hz.out)" -gt '"$((before + 1))"' ]' # it goes on
        kill -INT $hz
        local status=0
        wait $hz || status=$?
        [ $status = 130 ] || fail "hz ended with $status: $(cat hz.out hz.err)"
        tail -n 1 hz.out | grep -q '"summary": true' || fail "$(cat hz.out)"
        tail -n 1 hz.out | grep -qE '"frames": [1-9]' || fail "$(cat hz.out)"
    done
}

info_and_top_show_a_stream_that_is_resized() {
    start_writer
    local i
    for i in 1 2 3 4 5 6 7 8; do
        expect_status 0 "$tachy" info "$stream"
        expect_status 0 "$tachy" top --once
        grep -q "^$stream " out || fail "$(cat out)"
    done
    expect_status 0 "$tachy" info "$stream" --json
    "$python" -c '
import json, sys
stream = json.load(open("out"))
assert stream["alive"] and stream["generation"] > 1, stream
assert {(p["height"], p["width"]) for p in stream["planes"]} <= {(21, 37), (42, 74)}, stream
assert len({p["width"] for p in stream["planes"]}) == 1, stream
' || fail "$(cat out)"
}

its_end_leaves_nothing() {
    start_writer
    kill -TERM $writer
    wait $writer
    expect_nothing_left "$name"
}

tap_main a_snapshot_is_whole_whichever_size_it_meets hz_measures_on_over_resizes \
    info_and_top_show_a_stream_that_is_resized its_end_leaves_nothing "$@"
