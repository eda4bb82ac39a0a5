#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rules backtest: nights of the past computed again give what those nights gave, with the data of their day; nothing is published.
set -eu
top=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site=$work/site
new_site "$site"
deliver "$site" 1
run_night "$site" 1
deliver "$site" 2
run_night "$site" 2
before=$(cd "$site/reports" && find . -type f | sort | xargs sha256sum | sha256sum)
export MOPAI_CLOCK=2026-03-12T12:00:00

# rule and hits of a night, as it was published
published() {
    mopai -C "$site" sql --night "$1" --csv "SELECT 规则, count(*) FROM 命中 GROUP BY 规则" | tr -d '\r' | sed 1d | sort
}
# and as it is computed again: the n-th night of the JSON. Drafts are counted there, and did not run on the night
replayed() {
    mopai -C "$site" sql --night "$1" --csv "SELECT 规则 FROM 规则结果" | tr -d '\r' | sed 1d >"$work/ran"
    of_json "$1" | sort | awk -F, 'NR == FNR { ran[$1] = 1; next } ran[$1]' "$work/ran" -
}
of_json() {
    awk -v night="$1" '/"as_of"/ { n++ } /"hits"/ { on = n == night } /"new"/ { on = 0 } on && /"[A-Z][0-9]+":/ { gsub(/[",:]/, ""); if ($2 > 0) print $1 "," $2 }' "$work/back.json"
}
mopai -C "$site" --json rules backtest --from 2026-03-02 --to 2026-03-09 >"$work/back.json"
for night in 1 2; do
    published "$night" >"$work/published"
    replayed "$night" >"$work/replayed"
    [ "$(wc -l <"$work/published")" -ge 5 ] || { echo "night $night has too few rules with hits"; cat "$work/published"; exit 1; }
    diff "$work/published" "$work/replayed" || { echo "night $night computed again is not what it was"; exit 1; }
done

# a delivery that comes late belongs to its own day: R04 sees a change more, on every night from then on
deliver "$site" 3
run_night "$site" 3
export MOPAI_CLOCK=2026-03-17T12:00:00
published 1 >"$work/published"
mopai -C "$site" --json rules backtest --from 2026-03-02 --to 2026-03-02 >"$work/back.json"
replayed 1 >"$work/replayed"
changed=$(diff "$work/published" "$work/replayed" | sed -n 's/^[<>] \(.*\),.*/\1/p' | sort -u)
[ "$changed" = R04 ] || { echo "the late certificates changed '$changed', not R04"; exit 1; }

# the table for people, one rule, other values, days that make no stretch
unset MOPAI_CLOCK
mopai -C "$site" rules backtest --from 2026-03-02 --to 2026-03-16 --rule R02 >"$work/table"
grep -q '^R02 .* 6 *6 (+1) *6 (+0)$' "$work/table" || { cat "$work/table"; exit 1; }
grep -q '^R03' "$work/table" && { echo "another rule is shown"; exit 1; }
grep -q '青禾街道 .* 周清完$' "$work/table" || { cat "$work/table"; exit 1; }
sed 's/,14$/,1/' "$site/areas.csv" >"$work/areas.csv"
cmp -s "$work/areas.csv" "$site/areas.csv" && { echo "no capacity of 14 in areas.csv"; exit 1; }
cp "$work/areas.csv" "$site/areas.csv"
mopai -C "$site" rules backtest --from 2026-03-02 --to 2026-03-16 >"$work/table"
grep -q '青禾街道 .* 1  越积越多$' "$work/table" || { cat "$work/table"; exit 1; }
for wrong in '--to 2026-03-16' '--from 2026-03-16 --to 2026-03-02' '--from 2026-3-2' '--from 2026-03-02 --every 0'; do
    # shellcheck disable=SC2086
    if "$MOPAI_BIN" -C "$site" rules backtest $wrong >/dev/null 2>&1; then echo "$wrong was taken"; exit 1; fi
done
status=0
"$MOPAI_BIN" -C "$site" rules backtest --from 2026-03-02 --rule R99 >/dev/null 2>&1 || status=$?
[ "$status" -ne 0 ] || exit 1
after=$(cd "$site/reports" && find . -type f ! -path './2026-03-16-3/*' ! -path './latest/*' | sort | xargs sha256sum | sha256sum)
[ "$before" = "$after" ] || { echo "computing the past changed what is published"; exit 1; }
echo ok
