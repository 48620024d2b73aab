#!/usr/bin/env bash
# Form and static analysis: clang-format over every C file, clang-tidy over the product, shell scripts parsed.
source "$(dirname "$0")/../lib/tap.sh"

c_files() { # FOLDER...
    (cd "$top" && git ls-files -co --exclude-standard -- "$@" | grep -E '\.(c|h)$')
}

every_c_file_is_formatted() {
    cd "$top"
    c_files common producer consumer tests bench | xargs -P "$(nproc)" -n 8 clang-format-14 --dry-run -Werror
}

# One file per run: with several, clang-tidy 14 takes va_lists of the second for uninitialised. What passed is remembered in
# the build folder and looked at again when it, or anything it includes, is another.
clang_tidy_finds_nothing_in_the_product() {
    cd "$top"
    local passed=$tree/tests/lint
    mkdir -p "$passed"
    c_files common producer consumer | grep '\.c$' | "$python" tests/system/lint_due.py "$tree" "$passed" >"$OLDPWD/due"
    # The notes that explain a finding are left out: `clang-tidy-14 -p build FILE` shows them.
    # shellcheck disable=SC2016
    if ! xargs -r -P "$(nproc)" -n 2 bash -c 'clang-tidy-14 -p "$0" --quiet "$2" && : >"$0/tests/lint/$1"' "$tree" \
        <"$OLDPWD/due" >"$OLDPWD/findings" 2>/dev/null; then
        fail "$(grep -E ' (error|warning): ' "$OLDPWD/findings" | sort -u)"
    fi
}

every_script_parses() {
    local script
    cd "$top"
    git ls-files -co --exclude-standard | while read -r script; do
        head -1 "$script" | grep -q '^#!.*bash' || continue
        bash -n "$script" || exit 1
    done
}

no_text_is_left_for_later_or_names_a_machine() {
    cd "$top"
    local found
    found=$(git grep -nIE '\b(TODO|FIXME|XXX|HACK)\b' -- common producer consumer bench shaders proto || true)
    [ -z "$found" ] || fail "$found"
}

tap_main every_c_file_is_formatted every_script_parses no_text_is_left_for_later_or_names_a_machine \
    clang_tidy_finds_nothing_in_the_product "$@"
