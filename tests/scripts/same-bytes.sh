#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A night is a function of its manifest: run again it writes nothing; files in another order, on one processor, in another time zone and language, and a store without segments
# and runs give the same bytes.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"

new_site "$work/a"
new_site "$work/b"
deliver "$work/a" 1
deliver "$work/b" 1 reverse
run_night "$work/a" 1
before=$(tree_hash "$work/a")
run_night "$work/a" 1
[ "$before" = "$(tree_hash "$work/a")" ] || { echo "the same inputs again wrote something"; exit 1; }

# on one processor: files are then read one after the other
one=$(command -v taskset >/dev/null && echo "taskset -c $(taskset -cp $$ | sed 's/.*: *//; s/[-,].*//')" || true)
plain=$MOPAI_BIN
printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$one" "$plain" >"$work/mopai-one"
chmod +x "$work/mopai-one"
MOPAI_BIN="$work/mopai-one" TZ=America/New_York LANG=de_DE.UTF-8 LC_ALL='' run_night "$work/b" 1
MOPAI_BIN=$plain
diff -r "$work/a/reports" "$work/b/reports" >&2 || { echo "files in another order gave other reports"; exit 1; }
for part in raw segments runs; do
    [ "$(tree_hash "$work/a/store/$part")" = "$(tree_hash "$work/b/store/$part")" ] || { echo "store/$part differs"; exit 1; }
done

for night in 2 3; do
    deliver "$work/a" $night
    deliver "$work/b" $night
    rm -rf "$work/b/store/segments" "$work/b/store/runs"
    run_night "$work/a" $night
    run_night "$work/b" $night
    diff -r "$work/a/reports" "$work/b/reports" >&2 || { echo "without segments and runs night $night came out differently"; exit 1; }
done
night_db() { sqlite3 "$1/store/runs/$2/night.db" "SELECT rule, entity, key, level, disposition FROM hit ORDER BY hit_id"; }
night_db "$work/a" 3 >"$work/a.hits"
night_db "$work/b" 3 >"$work/b.hits"
cmp "$work/a.hits" "$work/b.hits"
grep -q '^R04' "$work/a.hits" || { echo "R04 found nothing: the test proves nothing about changes"; exit 1; }
# what nobody asked for again stays unmade; what was made again is the same
for file in "$work"/b/store/segments/*; do
    cmp "$file" "$work/a/store/segments/$(basename "$file")" || { echo "a segment was not made again to the same bytes"; exit 1; }
done
"$MOPAI_BIN" -C "$work/b" verify
