# SPDX-License-Identifier: Apache-2.0
# usage: sh tests/lib/page-audit.sh FOLDER PAGE...   What is wrong with the pages, exit 1 when something is, 77 when Chromium cannot be asked.
set -eu
command -v chromium >/dev/null 2>&1 || { echo "chromium is not there"; exit 77; }
folder=$1
shift
pages=$(echo "$*" | tr ' ' ,)
profile=$(mktemp -d)
cp tests/lib/page-audit.html "$folder/.audit.html"
timeout 120 chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --user-data-dir="$profile" --virtual-time-budget=20000 \
    --window-size=1200,900 --dump-dom "file://$folder/.audit.html?$pages" >"$profile/dom" 2>/dev/null || true
title=$(sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p' "$profile/dom" | head -1)
rm -rf "$profile" "$folder/.audit.html"
case $title in
"audit: ") ;;
"audit: "*) echo "$title" | tr '|' '\n'; exit 1 ;;
*) echo "chromium could not be asked: $title"; exit 77 ;;
esac
