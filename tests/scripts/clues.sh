#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A clue (线索) of the hotline or a street worker enters as a delivery of the source 救助线索, the example of docs/sources.md as it stands there: with a number, with
# name, phone and address alone, and of somebody nobody knows. C19 puts the households on the list, the visit shows which clue it was.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/a"
fail() { echo "$*"; exit 1; }
new_site "$site"
sed -i '/^  - id: C19$/,/status:/s/status: shadow/status: active/' "$site/rules.yaml"
deliver "$site" 1
run_night "$site" 1
deliver "$site" 2
run_night "$site" 2
night() { echo "$site/store/runs/$1/night.db"; }

# two adults of the register with a phone, from two households; the header is that of the manual
mopai -C "$site" export persons --reveal 2>/dev/null | awk -F, 'NR > 1 && $5 == "在册" && $14 != "" && $14 != "无" && $14 != "未知" && $17 > 25 && !seen[$6]++' >"$work/persons"
[ "$(wc -l <"$work/persons")" -gt 4 ] || fail "the demo knows no phones"
sed -n 2p "$work/persons" >"$work/one"
sed -n 4p "$work/persons" >"$work/two"
sed -n '/^```csv 线索$/,/^```$/p' "$top/docs/sources.md" | sed '1d;$d' >"$work/example"
[ "$(wc -l <"$work/example")" -gt 1 ] || fail "docs/sources.md has no example of clues"
{
    head -1 "$work/example"
    awk -F, -v day=2026-03-12 '{ print "XS-001,12345热线," day "," $2 "," $3 "," $14 "," $13 "," $10 "," $11 ",重病,家里两个人住院,待办" }' "$work/one"
    awk -F, -v day=2026-03-13 '{ print "XS-002,网格员," day "," $2 ",," $14 "," $13 "," $10 "," $11 ",失业,上月丢了工作,在办" }' "$work/two"
    echo 'XS-003,12345热线,2026-03-13,欧阳无人,,19900000000,,,,其他,没有留下住址,待办'
} >"$site/inbox/救助线索_120192_20260314.csv"
deliver "$site" 3
run_night "$site" 3
homes=$(cut -d, -f1 "$work/one" "$work/two")
for person in $homes; do
    mopai -C "$site" explain household "$person" >"$work/said"
    grep -q 'C19' "$work/said" && grep -q '救助线索 1 行' "$work/said" || { cat "$work/said"; fail "$person: the clue did not enter"; }
    grep -q '暂扣，等人放行' "$work/said" || { cat "$work/said"; fail "$person: a source of the first time is held"; }
done
[ "$(sqlite3 "$(night 3)" "SELECT count(*) FROM hit WHERE rule = 'C19' AND disposition = 'held'")" = 2 ] || fail "two households have a clue"
[ "$(sqlite3 "$(night 3)" "SELECT linked || ' ' || unlinked FROM source_state WHERE source = 'xs'")" = '2 1' ] || fail "one clue is nobody's"

# released, on the street's list of the next night, with what was said; and gone when the hotline says it is settled
MOPAI_CLOCK=2026-03-17T09:00:00 mopai -C "$site" release --rule C19 >"$work/release"
grep -q '^已放行 2 条' "$work/release" || { cat "$work/release"; fail "release"; }
run_night "$site" 4
[ "$(sqlite3 "$(night 4)" "SELECT count(*) FROM hit WHERE rule = 'C19' AND disposition = 'new' AND send = '街道' AND street <> ''")" = 2 ] || fail "the list of the next night"
lists=0
for list in "$site"/reports/latest/streets/*.xlsx; do
    lists=$((lists + $(unzip -p "$list" 'xl/worksheets/*.xml' | grep -o '1条反映这家困难的线索还没办' | wc -l)))
done
[ "$lists" = 2 ] || fail "$lists rows of the lists tell of a clue"
{
    head -1 "$work/example"
    grep '^XS-001' "$site/inbox/救助线索_120192_20260314.csv" | sed 's/待办$/已办结/'
} >"$site/inbox/救助线索_120192_20260327.csv"
run_night "$site" 5
[ "$(sqlite3 "$(night 5)" "SELECT count(*) FROM hit WHERE rule = 'C19'")" = 1 ] || fail "a settled clue still counts"
echo ok
