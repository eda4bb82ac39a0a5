#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A weekly capacity of 5 releases the warnings of the five most urgent households of a street; the rest stay held and are counted on the page. What a night lists
# without release takes its part of the week.
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

# hit_id is the rank: the five most urgent households of each street, with all their warnings
sqlite3 "$night1" "
    SELECT warning_no FROM hit JOIN (
        SELECT street AS s, household AS h, row_number() OVER (PARTITION BY street ORDER BY first) AS place FROM (SELECT street, household, min(hit_id) AS first
        FROM hit WHERE disposition = 'held' AND send = '街道' AND street <> '' GROUP BY street, household)) ON s = street AND h = household
    WHERE place <= 5 AND disposition = 'held' AND send = '街道' ORDER BY warning_no" >"$work/wanted"
[ "$(wc -l <"$work/wanted")" -ge 10 ] || exit 1
[ "$(sqlite3 "$night1" "SELECT count(DISTINCT household) FROM hit WHERE disposition = 'held' AND send = '街道' AND street <> ''")" -gt 10 ] || { echo "the demo should hold more than five households in both streets"; exit 1; }

MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$site" release >"$work/release.out" 2>&1
sqlite3 "$ledger" "
    SELECT e.warning_no FROM warning_event e WHERE e.kind = 'released' AND EXISTS (
        SELECT 1 FROM warning_event h WHERE h.warning_no = e.warning_no AND h.kind = 'held' AND json_extract(h.body, '\$.street') <> ''
        AND json_extract(h.body, '\$.send') = '街道')
    ORDER BY e.warning_no" >"$work/released"
diff "$work/wanted" "$work/released" || { echo "release did not take the most urgent five households of each street"; cat "$work/release.out"; exit 1; }
MOPAI_CLOCK=2026-03-03T09:00:00 mopai -C "$site" release >"$work/again.out" 2>&1
grep -q '^已放行 0 条' "$work/again.out" || { echo "the week is full, and more was released"; cat "$work/again.out"; exit 1; }

deliver "$site" 2
run_night "$site" 2
held=$(sqlite3 "$site/store/runs/2/night.db" "SELECT count(*) FROM hit WHERE disposition = 'held'")
[ "$held" -gt 0 ] || { echo "nothing stayed held"; exit 1; }
grep -q "暂扣 $held 条" "$site/reports/latest/index.html" || { echo "the page does not count $held held warnings"; exit 1; }

# of the next week, what the second night listed by itself is taken off; a household that is on the list already costs nothing
MOPAI_CLOCK=2026-03-09T09:00:00 mopai -C "$site" --json release --dry-run >"$work/plan"
sqlite3 "$ledger" "SELECT json_extract(e.body, '\$.street') || ' ' || count(DISTINCT json_extract(e.body, '\$.household')) FROM warning_event e WHERE e.kind = 'new' AND e.night = 2
    AND json_extract(e.body, '\$.send') = '街道' AND json_extract(e.body, '\$.street') <> ''
    AND e.warning_no NOT IN (SELECT warning_no FROM warning_event WHERE kind = 'released') GROUP BY json_extract(e.body, '\$.street') ORDER BY 1" >"$work/listed"
[ -s "$work/listed" ] || { echo "the second night lists nothing by itself"; exit 1; }
sqlite3 :memory: "SELECT json_extract(value, '\$.street') || ' ' || json_extract(value, '\$.before') FROM json_each(readfile('$work/plan'), '\$.streets')
    WHERE json_extract(value, '\$.before') > 0 AND json_extract(value, '\$.street') <> '' ORDER BY 1" >"$work/before"
diff "$work/listed" "$work/before" || { echo "the week does not count what was listed without release"; exit 1; }
[ "$(sqlite3 :memory: "SELECT count(*) FROM json_each(readfile('$work/plan'), '\$.streets') WHERE json_extract(value, '\$.capacity') >= 0
    AND json_extract(value, '\$.households') > max(0, json_extract(value, '\$.capacity') - json_extract(value, '\$.before'))")" = 0 ] || { echo "more households than the week has room for"; exit 1; }
