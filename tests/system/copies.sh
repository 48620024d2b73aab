#!/usr/bin/env bash
# How much is copied between claim and publish: nearly nothing where the device renders into the slot, all of it where it does not.
source "$(dirname "$0")/../lib/tap.sh"

frame_bytes=$((320 * 240 * (4 + 4 + 4)))

copied_per_frame() { # TIER
    rm -f report
    expect_status 0 env LD_PRELOAD="$tree/tests/libcopy_counter.so" COPY_COUNTER_REPORT="$PWD/report" \
        "$bin/tachy-produce" --name "$(unique_name)" --tier "$1" --size 320x240 --passes color,depth,id \
        --frames 40 --fps max
    [ -s report ] || fail "the counter saw no frame published"
    read -r bytes frames <report
    echo "tier $1: $bytes bytes per frame of $frame_bytes, $frames frames"
    [ "$frames" -ge 40 ] || fail "only $frames frames"
}

less_than_a_tenth_of_a_frame_is_copied_at_tier_1() {
    copied_per_frame 1
    [ "$bytes" -lt $((frame_bytes / 10)) ]
}

the_whole_frame_is_seen_to_be_copied_at_tier_3() {
    copied_per_frame 3
    [ "$bytes" -ge "$frame_bytes" ]
}

tap_main less_than_a_tenth_of_a_frame_is_copied_at_tier_1 the_whole_frame_is_seen_to_be_copied_at_tier_3 "$@"
