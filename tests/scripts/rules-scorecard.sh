#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rules scorecard against the same figures counted by hand in SQL: sent, visited, verified, right, and no share under five.
set -eu
top=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site=$work/site
new_site "$site"
deliver "$site" 1
run_night "$site" 1
"$MOPAI_BIN" -C "$work/none" rules scorecard >"$work/out" 2>&1 && { echo "a scorecard without a site"; exit 1; }
MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$site" release >/dev/null
deliver "$site" 2
run_night "$site" 2

# what the doors said: R02 six times right and once wrong, R01 once not reached, R05 once wrong
sqlite3 "$site/store/ledger.db" "
  INSERT INTO visit_import (name, xxh128, rows, accepted, refused, blank, repeated, who, at) VALUES ('t', 'x', 0, 0, 0, 0, 0, 't', 't');
  INSERT INTO visit (import_id, warning_no, visit_day, visitor, outcome, outcome_group, note, at)
  SELECT 1, warning_no, (SELECT as_of FROM night WHERE night = 2) + 4, '某人', CASE WHEN nth = 7 OR rule = 'R05' THEN '数据过期' WHEN rule = 'R01' THEN '无法联系' ELSE '纳入低保' END,
         CASE WHEN nth = 7 OR rule = 'R05' THEN '不属实' WHEN rule = 'R01' THEN '未核实' ELSE '属实已帮扶' END, '', 't'
  FROM (SELECT warning_no, rule, row_number() OVER (PARTITION BY rule ORDER BY warning_no) AS nth FROM warning
        WHERE warning_no IN (SELECT warning_no FROM warning_event WHERE kind IN ('new', 'released')))
  WHERE (rule = 'R02' AND nth <= 7) OR (rule IN ('R01', 'R05') AND nth = 1);"
mopai -C "$site" --json rules scorecard >"$work/card"
expect() {
    grep -q -- "$2" "$1" || { echo "$1 lacks: $2"; cat "$1"; exit 1; }
}
# field RULE KEY: a figure of the JSON
field() {
    awk -v rule="\"rule\": \"$1\"" -v key="\"$2\":" 'index($0, rule) { on = 1 } on && index($0, key) { gsub(/[^0-9]/, "", $NF); print $NF; exit } /^  }/ { on = 0 }' "$work/card"
}
count() { sqlite3 "$site/store/ledger.db" "$1"; }
for rule in R01 R02 R05; do
    [ "$(field $rule warnings)" = "$(count "SELECT count(*) FROM warning WHERE rule = '$rule'")" ] || { echo "$rule: warnings"; cat "$work/card"; exit 1; }
    [ "$(field $rule visited)" = "$(count "SELECT count(DISTINCT v.warning_no) FROM visit v JOIN warning USING (warning_no) WHERE rule = '$rule'")" ] || { echo "$rule: visited"; cat "$work/card"; exit 1; }
done
[ "$(field R01 verified)" = 0 ] || { echo "not reached counted as verified"; exit 1; }
[ "$(field R02 verified)" = "$(field R02 visited)" ] || { echo "R02: verified"; exit 1; }
mopai -C "$site" rules scorecard --months >"$work/text"
expect "$work/text" '^R01 .* - .*先不下结论'
expect "$work/text" '不属实：数据过期 1'
expect "$work/text" '^    2026-03 '
expect "$work/text" ' 4  *0  ' # four days from the list to the door, nothing repeated
expect "$work/text" '^C02 家中有人去世  *[1-9][0-9]*  *0$' # a rule on trial is counted
[ "$(field C02 hits_last_night)" = "$(sqlite3 "$site/store/runs/2/night.db" "SELECT count(*) FROM hit WHERE rule = 'C02'")" ] || { echo "C02: hits of the night"; exit 1; }
mopai -C "$site" rules scorecard --rule R02 --areas --visitors >"$work/cuts"
expect "$work/cuts" '^    某人  *7  *7  *7  *7  *6  *86% (49–97)'
[ "$(awk '/街道/ { n += $2 } END { print n }' "$work/cuts")" = "$(count "SELECT count(*) FROM warning WHERE rule = 'R02'")" ] || { echo "R02 by street does not add up"; cat "$work/cuts"; exit 1; }

