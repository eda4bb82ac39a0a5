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
# the stages of the last run; what is between them (opening the site, putting the deliveries in force, publishing) is the rest
awk -v bytes="$(cat "$work"/files/*.csv | wc -c)" -v wall="$(tail -1 "$work/mopai.runs" | cut -d' ' -f1)" '
    function number(key) { return match($0, " " key "=[0-9]+") ? substr($0, RSTART + length(key) + 2, RLENGTH - length(key) - 2) : 0 }
    /event=step / { match($0, /step=[a-z]+/); name[++n] = substr($0, RSTART + 5, RLENGTH - 5); rows[n] = number("rows_in"); ms[n] = number("ms"); peak[n] = number("peak_mib"); all += ms[n] }
    END {
        printf "%-10s %12s %9s %12s %8s %6s %9s\n", "stage", "rows", "ms", "rows/s", "MB/s", "share", "peak_MiB"
        for (i = 1; i <= n; i++) {
            t = ms[i] ? ms[i] : 1
            printf "%-10s %12d %9d %12.0f %8s %5.0f%% %9s\n", name[i], rows[i], ms[i], rows[i] / t * 1000, (name[i] == "ingest" ? sprintf("%.0f", bytes / t / 1000) : "-"), ms[i] / wall / 10, (peak[i] ? peak[i] : "-")
        }
        printf "%-10s %12s %9d %12s %8s %5.0f%%\n\n", "the rest", "-", wall * 1000 - all, "-", "-", 100 - all / wall / 10
    }' "$work/mopai.log"
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
