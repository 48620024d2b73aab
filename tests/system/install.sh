#!/usr/bin/env bash
# What `cmake --install` puts in place: headers that compile alone, a library that programs find, tools that run.
source "$(dirname "$0")/../lib/tap.sh"

install_here() {
    cmake --install "$tree" --prefix "$PWD/prefix" >install.log || fail "$(tail -5 install.log)"
    export PKG_CONFIG_PATH
    PKG_CONFIG_PATH=$(dirname "$(find "$PWD/prefix" -name tachy.pc)")
    lib=$PWD/prefix/$(cd prefix && dirname "$(find . -name 'libtachy.so' | head -1)")
}

readme_sample() { # the first C block of the README
    sed -n '/^```c$/,/^```$/p' "$top/README.md" | sed '1d;/^```$/,$d' >reader.c
    [ "$(wc -l <reader.c)" -gt 8 ] || fail "no C sample in README.md"
}


public_headers_compile_alone_as_c11_and_as_cpp17() {
    local header short
    install_here
    for header in prefix/include/tachy/*.h; do
        short=tachy/$(basename "$header")
        echo "#include <$short>" >alone.c
        cp alone.c alone.cpp
        for compiler in gcc clang-14; do
            "$compiler" -std=c11 -Wall -Wextra -Wpedantic -Werror -I prefix/include -fsyntax-only alone.c
        done
        for compiler in g++ clang++-14; do
            "$compiler" -std=c++17 -Wall -Wextra -Wpedantic -Werror -I prefix/include -fsyntax-only alone.cpp
        done
    done
}

has_read() { # STREAM: whether somebody has taken a frame of it
    prefix/bin/tachy info "$1" --json | grep -q '"received": [1-9]'
}

the_readmes_sample_builds_with_pkg_config_and_sees_frames() {
    local name compiler flags
    install_here
    readme_sample
    name=$(unique_name)
    sed "s|\"sim/a\"|\"$name/a\"|" reader.c >named.c
    flags=$(pkg-config --cflags --libs tachy)
    for compiler in gcc clang-14; do
        # shellcheck disable=SC2086
        "$compiler" -std=c11 -Wall -Wextra -Werror named.c $flags -o reader
        prefix/bin/tachy-produce --name "$name" --size 32x32 --passes color &
        producer=$!
        wait_until prefix/bin/tachy info "$name/a"
        LD_LIBRARY_PATH=$lib timeout 300 ./reader >seen &
        reader=$!
        wait_until has_read "$name/a"
        kill "$producer"
        wait "$producer"
        wait "$reader"
        grep -q '^frame [0-9]* at [0-9.]* s' seen || fail "the sample saw no frame: $(head -3 seen)"
    done
}

a_cmake_project_finds_the_package() {
    install_here
    readme_sample
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(sample LANGUAGES C)
find_package(tachy REQUIRED)
add_executable(reader reader.c)
target_link_libraries(reader PRIVATE tachy::tachy)
END
    for compiler in gcc clang-14; do
        cmake -B "b-$compiler" -G Ninja -DCMAKE_C_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$PWD/prefix" >cmake.log
        ninja -C "b-$compiler" >ninja.log || fail "$(tail -5 ninja.log)"
    done
}

installed_tools_run_from_their_place() {
    install_here
    prefix/bin/tachy --version
    prefix/bin/tachy ls --json | "$python" -m json.tool >/dev/null
    name=$(unique_name)
    prefix/bin/tachy produce --name "$name" --size 32x32 --frames 3 --fps max
    expect_nothing_left "$name"
}

the_library_exports_only_public_names() {
    install_here
    nm -D --defined-only "$lib/libtachy.so" | awk '{print $3}' | sed 's/@.*//' | grep -vE '^(tachy_|TACHY_|$)' >others || true
    [ ! -s others ] || fail "also exported: $(tr '\n' ' ' <others)"
    # Every function of the headers is there.
    nm -D --defined-only "$lib/libtachy.so" | awk '{print $3}' | sed 's/@.*//' | sort -u >exported
    missing=$(grep -hE '^TACHY_API|^ *TACHY_API' -A1 prefix/include/tachy/*.h | grep -hoE '\btachy_[a-z_0-9]+\(' | tr -d '(' |
        sort -u | comm -23 - exported)
    [ -z "$missing" ] || fail "declared but not exported: $missing"
}

tap_main public_headers_compile_alone_as_c11_and_as_cpp17 the_readmes_sample_builds_with_pkg_config_and_sees_frames \
    a_cmake_project_finds_the_package installed_tools_run_from_their_place the_library_exports_only_public_names "$@"
