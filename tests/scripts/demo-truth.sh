#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The three nights of the demo find what was planted and nothing else: per rule the same number of hits, for rules of persons the same persons, for rules
# of households a warning at every planted household and none at the near misses.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
cases="$work/exports/1/truth/cases.csv"
status=0

# planted RULE NIGHT: id18 of the cases that hit, sorted
planted() { awk -F, -v r="$1" -v n="$2" '$2 == r && $4 == "hit" && $6 <= n && n <= $7 { print $8 }' "$cases" | LC_ALL=C sort; }

new_site "$work/a"
for night in 1 2 3; do
    deliver "$work/a" $night
    run_night "$work/a" $night
    db="$work/a/store/runs/$night/night.db"
    for rule in R01 R02 R03 R04 R05 R06 R07 S01; do
        want=$(planted $rule $night | wc -l)
        have=$(sqlite3 "$db" "SELECT count(*) FROM hit WHERE rule = '$rule'")
        if [ "$have" -ne "$want" ]; then # a case to be reviewed (a damaged number) is undecided: no row elsewhere means nothing about them
            echo "night $night: $rule fired $have times, planted $want"
            status=1
        fi
    done
    for rule in R01 R04 R05 R06 R07; do # the stable id of a person is the kind 1 and the first 17 digits of the id
        sqlite3 "$db" "SELECT entity - 1152921504606846976 FROM hit WHERE rule = '$rule' AND entity > 0 ORDER BY 1" >"$work/have"
        planted $rule $night | cut -c1-17 >"$work/want"
        sort "$work/have" | comm -3 - "$work/want" >"$work/differ"
        [ ! -s "$work/differ" ] || { echo "night $night: $rule: found (left) but not planted, planted but not found (right)"; cat "$work/differ"; status=1; }
    done
    awk -F, '$2 == "R02" || $2 == "R03" || $2 == "S01" { print $1, $2, $4, $6, $7, $8 }' "$cases" | while read -r case rule expect from to id; do
        open=$("$MOPAI_BIN" -C "$work/a" explain person "$id" | grep "^  W-.*  $rule  " | grep -vc '  消除  ' || true)
        due=0
        [ "$expect" = hit ] && [ "$from" -le $night ] && [ $night -le "$to" ] && due=1
        [ "$open" -eq $due ] || { echo "night $night: $case: $open open warnings of $rule, expected $due"; touch "$work/failed"; }
    done
    [ ! -f "$work/failed" ] || status=1
done
exit $status
