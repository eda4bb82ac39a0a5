#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A department that delivers tokens is linked with raw registers under the same secret: the same persons, households and warnings as from raw numbers. Without
# the secret, with another one, or with a new one the night says so. The secret is in no file of the site.
set -eu
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$top/tests/lib/site.sh"
mkdir -p "$work/keys" "$work/from/raw" "$work/from/tokens"
printf '%064d\n' 4711 >"$work/keys/shared"
printf '%064d\n' 4712 >"$work/keys/other"
chmod 600 "$work/keys"/*
fail() { echo "$*"; exit 1; }

# --- settlements and the register of the insured: with the number for all that says who it is, and with tokens of it, in the same order -------------------
# part FILE ID COLUMNS: those columns of a file of the demo, raw and as `mopai token` hands them over, in the order of the first of them
part() {
    awk -F, -v OFS=, -v want="$2,$3" '{ sub(/^\357\273\277/, "") } NR == 1 { n = split(want, w, ","); for (i = 1; i <= NF; i++) at[$i] = i }
        { line = $at[w[1]]; for (k = 2; k <= n; k++) line = line OFS $at[w[k]]; print line }' "$demo/$1.csv" >"$work/part.csv"
    mopai token "$work/part.csv" --key "$work/keys/shared" --by "$2:id" --keep "$3" -o "$work/part.tokens.csv" 2>/dev/null
    in_order "$work/part.csv" 2 >"$work/from/raw/$1.csv"
    in_order "$work/part.tokens.csv" 3 >"$work/from/tokens/$1.csv"
}
in_order() { awk -F, -v at="$2" 'NR == 1 { print; next } { print | "LC_ALL=C sort -t, -k" at "," at }' "$1"; }
demo=$(demo_files 1)
for name in yb_settle_120194_20260228_inc yb_settle_120194_20260301_inc; do
    part $name 证件号码 '结算流水号,原结算流水号,险种,就诊类型,医院,入院日期,出院日期,诊断编码,诊断名称,总费用,基本统筹,大病,医疗救助,个人账户,个人自付,个人自费,个人负担总额,结算时间'
done
part yb_insured_120194_20260301_full 证件号码 '个人编号,家庭编号,民族,参保险种,参保状态'
grep -q '^T1-' "$work/from/tokens/yb_settle_120194_20260228_inc.csv" || fail "no tokens"

# site raw|tokens: the demo's first night with those files; tokens are a column type
site() {
    new_site "$work/$1"
    deliver "$work/$1" 1
    rm "$work/$1"/inbox/yb_*
    cp "$work/from/$1"/*.csv "$work/$1/inbox/"
    awk -v tokens="$1" '/^  - id: / { here = $3 ~ /^yb_/ }
        here && /^      姓名: / { sub(/required: true, /, "") }
        here && /^      证件号码: / && tokens == "tokens" { print "      证件号码: {type: token, required: true, header: [证件号代号]}"; next } { print }' \
        "$work/$1/sources.yaml" >"$work/yaml"
    mv "$work/yaml" "$work/$1/sources.yaml"
}
figures() { # persons, households, warnings and links, without what the settlements say of how they were linked
    for what in persons households warnings links; do
        MOPAI_CLOCK=2026-03-02T09:00:00 mopai -C "$1" export "$what" 2>/dev/null | tr -d '\r' | sed 's/,证件号代号$/,证件号/; s/,未归人：[^,]*$/,未归人/'
    done
}
linked() { sqlite3 "$1/store/runs/$2/night.db" "SELECT linked, unlinked FROM source_state WHERE source = 'yb_settle'"; }
status_of() { _status=0; MOPAI_CLOCK="2026-03-02T0$2:00:00" "$MOPAI_BIN" -C "$1" run >"$1.run.out" 2>&1 || _status=$?; }

site raw
run_night "$work/raw" 1
site tokens
export MOPAI_TOKEN_KEY="$work/keys/shared"
run_night "$work/tokens" 1
figures "$work/raw" >"$work/raw.figures"
figures "$work/tokens" >"$work/tokens.figures"
diff "$work/raw.figures" "$work/tokens.figures" >"$work/diff" || { head -20 "$work/diff"; fail "tokens give other persons than numbers"; }
echo "settlements linked and not: raw $(linked "$work/raw" 1), tokens $(linked "$work/tokens" 1)"
[ "$(linked "$work/tokens" 1)" = "$(linked "$work/raw" 1)" ]
[ "$(linked "$work/tokens" 1 | cut -d'|' -f1)" -gt 700 ]
grep -q "代号" "$work/tokens.run.out" && { cat "$work/tokens.run.out"; fail "a warning although all is well"; }
grep -rq 0000004711 "$work/tokens" && fail "the secret is in the site"
grep -q '"token_secret": "[0-9a-f]\{32\}"' "$work/tokens/reports/latest/manifest.json" || fail "the manifest does not say which secret"
grep -q token_secret "$work/raw/reports/latest/manifest.json" && fail "a site without tokens speaks of a secret"

# --- explained ---------------------------------------------------------------------------------------------------------------------------------------------
explain() { mopai -C "$1" explain record yb_settle_120194_20260228_inc.csv 2 | sed 's/T1-[0-9a-f]*/T1-?/; s/P-[0-9A-Z-]*/P-?/'; }
cat >"$work/expected" <<'EOF'
记录 医疗结算 yb_settle_120194_20260228_inc.csv 第2行  
  证件号代号  T1-?…
  归到 P-? 程朔 男 52岁 户主 在册  9901**************
