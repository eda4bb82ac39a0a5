#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How fast a night and its parts are on this machine. usage: bench.sh BUILD ; PERSONS=1000000 (5000000 is the reference load), PAIRS=3, SQLITE=0 leaves sqlite3 out.
# First the whole night in turns with DuckDB and sqlite3 (bench-night.sh), then each part by itself. RECORD=1 writes what is printed between the two marks of
# docs/performance.md. On a shared machine only ratios inside one run are worth comparing; `make bench-instructions` compares commits.
set -eu
build=$1
page=docs/performance.md
out=$(mktemp "${TMPDIR:-/tmp}/mopai-bench.XXXXXX")
trap 'rm -f "$out" "$out.failed"' EXIT INT TERM

parts() {
    for b in "$build"/tests/bench/bench_*; do
        case $b in *.o | *.d | *bench_link) continue ;; esac # linkage has data and a target of its own
        echo
        echo "$(basename "$b"):"
        "$b" || return 1
    done
}
all() {
    echo "commit: $(git rev-parse --short HEAD 2>/dev/null || echo unknown), $(date -u +%F), $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release 2>/dev/null), $(${CC:-cc} --version | head -1)"
    sh scripts/bench-night.sh "$build" && parts
}
(all || touch "$out.failed") 2>&1 | tee "$out"
[ ! -e "$out.failed" ] || exit 1

if [ "${RECORD:-0}" = 1 ]; then
    awk -v made="$out" '
        /^<!-- bench begins/ { print; print "```"; while ((getline line < made) > 0) print line; print "```"; skip = 1; next }
        /^<!-- bench ends/ { skip = 0 }
        !skip { print }' "$page" >"$page.tmp"
    mv "$page.tmp" "$page"
    echo "written into $page"
fi
