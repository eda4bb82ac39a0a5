#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Overdue and escalated: status, the metrics, the page, the figures, the lists and `explain household` say what counting by hand says; a year that calendar.csv
# lacks is told; a due day that was handed out stands whatever rules.yaml says later.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/a"
ledger="$site/store/ledger.db"
fail() { echo "$*"; exit 1; }
listed_nights "$site" # 9 March: 红 is due on the 12th, 橙 on the 16th, 黄 on the 23rd, 蓝 on 8 April
at() { MOPAI_CLOCK=$1T09:00:00 mopai -C "$site" --json status 2>"$work/err" | awk -F'[:,]' -v key="\"$2\"" 'index($0, key) { gsub(/ /, "", $2); print $2 }'; }
level() { sqlite3 "$ledger" "SELECT count(*) FROM warning_event WHERE kind = 'new' AND level IN ($1)"; }
for level in 红 橙 黄 蓝; do [ "$(level "'$level'")" -gt 0 ] || fail "the demo lists nothing of level $level"; done
[ "$(at 2026-03-12 overdue) $(at 2026-03-12 escalated)" = '0 0' ] || fail "overdue on the due day"
[ "$(at 2026-03-13 overdue) $(at 2026-03-13 escalated)" = "$(level "'红'") 0" ] || fail "the day after the due day of 红"
[ "$(at 2026-03-17 escalated)" = 0 ] || fail "escalated on the last day of the second period"
[ "$(at 2026-03-18 overdue) $(at 2026-03-18 escalated)" = "$(level "'红', '橙'") $(level "'红'")" ] || fail "the day after the second period of 红"
[ "$(at 2026-05-20 overdue) $(at 2026-05-20 escalated)" = "$(level "'红', '橙', '黄', '蓝'") $(level "'红', '橙', '黄', '蓝'")" ] || fail "a month later"
MOPAI_CLOCK=2026-03-18T09:00:00 mopai -C "$site" status | grep -q "其中升级督办 $(level "'红'")）" || fail "status does not say 升级督办"

# a visit, or a later due day, ends it
number=$(sqlite3 "$ledger" "SELECT warning_no FROM warning_event WHERE kind = 'new' AND level = '红' LIMIT 1")
printed=$(mopai -C "$site" export warnings 2>/dev/null | grep -o "W-0*$number-." | head -1)
MOPAI_CLOCK=2026-03-17T09:00:00 mopai -C "$site" visits extend "$printed" --until 2026-04-20 --reason 户主外出 >/dev/null
[ "$(at 2026-03-18 escalated)" = $(($(level "'红'") - 1)) ] || fail "extended, yet escalated"

# explain household, and the same for programs that watch
# followed NUMBER TEXT: how often what comes next says it of a warning
whose() { mopai -C "$site" export warnings 2>/dev/null | grep "^W-0*$1-" | grep -oE '[PH]-[0-9A-Z]{10}' | head -1; }
followed() { mopai -C "$site" explain household "$(whose "$1")" | sed -n '/^后续/,$p' | grep -c "$2" || true; }
[ "$(followed "$number" '应于 2026-04-20 前走访')" = 1 ] || fail "explain household does not know of the later due day"

