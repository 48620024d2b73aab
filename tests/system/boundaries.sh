#!/usr/bin/env bash
# The house: which room may know which.
source "$(dirname "$0")/../lib/tap.sh"

sources() { # FOLDER...
    (cd "$top" && git ls-files -co --exclude-standard -- "$@" | grep -E '\.(c|h)$')
}

includes() { # REGEX FOLDER...: every include of that form, "file:line"
    local regex=$1
    shift
    (cd "$top" && sources "$@" | xargs -r grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[\"<]($regex)" || true)
}

none() { # WHAT LINES
    [ -z "$2" ] || fail "$1:
$2"
}

producer_and_consumer_never_include_each_other() {
    none "producer includes consumer" "$(includes 'consumer/' producer)"
    none "consumer includes producer" "$(includes 'producer/' consumer)"
}

common_includes_neither_producer_nor_consumer() {
    none "common includes" "$(includes '(producer|consumer)/' common)"
}

programs_of_the_consumer_know_the_public_headers_only() {
    local programs
    programs=$(cd "$top" && find consumer -mindepth 1 -maxdepth 1 -type d ! -name stream)
    [ -n "$programs" ] || fail "consumer/ holds no program"
    # shellcheck disable=SC2086
    none "a tool reaches into the ring" "$(includes 'common/(ring|shm|frame)/' $programs)"
}

the_product_never_includes_its_tests() {
    none "product includes tests" "$(includes '(tests|bench)/' common producer consumer)"
}

only_ring_and_shm_hold_atomics() {
    none "atomics elsewhere" "$(cd "$top" && sources common producer consumer | grep -vE '^common/(ring|shm)/' |
        xargs -r grep -nE '\b(_Atomic|atomic_[a-z_]+ *\(|memory_order_)' || true)"
}

only_import_sees_assimp_and_only_gpu_and_pass_see_vulkan() {
    none "Assimp elsewhere" "$(includes 'assimp/' common consumer producer | grep -v '^producer/import/' || true)"
    none "Vulkan elsewhere" "$(includes 'vulkan/' common consumer producer | grep -vE '^producer/(gpu|pass)/' || true)"
}

the_oracle_shares_no_code_with_what_it_judges() {
    none "the oracle includes" "$(includes '(common|producer|consumer)/' tests/oracle)"
}

every_room_has_a_readme_of_at_most_15_lines() {
    local room
    while read -r room; do
        [ -e "$top/$room/README.md" ] || fail "$room has no README.md"
        [ "$(wc -l <"$top/$room/README.md")" -le 15 ] || fail "$room/README.md is longer than 15 lines"
    done < <(sources common producer consumer | grep -v /include/ | xargs -n1 dirname | sort -u)
}

tap_main producer_and_consumer_never_include_each_other common_includes_neither_producer_nor_consumer \
    programs_of_the_consumer_know_the_public_headers_only the_product_never_includes_its_tests \
    only_ring_and_shm_hold_atomics only_import_sees_assimp_and_only_gpu_and_pass_see_vulkan \
    the_oracle_shares_no_code_with_what_it_judges every_room_has_a_readme_of_at_most_15_lines "$@"
