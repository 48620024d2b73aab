#!/usr/bin/env bash
# How much is copied between claim and publish: nearly nothing where the device renders into the slot, all of it where it does not.
source "$(dirname "$0")/../lib/tap.sh"

# Sets `all` and `into_slots`: bytes per frame.
count_copies() { # TIER WxH ARGUMENTS of tachy-produce
    local tier=$1 size=$2 frames
    shift 2
    frame_bytes=$((${size%x*} * ${size#*x} * (4 + 4 + 4)))
    rm -f report
    expect_status 0 env LD_PRELOAD="$tree/tests/libcopy_counter.so" COPY_COUNTER_REPORT="$PWD/report" \
        "$bin/tachy-produce" --name "$(unique_name)" --tier "$tier" --size "$size" --passes color,depth,id \
        --frames 40 --fps max "$@"
    [ -s report ] || fail "the counter saw no frame published"
    read -r all into_slots frames <report
    echo "tier $tier, $size: per frame of $frame_bytes bytes $all were copied, $into_slots of them into slots; $frames frames"
    [ "$frames" -ge 40 ] || fail "only $frames frames"
}

less_than_a_tenth_of_a_frame_is_copied_at_tier_1() {
    count_copies 1 1280x720 --scene "$top/tests/models/BoxTextured.glb"
    [ "$all" -lt $((frame_bytes / 10)) ]
}

no_pixel_is_copied_into_a_slot_at_tier_1() {
    count_copies 1 320x240 --avatars 2
    [ "$into_slots" -lt 2048 ] # the header
}

the_whole_frame_is_seen_to_be_copied_at_tier_3() {
    count_copies 3 1280x720 --scene "$top/tests/models/BoxTextured.glb"
    [ "$into_slots" -ge "$frame_bytes" ]
    [ "$all" -ge "$frame_bytes" ]
}

tap_main less_than_a_tenth_of_a_frame_is_copied_at_tier_1 no_pixel_is_copied_into_a_slot_at_tier_1 \
    the_whole_frame_is_seen_to_be_copied_at_tier_3 "$@"
