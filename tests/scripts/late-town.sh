#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A town that stopped sending while the others of its source go on: it is named, and no record of its people there means unknown, not absent.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
new_site "$work/s"
deliver "$work/s" 1
run_night "$work/s" 1
absent() { # persons of a street without a record who are said to get nothing
    mopai -C "$work/s" export persons 2>/dev/null >"$work/persons"
    awk -F, -v street="$1" 'NR == 1 {for (i = 1; i <= NF; i++) {if ($i == "街道") s = i; if ($i == "在保类别") c = i}} NR > 1 && $s == street && $c == "无"' \
        "$work/persons" | wc -l
}
before1=$(absent 青禾街道) before2=$(absent 柳岸街道)
[ "$before1" -gt 10 ] && [ "$before2" -gt 10 ] || { echo "nobody is without help to begin with: $before1 $before2"; head -2 "$work/persons"; exit 1; }
cp "$work/s/inbox/mz_member_120194002_20260227_full.csv" "$work/s/inbox/mz_member_120194002_20260320_full.csv"
MOPAI_CLOCK=2026-03-23T02:00:00 mopai -C "$work/s" run >"$work/out" 2>&1
grep -q '救助成员：120194001（2026-02-27） 没有按时送来' "$work/out" || { cat "$work/out"; exit 1; }
[ "$(absent 青禾街道)" -eq 0 ] || { echo "a late town's people are said to get nothing"; exit 1; }
[ "$(absent 柳岸街道)" -eq "$before2" ] || { echo "the other town's people changed"; exit 1; }
grep -q '没有按时送来</b>：120194001' "$work/s/reports/latest/quality.html" || { echo "quality.html does not name the town"; exit 1; }
MOPAI_CLOCK=2026-03-23T02:00:00 mopai -C "$work/s" status >"$work/out" 2>&1
grep -q '没有按时送来：120194001（2026-02-27）' "$work/out" || { cat "$work/out"; exit 1; }
grep -q '没有按时送来：.*120194001' "$work/s/reports/latest/index.html" || { echo "the page does not name the town"; exit 1; }

# The district sends too, and is fresh: the late town's people stay unknown, everybody else is covered.
cp "$work/s/inbox/mz_member_120194002_20260227_full.csv" "$work/s/inbox/mz_member_120194_20260321_full.csv"
MOPAI_CLOCK=2026-03-24T02:00:00 mopai -C "$work/s" run >"$work/out" 2>&1 || [ $? -ge 100 ] || [ $? = 1 ]
[ "$(absent 青禾街道)" -eq 0 ] || { echo "the district's delivery speaks for the late town"; exit 1; }
[ "$(absent 柳岸街道)" -gt 10 ] || { echo "the late town makes everybody unknown: $(absent 柳岸街道)"; exit 1; }
