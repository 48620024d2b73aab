#!/usr/bin/env bash
# Each case of the list of faults has a test by its number: resources 1 to 12, names 13 to 24, producers 25 to 36, readers 37
# to 47, hostile peers 48 to 63, time 64 to 67.
source "$(dirname "$0")/../lib/tap.sh"

last=67
# They come with what they are about: 36 with the loss of a device, 42 and 47 with Python, 62 with the control socket.
later=" 36 42 47 62 "

# The names of all tests, as `tests/run --list` shows them.
all_tests() {
    local path
    cut -f 6 "$top/build/tests/list.tsv" | while read -r path; do
        case $path in
        */faults_complete.sh) ;;
        *) "$path" --list ;;
        esac
    done
}

each_fault_of_the_list_has_a_test() {
    local number missing=()
    all_tests >tests
    [ "$(wc -l <tests)" -gt 100 ] || fail "only $(wc -l <tests) tests are listed"
    for ((number = 1; number <= last; number++)); do
        [[ $later != *" $number "* ]] || continue
        grep -qE "^$(printf 'fault_%02d_' "$number")[a-z0-9_]+$" tests || missing+=("$number")
    done
    [ ${#missing[@]} = 0 ] || fail "no test is named after these: ${missing[*]}"
}

no_test_has_a_number_that_is_not_on_the_list() {
    local number
    all_tests | grep '^fault_' >tests || fail "no test is named after a fault"
    while read -r number; do
        [ "$number" -ge 1 ] && [ "$number" -le "$last" ] || fail "there is no fault $number: $(grep "^fault_0*${number}_" tests)"
        [[ $later != *" $number "* ]] || fail "fault $number comes later, and has a test: $(grep "^fault_${number}_" tests)"
    done < <(sed -E 's/^fault_0*([0-9]+)_.*/\1/' tests | sort -un)
    ! grep -vE '^fault_[0-9]{2}_[a-z0-9_]+$' tests || fail "these have no number of two digits"
}

tap_main each_fault_of_the_list_has_a_test no_test_has_a_number_that_is_not_on_the_list "$@"
