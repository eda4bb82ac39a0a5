#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the model.yaml that ships: trained on a synthetic district, without what is that district's own (terms, watch, counts).
# usage: sh scripts/default-model.sh BUILD_DIR [persons] > model.yaml
set -eu
build=$1 persons=${2:-100000}
dir=$(mktemp -d "${TMPDIR:-/tmp}/mopai-model.XXXXXX")
trap 'rm -rf "$dir"' EXIT INT TERM
export MOPAI_KEY="$dir/key" TZ=UTC LC_ALL=C.UTF-8 MOPAI_CLOCK=2026-03-02T02:00:00
printf '%064d\n' 7 >"$MOPAI_KEY"
"$build/mopai-gen" --persons "$persons" --nights 1 --profile U --seed 20260302 --dirt default --out "$dir/sent" >&2
mkdir "$dir/site"
cp fixtures/site/rules.yaml fixtures/site/calendar.csv "$dir/sent/site/areas.csv" "$dir/site/"
"$build/mopai" init "$dir/site" >/dev/null
cp "$dir/sent/night-1"/* "$dir/site/inbox/"
"$build/mopai" -q -C "$dir/site" link --train --as-of 2026-03-02 -o "$dir/model.yaml" >&2 || [ $? -eq 1 ] || [ $? -ge 100 ]
cat <<'END'
# 归并模型：各项信息相同、相近、不同各值多少。这一份随程序带来，是在生成的区县上训练的；有了真数据以后，用 mopai link --train 换成本区自己的。
# 可以改数字，不要改次序；改完运行 mopai check。读法见 docs/linkage.md。
# The linkage model that ships with the program, trained on a synthetic district; `mopai link --train` makes the site's own. How to read it: docs/linkage.md.
END
awk '
    /^#/ { next }
    /^(rows|pairs|expected|rounds): / { print $1, 0; next }
    /^    terms:/ { terms = 1; next }
    terms && /^      / { next }
    { terms = 0 }
    /^watch:/ { watch = 1; next }
    watch && /^  - / { next }
    { watch = 0; print }' "$dir/model.yaml"
