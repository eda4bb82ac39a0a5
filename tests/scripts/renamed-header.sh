#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A column that decides what another one means (变动日期 is a death only when 户籍状态 says so) must be in the header: without it deaths would vanish in
# silence. The file is refused with the column's name, and the night goes on without it.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
new_site "$work/a"
deliver "$work/a" 1
register=$(ls "$work"/a/inbox/ga_*.csv)
sed '1s/户籍状态/状态/' "$register" >"$work/x" && mv "$work/x" "$register"
run_night "$work/a" 1
grep -q '缺少必需的列“户籍状态”' "$work/a.run.out" || { echo "the renamed column was not said"; cat "$work/a.run.out"; exit 1; }
[ "$(sqlite3 "$work/a/store/ledger.db" "SELECT count(*) FROM delivery WHERE source = 'ga' AND state = 'accepted'")" -eq 0 ]
