#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The model of a site: trained, read back, counted, broken; the same from the same data; what a change of it holds.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export MOPAI_KEY="$dir/key" MOPAI_CLOCK=2026-03-02T02:00:00
printf '%064d\n' 7 >"$MOPAI_KEY"
mopai() { # 1 and 100-127: done, with warnings
    "$MOPAI_BIN" -C "$dir/site" "$@" && return 0
    _status=$?
    case $_status in 1 | 1[012][0-9]) return 0 ;; esac
    return $_status
}
die() { echo "$*"; exit 1; }
"$MOPAI_GEN" --persons 4000 --nights 1 --profile U --dirt default --out "$dir/sent" >/dev/null
mkdir "$dir/site"
cp fixtures/site/rules.yaml fixtures/site/calendar.csv "$dir/sent/site/areas.csv" "$dir/site/"
mopai init "$dir/site" >/dev/null
cmp -s model.yaml "$dir/site/model.yaml" || die "init does not write the shipped model"
cp "$dir/sent/night-1"/* "$dir/site/inbox/"

mopai --lang en link --plan >"$dir/plan" 2>/dev/null
grep -q 'by name: [1-9]' "$dir/plan" || die "no plan: $(cat "$dir/plan")"
mopai --lang en link --train -o "$dir/a.yaml" >"$dir/report" 2>/dev/null
mopai --lang en link --train -o "$dir/b.yaml" >/dev/null 2>&1
cmp "$dir/a.yaml" "$dir/b.yaml" || die "trained twice, two models"
cmp -s model.yaml "$dir/site/model.yaml" || die "-o touches the site's model"
grep -q ' converged' "$dir/report" || die "the report does not say whether it converged"
grep -q '^  - {by: ' "$dir/a.yaml" || die "nothing to watch"
# no name is in it but the fields' own; the report shows none whole
cut -d, -f2 "$dir/site/inbox/"*户籍*.csv 2>/dev/null | sort -u | grep -a '^...*$' >"$dir/names" || true
grep -F -x -f "$dir/names" "$dir/a.yaml" && die "a name stands in the model"

# broken: named with its line, and the night does not start
cp "$dir/a.yaml" "$dir/site/model.yaml"
mopai check >/dev/null 2>&1 || die "check refuses a trained model"
sed 's/^  far: .*/  far: much/' "$dir/a.yaml" >"$dir/site/model.yaml"
if "$MOPAI_BIN" -C "$dir/site" check >"$dir/out" 2>&1; then die "check takes a broken model"; fi
grep -q 'model.yaml:[1-9][0-9]*:' "$dir/out" || die "no line: $(cat "$dir/out")"
sed "s/name: '电话'/name: '手机'/" "$dir/a.yaml" >"$dir/site/model.yaml"
if "$MOPAI_BIN" -C "$dir/site" check >"$dir/out" 2>&1; then die "check takes other fields"; fi
grep -q '电话' "$dir/out" || die "the field is not named: $(cat "$dir/out")"

# a model that believes nothing: what only it changes is told, row by row
cp "$dir/a.yaml" "$dir/site/model.yaml"
mopai run --as-of 2026-03-02 >/dev/null 2>&1
grep -q '"model.yaml"' "$dir/site/reports/latest/manifest.json" || die "the manifest does not name the model"
made=$(sqlite3 "$dir/site/store/runs/1/night.db" "SELECT count(*) FROM link_made WHERE asked = 0")
[ "$made" -gt 0 ] || die "no row is placed by what it says"
[ -z "$(mopai --lang en status | grep drifted)" ] || die "drift without a change"
sed '/^numbers:/,/^recipes:/ s/^  \(digit\|swap\|lost\|extra\|tail\|old\|swap_ten\): .*/  \1: -20000/' "$dir/a.yaml" >"$dir/site/model.yaml"
MOPAI_CLOCK=2026-03-03T02:00:00 mopai run --as-of 2026-03-03 >/dev/null 2>&1
rows=$(sqlite3 "$dir/site/store/runs/2/night.db" "SELECT count(*) FROM link_remodeled WHERE person_then >= 0 AND person_now < 0")
[ "$rows" -gt 0 ] || die "the new model changes nothing"
# ... and with the same model on the third night nothing is
MOPAI_CLOCK=2026-03-04T02:00:00 mopai run --as-of 2026-03-04 >/dev/null 2>&1
[ "$(sqlite3 "$dir/site/store/runs/3/night.db" "SELECT count(*) FROM link_remodeled")" -eq 0 ] || die "the same model changes rows"
# hits that only the new model brings, and warnings it takes away: held, and kept for a night
db="$dir/site/store/runs/2/night.db"
[ "$(sqlite3 "$db" "SELECT count(*) FROM hit WHERE disposition = 'new' AND household IN (SELECT household FROM hit WHERE why LIKE '归并模型%')")" -eq 0 ] || die "a hit of the new model is on the list"

# a model trained on something else: the night says what has drifted
sed 's/links: [0-9]*, same/links: 1, same/' "$dir/a.yaml" >"$dir/site/model.yaml"
MOPAI_CLOCK=2026-03-05T02:00:00 mopai --lang en run --as-of 2026-03-05 >"$dir/out" 2>&1
grep -q 'shares\|drifted' "$dir/out" || die "no word of drift: $(cat "$dir/out")"
MOPAI_CLOCK=2026-03-05T03:00:00 mopai --lang en status | grep -q 'drifted' || die "status says nothing of drift"
grep -q '走样：按' "$dir/site/reports/latest/quality.html" || die "quality.html says nothing of drift"
grep -q '归并,,其中预计归错' "$dir/site/reports/latest/quality.csv" || die "quality.csv says nothing of false links"
