#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs each fuzz target for a while on its corpus; new inputs stay in build/fuzz-corpus/, findings stop the run. usage: fuzz.sh DIR SECONDS [target]
set -eu
dir=$1
seconds=$2
only=${3:-}
for target in "$dir"/fuzz/fuzz_*"$only"*; do
    [ -x "$target" ] || continue
    name=$(basename "$target" | sed 's/^fuzz_//')
    mkdir -p "build/fuzz-corpus/$name" "build/fuzz-findings"
    echo "== $name"
    "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 \
        -artifact_prefix="build/fuzz-findings/$name-" "build/fuzz-corpus/$name" "tests/fuzz/corpus/$name"
done