EOF
explain "$work/tokens" >"$work/explained"
diff "$work/expected" "$work/explained" || fail "explain record says something else of a token"

# --- the same data again; without the secret; with another; back ---------------------------------------------------------------------------------------------
status_of "$work/tokens" 3
grep -q '已经\|无新\|没有新' "$work/tokens.run.out" || { cat "$work/tokens.run.out"; fail "the same secret is a new night"; }
unset MOPAI_TOKEN_KEY
status_of "$work/tokens" 4
grep -q '上一夜有共用密钥，今晚没有' "$work/tokens.run.out" || { cat "$work/tokens.run.out"; fail "a lost secret is not said"; }
grep -q '医疗结算：.*站点没有共用密钥，.*[0-9]* 行未归人；.*MOPAI_TOKEN_KEY' "$work/tokens.run.out" || fail "no word of what to do"
tokens_only=$(sqlite3 "$work/tokens/store/runs/2/night.db" "SELECT value FROM figure WHERE name = 'persons'") both=$(sqlite3 "$work/raw/store/runs/1/night.db" "SELECT value FROM figure WHERE name = 'persons'")
[ "$tokens_only" -gt $((both * 3 / 2)) ] || fail "without the secret the insured should be persons of their own: $tokens_only, $both with it"
explain "$work/tokens" | grep -q '站点没有共用密钥' || fail "explain record does not say that there is no secret"
[ "$(sqlite3 "$work/tokens/store/runs/2/night.db" "SELECT count(*) FROM hit WHERE disposition = 'new'")" -eq 0 ] || fail "a lost secret brings new warnings"
export MOPAI_TOKEN_KEY="$work/keys/other"
status_of "$work/tokens" 5
[ "$_status" -eq 1 ] || [ "$_status" -eq 110 ]
grep -q '参保人员：.*代号几乎没有一个对上.*密钥指纹' "$work/tokens.run.out" || { cat "$work/tokens.run.out"; fail "another secret is not said"; }
MOPAI_TOKEN_KEY="$work/keys/shared"
status_of "$work/tokens" 6
grep -q '共用密钥与上一夜不同' "$work/tokens.run.out" || { cat "$work/tokens.run.out"; fail "a changed secret is not said"; }
[ "$(linked "$work/tokens" 4)" = "$(linked "$work/raw" 1)" ]

# --- mopai check ---------------------------------------------------------------------------------------------------------------------------------------------
mopai -C "$work/tokens" check 2>/dev/null | grep -q '共用密钥已就位，指纹 [0-9a-f]\{6\}' || fail "check does not show the fingerprint"
chmod 644 "$work/keys/shared"
mopai -C "$work/tokens" check 2>/dev/null | grep -q '共用密钥.*644' || fail "check says nothing of a secret that others can read"
cp "$work/keys/shared" "$work/tokens/secret"
MOPAI_TOKEN_KEY="$work/tokens/store/../secret" mopai -C "$work/tokens" check 2>/dev/null | grep -q '在站点里' || fail "check says nothing of a secret inside the site"
env -u MOPAI_TOKEN_KEY HOME=/nowhere "$MOPAI_BIN" -C "$work/tokens" check 2>/dev/null | grep -q '没有共用密钥' || fail "check says nothing of a missing secret"
