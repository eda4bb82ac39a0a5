#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The acceptance checks of the generated district. usage: check-fixtures.sh GENERATOR [short]
# Figures beside their targets; the same bytes on one thread and on four; the same bytes as the committed hash of the 10,000 set.
set -eu
gen=$1
short=${2:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/mopai-fixtures.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

hash_of() { (cd "$1" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -d' ' -f1); }

"$gen" --persons 10000 --nights 30 --planted --all-sources --truth --threads 4 --out "$work/a" >/dev/null
have=$(hash_of "$work/a")
want=$(cut -d' ' -f1 fixtures/district-10k.sha256)
if [ "$have" != "$want" ]; then
    echo "the 10,000 set has other bytes than fixtures/district-10k.sha256 says: $have"
    echo "when the generator was meant to change: echo '$have  mopai-gen --persons 10000 --nights 30 --planted --all-sources --truth' > fixtures/district-10k.sha256"
    exit 1
fi
# 15: at least twelve hits, twelve near misses, six through dirt, two for people, for every rule of planted.tsv; a hit and a near miss for every other shipped
# rule that is evaluated and draws no lots; every family has rows of its own in the exports
common=$(awk -F'\t' '$2 ~ /^[RS]/ { printf " %s", $2 }' fixtures/planted-rules.tsv)
rules=$(awk '/^  - id: / { id = $3 } /^    status: shadow/ && id != "Z01" { printf " %s", id }' rules.yaml)
planted=$(awk -F, -v common="$common " -v rules="$rules" 'NR == FNR { if (FNR > 1) { n[$2, $3]++; rule[$2]; first[$7] = $1; size[$7] = $8 } next }
    { has[$4] }
    END {
        for (r in rule) if (index(common, " " r " ") && (n[r, "hit"] < 12 || n[r, "near"] < 12 || n[r, "dirt"] < 6 || n[r, "review"] < 2)) print "rule " r " has fewer than 12, 12, 6 and 2"
        for (k = split(rules, all, " "); k > 0; k--) if (n[all[k], "hit"] < 1 || n[all[k], "near"] < 1) print "rule " all[k] " has no hit or no near miss"
        for (p in first) for (k = 0; k < size[p]; k++) if (!((p + k) in has)) print "case " first[p] ": no row of person " p + k
    }' "$work/a/truth/planted.csv" "$work"/a/truth/records-*.csv)
[ -z "$planted" ] || { echo "MISS 15 planted cases: $planted"; exit 1; }
if [ "$short" = short ]; then
    "$gen" --persons 10000 --out "$work/u" --check >"$work/figures" || { grep MISS "$work/figures"; exit 1; }
    exit 0
fi
"$gen" --persons 10000 --nights 30 --planted --all-sources --truth --threads 1 --out "$work/b" >/dev/null
[ "$(hash_of "$work/b")" = "$want" ] || { echo "one thread writes other bytes than four"; exit 1; }
echo "ok   16 the same bytes on one thread and on four: $want"
echo "ok   15 $(($(wc -l <"$work/a/truth/planted.csv") - 1)) planted families are all there, with their rows"
status=0
SCORE_DIR="$work/score" sh scripts/score.sh "$(dirname "$gen")" 2000 2 none 2>/dev/null >"$work/metrics" || true
disagree=$(awk -F'\t' '$1 == "planted cases the evaluator sees otherwise" { print $2 }' "$work/metrics")
[ "$disagree" = 0 ] && echo "ok   15 the slow evaluator of the clean truth expects of each what is written" || { echo "MISS 15 the evaluator disagrees on ${disagree:-all} families"; status=1; }
for profile in U C; do
    for persons in 10000 100000; do
        echo "--- profile $profile, $persons persons, 30 nights"
        "$gen" --profile $profile --persons $persons --nights 30 --out "$work/c" --check || status=1
        rm -rf "$work/c"
    done
done
# no number of any export may lie outside the shadow areas; cards begin with 999999
if grep -rhoaE '[^0-9A-Za-z][1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9]{4}[0-9Xx]' "$work/a" | cut -c2-7 |
    grep -vqE '^(999999|120194|120192|230791|230792|230795|9901[0-9][0-9])$'; then
    echo "MISS an id outside the shadow areas"
    status=1
fi
exit $status
