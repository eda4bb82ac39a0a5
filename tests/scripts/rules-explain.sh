#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rules explain on a demo night: a household that fires shows its conditions, one that does not says which fails and by how much.
set -eu
top=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site=$work/site
new_site "$site"
deliver "$site" 1
run_night "$site" 1
export MOPAI_CLOCK=2026-03-02T12:00:00

expect() {
    grep -q -- "$2" "$1" || { echo "$1 lacks: $2"; cat "$1"; exit 1; }
}
mopai -C "$site" rules whatif --set 大额自付线.无=500元 >"$work/whatif"
fires=$(mopai -C "$site" rules whatif --set 大额自付线=1000000元 | awk '$1 == "减少" { print $2; exit }')
near=$(awk '$1 == "增加" { print $2; exit }' "$work/whatif")

mopai -C "$site" rules explain "$fires" >"$work/fires"
expect "$work/fires" '^R02 .*报 [红橙黄]'
expect "$work/fires" '√ 户.近12月自付 >= 大额自付线'
mopai -C "$site" rules explain "$near" >"$work/near"
expect "$work/near" '× 户.近12月自付 >= 大额自付线   差 [0-9,]*\.[0-9][0-9]元'
mopai -C "$site" rules explain "$near" --rule R02 >"$work/one"
[ "$(grep -c '^[A-Z][0-9]' "$work/one")" = 1 ] || { echo "more than the rule asked for"; cat "$work/one"; exit 1; }
expect "$work/one" '户.近12月自付 = '
# the gap is the line minus the figure
awk '/×/ { gsub(/,/, ""); match($0, /差 [0-9.]+/); gap = substr($0, RSTART + 4, RLENGTH - 4) } /自付 = / { gsub(/[,元]/, ""); have = $NF } /自付线 = / { gsub(/,/, ""); match($0, /= [0-9.]+/); want = substr($0, RSTART + 2, RLENGTH - 2) }
     END { d = want - have - gap; if (d < -0.001 || d > 0.001) { print want, have, gap; exit 1 } }' "$work/one"
# nearest first: the number of failing lines never falls
awk '/^[A-Z][0-9]/ { if (n < last && n > 0 && fired == 0) bad = 1; if (NR > 1 && fired == 0) last = n; n = 0; fired = /报 / && !/不报/ } /^  ×/ { n++ } END { exit bad }' "$work/near"

"$MOPAI_BIN" -C "$site" rules explain H-0000000000 >"$work/none" 2>&1 && { echo "nobody was found"; exit 1; }
s=0; "$MOPAI_BIN" -C "$site" rules explain 12019419610305001X >"$work/none" 2>&1 || s=$?
[ $s = 2 ] && expect "$work/none" 'mopai explain person'
grep -q 12019419610305001X "$work/none" && { echo "the identifier is repeated in the message"; exit 1; }
"$MOPAI_BIN" -C "$site" rules explain "$near" --rule R99 >"$work/none" 2>&1 && { echo "R99 was found"; exit 1; }
expect "$work/none" 'R99'
echo ok