# fairness: every household with somebody living in it stands once in each kind, and hits are those of the night
mopai -C "$site" --json rules scorecard --fair >"$work/fair"
living=$(mopai -C "$site" sql --csv "SELECT count(*) FROM households WHERE 成员数 > 0" | tail -1 | tr -d '\r')
hit=$(mopai -C "$site" sql --csv "SELECT count(DISTINCT 户) FROM hits WHERE 处置 <> '试运行'" | tail -1 | tr -d '\r')
for kind in 户主性别 户主年龄 孩子 户籍 街道; do
    awk -v kind="\"kind\": \"$kind\"" -v living="$living" -v hit="$hit" '
        index($0, "\"kind\"") { on = index($0, kind) } on && /"households"/ { gsub(/[^0-9]/, ""); all += $0 } on && /"hit"/ { in_hit = 1 }
        on && in_hit && /"k"/ { gsub(/[^0-9]/, ""); hits += $0; in_hit = 0 } END { exit all != living || hits != hit }' "$work/fair" ||
        { echo "$kind does not add up to $living households, $hit of them hit"; cat "$work/fair"; exit 1; }
done
mopai -C "$site" rules scorecard --fair >"$work/text"
expect "$work/text" '^户主性别  女'
expect "$work/text" '二十处里总有一处是碰巧'

# the random sample: active and wide open, every household without a warning is drawn, those with one are not; visits of it say what is missed
sed '/^  抽查万分数:/,/values/s/value: 25户/value: 10000户/; /^  - id: Z01/,/status:/s/status: shadow/status: active/' "$site/rules.yaml" >"$work/rules.yaml"
cp "$work/rules.yaml" "$site/rules.yaml"
deliver "$site" 3
run_night "$site" 3
db="$site/store/runs/3/night.db"
drawn() { sqlite3 "$db" "SELECT count(*) FROM hit AS z WHERE rule = 'Z01' AND disposition $1 AND $2 EXISTS (SELECT 1 FROM hit AS o WHERE o.household = z.household AND o.rule <> 'Z01' AND o.disposition IN ('new', 'standing', 'held'))"; }
[ "$(drawn "= 'held'" '')" = 0 ] || { echo "a household with a warning is in the sample"; exit 1; }
[ "$(drawn "= 'held'" NOT)" -gt 50 ] && [ "$(drawn "= 'suppressed'" '')" -gt 5 ] || { echo "the sample is not drawn"; exit 1; }
sqlite3 "$site/store/ledger.db" "
  INSERT INTO visit (import_id, warning_no, visit_day, visitor, outcome, outcome_group, note, at)
  SELECT 1, warning_no, (SELECT as_of FROM night WHERE night = 3) + 1, '某人', CASE WHEN nth = 1 THEN '转介' ELSE '没有困难' END, CASE WHEN nth = 1 THEN '属实已帮扶' ELSE '不属实' END, '', 't'
  FROM (SELECT warning_no, row_number() OVER (ORDER BY warning_no) AS nth FROM warning WHERE rule = 'Z01') WHERE nth <= 10;"
mopai -C "$site" rules scorecard >"$work/text"
expect "$work/text" '^随机抽查：走访 10 户，核实 10 户，有困难 1 户；上一夜没有预警的 [0-9]* 户里，估计漏了 [0-9]* 户（[0-9]*–[0-9]*）$'
quiet=$(mopai -C "$site" sql --csv "SELECT count(*) FROM households h WHERE 成员数 > 0 AND NOT EXISTS (SELECT 1 FROM hits x WHERE x.户 = h.户 AND x.规则 <> 'Z01' AND x.处置 <> '试运行')" | tail -1 | tr -d '\r')
expect "$work/text" "没有预警的 $quiet 户里，估计漏了 $((quiet / 10)) 户"
echo ok
