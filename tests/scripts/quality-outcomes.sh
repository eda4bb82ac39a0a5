#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What visits say of each source: verified warnings that rest on it and how many were wrong for want of fresh data, in quality.csv exactly, on the page without
# small numbers. Counted here from the list as it was filled in and the evidence of each warning; visits that verified nothing and one taken back are not counted.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/a"
ledger="$site/store/ledger.db"
fail() { echo "$*"; exit 1; }
listed_nights "$site"
grep -q '走访核实' "$site/reports/latest/quality.csv" && fail "outcomes before the first visit"

sqlite3 "$site/store/runs/2/night.db" "SELECT warning_no FROM hit WHERE disposition IN ('new', 'standing') ORDER BY 1" >"$work/numbers"
mopai -C "$site" export warnings 2>/dev/null | grep -o 'W-[0-9]*-[0-9A-Z]' | sort -u >"$work/printed"
# two of three out of date, every seventh not met, the first taken back afterwards
awk 'NR == FNR { split($0, w, "-"); printed[w[2] + 0] = $0; next }
    { n++; print printed[$1] "," (n % 7 == 0 ? "无法联系" : n % 3 == 0 ? "临时救助" : "数据过期") ",2026-03-10,走访员甲" }' "$work/printed" "$work/numbers" >"$work/rows"
{ echo '预警编号,核查结果,走访日期,走访人'; cat "$work/rows"; } >"$work/back.csv"
MOPAI_CLOCK=2026-03-12T09:00:00 mopai -C "$site" visits import "$work/back.csv" >"$work/import.out" 2>&1
[ "$(sqlite3 "$ledger" 'SELECT count(*) FROM visit')" -eq "$(wc -l <"$work/numbers")" ] || { cat "$work/import.out"; fail "not every outcome was taken"; }
first=$(head -1 "$work/numbers")
MOPAI_CLOCK=2026-03-12T10:00:00 mopai -C "$site" visits reopen "$(head -1 "$work/rows" | cut -d, -f1)" --reason 填错了户 >/dev/null
sqlite3 -separator , "$ledger" "SELECT DISTINCT e.warning_no, json_extract(x.value, '\$.source') FROM warning_event e, json_each(e.body, '\$.evidence') x
    WHERE x.value LIKE '%source%' AND e.seq = (SELECT max(seq) FROM warning_event WHERE warning_no = e.warning_no AND body <> '{}')" >"$work/rests"
awk -F, -v back="$first" 'NR == FNR { split($1, w, "-"); outcome[w[2] + 0] = $2; next }
    $1 == back || !($1 in outcome) || outcome[$1] == "无法联系" { next }
    { all[$2]++; old[$2] += outcome[$1] == "数据过期" }
    END { for (s in all) printf "%s,%d,近一年核实 %d 条，占 %.1f%%\n", s, old[s], all[s], int(old[s] * 1000 / all[s] + 0.5) / 10 }' "$work/rows" "$work/rests" |
    LC_ALL=C sort >"$work/expected"
grep -q '^医疗结算,' "$work/expected" || { cat "$work/expected"; fail "no warning rests on settlements"; }

deliver "$site" 3
run_night "$site" 3
csv="$site/reports/latest/quality.csv" page="$site/reports/latest/quality.html"
awk -F, '$8 == "走访核实" && $10 == "数据过期" { print $1 "," $11 "," $12 }' "$csv" | tr -d '\r' | LC_ALL=C sort >"$work/told"
cmp -s "$work/expected" "$work/told" || { diff "$work/expected" "$work/told"; fail "quality.csv counts otherwise"; }

# on the page: a large number and its share stand, a small one and the share beside it do not
sed -n '/走访说数据过期的/,/<\/table>/p' "$page" | grep '<tr><th' >"$work/page"
[ "$(wc -l <"$work/page")" -eq "$(wc -l <"$work/expected")" ] || fail "the page has other sources"
grep -q '%</td>' "$work/page" || { cat "$work/expected" "$work/page"; fail "no share on the page"; }
awk -F, '$2 > 0 && $2 < 5 { print $1 }' "$work/expected" >"$work/small"
[ -s "$work/small" ] || { cat "$work/expected"; fail "no source has a small number"; }
while read -r source; do
    grep ">$source<" "$work/page" | grep -q '数据过期">&lt;5</td><td class="n" data-l="占">—' || { grep ">$source<" "$work/page"; fail "$source: a small number is told"; }
done <"$work/small"
exit 0
