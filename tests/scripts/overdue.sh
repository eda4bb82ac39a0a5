#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Overdue and escalated: status, the page, the figures and the lists say what counting by hand says, and a year that calendar.csv lacks is told.
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

# the next night's lists
deliver "$site" 3
MOPAI_CLOCK=2026-03-23T02:00:00 mopai -C "$site" run >"$work/run" 2>&1
night="$site/store/runs/3/night.db"
# 红 is past its second period, 橙 on the last day of it; what could not be decided tonight stays on the list
expect=$(sqlite3 "$ledger" "SELECT count(DISTINCT warning_no) FROM warning_event WHERE kind = 'new' AND level = '红'
    AND warning_no NOT IN (SELECT warning_no FROM warning_event WHERE kind IN ('extended', 'cleared', 'merged'))")
found=$(sqlite3 "$night" "SELECT value FROM figure WHERE name = 'list.escalated'")
[ "$found" -gt 0 ] || fail "nothing escalated on the list"
[ "$found" = "$expect" ] || fail "the figure says $found escalated, by hand $expect"
grep -q '<th scope="col"[^>]*>升级' "$site/reports/latest/index.html" || fail "index.html has no column 升级"
marked=0
for list in "$site"/reports/latest/streets/*.xlsx "$site"/reports/latest/district.xlsx; do
    marked=$((marked + $(unzip -p "$list" 'xl/worksheets/*.xml' | grep -o '升级督办' | wc -l)))
done
[ "$marked" = "$found" ] || fail "$marked rows of the lists are marked, $found escalated"

# a calendar without the year
sed -i '/^2026/d' "$site/calendar.csv"
at 2026-03-18 escalated >/dev/null
grep -q 'calendar.csv 没有 2026 年' "$work/err" || fail "status does not tell the missing year"
sed -i 's/^  levels:/  levels: [/' "$site/rules.yaml"
[ -z "$(at 2026-03-18 escalated)" ] && [ -n "$(at 2026-03-18 overdue)" ] || fail "with rules that do not compile status must say the rest"
echo ok
