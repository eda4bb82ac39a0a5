#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# explain household: the chain from record to what comes next; --sheet sets it on one A4, as a self-contained page and as a PDF, with why of every warning,
# identifiers masked; audited.
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
mopai -C "$work/site" explain household "$household" --sheet "$work/sheet.html"
for word in "$household" 组户依据 成员 记录与归并 指标 走访 帮扶 后续 经过 为什么 条件 不是处理决定; do
    grep -q "$word" "$work/sheet.html" || { echo "$number: the sheet does not say $word"; exit 1; }
done
warnings=$(sed -n '/^预警/,/^走访/p' "$work/said" | grep -cE '^  W-' || true)
[ "$(grep -c '<h2>预警 W-' "$work/sheet.html" || true)" -eq "$warnings" ] || { echo "not every one of $warnings warnings is on the sheet"; exit 1; }
[ "$warnings" -gt 0 ] || { echo "no household with a warning found"; exit 1; }
grep -qE 'https?://|<script|[0-9]{17}[0-9X]' "$work/sheet.html" && { echo "the sheet reaches out, or shows a number"; exit 1; }
[ "$(stat -c %a "$work/sheet.html")" = 600 ] || { echo "others can read the sheet"; exit 1; }
mopai -C "$work/site" audit | grep -q 'explain household --sheet' || { echo "not audited"; exit 1; }
mopai -C "$work/site" explain "$number" --sheet "$work/x.html" >/dev/null 2>&1 && { echo "--sheet of a warning was taken"; exit 1; }
[ ! -e "$work/x.html" ]

# fast_unwind_on_malloc: scripts/lsan.supp names a function of cairo, in builds with sanitizers
export ASAN_OPTIONS="fast_unwind_on_malloc=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
code=0
mopai -C "$work/site" explain household "$household" --sheet "$work/sheet.pdf" 2>"$work/err" || code=$?
if [ "$code" -ne 0 ]; then
    grep -qE '没有带 PDF|没有中文字体' "$work/err" || { cat "$work/err"; exit 1; }
    echo "skipped: no PDF here"
    exit 0
fi
pdfinfo "$work/sheet.pdf" | grep -q '^Pages: *1$' || { echo "the sheet is not one page"; exit 1; }
pdfinfo "$work/sheet.pdf" | grep -q 'A4' || { echo "the sheet is not an A4"; exit 1; }
pdftotext "$work/sheet.pdf" "$work/sheet.txt"
for word in "$household" 记录与归并 帮扶 后续 为什么 条件 不是处理决定; do
    grep -q "$word" "$work/sheet.txt" || { echo "the PDF does not say $word"; exit 1; }
done
grep -qE '[0-9]{17}[0-9X]' "$work/sheet.txt" && { echo "the PDF shows a number"; exit 1; }
[ "$(stat -c %a "$work/sheet.pdf")" = 600 ] || { echo "others can read the PDF"; exit 1; }
