#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, by groups: build test dev. As root, or with sudo that needs no password; otherwise says what to type.
# usage: setup.sh [--list] GROUP...
set -eu

# group package[|alternative] why
packages() {
    cat <<'LIST'
build gcc compiler
build libc6-dev headers of the C library
build make the build itself
build pkg-config finding libraries
build libcsv-dev reading CSV
build libsqlite3-dev the ledger
build libxxhash-dev hashes of tables, blocks and files
build zlib1g-dev compressed raw copies
build libyaml-dev configuration
build libssl-dev SHA-256 and SM3
build libxlsxwriter-dev street lists
build libpango1.0-dev street lists as PDF
build libcairo2-dev street lists as PDF
build libminizip-dev reading workbooks and archives
build libexpat1-dev reading workbooks
build unicode-data tables for folding names, at build time
build bzip2 unpacking them
test libcmocka-dev unit tests
test sqlite3 the oracle
test fonts-noto-cjk Chinese on pages and pictures
test libreoffice-calc-nogui opening and saving lists as people do
test chromium looking at the page
test poppler-utils pages as pictures
test unzip looking into .xlsx
test zip packing archives to be read
dev clang second compiler
dev libclang-rt-14-dev sanitizers and libFuzzer
dev clang-tidy lint
dev clang-format layout
dev valgrind memory and instruction counts
dev universal-ctags sizes of functions
dev git history
LIST
}

if [ "${1:-}" = --list ]; then
    packages
    exit 0
fi

missing=
for group in "$@"; do
    for package in $(packages | awk -v g="$group" '$1 == g { print $2 }'); do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "缺少软件包 (missing packages):$missing" >&2
    echo "本机没有 apt-get，请用系统的包管理器安装对应软件包。(no apt-get here: install them with your system's package manager)" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    sudo=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo='sudo -n'
else
    echo "缺少软件包 (missing packages):$missing" >&2
    echo "请用管理员身份运行 (as an administrator, run):" >&2
    echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
    exit 1
fi
echo "安装 (installing):$missing"
# shellcheck disable=SC2086
{
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
