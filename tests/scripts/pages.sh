#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The pages of a night as a browser shows them: nothing sticks out on a phone, contrast and structure hold, links lead somewhere, the twins say the same figures,
# no identifier and no name is on them, and index.html prints on one A4.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh tests/lib/demo-site.sh "$work" 1
MOPAI_KEY="$work/key"
export MOPAI_KEY
. "$top/tests/lib/site.sh"
MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$work/site" release >/dev/null
deliver "$work/site" 2
run_night "$work/site" 2
pages=$(readlink -f "$work/site/reports/latest")
fail() { echo "$1"; exit 1; }

for page in index.html index.en.html quality.html rules/R02.html; do
    [ -s "$pages/$page" ] || fail "no $page"
    grep -o 'href="[^"#]*"' "$pages/$page" | sed 's/href="//;s/"$//' | sort -u | while read -r to; do
        [ -e "$(dirname "$pages/$page")/$to" ] || { echo "$page leads to $to, which is not there"; exit 1; }
    done
done
figures() { sed 's/.*<dl class="figures">//;s/<\/dl>.*//' "$1" | grep -o '<dd>[^<]*' | tr -d '\n'; }
[ "$(figures "$pages/index.html")" = "$(figures "$pages/index.en.html")" ] || fail "the twins differ"
sed 's/<span lang="zh-CN">[^<]*<\/span>//g;s/<a class="twin[^/]*<\/a>//;s/<style>.*<\/style>//' "$pages/index.en.html" | sed '/<style>/,/<\/style>/d' | grep -vE 'href="(streets|departments)/' |
    grep -qP '\p{Han}' && fail "Chinese words of the program on the English page"
[ "$(find "$pages/rules" -name '*.html' | wc -l)" -eq "$(sqlite3 "$work/site/store/runs/2/night.db" 'SELECT count(*) FROM rule_result')" ] || fail "not a page for every rule"
for table in 按等级，条 按种类，条 每条规则今晚判断了多少人或户 走访清单，条; do
    grep -oP "<caption>$table.*?</tbody>" "$pages/index.html" >"$work/table" || fail "no table $table"
    grep -q '&lt;5' "$work/table" || fail "nothing is hidden in $table"
    grep -qE '>[1-4]</td>' "$work/table" && fail "a small count is shown in $table"
done
grep -qE '[0-9]{17}[0-9X]' "$pages"/*.html "$pages"/rules/*.html && fail "an identifier on a page"

code=0
sh tests/lib/page-audit.sh "$pages" index.html index.en.html quality.html rules/R02.html || code=$?
[ "$code" -ne 77 ] || { echo "skipped: no browser"; exit 0; }
[ "$code" -eq 0 ] || exit 1
timeout 120 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --no-pdf-header-footer --print-to-pdf="$work/index.pdf" \
    "file://$pages/index.html" >/dev/null 2>&1 || { echo "skipped: the browser does not print"; exit 0; }
pdfinfo "$work/index.pdf" | grep -q '^Pages: *1$' || fail "index.html does not print on one page"
pdfinfo "$work/index.pdf" | grep -q 'A4' || fail "index.html does not print on A4"
