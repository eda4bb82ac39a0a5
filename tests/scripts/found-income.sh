#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Income found at the door goes before the check of the district while it is fresh: one warning is gone on the next night, another household becomes one;
# three months later the check holds again for both.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/a"
fail() { echo "$*"; exit 1; }
db() { sqlite3 "$site/store/runs/$1/night.db" "$2"; }
new_site "$site"
# the rule of low income alone, sent to streets
awk '/^  - id: / { e = $3 == "E10" } e { sub(/status: shadow/, "status: active"); sub(/^    yield_to.*/, "") } { print }' "$site/rules.yaml" >"$work/rules.yaml"
cp "$work/rules.yaml" "$site/rules.yaml"
deliver "$site" 1
run_night "$site" 1
MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$site" release >/dev/null
deliver "$site" 2
run_night "$site" 2
[ -z "$(db 2 "SELECT rule FROM rule_result WHERE stale_sources LIKE '%走访%'")" ] || fail "a rule waits for visits"

# poor by the check of the district; and one listed as newly disabled, whose income nobody checked or who is not
poor=$(db 2 "SELECT warning_no FROM hit WHERE rule = 'E10' AND disposition = 'new' ORDER BY 1 LIMIT 1")
rich=$(db 2 "SELECT min(warning_no) FROM hit WHERE rule = 'R04' AND disposition IN ('new', 'standing') AND household NOT IN (SELECT household FROM hit WHERE rule = 'E10')")
[ -n "$poor" ] && [ -n "$rich" ] || fail "the demo has nobody to visit: '$poor' '$rich'"
home() { db 2 "SELECT household FROM hit WHERE warning_no = $1"; }
printed() { mopai -C "$site" export warnings 2>/dev/null | grep -o "W-0*$1-." | head -1; }
printf '预警编号,走访日期,走访人,核查结果,核实人均月收入\n%s,2026-03-10,走访员甲,人户分离,5200\n%s,2026-03-10,走访员甲,人户分离,860.50\n' "$(printed "$poor")" "$(printed "$rich")" >"$work/back.csv"
MOPAI_CLOCK=2026-03-12T09:00:00 mopai -C "$site" visits import "$work/back.csv" >"$work/import.out" 2>&1
grep -q '接受 2 行' "$work/import.out" || { cat "$work/import.out"; exit 1; }
deliver "$site" 3
run_night "$site" 3
[ "$(db 3 "SELECT cause FROM gone WHERE warning_no = $poor")" = 情况消失 ] || fail "5,200 yuan found at the door, and the warning stands"
[ "$(db 3 "SELECT level || ' ' || disposition FROM hit WHERE rule = 'E10' AND household = $(home "$rich")")" = '黄 held' ] || fail "860.50 yuan found at the door, and nothing is said"
db 3 "SELECT e.value, e.raw, e.file FROM hit h JOIN evidence e USING (hit_id) WHERE h.rule = 'E10' AND h.household = $(home "$rich") AND e.role = 'row' ORDER BY ord LIMIT 1" >"$work/evidence"
grep -q '860.50.*走访_20260312' "$work/evidence" || { cat "$work/evidence"; fail "the evidence does not name the finding"; }

# three months later, what decides otherwise sent anew
later() { sed "1,\$s/$1/$1/" "$2" >"$site/inbox/$3"; }
later x "$site/inbox/mz_member_120194001_20260306_full.csv" mz_member_120194001_20260611_full.csv
later x "$site/inbox/mz_member_120194002_20260306_full.csv" mz_member_120194002_20260611_full.csv
later x "$site/inbox/ga_120194_20260307_full.csv" ga_120194_20260611_full.csv
head -1 "$site/inbox/hd_check_120194_20260220_inc.csv" >"$site/inbox/hd_check_120194_20260611_inc.csv"
printf 'HD000000999,,,,1,9000.00,2026-06-01\r\n' >>"$site/inbox/hd_check_120194_20260611_inc.csv"
night() { MOPAI_CLOCK="$1T02:00:00" mopai -C "$site" run >"$work/run.out" 2>&1 || { cat "$work/run.out"; exit 1; }; }
night 2026-06-10
income() { db "$1" "SELECT count(*) FROM hit WHERE rule = 'E10' AND household = $(home "$2") AND disposition <> 'suppressed'"; }
night 2026-06-12
[ "$(income 5 "$poor")" = 1 ] || fail "the finding is three months old, and the check does not hold again"
[ "$(income 5 "$rich")" = 0 ] || fail "the finding is three months old, and still counts"
