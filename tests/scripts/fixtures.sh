#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The synthetic district in short: the bytes of the 10,000 set, the figures of one district, the demo written twice alike.
set -eu
sh scripts/check-fixtures.sh "$MOPAI_GEN" short
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$MOPAI_GEN" --demo --out "$work/a"
for night in 1 2 3; do
    "$MOPAI_GEN" --demo --night $night --out "$work/b"
    for file in "$work/a/night-$night"/*; do
        cmp "$file" "$work/b/$(basename "$file")"
    done
done
"$MOPAI_GEN" --persons 300 --months 3 --truth --out "$work/tiny" >/dev/null
diff -r "$work/tiny" fixtures/tiny || { echo "fixtures/tiny is old: mopai-gen --persons 300 --months 3 --truth --out fixtures/tiny"; exit 1; }
