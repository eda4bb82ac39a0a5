#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# explain household --html: one self-contained page with members, facts, the evidence of every warning, masked identifiers; audited.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh tests/lib/demo-site.sh "$work" 1
MOPAI_KEY="$work/key"
export MOPAI_KEY
. "$top/tests/lib/site.sh"
number=$(sqlite3 "$work/site/store/ledger.db" "SELECT printf('W-%06d', warning_no) FROM warning ORDER BY warning_no LIMIT 1")
household=$(mopai -C "$work/site" export warnings 2>/dev/null | grep -oE 'H-[0-9A-Z]{10}' | head -1)
[ -n "$household" ] || household=$(mopai -C "$work/site" export households 2>/dev/null | grep -oE 'H-[0-9A-Z]{10}' | head -1)
mopai -C "$work/site" explain household "$household" >"$work/said"
mopai -C "$work/site" explain household "$household" --html "$work/sheet.html"
for word in "$household" 组户依据 成员 不是处理决定; do
    grep -q "$word" "$work/sheet.html" || { echo "$number: the sheet does not say $word"; exit 1; }
done
warnings=$(grep -cE '^  W-' "$work/said" || true)
[ "$(grep -c '<h2>预警 W-' "$work/sheet.html" || true)" -eq "$warnings" ] || { echo "not every one of $warnings warnings is on the sheet"; exit 1; }
[ "$warnings" -gt 0 ] || { echo "no household with a warning found"; exit 1; }
grep -qE 'https?://|<script|[0-9]{17}[0-9X]' "$work/sheet.html" && { echo "the sheet reaches out, or shows a number"; exit 1; }
[ "$(stat -c %a "$work/sheet.html")" = 600 ] || { echo "others can read the sheet"; exit 1; }
mopai -C "$work/site" audit | grep -q 'explain household --html' || { echo "not audited"; exit 1; }
mopai -C "$work/site" explain "$number" --html "$work/x.html" >/dev/null 2>&1 && { echo "--html of a warning was taken"; exit 1; }
[ ! -e "$work/x.html" ]
