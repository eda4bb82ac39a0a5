#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rules diff and whatif on a demo night: who comes, who goes, whose level changes; nothing is published and the same file changes nothing.
set -eu
top=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site=$work/site
new_site "$site"
deliver "$site" 1
run_night "$site" 1
before=$(cd "$site/reports" && find . -type f | sort | xargs sha256sum | sha256sum)
export MOPAI_CLOCK=2026-03-02T12:00:00

# what to expect: the file -> pattern
expect() {
    grep -q -- "$2" "$1" || { echo "$1 lacks: $2"; cat "$1"; exit 1; }
}

mopai -C "$site" rules diff "$site/rules.yaml" >"$work/same"
awk '/^R0|^S0/ && ($(NF) + $(NF-1) + $(NF-2) != 0) { bad = 1 } END { exit bad }' "$work/same" || { echo "the same rules differ from themselves"; cat "$work/same"; exit 1; }

# R02 asks a little more: some households leave
sed 's/户\.近12月自付 >= 大额自付线$/户.近12月自付 >= 1.2 * 大额自付线/' "$site/rules.yaml" >"$work/new.yaml"
cmp -s "$work/new.yaml" "$site/rules.yaml" && { echo "the line of R02 was not found"; exit 1; }
mopai -C "$site" rules diff "$work/new.yaml" >"$work/diff"
expect "$work/diff" '^    减少  H-'
mopai -C "$site" --json rules diff "$work/new.yaml" >"$work/diff.json"
expect "$work/diff.json" '"gone_examples"'
# and the other way round they come
mopai -C "$site" rules diff "$work/new.yaml" "$site/rules.yaml" >"$work/back"
expect "$work/back" '^    增加  H-'

mopai -C "$site" rules whatif --set 高额红线=1000000元 >"$work/whatif"
expect "$work/whatif" '^    级别  H-.*红→'
mopai -C "$site" rules whatif --set '大额自付线.无=500元,大额自付线.低保=500元' >"$work/whatif"
expect "$work/whatif" '^    增加  H-'
expect "$work/whatif" '每周容量'

# wrong words are refused and say what is meant
for set in 大额自付县=5元 大额自付线.低宝=5元 大额自付线=90天 高额红线.低保=5元 高额红线; do
    if "$MOPAI_BIN" -C "$site" rules whatif --set "$set" >"$work/out" 2>&1; then
        echo "--set $set was taken"; exit 1
    fi
    expect "$work/out" 'E409\|E301'
done

after=$(cd "$site/reports" && find . -type f | sort | xargs sha256sum | sha256sum)
[ "$before" = "$after" ] || { echo "comparing changed what is published"; exit 1; }
"$MOPAI_BIN" -C "$site" run >"$work/again" 2>&1 || [ $? -lt 130 ]
expect "$work/again" '已经\|没有新'
echo ok
