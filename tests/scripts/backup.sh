#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A site restored from its backup runs the next night to the same bytes as the original; the second backup copies what is new; a full disk or a kill at any
# step leaves the former backup whole; --check finds a damaged, a missing and an exchanged file.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
site="$work/site" store="$work/backup"
fail() { echo "$1"; touch "$work/failed"; }
backup() { MOPAI_CLOCK=2026-03-03T06:30:00 mopai -C "$site" backup "$store" "$@" >"$work/out" 2>&1; }
check() { mopai backup --check "$store" >"$work/out" 2>&1; }
restore() { # as docs/operations.md says
    mkdir "$2" && cp -a "$store/sets/$1/site/." "$2/"
    cp -a "$store/raw" "$2/store/raw"
    cp -a "$store/reports" "$2/reports"
}

new_site "$site"
cp "$top"/tests/fault/site/night1/* "$site/inbox/"
run_night "$site" 1
backup || { cat "$work/out"; exit 1; }
first=0001-2026-03-03
check || fail "a fresh backup is complained about: $(cat "$work/out")"
(cd "$store" && sha256sum --quiet --strict -c sets/$first/SHA256SUMS && sha256sum --quiet --strict -c sets/$first/SHA256SUMS.sha256) || fail "sha256sum cannot read the sums"
if find "$store" -name key | grep -q .; then fail "the key is in the backup"; fi
mopai -C "$site" audit | grep -q "备份.*$first" || fail "the audit lacks the backup"
mopai -C "$site" audit verify >/dev/null || fail "the audit is broken"

# restored: the same next night
restore $first "$work/restored"
mopai -C "$work/restored" verify >"$work/out" || fail "verify complains about the restored site: $(cat "$work/out")"
for s in "$site" "$work/restored"; do
    cp "$top"/tests/fault/site/night2/* "$s/inbox/"
    run_night "$s" 2
done
for part in reports store/runs/2; do
    [ "$(tree_hash "$site/$part")" = "$(tree_hash "$work/restored/$part")" ] || { fail "$part differs after a restore"; diff -rq "$site/$part" "$work/restored/$part" || true; }
done
dump() { sqlite3 "$1/store/ledger.db" .dump | sed 's/,[0-9]*);$/)/'; } # but the milliseconds of steps
dump "$site" | grep -v 'INTO night_step' >"$work/a.sql"
dump "$work/restored" | grep -v 'INTO night_step' >"$work/b.sql"
cmp -s "$work/a.sql" "$work/b.sql" || { fail "the ledgers differ after a restore"; diff "$work/a.sql" "$work/b.sql" | head -5; }

# the second copies what is new, and only that
(cd "$store" && find raw reports -type f -exec stat -c '%i %n' {} + | sort) >"$work/before"
cp -a "$store" "$work/first"
backup || { cat "$work/out"; exit 1; }
(cd "$store" && find raw reports -type f -exec stat -c '%i %n' {} + | sort) >"$work/after"
[ -z "$(comm -23 "$work/before" "$work/after")" ] || fail "the second backup wrote files again"
[ "$(wc -l <"$work/after")" -gt "$(wc -l <"$work/before")" ] || fail "the second backup has nothing of the second night"
check || fail "the second backup is complained about: $(cat "$work/out")"

# a full disk, an error, a kill: the former backup stands, the next one is whole
MOPAI_FAULT_COUNT="$work/count" MOPAI_CLOCK=2026-03-03T06:30:00 mopai -C "$site" backup "$work/counted" >/dev/null
points=$(cat "$work/count")
[ "$points" -gt 50 ] || fail "a backup passes only $points points"
rm -rf "$work/counted"
at=1
while [ "$at" -le "$points" ]; do
    rm -rf "$store" && cp -a "$work/first" "$store"
    case $((at % 3)) in
    0) fault=eio ;;
    *) fault=enospc ;;
    esac
    code=0
    MOPAI_CLOCK=2026-03-03T06:30:00 MOPAI_FAULT=$fault:$at "$MOPAI_BIN" -C "$site" backup "$store" >"$work/fault.out" 2>&1 || code=$?
    check || fail "$fault at point $at leaves a damaged backup: $(cat "$work/out")"
    case $code in
    0 | 40 | 41 | 50) ;;
    *) fail "$fault at point $at ends with $code: $(cat "$work/fault.out")" ;;
    esac
    at=$((at + 11))
done
rm -rf "$store" && cp -a "$work/first" "$store"
MOPAI_CLOCK=2026-03-03T06:30:00 MOPAI_FAULT=stop:$((points / 2)) "$MOPAI_BIN" -C "$site" backup "$store" >/dev/null 2>&1 &
child=$!
tries=0
until grep -q '^State:.T' "/proc/$child/status" 2>/dev/null || [ $tries -ge 300 ]; do tries=$((tries + 1)); sleep 0.1; done
kill -9 $child
wait $child 2>/dev/null || true
check || fail "a kill damaged the former backup: $(cat "$work/out")"
grep -q "$first" "$work/out" || fail "a killed backup counts"
backup && check || fail "no backup after a kill: $(cat "$work/out")"

# what --check must find
damaged() { # damaged WHAT COMMAND...: in a copy
    rm -rf "$work/kept" && cp -a "$store" "$work/kept"
    what=$1
    shift
    "$@"
    if check; then fail "not found: $what"; fi
    rm -rf "$store" && mv "$work/kept" "$store"
}
newest=$(ls "$store/sets" | tail -1)
raw=$(find "$store/raw" -type f | sort | head -1)
flip() { printf X | dd of="$1" bs=1 seek=30 conv=notrunc 2>/dev/null; }
damaged "a byte of a raw copy" flip "$raw"
damaged "a missing raw copy" rm "$raw"
damaged "a byte of the configuration" flip "$store/sets/$newest/site/rules.yaml"
damaged "a byte of the sums" flip "$store/sets/$newest/SHA256SUMS"
damaged "a damaged ledger" flip "$store/sets/$newest/site/store/ledger.db"
damaged "sums cut short" sed -i '$d' "$store/sets/$newest/SHA256SUMS"

# the key only when asked, and then with a warning; inside the site is no place; seven sets stay
code=0
MOPAI_CLOCK=2026-03-03T06:30:00 "$MOPAI_BIN" -C "$site" backup "$store" --with-key >"$work/out" 2>&1 || code=$?
[ "$code" = 106 ] || fail "the key is taken along without a warning ($code)"
cmp -s "$MOPAI_KEY" "$store"/sets/0003-*/key || fail "--with-key leaves the key out"
code=0
"$MOPAI_BIN" -C "$site" backup "$site/store/backup" >/dev/null 2>&1 || code=$?
[ "$code" = 2 ] || fail "a backup inside the site ends with $code, not 2"
for _ in 1 2 3 4 5 6; do backup || fail "backup: $(cat "$work/out")"; done
[ "$(ls "$store/sets" | wc -l)" -eq 7 ] || fail "$(ls "$store/sets" | wc -l) sets are kept, not 7"
check || fail "after removing old sets: $(cat "$work/out")"
[ ! -f "$work/failed" ]
