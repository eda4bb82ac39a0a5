#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Visits that are due by the calendar, not by a change: every month for one group, every quarter for another. They stand on the street's list like any warning,
# are quiet after a visit for the time of their group, and come back as a new warning that names the one before.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/a"
ledger="$site/store/ledger.db"
fail() { echo "$*"; exit 1; }
new_site "$site"
awk '/^  - id: / { duty = $3 == "D05" || $3 == "D01" } duty { sub(/status: shadow/, "status: active"); sub(/^    yield_to.*/, "") } { print }' "$site/rules.yaml" >"$work/rules.yaml"
cp "$work/rules.yaml" "$site/rules.yaml"
deliver "$site" 1
run_night "$site" 1
MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$site" release >/dev/null
deliver "$site" 2
run_night "$site" 2
of() { sqlite3 "$site/store/runs/$1/night.db" "SELECT $2 FROM hit WHERE rule = '$3' AND $4"; }
monthly=$(of 2 'min(warning_no)' D05 "disposition = 'new'")
quarterly=$(of 2 'min(warning_no)' D01 "disposition = 'new'")
missed=$(of 2 'max(warning_no)' D01 "disposition = 'new'")
[ -n "$monthly" ] && [ -n "$quarterly" ] && [ "$quarterly" != "$missed" ] || fail "the demo has no duty visits: '$monthly' '$quarterly' '$missed'"
home() { of 2 household "$1" "warning_no = $2"; }
printed() { mopai -C "$site" export warnings 2>/dev/null | grep -o "W-0*$1-." | head -1; }
for n in "$monthly" "$quarterly" "$missed"; do
    for f in "$site"/reports/latest/streets/*.xlsx; do
        unzip -p "$f" xl/sharedStrings.xml 'xl/worksheets/*.xml' 2>/dev/null
    done | grep -q "$(printed "$n")" || fail "$(printed "$n") is on no street's list"
done
grep -q '定期走访' "$site/reports/latest/index.html" || fail "the page does not tell duty visits"
{
    echo '预警编号,走访日期,走访人,核查结果'
    echo "$(printed "$monthly"),2026-03-11,走访员甲,已有保障"
    echo "$(printed "$quarterly"),2026-03-11,走访员甲,家庭可承受"
    echo "$(printed "$missed"),2026-03-11,走访员甲,无法联系"
} >"$work/back.csv"
MOPAI_CLOCK=2026-03-12T09:00:00 mopai -C "$site" visits import "$work/back.csv" >"$work/import.out" 2>&1
grep -q '接受 3 行' "$work/import.out" || { cat "$work/import.out"; exit 1; }
deliver "$site" 3
run_night "$site" 3
state() { of "$1" disposition "$2" "household = $(home "$2" "$3")"; }
[ "$(state 3 D05 "$monthly") $(state 3 D01 "$quarterly") $(state 3 D01 "$missed")" = 'suppressed suppressed suppressed' ] ||
    fail "visited five days ago, and again: $(state 3 D05 "$monthly"), $(state 3 D01 "$quarterly"), $(state 3 D01 "$missed")"

# a month later, the registers sent anew
for f in "$site"/inbox/mz_member_*_2026030[67]_full.csv; do
    cp "$f" "$(echo "$f" | sed 's/_2026030[67]_/_20260411_/')"
done
cp "$site/inbox/cl_120194_20260308_full.csv" "$site/inbox/cl_120194_20260411_full.csv"
MOPAI_CLOCK=2026-04-13T02:00:00 mopai -C "$site" run >"$work/run.out" 2>&1 || case $? in 1 | 1[0-2][0-9]) ;; *) cat "$work/run.out"; exit 1 ;; esac
[ "$(state 4 D05 "$monthly")" = new ] || fail "a month is over, and nobody is sent: $(state 4 D05 "$monthly")"
[ "$(state 4 D01 "$quarterly")" = suppressed ] || fail "the quarter is not over: $(state 4 D01 "$quarterly")"
case $(state 4 D01 "$missed") in new | standing) ;; *) fail "nobody was met a month ago, and nobody is sent again: $(state 4 D01 "$missed")" ;; esac
again=$(of 4 warning_no D05 "household = $(home D05 "$monthly")")
[ "$again" != "$monthly" ] || fail "the closed warning itself came back"
mopai -C "$site" explain "$(printed "$again")" | grep -q "$(printed "$monthly")" || fail "the new one does not name the visit before"