# a due day that was told stands though the rules of the next night give other periods; what is listed anew has the new one
told=$(sqlite3 "$ledger" "SELECT count(*) FROM warning_event WHERE kind = 'new' AND level = '红' AND json_extract(body, '$.due') = '2026-03-12'
    AND json_extract(body, '$.due_days') = 3 AND json_extract(body, '$.due_workdays')")
[ "$told" = "$(level "'红'")" ] || fail "events do not carry the period"
sed -i 's/due: {红: 3个工作日/due: {红: 9个工作日/' "$site/rules.yaml"
grep -q 'due: {红: 9个工作日' "$site/rules.yaml" || fail "the demo's meta.due reads otherwise now"
[ "$(at 2026-03-18 escalated)" = $(($(level "'红'") - 1)) ] || fail "status counts by the new rules"

# the next night's lists
deliver "$site" 3
MOPAI_CLOCK=2026-03-23T02:00:00 mopai -C "$site" run --metrics "$work/mopai.prom" >"$work/run" 2>&1
night="$site/store/runs/3/night.db"
# 红 is past its second period, 橙 on the last day of it; what could not be decided tonight stays on the list
expect=$(sqlite3 "$ledger" "SELECT count(DISTINCT warning_no) FROM warning_event WHERE kind = 'new' AND level = '红'
    AND warning_no NOT IN (SELECT warning_no FROM warning_event WHERE kind IN ('extended', 'cleared', 'merged'))")
found=$(sqlite3 "$night" "SELECT value FROM figure WHERE name = 'list.escalated'")
[ "$found" -gt 0 ] || fail "nothing escalated on the list"
[ "$found" = "$expect" ] || fail "the figure says $found escalated, by hand $expect"
grep -q '<th scope="col"[^>]*>升级' "$site/reports/latest/index.html" || fail "index.html has no column 升级"
moved=$(sqlite3 "$night" "SELECT count(*) FROM hit WHERE disposition = 'standing' AND level = '红' AND due <> 20524 AND due <> 20563") # 12 March, 20 April
[ "$moved" = 0 ] || fail "$moved due days moved with the rules"
[ "$(sqlite3 "$night" "SELECT count(*) FROM hit WHERE disposition = 'standing' AND level = '红' AND due_days <> 3")" = 0 ] || fail "the period of standing warnings moved"
[ "$(sqlite3 "$night" "SELECT count(*) FROM hit WHERE disposition = 'new' AND level = '红' AND due_days <> 9")" = 0 ] || fail "new warnings have the old period"
grep -qx "mopai_warnings{state=\"escalated\"} $found" "$work/mopai.prom" || { grep mopai_warnings "$work/mopai.prom"; fail "the metrics do not say $found escalated"; }
warned=$(sqlite3 "$night" "SELECT warning_no FROM hit WHERE disposition = 'standing' AND level = '红' AND due = 20524 LIMIT 1")
[ "$(followed "$warned" '升级督办：应于 2026-03-12 前走访')" -gt 0 ] || fail "explain household does not say 升级督办"
mopai -C "$site" explain household "$(whose "$warned")" --sheet "$work/case.html" >/dev/null
grep -q '升级督办' "$work/case.html" || fail "the case sheet does not say 升级督办"
# nobody went: a street that had enough to do, before what tonight made of it, has its grade in its row of the page, and the lines are called a sample
for page in index.html index.en.html; do
    grep -q '>D <span class="range screen">0%' "$site/reports/latest/$page" || fail "$page shows no grade"
    grep -q 'A [^。]*95%.*样例' "$site/reports/latest/$page" || fail "$page does not call the lines a sample"
done
marked=0
for list in "$site"/reports/latest/streets/*.xlsx "$site"/reports/latest/district.xlsx; do
    marked=$((marked + $(unzip -p "$list" 'xl/worksheets/*.xml' | grep -o '升级督办' | wc -l)))
done
[ "$marked" = "$found" ] || fail "$marked rows of the lists are marked, $found escalated"

# a calendar without the year
sed -i '/^2026/d' "$site/calendar.csv"
at 2026-03-18 escalated >/dev/null
grep -q 'calendar.csv 没有 2026 年' "$work/err" || fail "status does not tell the missing year"
# rules that do not compile matter only where events do not say the period, as those of old
sed -i 's/^  levels:/  levels: [/' "$site/rules.yaml"
[ "$(at 2026-03-18 escalated)" != "" ] || fail "status asks the rules for what the events say"
sqlite3 "$ledger" "UPDATE warning_event SET body = json_remove(body, '$.due_days', '$.due_workdays')"
[ -z "$(at 2026-03-18 escalated)" ] && [ -n "$(at 2026-03-18 overdue)" ] || fail "with rules that do not compile status must say the rest"
echo ok
