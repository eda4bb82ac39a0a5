#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A weekly capacity of 5 releases the five highest-ranked held warnings of a street; the rest stay held and are counted on the page.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/a"
new_site "$site"
awk -F, -v OFS=, '$4 == "street" { $8 = 5 } { print }' "$site/areas.csv" >"$work/areas.csv" && mv "$work/areas.csv" "$site/areas.csv"
deliver "$site" 1
run_night "$site" 1
ledger="$site/store/ledger.db" night1="$site/store/runs/1/night.db"

# hit_id is the rank: what a street's capacity of five should take
sqlite3 "$night1" "
    SELECT warning_no FROM (
        SELECT warning_no, hit_id, row_number() OVER (PARTITION BY street ORDER BY hit_id) AS place
        FROM hit WHERE disposition = 'held' AND send = '街道' AND street <> '')
    WHERE place <= 5 ORDER BY warning_no" >"$work/wanted"
[ "$(wc -l <"$work/wanted")" -eq 10 ] || { echo "the demo should hold more than five in both streets"; exit 1; }

MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$site" release >"$work/release.out" 2>&1
sqlite3 "$ledger" "
    SELECT e.warning_no FROM warning_event e WHERE e.kind = 'released' AND EXISTS (
        SELECT 1 FROM warning_event h WHERE h.warning_no = e.warning_no AND h.kind = 'held' AND json_extract(h.body, '\$.street') <> ''
        AND json_extract(h.body, '\$.send') = '街道')
    ORDER BY e.warning_no" >"$work/released"
diff "$work/wanted" "$work/released" || { echo "release did not take the highest-ranked five of each street"; cat "$work/release.out"; exit 1; }
MOPAI_CLOCK=2026-03-03T09:00:00 mopai -C "$site" release >"$work/again.out" 2>&1
[ "$(sqlite3 "$ledger" "SELECT count(*) FROM warning_event WHERE kind = 'released'")" -eq "$(sqlite3 "$ledger" "SELECT count(DISTINCT warning_no) FROM warning_event WHERE kind = 'released'")" ]

deliver "$site" 2
run_night "$site" 2
held=$(sqlite3 "$site/store/runs/2/night.db" "SELECT count(*) FROM hit WHERE disposition = 'held'")
[ "$held" -gt 0 ] || { echo "nothing stayed held"; exit 1; }
grep -q "暂扣 $held 条" "$site/reports/latest/index.html" || { echo "the page does not count $held held warnings"; exit 1; }
