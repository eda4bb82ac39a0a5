#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Generated documents are what their generators say today, and every command teaches in both languages.
set -eu
awk -f scripts/gen-errors.awk base/core/errors.def | cmp - docs/errors.md || { echo "docs/errors.md is old: make docs"; exit 1; }
sh scripts/gen-man.sh "$MOPAI_BIN" | cmp - docs/mopai.1 || { echo "docs/mopai.1 is old: make docs"; exit 1; }
"$MOPAI_BIN" --lang en --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p' | while read -r command; do
    for lang in zh en; do
        # shellcheck disable=SC2086
        "$MOPAI_BIN" --lang $lang $command --help >/dev/null || { echo "no help for $command"; exit 1; }
    done
done
