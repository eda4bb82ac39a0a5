#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every command in a ```sh block of the analysts' manuals runs, in order, on a fresh site that holds the demo's first exports.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" && ln -s "$MOPAI_BIN" "$work/bin/mopai"
PATH="$work/bin:$PATH" MOPAI_KEY="$work/key" MOPAI_CLOCK=2026-03-02T02:00:00
export PATH MOPAI_KEY MOPAI_CLOCK
for doc in sources people rules rules.en; do
    file="$top/docs/$doc.md"
    awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' "$file" >"$work/$doc.sh"
    [ -s "$work/$doc.sh" ] || { echo "$file shows no command"; exit 1; }
    mkdir "$work/$doc" && cd "$work/$doc"
    mopai init . >/dev/null
    cp "$top"/fixtures/site/* . 2>/dev/null || true
    "$MOPAI_GEN" --demo --night 1 --out inbox >/dev/null
    # a warning (100-127) or several (1) is work done
    printf 'mopai() { s=0; command mopai "$@" || s=$?; case $s in 1|1[0-2][0-9]) return 0;; esac; return $s; }\n' >run.sh
    cat "$work/$doc.sh" >>run.sh
    sh -e run.sh >"$work/$doc.out" 2>&1 || { echo "docs/$doc.md: a command failed"; tail -20 "$work/$doc.out"; exit 1; }
    cd "$top"
done
