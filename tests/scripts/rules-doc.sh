#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rule book says every rule, every condition and the values in force on the day asked for, and a name with markup in it stays text.
set -eu
top=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
expect() {
    grep -qF -- "$2" "$1" || { echo "$1 lacks: $2"; exit 1; }
}
"$MOPAI_BIN" rules doc "$top/rules.yaml" --as-of 2026-03-01 -o book.html
for id in $(sed -n 's/^  - id: //p' "$top/rules.yaml"); do
    expect book.html "<h2 id=\"$id\">"
done
expect book.html '户.人均月收入 &lt;= 1.5 * 低保标准'
expect book.html '1,120.00元/月'
"$MOPAI_BIN" rules doc "$top/rules.yaml" --as-of 2025-01-01 -o old.html
expect old.html '1,080.00元/月'
"$MOPAI_BIN" --lang en rules doc "$top/rules.yaml" --as-of 2026-03-01 | cmp - book.html
sed 's/name: 大额自付医疗/name: "<script>alert(1)<\/script>"/' "$top/rules.yaml" >evil.yaml
"$MOPAI_BIN" rules doc evil.yaml -o evil.html
grep -q '<script' evil.html && { echo "markup of a name came through"; exit 1; }
echo ok
