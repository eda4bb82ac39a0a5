#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What no night to come needs can be deleted, and nothing else: the next night is the same with and without a purge, files still in the inbox do not come
# back, what open warnings need stays, and a purge that fails half-way is finished by the next.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/site"
fail() { echo "$1"; touch "$work/failed"; }
at() { # at DAY SITE COMMAND...: exit status in $code, output in $work/out
    _clock=$1T09:00:00 _site=$2
    shift 2
    code=0
    MOPAI_CLOCK=$_clock "$MOPAI_BIN" -C "$_site" "$@" >"$work/out" 2>&1 || code=$?
}
ends() { [ "$code" = "$1" ] || fail "$2 ends with $code, not $1: $(cat "$work/out")"; }
raw_of() { sqlite3 "$site/store/ledger.db" "SELECT xxh128 FROM delivery_file WHERE name = '$1'"; }
in_store() { find "$1/store/raw" "$1/store/segments" -name "$2*" | grep -q .; }

new_site "$site"
cp "$top"/tests/fault/site/night1/* "$site/inbox/"
run_night "$site" 1
at 2026-03-03 "$site" purge
ends 0 "a purge with nothing old"
grep -q '共 0 份交付' "$work/out" || fail "something of the first night was purged: $(cat "$work/out")"
cp "$top"/tests/fault/site/night2/* "$site/inbox/"
run_night "$site" 2
at 2028-06-01 "$site" run
[ "$code" -ne 2 ] && [ "$(sqlite3 "$site/store/ledger.db" "SELECT max(night) FROM night")" = 3 ] || fail "the night of 2028: $(cat "$work/out")"

# open warnings hold it back, and so does the reach of the rules
at 2028-06-01 "$site" purge --before 2026-06-01
ends 2 "a purge of what an open warning needs"
sqlite3 "$site/store/ledger.db" "INSERT INTO warning_event (warning_no, night, kind, detail, at) SELECT warning_no, 3, 'cleared', '情况消失', '2028-06-01T09:00:00' FROM warning"
at 2028-06-01 "$site" purge --before 2028-01-01
ends 2 "a purge within the reach of the rules"
at 2028-06-01 "$site" purge --before 2026-13-01
ends 2 "a day that is none"
at 2028-06-01 "$site" purge --source 没有的
ends 2 "a source that is none"

before=$(tree_hash "$site")
at 2028-06-01 "$site" purge --before 2026-06-01 --dry-run
ends 0 "a dry run"
grep -q '共 2 份交付' "$work/out" || fail "a dry run does not list the two replaced snapshots: $(cat "$work/out")"
[ "$(tree_hash "$site")" = "$before" ] || fail "a dry run changed the site"
cp -a "$site" "$work/kept"

old_cl=$(raw_of cl_120194_20260110_full.csv) new_cl=$(raw_of cl_120194_20260220_full.csv) old_mz=$(raw_of mz_member_120194_20260224_full.csv)
at 2028-06-01 "$site" purge --before 2026-06-01 --source "$(sqlite3 "$site/store/ledger.db" "SELECT source FROM delivery ORDER BY data_date LIMIT 1")"
ends 0 "a purge of one source"
in_store "$site" "$old_cl" && fail "the replaced certificates are still there"
in_store "$site" "$new_cl" || fail "the certificates in force are gone"
in_store "$site" "$old_mz" || fail "another source was purged as well"
at 2028-06-01 "$site" purge --before 2026-06-01
ends 0 "a purge"
in_store "$site" "$old_mz" && fail "the replaced members are still there"
at 2028-06-01 "$site" verify
ends 0 "verify after a purge"
at 2028-06-01 "$site" audit
[ "$(grep -c '清理原件' "$work/out")" -eq 2 ] || fail "the audit has not both purges: $(cat "$work/out")"
at 2028-06-01 "$site" deliveries list
[ "$(grep -c '已清理' "$work/out")" -eq 2 ] || fail "deliveries list does not show what was purged: $(cat "$work/out")"
at 2028-06-01 "$site" status
grep -q '残疾证.*起' "$work/out" || fail "status does not say since when nights can be replayed: $(cat "$work/out")"
grep -q 'calendar.csv 没有 2028 年' "$work/out" || fail "status does not say that the calendar lacks the year: $(cat "$work/out")"
at 2028-06-02 "$site" run --as-of 2026-03-05
ends 30 "a replay of what is gone"

# the same next night, and no file of the inbox comes back
for s in "$site" "$work/kept"; do
    cp "$top/tests/fault/site/night1/cl_120194_20260220_full.csv" "$s/inbox/cl_120194_20280605_full.csv"
    at 2028-06-08 "$s" run
    [ -d "$s/store/runs/4" ] || fail "no fourth night: $(cat "$work/out")"
done
for part in store/runs/4 reports/latest/streets reports/latest/departments; do
    [ "$(tree_hash "$site/$part/")" = "$(tree_hash "$work/kept/$part/")" ] || fail "$part differs after a purge"
done
[ "$(sqlite3 "$site/store/ledger.db" "SELECT count(*) FROM delivery")" = "$(sqlite3 "$work/kept/store/ledger.db" "SELECT count(*) FROM delivery")" ] || fail "purged files came back from the inbox"

# an error at any step: the next purge finishes
rm -rf "$site/store/runs" "$work/done"
cp -a "$work/kept" "$work/done"
MOPAI_CLOCK=2028-06-08T09:00:00 MOPAI_FAULT_COUNT="$work/count" mopai -C "$work/done" purge --before 2026-06-01 >/dev/null
k=1
while [ "$k" -le "$(cat "$work/count")" ]; do
    rm -rf "$site" && cp -a "$work/kept" "$site"
    MOPAI_CLOCK=2028-06-08T09:00:00 MOPAI_FAULT=eio:$k "$MOPAI_BIN" -C "$site" purge --before 2026-06-01 >/dev/null 2>&1 && fail "eio at point $k is not told"
    at 2028-06-08 "$site" verify
    ends 0 "verify after eio at point $k"
    at 2028-06-08 "$site" purge --before 2026-06-01
    ends 0 "the purge after eio at point $k"
    for part in raw segments; do
        [ "$(tree_hash "$site/store/$part")" = "$(tree_hash "$work/done/store/$part")" ] || fail "store/$part differs after eio at point $k"
    done
    k=$((k + 3))
done
[ ! -f "$work/failed" ]
