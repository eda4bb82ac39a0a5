#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The whole night against engines that only do its join. usage: bench-night.sh BUILD ; PERSONS=1000000 (5000000 is the reference load), PAIRS=3.
# Four plain CSVs, a cold store: mopai ingests, links, forms households, runs eight rules and publishes; DuckDB and sqlite3 read the same files and write the one
# list of tests/bench/load_g/duckdb.sql. They run in turns, so that a busy machine slows all of them; the medians' ratio is what counts. An engine that is not here is left out with
# a word. SQLITE=0 leaves sqlite3 out (a minute and more a million persons).
set -eu
build=$1
persons=${PERSONS:-1000000}
pairs=${PAIRS:-3}
load=tests/bench/load_g
base=${BENCH_DIR:-}
[ -n "$base" ] || { base=/dev/shm; [ -w "$base" ] || base=${TMPDIR:-/tmp}; }
work=$(mktemp -d "$base/mopai-night.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
MOPAI_KEY="$work/key" MOPAI_CLOCK=2026-03-02T02:00:00
export MOPAI_KEY MOPAI_CLOCK
mkdir -p "$work/files"

say() { printf '%-10s %8s %8s %9s\n' "$@"; }
echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -m)"
"$build/tests/bench/load_g" "$persons" "$work/files"
echo "load: $persons persons, $(cat "$work"/files/*.csv | wc -l) lines, $(($(cat "$work"/files/*.csv | wc -c) / 1000000)) MB"

fresh_site() {
    rm -rf "$work/site"
    "$build/mopai" init "$work/site" >/dev/null
    cp "$load"/*.yaml "$load/areas.csv" fixtures/site/calendar.csv "$work/site/"
    ln "$work"/files/*.csv "$work/site/inbox/"
}
for_duckdb() { sed "s|DIR|$work/files|; s|OUT|$work/duckdb.csv|" "$load/duckdb.sql"; }
for_sqlite() { sed "s|DIR|$work/files|; s|OUT|$work/sqlite.csv|" "$load/sqlite.sql"; }

duckdb=""
if command -v duckdb >/dev/null; then
    duckdb="duckdb -bail -f $work/duckdb.sql"
elif python3 -c 'import duckdb' 2>/dev/null; then
    duckdb="python3 -c 'import duckdb; duckdb.sql(open(\"$work/duckdb.sql\").read())'"
else
    echo "DuckDB is not here: left out"
fi
for_duckdb >"$work/duckdb.sql"
for_sqlite >"$work/sqlite.sql"

# timed NAME COMMAND: one run; wall and processor seconds and MiB are appended to NAME.runs
timed() {
    name=$1
    shift
    "$build/tests/bench/measure" sh -c "$*" >"$work/$name.out" 2>"$work/$name.log" || { cat "$work/$name.log"; exit 1; }
    sed -n 's/.*wall=\([0-9.]*\) cpu=\([0-9.]*\) peak_mib=\([0-9]*\).*/\1 \2 \3/p' "$work/$name.log" >>"$work/$name.runs"
}
median() { sort -n -k"$2,$2" "$1" | awk -v k="$2" '{ v[NR] = $k } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

for _ in $(seq "$pairs"); do
    fresh_site
    timed mopai "$build/mopai -v -C $work/site run"
    [ -z "$duckdb" ] || timed duckdb "$duckdb"
done
if [ "${SQLITE:-1}" != 0 ] && command -v sqlite3 >/dev/null; then
    timed sqlite3 "sqlite3 :memory: <$work/sqlite.sql"
fi
awk '/event=step/ { match($0, /step=[a-z]+/); s = substr($0, RSTART + 5, RLENGTH - 5); match($0, / ms=[0-9]+/); printf "  %-8s %8d ms\n", s, substr($0, RSTART + 4, RLENGTH - 4) }' "$work/mopai.log"
say job wall_s cpu_s peak_MiB
for engine in mopai duckdb sqlite3; do
    [ -f "$work/$engine.runs" ] || continue
    say "$engine" "$(median "$work/$engine.runs" 1)" "$(median "$work/$engine.runs" 2)" "$(median "$work/$engine.runs" 3)"
done
for engine in duckdb sqlite3; do
    [ -f "$work/$engine.runs" ] || continue
    awk -v e="$engine" -v m="$(median "$work/mopai.runs" 1)" -v o="$(median "$work/$engine.runs" 1)" -v mc="$(median "$work/mopai.runs" 2)" -v oc="$(median "$work/$engine.runs" 2)" \
        'BEGIN { printf "the whole night takes %.2f x the wall time and %.2f x the processor time of the bare job in %s\n", m / o, mc / oc, e }'
done
# what mopai links by more than the number adds some
if [ -f "$work/duckdb.csv" ]; then
    echo "households on the list: duckdb $(tail -n +2 "$work/duckdb.csv" | cut -d, -f1 | sort -u | wc -l), mopai $(sed -n 's/^G01 .*试运行 *\([0-9]*\).*/\1/p' "$work/mopai.out" "$work/mopai.log" | head -1)"
fi
if [ -f "$work/sqlite.csv" ] && [ -f "$work/duckdb.csv" ]; then
    tail -n +2 "$work/sqlite.csv" | cut -d, -f1 | tr -d '"' | sort -u >"$work/a"
    tail -n +2 "$work/duckdb.csv" | cut -d, -f1 | sort -u >"$work/b"
    cmp -s "$work/a" "$work/b" && echo "sqlite3 and DuckDB list the same households"
fi
