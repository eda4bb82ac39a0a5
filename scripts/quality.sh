#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Puts the tables of `make score` (build/score/figures.md) into docs/quality.md between its two marks. usage: quality.sh FIGURES.md
set -eu
awk -v figures="$1" '
    /^<!-- figures -->$/ { print; while ((getline line < figures) > 0) print line; skip = 1; next }
    /^<!-- end of figures -->$/ { skip = 0 }
    !skip { print }' docs/quality.md >docs/quality.md.new
mv docs/quality.md.new docs/quality.md
