#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Linkage against truth and the clock. usage: bench-link.sh BUILD ; LINK_DATA=DIR names a folder with febrl1.csv, febrl2.csv, splink_fake_1000.csv,
# anonlink_alice.csv, anonlink_bob.csv (sets that are not there are left out). PERSONS=200000 sizes the dirty register, BIG=1000000 the timed one, 0 leaves
# either out. Splink runs on the same bytes when PYTHON (default python3) can import it. One evaluator for all: scripts/link-score.awk.
set -eu
build=$1
data=${LINK_DATA:-}
work=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/mopai-bench-link.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
bin="$build/mopai"

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -m)"
printf '%-28s %10s %10s %10s\n' set precision recall F1
report() { # NAME TRUTH-COLUMN TRUTH-FILE RESULT: pairwise figures
    awk -v truth="$2" -f scripts/link-score.awk "$3" "$4" | awk -v name="$1" '{ printf "%-28s %10s %10s %10s\n", name, $1, $2, $3 }'
}
dedupe() { # NAME FILE TRUTH-COLUMN BY
    [ -f "$2" ] || return 0
    "$bin" dedupe "$2" --by "$4" --reveal -o "$work/out.csv" 2>"$work/$1.log"
    report "$1" "$3" "$2" "$work/out.csv"
    if "${PYTHON:-python3}" -c 'import splink' 2>/dev/null; then
        "${PYTHON:-python3}" tests/bench/splink_dedupe.py "$2" "$4" "$work/splink.csv" >"$work/splink.log" 2>&1 && report "$1 (Splink)" "$3" "$2" "$work/splink.csv"
    fi
}
febrl="given_name:latin,surname:latin,street_number:code,address_1:address,address_2:text,suburb:text,postcode:code,state:code,date_of_birth:date,soc_sec_id:code"
if [ -n "$data" ]; then
    dedupe febrl1 "$data/febrl1.csv" ent_id "$febrl"
    dedupe febrl2 "$data/febrl2.csv" ent_id "$febrl"
    dedupe splink_fake_1000 "$data/splink_fake_1000.csv" cluster "first_name:latin,surname:latin,dob:date,city:text,email:text"
    if [ -f "$data/anonlink_alice.csv" ] && [ -f "$data/anonlink_bob.csv" ]; then
        "$bin" match "$data/anonlink_alice.csv" "$data/anonlink_bob.csv" --by "givenname,surname,dob,phone number" -o "$work/out.csv" 2>"$work/alice.log"
        awk -v match_on=id -f scripts/link-score.awk "$data/anonlink_bob.csv" "$work/out.csv" | awk '{ printf "%-28s %10s %10s %10s\n", "alice in bob (match)", $1, $2, $3 }'
    fi
fi
register() { # PERSONS: a register with five times the usual dirt
    "$build/mopai-gen" --persons "$1" --dirt none --nights 1 --truth --out "$work/made" >/dev/null
    "$build/tests/bench/dirty_register" "$work/made/truth/persons.csv" 5 1 >"$work/register.csv"
    rm -rf "$work/made"
}
by="姓名:name,身份证号:id,出生日期:date,性别:sex,电话:phone,住址:address"
if [ "${PERSONS:-200000}" -gt 0 ]; then
    register "${PERSONS:-200000}"
    "$bin" dedupe "$work/register.csv" --by "$by" --save-model "$work/model.yaml" --reveal -o "$work/out.csv" 2>"$work/register.log"
    report "register, ${PERSONS:-200000} persons, 5x dirt" person "$work/register.csv" "$work/out.csv"
    "$build/tests/bench/bench_link" "$work/register.csv" "$work/model.yaml"
fi
if [ "${BIG:-1000000}" -gt 0 ] && [ -f "$work/model.yaml" ]; then
    echo "with the saved model, ${BIG:-1000000} persons:"
    register "${BIG:-1000000}"
    "$build/tests/bench/bench_link" "$work/register.csv" "$work/model.yaml"
fi
