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
echo ok
