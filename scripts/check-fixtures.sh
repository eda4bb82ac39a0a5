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
if [ "$short" = short ]; then
    "$gen" --persons 10000 --out "$work/u" --check >"$work/figures" || { grep MISS "$work/figures"; exit 1; }
    exit 0
fi
"$gen" --persons 10000 --nights 30 --planted --all-sources --truth --threads 1 --out "$work/b" >/dev/null
[ "$(hash_of "$work/b")" = "$want" ] || { echo "one thread writes other bytes than four"; exit 1; }
echo "ok   16 the same bytes on one thread and on four: $want"
status=0
for profile in U C; do
    for persons in 10000 100000; do
        echo "--- profile $profile, $persons persons, 30 nights"
        "$gen" --profile $profile --persons $persons --nights 30 --out "$work/c" --check || status=1
        rm -rf "$work/c"
    done
done
# no number of any export may lie outside the shadow areas
if grep -rhoaE '[^0-9A-Za-z][1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9]{4}[0-9Xx]' "$work/a" | cut -c2-7 |
    grep -vqE '^(120194|120192|230791|230792|230795|9901[0-9][0-9])$'; then
    echo "MISS an id outside the shadow areas"
    status=1
fi
exit $status
